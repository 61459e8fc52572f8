/** What a server does with requests, as the sessions of its connections see it. */
import type { Framing, RequestHead } from '../message.ts';

/** What is done with the requests of one connection. Calls come one after the other. */
export interface RequestHandler {
  /** A head has come; its body follows in `data`, then `complete`. */
  request(head: RequestHead, framing: Framing): Promise<void> | undefined;
  data(bytes: Uint8Array): Promise<void> | undefined;
  complete(): Promise<void> | undefined;
  /** The client has taken what was queued: there is room again. */
  drained(): Promise<void>;
  /** The connection ended before the answer did; or the request broke a rule, and the session answers itself. */
  aborted(): Promise<void>;
}

/** How long a client is waited for, by what it is to do next: nobody holds a connection by doing nothing, or too little. */
import { Deadline } from '../../lib/event-loop.ts';
import type { ServerContext } from './context.ts';

/** How long a closed connection is still read from, so that the client sees the response and not a reset (RFC 9112 section 9.6). */
const LINGER_NS = 2_000_000_000;
/** A body may take the longer the longer it is: at least so many bytes a second, as Apache's mod_reqtimeout asks. */
const NS_PER_BODY_BYTE = 2_000_000;

export class Patience {
  private readonly deadline: Deadline;
  /** Since when the connection has been idle, the head on its way, or the body. */
  private sinceNs: number;

  constructor(
    private readonly context: ServerContext,
    expired: () => Promise<void>,
  ) {
    this.deadline = new Deadline(context.loop, expired);
    this.sinceNs = context.loop.nowNs;
  }

  /** Something new begins: silence, a head, a body. */
  begin(): void {
    this.sinceNs = this.context.loop.nowNs;
  }

  /** For a head; for its first byte, too, on a connection that is `kept` after a response. */
  forHead(kept: boolean): void {
    const { keepaliveNs, timeoutNs } = this.context.limits;
    this.deadline.set(this.sinceNs + (kept ? keepaliveNs : timeoutNs));
  }

  forBody(bytesSoFar: number): void {
    this.deadline.set(this.sinceNs + this.context.limits.timeoutNs + bytesSoFar * NS_PER_BODY_BYTE);
  }

  /** For the client to take what waits unsent. */
  forReader(): void {
    this.deadline.set(this.context.loop.nowNs + this.context.limits.timeoutNs);
  }

  /** For the client to close a connection that is over. */
  forEnd(): void {
    this.deadline.set(this.context.loop.nowNs + LINGER_NS);
  }

  /** It is not the client that is waited for. */
  endless(): void {
    this.deadline.clear();
  }

  /** For good. */
  dispose(): void {
    this.deadline.dispose();
  }
}

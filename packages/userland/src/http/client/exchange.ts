/** One request and its response over an open connection, as a stream of events; the bytes of heads come along as they stood on the wire. */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import type { HttpFault, ResponseHead } from '../message.ts';
import { HttpParser } from '../parser.ts';
import { type ClientConnection, isFailure, type NetFailure } from './connection.ts';

export type ResponseEvent =
  | {
      readonly kind: 'head';
      readonly head: ResponseHead;
      readonly raw: Uint8Array;
      readonly interim: boolean;
      readonly framing: string;
    }
  /** `waiting` is how many raw bytes of body were at hand when this piece was taken. */
  | { readonly kind: 'data'; readonly bytes: Uint8Array; readonly waiting: number }
  | { readonly kind: 'end' }
  /** The server closed before it sent anything. */
  | { readonly kind: 'empty' }
  /** It closed inside the message. */
  | { readonly kind: 'cut'; readonly missing: number | undefined }
  | { readonly kind: 'malformed'; readonly fault: HttpFault; readonly inHead: boolean; readonly waiting: number }
  | { readonly kind: 'failed'; readonly failure: NetFailure };

const RECEIVE_BYTES = 16384;

export class ResponseReader {
  private readonly parser = new HttpParser('response');
  private raw: Uint8Array[] = [];
  private fed = 0;
  private headStart = 0;
  private inBody = false;
  private bodyLeft: number | undefined = undefined;

  constructor(
    private readonly connection: ClientConnection,
    method: string,
  ) {
    this.parser.expect(method);
  }

  /** Bytes of this response so far. */
  get received(): number {
    return this.fed;
  }

  async next(deadlineNs: number): Promise<ResponseEvent> {
    for (;;) {
      const event = this.parsed();
      if (event) return event;
      const bytes = await this.connection.receive(RECEIVE_BYTES, deadlineNs);
      if (isFailure(bytes)) return { kind: 'failed', failure: bytes };
      if (bytes.length === 0) {
        if (this.fed === 0) return { kind: 'empty' };
        this.parser.finish();
        return this.parsed() ?? { kind: 'cut', missing: this.bodyLeft };
      }
      this.fed += bytes.length;
      if (!this.inBody) this.raw.push(bytes);
      this.parser.feed(bytes);
    }
  }

  private parsed(): ResponseEvent | undefined {
    const event = this.parser.next();
    if (event === undefined) return undefined;
    switch (event.kind) {
      case 'response': {
        const raw = concatBytes(this.raw);
        const used = this.parser.consumed - this.headStart;
        this.headStart = this.parser.consumed;
        this.raw = [raw.subarray(used)];
        if (!event.interim) {
          this.inBody = true;
          this.bodyLeft = event.framing.kind === 'length' ? event.framing.length : undefined;
        }
        return {
          kind: 'head',
          head: event.head,
          raw: raw.slice(0, used),
          interim: event.interim,
          framing: event.framing.kind,
        };
      }
      case 'data': {
        if (this.bodyLeft !== undefined) this.bodyLeft -= event.bytes.length;
        return { kind: 'data', bytes: event.bytes, waiting: this.fed - this.headStart };
      }
      case 'end':
        return { kind: 'end' };
      case 'error':
        if (event.incomplete) return { kind: 'cut', missing: this.bodyLeft };
        return { kind: 'malformed', fault: event.fault, inHead: !this.inBody, waiting: this.fed - this.headStart };
      case 'request':
        return undefined;
    }
  }
}

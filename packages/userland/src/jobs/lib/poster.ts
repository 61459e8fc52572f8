/** POST requests to one server over a connection that is kept: what a worker needs that hands in one batch after the other. Bodies of answers are dropped. */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { ClientConnection, isFailure, type NetFailure } from '../../http/client/connection.ts';
import { ResponseReader } from '../../http/client/exchange.ts';
import { lookupHost } from '../../http/client/names.ts';
import { Fields } from '../../http/fields.ts';
import { formatRequest, HTTP_1_1, latin1Bytes, persists } from '../../http/message.ts';
import { authorityOf, portOf, targetOf, type Url } from '../../http/url.ts';

export type Answer =
  /** `retryAfterNs`: how long the server asks to wait (RFC 9110 section 10.2.3, in seconds). */
  | { readonly status: number; readonly retryAfterNs?: number }
  /** Nothing was answered, or not all of it. */
  | { readonly failed: string };

const NS_PER_SECOND = 1_000_000_000;

export class Poster {
  private connection: ClientConnection | undefined;

  constructor(
    private readonly sys: Sys,
    private readonly url: Url,
    private readonly timeoutNs: number,
  ) {}

  async post(body: Uint8Array, extra: readonly (readonly [string, string])[]): Promise<Answer> {
    const deadlineNs = (await this.sys.clock_gettime('monotonic')) + this.timeoutNs;
    // The server may have closed an idle connection; that is no failure of the request.
    if (this.connection !== undefined && (await this.connection.dead())) await this.close();
    const connection = this.connection ?? (await this.connect(deadlineNs));
    if ('failed' in connection) return connection;
    this.connection = connection;
    const fields = new Fields([
      ['Host', authorityOf(this.url)],
      ['Content-Type', 'text/plain'],
      ['Content-Length', String(body.length)],
      ...extra,
    ]);
    const head = formatRequest({ method: 'POST', target: targetOf(this.url), version: HTTP_1_1, fields });
    const refused = await connection.send(concatBytes([latin1Bytes(head), body]), deadlineNs);
    const answer = refused === undefined ? await this.answer(connection, deadlineNs) : lost(refused);
    if ('failed' in answer) await this.close();
    return answer;
  }

  async close(): Promise<void> {
    await this.connection?.close();
    this.connection = undefined;
  }

  private async connect(deadlineNs: number): Promise<ClientConnection | { readonly failed: string }> {
    const addresses = (await lookupHost(this.sys, this.url.host)) ?? [];
    let failed = `${this.url.host}: name not found`;
    for (const address of addresses) {
      const remote = { family: 'inet', address, port: portOf(this.url) } as const;
      const connection = await ClientConnection.connect(this.sys, remote, deadlineNs);
      if (!isFailure(connection)) return connection;
      failed = lost(connection).failed;
    }
    return { failed };
  }

  private async answer(connection: ClientConnection, deadlineNs: number): Promise<Answer> {
    const reader = new ResponseReader(connection, 'POST');
    let answer: Answer = { failed: 'no answer' };
    let keep = false;
    for (;;) {
      const event = await reader.next(deadlineNs);
      if (event.kind === 'end') break;
      if (event.kind === 'failed') return lost(event.failure);
      if (event.kind === 'empty' || event.kind === 'cut') return { failed: 'the server closed the connection' };
      if (event.kind === 'malformed') return { failed: `malformed answer: ${event.fault.text}` };
      if (event.kind !== 'head' || event.interim) continue;
      const after = event.head.fields.get('retry-after');
      keep = persists(event.head) && event.framing !== 'close';
      answer = {
        status: event.head.status,
        ...(after !== undefined && /^\d{1,5}$/.test(after) ? { retryAfterNs: Number(after) * NS_PER_SECOND } : {}),
      };
    }
    if (!keep) await this.close();
    return answer;
  }
}

function lost(failure: NetFailure): { readonly failed: string } {
  return { failed: failure.failure === 'timeout' ? 'time-out' : failure.text };
}

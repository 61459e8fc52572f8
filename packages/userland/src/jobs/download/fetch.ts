/**
 * One attempt at one file, by a client that waits: what a thread, a process or a greenlet runs, for a greenlet's patched calls wait at its hub. Connections
 * are kept from file to file.
 */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { ClientConnection, isFailure, type NetFailure } from '../../http/client/connection.ts';
import { type ResponseEvent, ResponseReader } from '../../http/client/exchange.ts';
import { lookupHost } from '../../http/client/names.ts';
import { Fields } from '../../http/fields.ts';
import { formatRequest, HTTP_1_1, latin1Bytes, persists, type ResponseHead } from '../../http/message.ts';
import { authorityOf, parseUrl, portOf, targetOf, type Url } from '../../http/url.ts';
import { Conclusion, type FetchSettings } from './conclusion.ts';
import { PartFile } from './part-file.ts';
import { meaningOf, requestFields, retryAfterNs, validatorOf } from './response.ts';
import type { Attempt, Result } from './scheduler.ts';
import { Deadlines, TimeOut } from './time-limits.ts';
import { Trouble } from './trouble.ts';
import type { WaitMeter } from './wait-meter.ts';

export const MAX_REDIRECTS = 10;
const MAX_DROPPED_BYTES = 1_048_576;

type Known = Conclusion['known'];

export class Fetcher {
  private readonly idle = new Map<string, ClientConnection>();
  private readonly addresses = new Map<string, readonly string[]>();
  /** Of the attempt under way. */
  private deadlines: Deadlines;

  constructor(
    private readonly sys: Sys,
    private readonly settings: FetchSettings,
    private readonly clock: Pick<WaitMeter, 'lastNs'>,
  ) {
    this.deadlines = new Deadlines(settings, clock.lastNs);
  }

  async fetch(attempt: Attempt): Promise<Result> {
    const file = new PartFile(this.sys, attempt.path, attempt.url);
    const conclusion = await Conclusion.create(this.sys, attempt, file, this.settings);
    this.deadlines = new Deadlines(this.settings, conclusion.startNs);
    try {
      await this.download(attempt, file, conclusion.known);
    } catch (error) {
      return conclusion.failed(error);
    }
    return conclusion.finished();
  }

  async close(): Promise<void> {
    for (const connection of this.idle.values()) await connection.close();
    this.idle.clear();
  }

  private async download(attempt: Attempt, file: PartFile, known: Known): Promise<void> {
    const { have, validator } = await file.goOn(attempt.validator, this.settings.resume);
    let url = parseUrl(attempt.url) as Url;
    for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
      const next = await this.exchange(url, file, have, validator, known);
      if (next === undefined) return;
      url = next;
    }
    throw new Trouble(`more than ${MAX_REDIRECTS} redirects`, false);
  }

  /** One request; answers where to go instead, or undefined when the body is in the file. */
  private async exchange(
    url: Url,
    file: PartFile,
    have: number,
    validator: string,
    known: Known,
  ): Promise<Url | undefined> {
    const { connection, kept } = await this.connect(url);
    const reader = new ResponseReader(connection, 'GET');
    let keep = false;
    try {
      await this.ask(connection, url, have, validator);
      const { head, framing } = await this.head(reader);
      known.status = head.status;
      const meaning = meaningOf(head, url, have);
      if (meaning.take === 'body') {
        known.type = head.fields.get('content-type') ?? '';
        known.validator = validatorOf(head);
        if (meaning.from === 0) await file.begin(meaning.length, known.validator);
      }
      const whole = await this.body(reader, meaning.take === 'body' ? file : undefined);
      keep = whole && persists(head) && framing !== 'close';
      if (meaning.take === 'nothing') throw new Trouble(meaning.reason, meaning.again, retryAfterNs(head));
      return meaning.take === 'elsewhere' ? meaning.url : undefined;
    } catch (error) {
      // The server closed a kept connection while the request was on its way: nobody has read it (RFC 9112 section 9.3.1).
      if (!kept || reader.received > 0 || !(error instanceof Trouble) || error instanceof TimeOut) throw error;
      return await this.exchange(url, file, have, validator, known);
    } finally {
      if (keep) this.idle.set(authorityOf(url), connection);
      else await connection.close();
    }
  }

  private async ask(connection: ClientConnection, url: Url, have: number, validator: string): Promise<void> {
    const fields = new Fields(requestFields(authorityOf(url), have, validator));
    const request = formatRequest({ method: 'GET', target: targetOf(url), version: HTTP_1_1, fields });
    const refused = await connection.send(latin1Bytes(request), this.deadline());
    if (refused !== undefined) throw this.lost(refused);
  }

  private async head(reader: ResponseReader): Promise<{ readonly head: ResponseHead; readonly framing: string }> {
    for (;;) {
      const event = this.checked(await reader.next(this.deadline()));
      if (event.kind === 'head' && !event.interim) return event;
    }
  }

  /** False where the rest of a page that nobody wants is not worth reading. */
  private async body(reader: ResponseReader, file: PartFile | undefined): Promise<boolean> {
    for (;;) {
      const event = this.checked(await reader.next(this.deadline()));
      if (event.kind === 'end') return true;
      if (event.kind === 'data' && file?.take(event.bytes) === true) await file.flush();
      if (file === undefined && reader.received > MAX_DROPPED_BYTES) return false;
    }
  }

  /** An event of a response; what ends it early is trouble. */
  private checked(event: ResponseEvent): ResponseEvent {
    if (event.kind === 'failed') throw this.lost(event.failure);
    // A server that never stops sending keeps nobody waiting.
    if (this.deadlines.over(this.clock.lastNs)) throw this.deadlines.timeOut(this.clock.lastNs, false);
    if (event.kind === 'empty') throw new Trouble('the server closed the connection without an answer', true);
    if (event.kind === 'cut') throw new Trouble('the connection ended within the file', true);
    if (event.kind === 'malformed') throw new Trouble(`malformed response: ${event.fault.text}`, false);
    return event;
  }

  /** Silence is reckoned from the end of the last wait. */
  private deadline(connecting = false): number {
    return this.deadlines.at(this.clock.lastNs, connecting);
  }

  private lost(failure: NetFailure, connecting = false): Trouble {
    if (failure.failure === 'timeout') return this.deadlines.timeOut(this.clock.lastNs, connecting);
    return new Trouble(failure.text, true);
  }

  /** A connection that was kept, where it still lives, or a new one. */
  private async connect(url: Url): Promise<{ readonly connection: ClientConnection; readonly kept: boolean }> {
    const place = authorityOf(url);
    const kept = this.idle.get(place);
    if (kept !== undefined) {
      this.idle.delete(place);
      if (!(await kept.dead())) return { connection: kept, kept: true };
      await kept.close();
    }
    const addresses = this.addresses.get(url.host) ?? (await lookupHost(this.sys, url.host)) ?? [];
    this.addresses.set(url.host, addresses);
    let failure: Trouble | undefined;
    for (const address of addresses) {
      const remote = { family: 'inet', address, port: portOf(url) } as const;
      const connection = await ClientConnection.connect(this.sys, remote, this.deadline(true));
      if (!isFailure(connection)) return { connection, kept: false };
      failure = this.lost(connection, true);
    }
    if (addresses.length === 0) this.addresses.delete(url.host);
    throw failure ?? new Trouble(`${url.host}: name not found`, true);
  }
}

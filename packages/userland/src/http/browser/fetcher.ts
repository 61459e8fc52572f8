/** The network side of the browser: one resource after the other, over connections that are kept per host, with cookies and redirects. */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { ClientConnection, isFailure } from '../client/connection.ts';
import { ResponseReader } from '../client/exchange.ts';
import { lookupHost } from '../client/names.ts';
import type { CookieJar } from '../cookies.ts';
import { Fields } from '../fields.ts';
import { formatRequest, HTTP_1_1, latin1Bytes, persists, type ResponseHead } from '../message.ts';
import { authorityOf, portOf, resolveReference, targetOf, type Url } from '../url.ts';

/** Instants are on the monotonic clock. */
export interface FetchTimes {
  startNs: number;
  /** When the name was known; undefined on a kept connection. */
  lookupNs?: number;
  /** When the connection stood; undefined on a kept one. */
  connectNs?: number;
  firstByteNs?: number;
  endNs: number;
}

export interface Fetched {
  readonly url: Url;
  /** Undefined where no response came; `problem` says why. */
  readonly head: ResponseHead | undefined;
  readonly body: Uint8Array;
  readonly problem: string | undefined;
  /** Number of the connection, counted from 1; 0 where none was made. */
  readonly connection: number;
  readonly kept: boolean;
  readonly times: FetchTimes;
}

interface Kept {
  readonly connection: ClientConnection;
  readonly number: number;
}

const USER_AGENT = 'Mozilla/5.0 (Netarium) browser/0.1';
const ACCEPT = new Map([
  ['page', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
  ['image', 'image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5'],
  ['icon', 'image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5'],
  ['style', 'text/css,*/*;q=0.1'],
]);
/** A body beyond this is cut off: a page must not fill the host's memory. */
const MAX_BODY_BYTES = 16_777_216;

export class Fetcher {
  private readonly kept = new Map<string, Kept>();
  private connections = 0;

  constructor(
    private readonly sys: Sys,
    private readonly jar: CookieJar,
    private readonly timeoutNs: number,
  ) {}

  /** One request and its response; redirects are the caller's business. */
  async fetch(url: Url, kind: string, referer: string | undefined): Promise<Fetched> {
    const times: FetchTimes = { startNs: await this.now(), endNs: 0 };
    const deadlineNs = times.startNs + this.timeoutNs;
    for (let attempt = 0; ; attempt++) {
      const entry = await this.connect(url, times, deadlineNs);
      if (typeof entry === 'string') return this.failed(url, times, entry);
      const fetched = await this.exchange(entry, url, kind, referer, times, deadlineNs);
      // A server may close an idle connection at the very moment we use it (RFC 9112 section 9.3.1): GET is safe to ask again.
      const stale = fetched.kept && fetched.head === undefined && times.firstByteNs === undefined;
      if (!stale || attempt > 0) return fetched;
    }
  }

  /** Where a redirect leads; undefined for everything else. */
  redirect(fetched: Fetched): Url | undefined {
    const location = fetched.head?.fields.all('location')[0];
    if (!fetched.head || ![301, 302, 303, 307, 308].includes(fetched.head.status) || location === undefined)
      return undefined;
    const url = resolveReference(fetched.url, location);
    return typeof url === 'string' ? undefined : url;
  }

  async closeAll(): Promise<void> {
    for (const { connection } of this.kept.values()) await connection.close();
    this.kept.clear();
  }

  private now(): Promise<number> {
    return this.sys.clock_gettime('monotonic');
  }

  private async failed(url: Url, times: FetchTimes, problem: string): Promise<Fetched> {
    times.endNs = await this.now();
    return { url, head: undefined, body: new Uint8Array(0), problem, connection: 0, kept: false, times };
  }

  private async connect(
    url: Url,
    times: FetchTimes,
    deadlineNs: number,
  ): Promise<(Kept & { readonly kept: boolean }) | string> {
    const key = `${url.host}:${portOf(url)}`;
    const old = this.kept.get(key);
    if (old) {
      this.kept.delete(key);
      if (!(await old.connection.dead())) return { ...old, kept: true };
      await old.connection.close();
    }
    const addresses = await lookupHost(this.sys, url.host);
    times.lookupNs = await this.now();
    if (addresses === undefined || addresses.length === 0) return `Could not resolve host: ${url.host}`;
    let problem = '';
    for (const address of addresses) {
      const connection = await ClientConnection.connect(
        this.sys,
        { family: 'inet', address, port: portOf(url) },
        deadlineNs,
      );
      if (!isFailure(connection)) {
        times.connectNs = await this.now();
        return { connection, number: ++this.connections, kept: false };
      }
      problem = `${address}: ${connection.failure === 'timeout' ? 'Connection timed out' : connection.text}`;
    }
    return problem;
  }

  private async exchange(
    entry: Kept & { readonly kept: boolean },
    url: Url,
    kind: string,
    referer: string | undefined,
    times: FetchTimes,
    deadlineNs: number,
  ): Promise<Fetched> {
    const { connection } = entry;
    const reader = new ResponseReader(connection, 'GET');
    const unsent = await connection.send(latin1Bytes(await this.requestText(url, kind, referer)), deadlineNs);
    const read = unsent
      ? { head: undefined, body: new Uint8Array(0), problem: 'Send failure', reusable: false }
      : await this.readResponse(reader, url, times, deadlineNs);
    times.endNs = await this.now();
    if (read.reusable) this.kept.set(`${url.host}:${portOf(url)}`, entry);
    else await connection.close();
    const { head, body, problem } = read;
    return { url, head, body, problem, connection: entry.number, kept: entry.kept, times };
  }

  private async requestText(url: Url, kind: string, referer: string | undefined): Promise<string> {
    const fields = new Fields([
      ['Host', authorityOf(url)],
      ['User-Agent', USER_AGENT],
      ['Accept', ACCEPT.get(kind) ?? '*/*'],
      ['Connection', 'keep-alive'],
    ]);
    if (referer !== undefined) fields.add('Referer', referer);
    const seconds = Math.floor((await this.sys.clock_gettime('realtime')) / 1_000_000_000);
    const cookies = this.jar.header({ host: url.host, path: url.path, secure: false }, seconds);
    if (cookies !== undefined) fields.add('Cookie', cookies);
    const target = targetOf(url).replace(/[^!-~]/gu, '?');
    return formatRequest({ method: 'GET', target, version: HTTP_1_1, fields });
  }

  private async readResponse(reader: ResponseReader, url: Url, times: FetchTimes, deadlineNs: number) {
    const parts: Uint8Array[] = [];
    let head: ResponseHead | undefined;
    let framing = '';
    let length = 0;
    const done = (problem: string | undefined, reusable = false) => ({
      head,
      body: concatBytes(parts),
      problem,
      reusable,
    });
    for (;;) {
      const event = await reader.next(deadlineNs);
      switch (event.kind) {
        case 'head':
          times.firstByteNs ??= await this.now();
          if (event.interim) break;
          head = event.head;
          framing = event.framing;
          await this.storeCookies(head, url);
          break;
        case 'data':
          length += event.bytes.length;
          if (length > MAX_BODY_BYTES) return done('body too large');
          parts.push(event.bytes.slice());
          break;
        case 'end':
          return done(undefined, head !== undefined && persists(head) && framing !== 'close');
        case 'empty':
          return done('Empty reply from server');
        case 'cut':
          return done('Connection closed before the end of the body');
        case 'malformed':
          return done(`Malformed response: ${event.fault.text}`);
        case 'failed':
          return done(event.failure.failure === 'timeout' ? 'Timed out' : event.failure.text);
      }
    }
  }

  private async storeCookies(head: ResponseHead, url: Url): Promise<void> {
    const seconds = Math.floor((await this.sys.clock_gettime('realtime')) / 1_000_000_000);
    for (const line of head.fields.all('set-cookie'))
      this.jar.receive(line, { host: url.host, path: url.path, secure: false }, seconds);
  }
}

/** One URL of a curl run: connect, ask, read, follow redirects. */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { NO_DEADLINE } from '../client/connection.ts';
import { type ResponseEvent, ResponseReader } from '../client/exchange.ts';
import type { Cookie, CookieJar, CookieRequest } from '../cookies.ts';
import { latin1Bytes, persists, type ResponseHead } from '../message.ts';
import { formatUrl, portOf, resolveReference, type Url } from '../url.ts';
import { CURLE, CurlError } from './errors.ts';
import { ProgressMeter } from './meter.ts';
import type { CurlSettings } from './options.ts';
import type { Output } from './output.ts';
import type { ConnectionPool, Deadlines, PooledConnection } from './pool.ts';
import { type CurlProxy, isExempt } from './proxy.ts';
import { headLines, type Report } from './report.ts';
import { buildRequest, defaultMethod, urlWithData } from './request.ts';
import type { TransferStats } from './writeout.ts';

const MS_NS = 1_000_000;
const SECOND_NS = 1_000_000_000;

export interface TransferContext {
  readonly sys: Sys;
  readonly settings: CurlSettings;
  readonly pool: ConnectionPool;
  readonly report: Report;
  readonly output: Output;
  /** Undefined while cookies are off. */
  readonly jar: CookieJar | undefined;
  /** Cookies given as text, sent with every request. */
  readonly cookieText: string | undefined;
  readonly dumpHeader: ((bytes: Uint8Array) => Promise<void>) | undefined;
  readonly showMeter: boolean;
  readonly stats: TransferStats;
}

/** What the response asks for next. */
type Hop = { readonly url: Url; readonly method: string; readonly withData: boolean } | undefined;

export class Transfer {
  private startNs = 0;
  private meter!: ProgressMeter;
  private http10: boolean;
  private firstHost = '';

  constructor(private readonly context: TransferContext) {
    this.http10 = context.settings.http10;
  }

  async run(first: Url): Promise<void> {
    const { settings, sys, stats, report } = this.context;
    this.startNs = await sys.clock_gettime('monotonic');
    this.meter = new ProgressMeter(sys, this.context.showMeter, this.startNs);
    this.firstHost = first.host;
    await this.meter.begin();
    try {
      let hop: Hop = {
        url: urlWithData(first, settings),
        method: defaultMethod(settings),
        withData: settings.data !== undefined,
      };
      while (hop) {
        const next: Hop = await this.exchange(hop);
        if (!next) break;
        if (stats.redirects >= settings.maxRedirects) {
          await report.info(`Maximum (${settings.maxRedirects}) redirects followed`);
          throw new CurlError(CURLE.TOO_MANY_REDIRECTS, `Maximum (${settings.maxRedirects}) redirects followed`);
        }
        stats.redirects++;
        stats.redirectNs = await this.elapsed();
        stats.redirectUrl = '';
        await report.info(`Issue another request to this URL: '${formatUrl(next.url)}'`);
        if (next.method !== hop.method) await report.info(`Switch from ${hop.method} to ${next.method}`);
        hop = next;
      }
      await this.context.output.finish();
    } catch (error) {
      // A name that is not found ends curl before the meter's last line.
      if (!(error instanceof CurlError && error.code === CURLE.COULDNT_RESOLVE_HOST))
        await this.meter.end(await sys.clock_gettime('monotonic'));
      throw error;
    } finally {
      stats.totalNs = await this.elapsed();
    }
    await this.meter.end(await sys.clock_gettime('monotonic'));
  }

  private async elapsed(): Promise<number> {
    return (await this.context.sys.clock_gettime('monotonic')) - this.startNs;
  }

  private deadlines(startNs: number): Deadlines {
    const { maxTimeNs, connectTimeoutNs } = this.context.settings;
    const totalNs = maxTimeNs === undefined ? NO_DEADLINE : this.startNs + maxTimeNs;
    return { startNs, totalNs, connectNs: startNs + connectTimeoutNs };
  }

  /** One request and response; a reused connection that turns out to be dead gets one fresh try (RFC 9112 section 9.3.1). */
  private async exchange(hop: NonNullable<Hop>): Promise<Hop> {
    const { sys, stats, pool, report, settings } = this.context;
    for (let attempt = 0; ; attempt++) {
      const begunNs = await sys.clock_gettime('monotonic');
      const limits = this.deadlines(begunNs);
      const times = { lookupNs: begunNs, connectNs: begunNs };
      const proxy = isExempt(settings.noProxy, hop.url) ? undefined : settings.proxy;
      const to = proxy ?? { host: hop.url.host, port: portOf(hop.url) };
      const entry = await pool.get(to.host, to.port, limits, report, times);
      stats.nameLookupNs = times.lookupNs - this.startNs;
      stats.connectNs = times.connectNs - this.startNs;
      this.noteConnection(entry);
      const reader = new ResponseReader(entry.connection, hop.method);
      try {
        await this.send(entry, hop, limits, proxy);
        return await this.receive(entry, reader, hop, limits);
      } catch (error) {
        const stale =
          error instanceof CurlError &&
          [CURLE.GOT_NOTHING, CURLE.RECV_ERROR, CURLE.SEND_ERROR].includes(error.code as 52);
        if (stale && entry.reused && reader.received === 0 && attempt === 0) {
          await report.info('Connection died, retrying a fresh connect (retry count: 1)');
          await pool.close(entry, report);
          continue;
        }
        if (error instanceof CurlError) {
          if (!(error.code === CURLE.HTTP_RETURNED_ERROR && settings.failWithBody)) {
            await report.info(error.message);
            await pool.close(entry, report);
          }
        }
        throw error;
      }
    }
  }

  private noteConnection(entry: PooledConnection): void {
    const { stats } = this.context;
    if (!entry.reused) stats.connects++;
    stats.remoteAddress = entry.connection.remote.address;
    stats.remotePort = entry.connection.remote.port;
    stats.localAddress = entry.local.address;
    stats.localPort = entry.local.port;
  }

  private async now(): Promise<number> {
    return Math.floor((await this.context.sys.clock_gettime('realtime')) / SECOND_NS);
  }

  private cookieRequest(url: Url): CookieRequest {
    return { host: url.host, path: url.path, secure: false };
  }

  private async cookies(url: Url): Promise<string | undefined> {
    const { jar, cookieText } = this.context;
    const matching = jar ? curlOrder(jar.matching(this.cookieRequest(url), await this.now()), jar) : [];
    const own = matching.length === 0 ? undefined : matching.map(({ name, value }) => `${name}=${value}`).join('; ');
    const parts = [own, url.host === this.firstHost ? cookieText : undefined].filter((part) => part !== undefined);
    return parts.length === 0 ? undefined : parts.join('; ');
  }

  private async send(
    entry: PooledConnection,
    hop: NonNullable<Hop>,
    limits: Deadlines,
    proxy: CurlProxy | undefined,
  ): Promise<void> {
    const { settings, stats, report } = this.context;
    const sameHost = hop.url.host === this.firstHost;
    const cookies = await this.cookies(hop.url);
    const plan = buildRequest(settings, { ...hop, cookies, http10: this.http10, proxy, sameHost });
    stats.method = plan.method;
    stats.urlEffective = formatUrl(hop.url);
    stats.preTransferNs = await this.elapsed();
    const user = settings.user ?? hop.url.userinfo;
    if (user !== undefined && sameHost) await report.info(`Server auth using Basic with user '${user.split(':')[0]}'`);
    await report.sentHead(plan.head);
    const head = latin1Bytes(plan.head);
    const bytes = new Uint8Array(head.length + (plan.body?.length ?? 0));
    bytes.set(head, 0);
    if (plan.body) bytes.set(plan.body, head.length);
    stats.requestBytes += head.length;
    const failed = await entry.connection.send(bytes, limits.totalNs);
    if (failed) {
      if (failed.failure === 'timeout') throw await this.timeout(undefined);
      throw new CurlError(CURLE.SEND_ERROR, `Send failure: ${failed.text}`);
    }
    if (!plan.body || plan.body.length === 0) return;
    stats.uploaded = this.meter.uploaded = this.meter.uploadTotal = plan.body.length;
    await report.sentData(plan.body.length);
  }

  private async timeout(total: number | undefined): Promise<CurlError> {
    const ms = Math.floor((await this.elapsed()) / MS_NS);
    const { downloaded } = this.context.stats;
    const bytes = total === undefined ? `${downloaded} bytes` : `${downloaded} out of ${total} bytes`;
    return new CurlError(
      CURLE.OPERATION_TIMEDOUT,
      `Operation timed out after ${ms} milliseconds with ${bytes} received`,
    );
  }

  private async receive(
    entry: PooledConnection,
    reader: ResponseReader,
    hop: NonNullable<Hop>,
    limits: Deadlines,
  ): Promise<Hop> {
    const { stats, report, settings, pool, output } = this.context;
    let head: ResponseHead | undefined;
    let framing = '';
    let next: Hop;
    let discard = false;
    let ignoredShown = false;
    for (;;) {
      const event = await reader.next(limits.totalNs);
      switch (event.kind) {
        case 'head': {
          await this.onHead(event, hop);
          if (event.interim) break;
          head = event.head;
          framing = event.framing;
          next = this.redirect(head, hop);
          discard = next !== undefined;
          break;
        }
        case 'data':
          if (discard && !ignoredShown) {
            await report.info('Ignoring the response-body');
            ignoredShown = true;
          }
          await report.receivedData(event.waiting);
          stats.downloaded += event.bytes.length;
          this.meter.downloaded = stats.downloaded;
          if (!discard) await output.write(event.bytes);
          await this.meter.update(await this.context.sys.clock_gettime('monotonic'));
          break;
        case 'end': {
          const close = !head || !persists(head) || framing === 'close' || this.http10;
          await this.meter.update(await this.context.sys.clock_gettime('monotonic'));
          if (close) await pool.close(entry, report);
          else await pool.keep(entry, report);
          if (settings.failWithBody && !next && head && head.status >= 400)
            throw new CurlError(CURLE.HTTP_RETURNED_ERROR, `The requested URL returned error: ${head.status}`);
          if (discard) stats.downloaded = 0;
          return next;
        }
        default:
          throw await this.receiveError(event);
      }
    }
  }

  private async receiveError(event: Exclude<ResponseEvent, { kind: 'head' | 'data' | 'end' }>): Promise<CurlError> {
    switch (event.kind) {
      case 'empty':
        return new CurlError(CURLE.GOT_NOTHING, 'Empty reply from server');
      case 'cut':
        if (event.missing !== undefined)
          return new CurlError(CURLE.PARTIAL_FILE, `transfer closed with ${event.missing} bytes remaining to read`);
        return new CurlError(CURLE.PARTIAL_FILE, 'transfer closed with outstanding read data remaining');
      case 'malformed':
        if (event.inHead && event.fault.text === 'malformed status line')
          return new CurlError(CURLE.UNSUPPORTED_PROTOCOL, 'Received HTTP/0.9 when not allowed');
        if (!event.inHead) await this.context.report.receivedData(event.waiting);
        if (event.fault.text === 'malformed chunk size')
          return new CurlError(CURLE.RECV_ERROR, 'Illegal or missing hexadecimal sequence in chunked-encoding');
        return new CurlError(
          event.inHead ? CURLE.WEIRD_SERVER_REPLY : CURLE.RECV_ERROR,
          `Malformed response: ${event.fault.text}`,
        );
      case 'failed':
        if (event.failure.failure === 'timeout') return this.timeout(this.meter.downloadTotal);
        return new CurlError(CURLE.RECV_ERROR, `Recv failure: ${event.failure.text}`);
    }
  }

  /** Shows, saves and applies a response head. */
  private async onHead(event: Extract<ResponseEvent, { kind: 'head' }>, hop: NonNullable<Hop>): Promise<void> {
    const { stats, report, settings, output, dumpHeader } = this.context;
    const { head } = event;
    stats.status = head.status;
    stats.httpVersion = `${head.version.major}.${head.version.minor}`;
    stats.contentType = head.fields.get('content-type') ?? '';
    stats.headerBytes += event.raw.length;
    stats.startTransferNs = await this.elapsed();
    const length = event.framing === 'length' ? Number(head.fields.all('content-length')[0]) : undefined;
    this.meter.downloadTotal = Number.isSafeInteger(length) ? length : undefined;
    if (head.version.minor === 0) {
      this.http10 = true;
      await report.info('HTTP 1.0, assume close after body');
    }
    const failing = settings.fail && head.status >= 400 && !event.interim;
    const endless = event.framing === 'close' && persists(head);
    for (const line of headLines(event.raw)) {
      if (failing && line.trim() === '')
        throw new CurlError(CURLE.HTTP_RETURNED_ERROR, `The requested URL returned error: ${head.status}`);
      const last = line.trim() === '';
      if (last && endless) await report.info('no chunk, no close, no size. Assume close to signal end');
      await this.onHeaderLine(line, hop.url);
      // curl shows no end of an interim head.
      if (!(last && event.interim)) await report.receivedLine(line);
      if (settings.include) await output.write(latin1Bytes(line));
      await dumpHeader?.(latin1Bytes(line));
    }
  }

  private async onHeaderLine(line: string, url: Url): Promise<void> {
    const { jar, report } = this.context;
    const match = /^set-cookie:[ \t]*(.*?)[ \t\r\n]*$/i.exec(line);
    if (!match || !jar) return;
    const before = jar.cookies.length;
    const cookie = jar.receive(match[1]!, this.cookieRequest(url), await this.now());
    if (cookie === 'domain does not match' || cookie === 'public suffix') {
      const domain = /;\s*domain=\.?([^;]*)/i.exec(match[1]!)?.[1]?.trim() ?? '';
      await report.info(`skipped cookie with bad tailmatch domain: ${domain}`);
    } else if (cookie === 'secure attribute over http') await report.info("skipped cookie because not 'secure'");
    else if (typeof cookie !== 'string') {
      const verb = jar.cookies.length > before ? 'Added' : 'Replaced';
      const { name, value, domain, path, expires } = cookie;
      await report.info(`${verb} cookie ${name}="${value}" for domain ${domain}, path ${path}, expire ${expires ?? 0}`);
    }
  }

  /** RFC 9110 section 15.4: where a redirect leads and with which method; undefined where none is followed. */
  private redirect(head: ResponseHead, hop: NonNullable<Hop>): Hop {
    const { settings, stats } = this.context;
    const location = head.fields.all('location')[0];
    if (head.status < 300 || head.status > 399 || location === undefined || location === '') return undefined;
    const url = resolveReference(hop.url, encodeLocation(location));
    stats.redirectUrl = typeof url === 'string' ? '' : formatUrl(url);
    if (!settings.follow) return undefined;
    const unparsed = 'The redirect target URL could not be parsed:';
    if (typeof url === 'string')
      throw new CurlError(CURLE.URL_MALFORMAT, `${unparsed} Malformed input to a URL function`);
    if (url.scheme === 'https')
      throw new CurlError(CURLE.UNSUPPORTED_PROTOCOL, 'Protocol "https" not supported or disabled in libcurl');
    if (url.scheme !== 'http') throw new CurlError(CURLE.UNSUPPORTED_PROTOCOL, `${unparsed} Unsupported URL scheme`);
    const { fragment: _dropped, ...rest } = url;
    const toGet =
      (head.status === 303 || head.status === 301 || head.status === 302) &&
      hop.withData &&
      settings.method === undefined;
    return { url: rest, method: toGet ? 'GET' : hop.method, withData: hop.withData && !toGet };
  }
}

/** Location values are one byte per character; blanks and bytes beyond ASCII are sent on as careless servers meant them. */
function encodeLocation(text: string): string {
  return text.replace(/[^!-~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

/** curl's order where RFC 6265 leaves one: longer paths, domains and names first, then the newer cookie. */
function curlOrder(cookies: readonly Cookie[], jar: CookieJar): readonly Cookie[] {
  const age = (cookie: Cookie) => jar.cookies.indexOf(cookie);
  return [...cookies].sort(
    (a, b) =>
      b.path.length - a.path.length ||
      b.domain.length - a.domain.length ||
      b.name.length - a.name.length ||
      age(b) - age(a),
  );
}

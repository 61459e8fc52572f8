/**
 * The handlers that `build_opener` puts in by itself, and HTTPCookieProcessor. Left out: ftp and data URLs, authentication of servers and proxies by challenge,
 * TLS; their URLs are an unknown url type, as in a Python that was built without them.
 */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { base64 } from '../../http/base64.ts';
import { CookieJar } from '../../http/cookies.ts';
import { formatHttpDate } from '../../http/date.ts';
import { latin1Bytes } from '../../http/message.ts';
import { mediaType } from '../../http/mime.ts';
import { readFile } from '../../lib/stdio.ts';
import { HTTPConnection, splitHostPort } from '../http-client/connection.ts';
import { GaiError, SocketTimeout } from '../http-client/errors.ts';
import type { HTTPResponse } from '../http-client/response.ts';
import { OSError, osErrorOf } from '../os-error.ts';
import type { Python } from '../threading/python.ts';
import { HTTPError, URLError } from './errors.ts';
import type { Handler, OpenerDirector } from './opener.ts';
import { hostnameOf, quoteBytes, unquote, urljoin, urlsplit, urlunsplit } from './parse.ts';
import { bypassed, getproxies, type Proxies, parseProxy } from './proxies.ts';
import { Request, title } from './request.ts';
import { AddInfoUrl, type UrlResponse } from './response.ts';

const HTTP = ['http'] as const;

/** What `except OSError` catches. */
function isOSError(error: unknown): error is Error {
  return error instanceof OSError || error instanceof GaiError || error instanceof SocketTimeout;
}

export class HTTPHandler implements Handler {
  readonly schemes = HTTP;

  constructor(
    private readonly opener: OpenerDirector,
    /** Texts are bytes, as in Python 2. */
    private readonly textBody: boolean,
  ) {}

  async prepare(request: Request): Promise<void> {
    if (request.host === '') throw new URLError('no host given');
    const body = request.body(this.textBody);
    if (body !== undefined) {
      const own = (name: string, value: string): void => {
        if (!request.hasHeader(name)) request.addUnredirectedHeader(name, value);
      };
      own('Content-type', 'application/x-www-form-urlencoded');
      own('Content-length', String(body.length));
    }
    const host = request.hasProxy ? (/^[^:]+:\/\/([^/?#]*)/.exec(request.selector)?.[1] ?? '') : request.host;
    if (!request.hasHeader('Host')) request.addUnredirectedHeader('Host', host);
    for (const [name, value] of this.opener.addheaders)
      if (!request.hasHeader(name.charAt(0).toUpperCase() + name.slice(1).toLowerCase()))
        request.addUnredirectedHeader(name, value);
  }

  async open(request: Request): Promise<UrlResponse> {
    const { host, port } = splitHostPort(request.host, 80);
    const connection = new HTTPConnection(this.opener.py.sys, host, port, { timeout: request.timeout });
    const headers = new Map(request.unredirected);
    for (const [name, value] of request.headers) if (!headers.has(name)) headers.set(name, value);
    // Nobody would read a second response from this connection.
    headers.set('Connection', 'close');
    const list = [...headers].map(([name, value]) => [title(name), value] as const);
    let response: HTTPResponse;
    try {
      const body = request.body(this.textBody);
      await connection.request(request.getMethod(), request.selector, body, list).catch((error: unknown) => {
        throw isOSError(error) ? new URLError(error) : error;
      });
      response = await connection.getresponse();
    } catch (error) {
      await connection.close();
      throw error;
    }
    // A server that would keep the connection is not kept waiting.
    const close = async (): Promise<void> => {
      await response.close();
      await connection.close();
    };
    const read = async (amount?: number): Promise<Uint8Array> => {
      const bytes = await response.read(amount);
      if (response.closed) await close();
      return bytes;
    };
    return new AddInfoUrl({ read, close }, response.headers, request.fullUrl, response.status, response.reason);
  }
}

/** Anything but a success goes to whoever deals with it. */
export class HTTPErrorProcessor implements Handler {
  readonly schemes = HTTP;
  readonly order = 1000;

  constructor(private readonly opener: OpenerDirector) {}

  async response(request: Request, response: UrlResponse): Promise<UrlResponse> {
    const status = response.status ?? 200;
    return status >= 200 && status < 300 ? response : this.opener.error(request, response);
  }
}

const MAX_REPEATS = 4;
const MAX_REDIRECTIONS = 10;
const LOOP =
  'The HTTP server returned a redirect error that would lead to an infinite loop.\nThe last 30x error message was:\n';

export class HTTPRedirectHandler implements Handler {
  readonly schemes = HTTP;

  constructor(
    private readonly opener: OpenerDirector,
    /** 308 is followed since 3.11. */
    private readonly statuses: ReadonlySet<number>,
  ) {}

  async error(request: Request, response: UrlResponse): Promise<UrlResponse | undefined> {
    const status = response.status!;
    const location = response.headers.all('location')[0] ?? response.headers.all('uri')[0];
    if (!this.statuses.has(status) || location === undefined) return undefined;
    const fail = (url: string, text: string): HTTPError => new HTTPError(url, status, text, response.headers, response);
    const parts = urlsplit(location);
    if (!['http', 'https', 'ftp', ''].includes(parts.scheme))
      throw fail(location, `${response.msg} - Redirection to url '${location}' is not allowed`);
    const target = urlunsplit(parts.path === '' && parts.netloc !== '' ? { ...parts, path: '/' } : parts);
    // The header's bytes are quoted as they are, blanks too; punctuation stays.
    const url = urljoin(request.fullUrl, quoteBytes(latin1Bytes(target), PUNCTUATION));
    const method = request.getMethod();
    // RFC 9110 section 15.4: 307 and 308 keep the method, which this client does not do for what has a body.
    if (!(method === 'GET' || method === 'HEAD' || (method === 'POST' && status <= 303)))
      throw fail(request.fullUrl, response.msg);
    const next = new Request(url, { headers: withoutContent(request) });
    const visited = request.visited ?? new Map<string, number>();
    const seen = visited.get(url) ?? 0;
    if (request.visited !== undefined && (seen >= MAX_REPEATS || visited.size >= MAX_REDIRECTIONS))
      throw fail(request.fullUrl, LOOP + response.msg);
    visited.set(url, seen + 1);
    request.visited = next.visited = visited;
    await response.read();
    await response.close();
    next.timeout = request.timeout;
    return this.opener.open(next);
  }
}

const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** The headers of a request that follows: all but those of the body. */
function withoutContent(request: Request): Record<string, string> {
  return Object.fromEntries([...request.headers].filter(([name]) => !/^content-(length|type)$/i.test(name)));
}

export class ProxyHandler implements Handler {
  readonly order = 100;
  readonly schemes: readonly string[];

  constructor(private readonly proxies: Proxies) {
    this.schemes = [...proxies.keys()].filter((name) => name !== 'no');
  }

  /** By environment (getproxies). */
  static async create(py: Python): Promise<ProxyHandler> {
    return new ProxyHandler(await getproxies(py.sys));
  }

  async open(request: Request): Promise<undefined> {
    const proxy = parseProxy(this.proxies.get(request.type)!);
    if (request.host !== '' && bypassed(request.host, this.proxies.get('no'))) return undefined;
    if (proxy.user && proxy.password)
      request.addHeader(
        'Proxy-authorization',
        `Basic ${base64(encodeUtf8(`${unquote(proxy.user)}:${unquote(proxy.password)}`))}`,
      );
    request.setProxy(unquote(proxy.authority), proxy.scheme ?? request.type);
    return undefined;
  }
}

/** `file:` URLs of this machine. */
export class FileHandler implements Handler {
  readonly schemes = ['file'] as const;

  constructor(private readonly opener: OpenerDirector) {}

  async open(request: Request): Promise<UrlResponse> {
    if (request.host !== '' && request.host !== 'localhost')
      throw new URLError('file:// scheme is supported only on localhost');
    const path = unquote(request.selector);
    const { sys } = this.opener.py;
    try {
      const { size, mtimeNs } = await sys.stat(path);
      const headers = [
        ['Content-type', mediaType(path).split(';')[0]!],
        ['Content-length', String(size)],
        ['Last-modified', formatHttpDate(Math.floor(mtimeNs / 1_000_000_000))],
      ] as const;
      return AddInfoUrl.ofBytes(await readFile(sys, path), headers, `file://${request.host}${request.selector}`);
    } catch (error) {
      const failed = osErrorOf(error);
      if (failed === undefined) throw error;
      failed.message += `: '${path}'`;
      throw new URLError(failed);
    }
  }
}

export class HTTPCookieProcessor implements Handler {
  readonly schemes = HTTP;

  constructor(
    private readonly py: Python,
    readonly cookiejar = new CookieJar(),
  ) {}

  async prepare(request: Request): Promise<void> {
    const cookies = this.cookiejar.header(about(request), await now(this.py));
    if (cookies !== undefined && !request.hasHeader('Cookie')) request.addUnredirectedHeader('Cookie', cookies);
  }

  async response(request: Request, response: UrlResponse): Promise<UrlResponse> {
    const seconds = await now(this.py);
    for (const cookie of response.headers.all('set-cookie')) this.cookiejar.receive(cookie, about(request), seconds);
    return response;
  }
}

function about(request: Request): { host: string; path: string; secure: boolean } {
  const { netloc, path } = urlsplit(request.fullUrl);
  return { host: hostnameOf(netloc) ?? '', path: path === '' ? '/' : path, secure: false };
}

async function now(py: Python): Promise<number> {
  return (await py.sys.clock_gettime('realtime')) / 1_000_000_000;
}

/**
 * Session of requests 2.28: connections and cookies that outlast a request, defaults for all of them. A session belongs to the thread that made it. Leaves out:
 * hooks, .netrc, TLS.
 */
import { parseIpv4 } from '@netarium/core/base/address.ts';
import type { Python } from '../threading/python.ts';
import { hostnameOf, urlsplit } from '../urllib/parse.ts';
import { bypassed, getproxies } from '../urllib/proxies.ts';
import { type AdapterOptions, HTTPAdapter, noAdapter, type ProxyTable, type RequestTimeout } from './adapter.ts';
import { RequestsCookieJar } from './cookies.ts';
import { RequestException } from './exceptions.ts';
import {
  type Auth,
  authOf,
  basicAuth,
  type HeaderValues,
  PreparedRequest,
  type RequestSpec,
} from './prepared-request.ts';
import { follow, nextUrl, redirectTarget } from './redirects.ts';
import { Response } from './response.ts';

/**
 * Python functions that run for a new session, and for each request on top of urllib3's: counted with sys.setprofile, 1842 in all for `requests.get(url).content`,
 * 1605 for a session's.
 */
const SESSION_CALLS = 237;
const SEND_CALLS = 1313;
const MAX_REDIRECTS = 30;

export interface SendOptions {
  readonly timeout?: RequestTimeout;
  /** True, but for HEAD by `requests.head`. */
  readonly allowRedirects?: boolean;
  readonly proxies?: Readonly<Record<string, string>>;
  /** The body is left on the connection until it is asked for. */
  readonly stream?: boolean;
}

export interface RequestOptions extends RequestSpec, SendOptions {
  readonly cookies?: Readonly<Record<string, string>> | RequestsCookieJar;
}

/** What every session sends unless told otherwise. */
const DEFAULT_HEADERS: readonly (readonly [string, string])[] = [
  ['User-Agent', 'python-requests/2.28.1'],
  ['Accept-Encoding', 'gzip, deflate'],
  ['Accept', '*/*'],
  ['Connection', 'keep-alive'],
];

export class Session {
  /** Sent with every request; a request's own come over them. */
  readonly headers = new Map(DEFAULT_HEADERS);
  readonly cookies = new RequestsCookieJar();
  readonly params = new Map<string, string>();
  auth: Auth | undefined;
  proxies: ProxyTable = new Map();
  maxRedirects = MAX_REDIRECTS;
  /** Look for proxies in the environment. */
  trustEnv = true;

  private constructor(
    private readonly py: Python,
    private adapters: readonly (readonly [prefix: string, adapter: HTTPAdapter])[],
  ) {}

  static async create(py: Python, options: AdapterOptions = {}): Promise<Session> {
    await py.calls(SESSION_CALLS);
    const adapter = await HTTPAdapter.create(py, options);
    return new Session(py, [
      ['https://', adapter],
      ['http://', adapter],
    ]);
  }

  /** Another adapter for URLs that begin so; the longest beginning counts. */
  mount(prefix: string, adapter: HTTPAdapter): void {
    const others = this.adapters.filter(([known]) => known !== prefix);
    this.adapters = [...others, [prefix, adapter] as const].sort((a, b) => b[0].length - a[0].length);
  }

  getAdapter(url: string): HTTPAdapter {
    const found = this.adapters.find(([prefix]) => url.toLowerCase().startsWith(prefix.toLowerCase()));
    if (found === undefined) throw noAdapter(url);
    return found[1];
  }

  async request(method: string, url: string, options: RequestOptions = {}): Promise<Response> {
    const prepared = await this.prepare(method, url, options);
    return this.send(prepared, {
      ...options,
      proxies: Object.fromEntries(await this.proxiesFor(prepared.url, options)),
    });
  }

  get = (url: string, options?: RequestOptions): Promise<Response> => this.request('GET', url, options);
  options = (url: string, options?: RequestOptions): Promise<Response> => this.request('OPTIONS', url, options);
  head = (url: string, options?: RequestOptions): Promise<Response> =>
    this.request('HEAD', url, { allowRedirects: false, ...options });
  post = (url: string, options?: RequestOptions): Promise<Response> => this.request('POST', url, options);
  put = (url: string, options?: RequestOptions): Promise<Response> => this.request('PUT', url, options);
  patch = (url: string, options?: RequestOptions): Promise<Response> => this.request('PATCH', url, options);
  delete = (url: string, options?: RequestOptions): Promise<Response> => this.request('DELETE', url, options);

  async prepare(method: string, url: string, options: RequestOptions = {}): Promise<PreparedRequest> {
    const { cookies = {}, headers = {}, params } = options;
    const own = cookies instanceof RequestsCookieJar ? cookies : RequestsCookieJar.of(cookies);
    const auth = options.auth ?? this.auth;
    const mergedParams = typeof params === 'string' || this.params.size === 0 ? params : this.mergedParams(params);
    return PreparedRequest.prepare(
      this.py,
      method,
      url,
      {
        ...options,
        headers: mergeHeaders(this.headers, headers),
        ...(mergedParams === undefined ? {} : { params: mergedParams }),
        ...(auth === undefined ? {} : { auth }),
      },
      new RequestsCookieJar().update(this.cookies).update(own),
    );
  }

  private mergedParams(params: Exclude<RequestOptions['params'], string>): RequestSpec['params'] {
    const own = Array.isArray(params) ? params : Object.entries(params ?? {});
    const names = new Set(own.map(([name]) => name));
    return [...[...this.params].filter(([name]) => !names.has(name)), ...own] as RequestSpec['params'];
  }

  async send(prepared: PreparedRequest, options: SendOptions = {}): Promise<Response> {
    const proxies = new Map(Object.entries(options.proxies ?? {}));
    let response = await this.sendOne(prepared, options, proxies);
    this.cookies.update(response.cookies);
    if (options.allowRedirects !== false) response = await this.resolveRedirects(response, options, proxies);
    if (options.stream !== true) await response.read();
    return response;
  }

  private async sendOne(request: PreparedRequest, options: SendOptions, proxies: ProxyTable): Promise<Response> {
    const { py } = this;
    await py.calls(SEND_CALLS);
    const adapter = this.getAdapter(request.url);
    const start = await py.monotonic();
    const raw = await adapter.send(request, options.timeout, proxies);
    const cookies = new RequestsCookieJar();
    cookies.extract(raw.headers, request.cookieContext(await this.now()));
    const response = new Response(request, raw, cookies);
    response.elapsed = (await py.monotonic()) - start;
    return response;
  }

  private async resolveRedirects(first: Response, options: SendOptions, proxies: ProxyTable): Promise<Response> {
    const history: Response[] = [];
    let response = first;
    let { fragment } = urlsplit(first.request.url);
    for (let target = redirectTarget(response); target !== undefined; target = redirectTarget(response)) {
      history.push(response);
      await drained(response);
      if (history.length > this.maxRedirects)
        throw new RequestException('TooManyRedirects', `Exceeded ${this.maxRedirects} redirects.`, { response });
      await response.close();
      const url = nextUrl(target, response.url, fragment);
      fragment = urlsplit(url).fragment;
      const next = follow(response.request, response, url);
      next.cookies = new RequestsCookieJar().update(next.cookies).update(response.cookies).update(this.cookies);
      next.prepareCookies(await this.now());
      const through = await this.rebuildProxies(next, proxies);
      response = await this.sendOne(next, options, through);
      this.cookies.update(response.cookies);
    }
    response.history = history;
    history.forEach((one, i) => {
      one.history = history.slice(1, i + 1);
    });
    return response;
  }

  /** A redirect may leave the proxy's province; its credentials are put in again for the one that is asked next. */
  private async rebuildProxies(request: PreparedRequest, proxies: ProxyTable): Promise<ProxyTable> {
    const through = await this.environmentProxies(request.url, proxies);
    request.headers.delete('Proxy-Authorization');
    const proxy = through.get(urlsplit(request.url).scheme);
    const auth = proxy === undefined ? undefined : authOf(proxy);
    if (auth !== undefined) request.headers.set('Proxy-Authorization', basicAuth(auth));
    return through;
  }

  private async proxiesFor(url: string, { proxies = {} }: RequestOptions): Promise<ProxyTable> {
    const given = new Map(Object.entries(proxies));
    return new Map([...this.proxies, ...(await this.environmentProxies(url, given))]);
  }

  /** Those given, and those of the environment where they say nothing and `no_proxy` does not stand against it. */
  private async environmentProxies(url: string, given: ProxyTable): Promise<ProxyTable> {
    if (!this.trustEnv) return given;
    const environment = await getproxies(this.py.sys);
    const { netloc } = urlsplit(url);
    if (excepted(netloc, given.get('no_proxy') ?? environment.get('no'))) return given;
    return new Map([...[...environment].filter(([scheme]) => scheme !== 'no'), ...given]);
  }

  /** Closes the connections that are kept. */
  async close(): Promise<void> {
    for (const adapter of new Set(this.adapters.map(([, each]) => each))) await adapter.close();
  }

  /** `with requests.Session() as s:` */
  async with<T>(body: (session: this) => Promise<T>): Promise<T> {
    try {
      return await body(this);
    } finally {
      await this.close();
    }
  }

  private async now(): Promise<number> {
    return (await this.py.sys.clock_gettime('realtime')) / 1_000_000_000;
  }
}

/** Headers of a request over those of the session, at their places; null takes one away. */
function mergeHeaders(session: ReadonlyMap<string, string>, own: HeaderValues): HeaderValues {
  const merged = new Map<string, readonly [name: string, value: string | null]>();
  for (const [name, value] of [...session, ...Object.entries(own)]) merged.set(name.toLowerCase(), [name, value]);
  return Object.fromEntries(merged.values());
}

/** The body of a redirect is read so that its connection can be used again; that it is broken does not matter. */
async function drained(response: Response): Promise<void> {
  try {
    await response.read();
  } catch (error) {
    if (!(error instanceof RequestException)) throw error;
    await response.raw.drainConn();
  }
}

/** `no_proxy` by address, by network (10.0.0.0/8), by the end of a name. */
function excepted(netloc: string, noProxy: string | undefined): boolean {
  if (noProxy === undefined) return false;
  const host = hostnameOf(netloc) ?? '';
  const address = parseIpv4(host);
  if (!address) return bypassed(netloc.slice(netloc.lastIndexOf('@') + 1), noProxy);
  return noProxy
    .split(',')
    .map((entry) => entry.trim())
    .some((entry) => {
      const [network = '', bits] = entry.split('/');
      const parsed = parseIpv4(network);
      if (bits === undefined || !parsed) return entry === '*' || entry === host;
      const host32 = 32 - Number(bits);
      return host32 >= 32 || address.key >>> host32 === parsed.key >>> host32;
    });
}

/**
 * HTTPAdapter of requests 2.28: sends a prepared request over urllib3's pools, straight or through a proxy, and turns urllib3's exceptions into those of
 * requests. There is no TLS here: an https URL fails as in a Python that was built without ssl.
 */
import type { HeaderList } from '../http-client/connection.ts';
import { GaiError, SocketTimeout } from '../http-client/errors.ts';
import { reprText } from '../http-client/repr.ts';
import { OSError } from '../os-error.ts';
import type { Python } from '../threading/python.ts';
import { hostnameOf, urlsplit, urlunsplit } from '../urllib/parse.ts';
import { HTTPConnectionPool } from '../urllib3/connection-pool.ts';
import {
  ClosedPoolError,
  ConnectTimeoutError,
  LocationValueError,
  MaxRetryError,
  NewConnectionError,
  ProtocolError,
  ProxyError,
  ReadTimeoutError,
  ResponseError,
} from '../urllib3/errors.ts';
import { PoolManager } from '../urllib3/pool-manager.ts';
import type { HTTPResponse } from '../urllib3/response.ts';
import { Retry, type RetryOptions } from '../urllib3/retry.ts';
import { parseUrl } from '../urllib3/url.ts';
import { type ExceptionName, RequestException } from './exceptions.ts';
import { authOf, basicAuth, type PreparedRequest } from './prepared-request.ts';

export interface AdapterOptions {
  /** Hosts whose pools are kept; 10. */
  readonly poolConnections?: number;
  /** Connections kept for each host; 10. */
  readonly poolMaxsize?: number;
  /** Wait for a connection where all are in use. */
  readonly poolBlock?: boolean;
  /** For connections that do not come about; or what Retry can say. 0. */
  readonly maxRetries?: number | RetryOptions;
  readonly logging?: 'DEBUG' | 'WARNING';
}

/** Seconds for connecting and for each wait; or each apart. */
export type RequestTimeout = number | readonly [connect: number | null, read: number | null];

/** Scheme (perhaps with `://host`) to proxy. */
export type ProxyTable = ReadonlyMap<string, string>;

export class HTTPAdapter {
  private constructor(
    private readonly py: Python,
    private readonly options: AdapterOptions,
    readonly manager: PoolManager,
    private readonly proxyPools = new Map<string, HTTPConnectionPool>(),
  ) {}

  static async create(py: Python, options: AdapterOptions = {}): Promise<HTTPAdapter> {
    const { poolConnections = 10, poolMaxsize = 10, poolBlock = false, logging } = options;
    const manager = await PoolManager.create(py, {
      numPools: poolConnections,
      maxsize: poolMaxsize,
      block: poolBlock,
      ...(logging === undefined ? {} : { logging }),
    });
    return new HTTPAdapter(py, options, manager);
  }

  async send(
    request: PreparedRequest,
    timeout: RequestTimeout | undefined,
    proxies: ProxyTable,
  ): Promise<HTTPResponse> {
    if (urlsplit(request.url).scheme === 'https')
      throw new RequestException('SSLError', "Can't connect to HTTPS URL because the SSL module is not available.", {
        request,
      });
    try {
      const proxy = selectProxy(request.url, proxies);
      const pool = proxy === undefined ? await this.manager.connectionFromUrl(request.url) : await this.poolOf(proxy);
      return await pool.urlopen(request.method, proxy === undefined ? request.pathUrl : withoutAuth(request.url), {
        body: request.body,
        headers: [...request.headers].map(({ name, value }) => [name, value] as const) satisfies HeaderList,
        redirect: false,
        assertSameHost: false,
        preloadContent: false,
        retries: this.retries(),
        ...(timeout === undefined ? {} : { timeout: timeoutSpec(timeout) }),
      });
    } catch (error) {
      throw translated(error, request);
    }
  }

  async close(): Promise<void> {
    await this.manager.clear();
    for (const pool of this.proxyPools.values()) await pool.close();
    this.proxyPools.clear();
  }

  private retries(): Retry {
    const { maxRetries = 0 } = this.options;
    if (typeof maxRetries !== 'number') return new Retry(maxRetries);
    // Once the request has left nothing is tried again, unless somebody says so.
    return maxRetries === 0 ? new Retry({ total: 0, read: false }) : Retry.from(maxRetries, true);
  }

  private async poolOf(proxy: string): Promise<HTTPConnectionPool> {
    const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
    const known = this.proxyPools.get(url);
    if (known !== undefined) return known;
    const { scheme, host, port } = parseUrl(url);
    if (host === undefined || host === '')
      throw new RequestException(
        'InvalidProxyURL',
        'Please check proxy URL. It is malformed and could be missing the host.',
      );
    if (scheme !== 'http')
      throw new RequestException(
        'InvalidSchema',
        `Proxy URL had unsupported scheme ${scheme}, should use http:// or https://`,
      );
    const auth = authOf(url);
    const pool = await HTTPConnectionPool.create(this.py, host, port ?? 80, {
      maxsize: this.options.poolMaxsize ?? 10,
      block: this.options.poolBlock ?? false,
      proxied: true,
      ...(auth === undefined ? {} : { proxyHeaders: { 'Proxy-Authorization': basicAuth(auth) } }),
    });
    this.proxyPools.set(url, pool);
    return pool;
  }
}

function timeoutSpec(timeout: RequestTimeout): number | { connect?: number; read?: number } {
  if (typeof timeout === 'number') return timeout;
  const [connect, read] = timeout;
  return { ...(connect === null ? {} : { connect }), ...(read === null ? {} : { read }) };
}

/** The most particular entry: scheme and host, scheme, any scheme and host, any. */
function selectProxy(url: string, proxies: ProxyTable): string | undefined {
  const { scheme, netloc } = urlsplit(url);
  const host = hostnameOf(netloc);
  const keys = [`${scheme}://${host}`, scheme, `all://${host}`, 'all'];
  return keys.map((key) => proxies.get(key)).find((proxy) => proxy !== undefined);
}

/** The URL as a proxy is told it. */
function withoutAuth(url: string): string {
  const parts = urlsplit(url);
  return urlunsplit({ ...parts, netloc: parts.netloc.slice(parts.netloc.lastIndexOf('@') + 1), fragment: '' });
}

/** What requests raises for an exception of urllib3. */
function translated(error: unknown, request: PreparedRequest): unknown {
  const as = (name: ExceptionName): RequestException => new RequestException(name, error as Error, { request });
  if (error instanceof LocationValueError) return as('InvalidURL');
  if (error instanceof MaxRetryError) {
    const { reason } = error;
    if (reason instanceof ConnectTimeoutError && !(reason instanceof NewConnectionError)) return as('ConnectTimeout');
    if (reason instanceof ResponseError) return as('RetryError');
    return as(reason instanceof ProxyError ? 'ProxyError' : 'ConnectionError');
  }
  const lost = error instanceof ProtocolError || error instanceof ClosedPoolError;
  if (lost || error instanceof OSError || error instanceof GaiError || error instanceof SocketTimeout)
    return as('ConnectionError');
  if (error instanceof ProxyError) return as('ProxyError');
  return error instanceof ReadTimeoutError ? as('ReadTimeout') : error;
}

export function noAdapter(url: string): RequestException {
  return new RequestException('InvalidSchema', `No connection adapters were found for ${reprText(url)}`);
}

/**
 * HTTPConnectionPool of urllib3 1.26: connections to one host, kept for the next request, at most `maxsize` of them. With `block` a request waits until one is
 * free; without, one more is made, and thrown away afterwards with a warning, for there is no room to keep it. Threads may share a pool: idle connections lie
 * in the process's memory, last in first out.
 */
import type { Cloneable } from '@netarium/core/syscall/sys.ts';
import type { Established } from '../../http/client/connection.ts';
import type { Body, HeaderList } from '../http-client/connection.ts';
import { GaiError, HTTPException, SocketTimeout } from '../http-client/errors.ts';
import { reprText } from '../http-client/repr.ts';
import { Socket } from '../http-client/socket.ts';
import { OSError } from '../os-error.ts';
import { limitNs, type Python, succeeds } from '../threading/python.ts';
import { Shared } from '../threading/shared.ts';
import { PoolConnection } from './connection.ts';
import {
  ClosedPoolError,
  ConnectTimeoutError,
  EmptyPoolError,
  HostChangedError,
  MaxRetryError,
  ProtocolError,
  ProxyError,
  ReadTimeoutError,
  reprError,
} from './errors.ts';
import { HTTPResponse } from './response.ts';
import { Retry, type RetryOptions } from './retry.ts';
import { connectTimeout, readTimeout, type TimeoutSpec } from './timeout.ts';
import { encodeTarget, formatUrl, parseUrl } from './url.ts';

/** Python functions that one request goes through: counted with sys.setprofile, `PoolManager().request('GET', url)` with a kept connection. */
const REQUEST_CALLS = 292;

export type Headers = Readonly<Record<string, string>>;

export interface PoolOptions {
  /** Connections to keep; 1 unless given. */
  readonly maxsize?: number;
  readonly block?: boolean;
  readonly timeout?: TimeoutSpec;
  readonly retries?: number | false | RetryOptions;
  readonly headers?: Headers;
  /** What `logging.basicConfig(level=…)` would let through to standard error; nothing unless given, as in Python. */
  readonly logging?: 'DEBUG' | 'WARNING';
  /** For pools of a proxy manager: requests go to this host with their whole URL. */
  readonly proxied?: boolean;
  readonly proxyHeaders?: Headers;
}

export interface UrlopenOptions {
  readonly body?: Body;
  readonly headers?: Headers | HeaderList;
  readonly retries?: Retry | number | false;
  readonly redirect?: boolean;
  readonly assertSameHost?: boolean;
  readonly timeout?: TimeoutSpec;
  /** Seconds to wait for a free connection. */
  readonly poolTimeout?: number;
  readonly preloadContent?: boolean;
  /** What the response shows as its URL, where no redirect led elsewhere. */
  readonly requestUrl?: string;
}

interface Packed {
  readonly host: string;
  readonly port: number;
  readonly options: PoolOptions;
  /** A list of what is free (a connection, a closed one, or room for one), and semaphores that count what is in it and what could go in. */
  readonly free: number;
  readonly items: number;
  readonly room: number;
  readonly closed: number;
  readonly made: number;
  readonly requests: number;
}

/** A connection that was made, and is closed; it counts as the same when it is opened again. */
const CLOSED = 'closed';

interface Attempt {
  readonly method: string;
  readonly url: string;
  readonly body: Body;
  readonly headers: HeaderList;
  readonly retries: Retry;
}

export class HTTPConnectionPool extends Shared {
  readonly kind = 'urllib3.HTTPConnectionPool';

  private constructor(
    private readonly py: Python,
    private readonly packed: Packed,
  ) {
    super();
  }

  static async create(py: Python, host: string, port = 80, options: PoolOptions = {}): Promise<HTTPConnectionPool> {
    const { sys } = py;
    const maxsize = options.maxsize ?? 1;
    return new HTTPConnectionPool(py, {
      host: host.toLowerCase(),
      port,
      options,
      free: await sys.list_create(Array.from({ length: maxsize }, () => null)),
      items: await sys.sem_create(maxsize),
      room: await sys.sem_create(0),
      closed: await sys.cell_create(false),
      made: await sys.cell_create(0),
      requests: await sys.cell_create(0),
    });
  }

  static revive(py: Python, packed: Packed): HTTPConnectionPool {
    return new HTTPConnectionPool(py, packed);
  }

  pack(): Cloneable {
    return { ...this.packed } as unknown as Cloneable;
  }

  /** As Python prints it. */
  get name(): string {
    return `HTTPConnectionPool(host=${reprText(this.packed.host)}, port=${this.packed.port})`;
  }

  get host(): string {
    return this.packed.host;
  }

  get port(): number {
    return this.packed.port;
  }

  /** Connections made so far. */
  async numConnections(): Promise<number> {
    return (await this.py.sys.cell_load(this.packed.made)) as number;
  }

  async numRequests(): Promise<number> {
    return (await this.py.sys.cell_load(this.packed.requests)) as number;
  }

  /** Places in the pool that hold a connection that stands. */
  async idleConnections(): Promise<number> {
    const { sys } = this.py;
    let count = 0;
    const length = await sys.list_length(this.packed.free);
    for (let at = 0; at < length; at++) {
      const item = await sys.list_get(this.packed.free, at);
      if (item !== null && item !== CLOSED) count++;
    }
    return count;
  }

  isSameHost(url: string): boolean {
    if (url.startsWith('/')) return true;
    const { scheme = 'http', host, port } = parseUrl(url);
    return scheme === 'http' && host === this.packed.host && (port ?? 80) === this.packed.port;
  }

  /** Closes what is idle; connections in use are closed when they come back. */
  async close(): Promise<void> {
    const { sys } = this.py;
    await sys.cell_store(this.packed.closed, true);
    while (await succeeds(sys.sem_trywait(this.packed.items), 'EAGAIN')) {
      const item = await sys.list_remove(this.packed.free, -1);
      if (item !== null && item !== CLOSED) await sys.close((item as unknown as Established).fd);
    }
  }

  /** A request, with its redirects and retries. */
  async urlopen(method: string, url: string, options: UrlopenOptions = {}): Promise<HTTPResponse> {
    const { redirect = true, assertSameHost = true } = options;
    const given = options.headers ?? this.packed.options.headers ?? {};
    let attempt: Attempt = {
      method,
      url,
      body: options.body,
      headers: Array.isArray(given) ? (given as HeaderList) : Object.entries(given),
      retries: Retry.from(options.retries, redirect, this.defaultRetries()),
    };
    for (;;) {
      if (assertSameHost && !this.isSameHost(attempt.url)) throw new HostChangedError(this.name, attempt.url);
      const target = attempt.url.startsWith('/') ? encodeTarget(attempt.url) : formatUrl(parseUrl(attempt.url));
      const response = await this.attempt({ ...attempt, url: target }, options);
      if (response instanceof Retry) {
        attempt = { ...attempt, retries: response };
        continue;
      }
      const next = await this.next(attempt, response, redirect);
      if (next === undefined) return response;
      attempt = next;
    }
  }

  private defaultRetries(): Retry {
    const { retries } = this.packed.options;
    return typeof retries === 'object' ? new Retry(retries) : Retry.from(retries, true);
  }

  /** One exchange; or the retries that are left after it failed. */
  private async attempt(attempt: Attempt, options: UrlopenOptions): Promise<HTTPResponse | Retry> {
    const { method, url, retries } = attempt;
    const connection = await this.getConn(options.poolTimeout);
    try {
      const response = await this.exchange(connection, attempt, options);
      // A body that is read at once belongs to the exchange: what breaks in it is tried again as well.
      if (options.preloadContent === false) return response;
      response.data = (await response.read()) as Uint8Array<ArrayBuffer>;
      await this.putBack(connection, false);
      return response;
    } catch (error) {
      await this.putBack(connection, true);
      const failure = this.failureOf(error);
      const left = retries.failed(method, url, failure, this.name);
      await left.sleep(this.py);
      await this.log('WARNING', `Retrying after connection broken by '${reprError(failure)}': ${url}`);
      return left;
    }
  }

  private failureOf(error: unknown): Error {
    const socketError = error instanceof OSError || error instanceof GaiError || error instanceof SocketTimeout;
    if (this.packed.options.proxied === true && (socketError || error instanceof ConnectTimeoutError))
      return new ProxyError('Cannot connect to proxy.', error as Error);
    if (socketError || error instanceof HTTPException) return new ProtocolError('Connection aborted.', error as Error);
    if (error instanceof ConnectTimeoutError || error instanceof ReadTimeoutError || error instanceof ProtocolError)
      return error;
    throw error;
  }

  private async exchange(
    connection: PoolConnection,
    { method, url, body, headers, retries }: Attempt,
    options: UrlopenOptions,
  ): Promise<HTTPResponse> {
    const { py, packed } = this;
    const timeout = options.timeout ?? packed.options.timeout;
    await py.calls(REQUEST_CALLS);
    await py.sys.cell_add(packed.requests, 1);
    connection.timeout = connectTimeout(timeout);
    const startNs = await py.monotonicNs();
    const all = [...headers, ...Object.entries(packed.options.proxyHeaders ?? {})];
    await connection.request(method, url, body, all).catch((error: unknown) => {
      // A server may answer and close before it has read everything; its answer counts.
      if (!(error instanceof OSError && error.name === 'BrokenPipeError')) throw error;
    });
    const limit = readTimeout(timeout, ((await py.monotonicNs()) - startNs) / 1_000_000_000);
    if (connection.socket !== undefined) connection.socket.timeout = limit;
    const timedOut = new ReadTimeoutError(this.name, `Read timed out. (read timeout=${limit})`);
    if (limit === 0) throw timedOut;
    const plain = await connection.getresponse().catch((error: unknown) => {
      throw error instanceof SocketTimeout ? timedOut : error;
    });
    const where = `http://${packed.host}:${packed.port}`;
    await this.log('DEBUG', `${where} "${method} ${url} HTTP/1.1" ${plain.status} ${plain.length ?? 'None'}`);
    const keeps = options.preloadContent !== false;
    const giveBack = async (broken: boolean): Promise<void> => {
      if (!keeps) await this.putBack(connection, broken);
    };
    return new HTTPResponse(plain, options.requestUrl ?? url, retries, { name: this.name, giveBack });
  }

  /** The request that follows from a response; undefined where it is the answer. */
  private async next(attempt: Attempt, response: HTTPResponse, redirect: boolean): Promise<Attempt | undefined> {
    const { method, url, retries } = attempt;
    const location = redirect ? response.getRedirectLocation() : undefined;
    const again = retries.isRetry(method, response.status, response.headers.has('retry-after'));
    if (location === undefined && !again) return undefined;
    // RFC 9110 section 15.4.4: after 303 it is a GET without a body. Here, unlike in browsers, 301 and 302 keep the method.
    const followed =
      location === undefined ? attempt : redirected(attempt, location, response.status, this.isSameHost(location));
    let left: Retry;
    try {
      left = retries.answered(followed.method, url, response, this.name);
    } catch (error) {
      const { raiseOnRedirect, raiseOnStatus } = retries.options;
      if (!(error instanceof MaxRetryError) || !(location === undefined ? raiseOnStatus : raiseOnRedirect)) {
        if (error instanceof MaxRetryError) return undefined;
        throw error;
      }
      await response.drainConn();
      throw error;
    }
    await response.drainConn();
    if (location === undefined) await left.sleep(this.py, response);
    else await left.sleepForRetry(this.py, response);
    return { ...followed, retries: left };
  }

  private async getConn(timeout: number | undefined): Promise<PoolConnection> {
    const { py, packed } = this;
    const { sys } = py;
    if (await sys.cell_load(packed.closed)) throw new ClosedPoolError(this.name, 'Pool is closed.');
    const free = packed.options.block
      ? await succeeds(sys.sem_wait(packed.items, limitNs(timeout)), 'ETIMEDOUT')
      : await succeeds(sys.sem_trywait(packed.items), 'EAGAIN');
    if (!free && packed.options.block)
      throw new EmptyPoolError(this.name, 'Pool reached maximum size and no more connections are allowed.');
    const item = free ? await sys.list_remove(packed.free, -1) : null;
    if (free) await sys.sem_post(packed.room);
    const connection = new PoolConnection(sys, packed.host, packed.port);
    if (item === null) {
      const number = (await sys.cell_add(packed.made, 1)) + 1;
      await this.log('DEBUG', `Starting new HTTP connection (${number}): ${packed.host}:${packed.port}`);
    } else if (item !== CLOSED) {
      connection.socket = Socket.adopt(sys, item as unknown as Established);
      if (await connection.socket.dropped()) {
        await this.log('DEBUG', `Resetting dropped connection: ${packed.host}`);
        await connection.close();
      }
    }
    return connection;
  }

  /** Into the pool again; `broken` leaves a place for a new one. */
  private async putBack(connection: PoolConnection, broken: boolean): Promise<void> {
    const { py, packed } = this;
    const { sys } = py;
    if (!connection.lent) return;
    connection.lent = false;
    if (broken || connection.busy) await connection.close();
    const item = broken ? null : (connection.socket?.established ?? CLOSED);
    const open = !(await sys.cell_load(packed.closed));
    if (open && (await succeeds(sys.sem_trywait(packed.room), 'EAGAIN'))) {
      await sys.list_push(packed.free, item as Cloneable);
      await sys.sem_post(packed.items);
      return;
    }
    if (open)
      await this.log(
        'WARNING',
        `Connection pool is full, discarding connection: ${packed.host}. Connection pool size: ${await sys.list_length(packed.free)}`,
      );
    await connection.close();
  }

  private async log(level: 'DEBUG' | 'WARNING', text: string): Promise<void> {
    const lowest = this.packed.options.logging;
    if (lowest === undefined || (level === 'DEBUG' && lowest === 'WARNING')) return;
    await this.py.writeAll(2, `${level}:urllib3.connectionpool:${text}\n`);
  }
}

/** The headers of a body, which a request without one does not have. */
const OF_BODY = new Set([
  'content-encoding',
  'content-language',
  'content-location',
  'content-type',
  'content-length',
  'digest',
  'last-modified',
]);

/** The request to which a redirect leads. */
export function redirected<T extends Omit<Attempt, 'retries'> & { readonly retries: Retry }>(
  attempt: T,
  location: string,
  status: number,
  sameHost: boolean,
): T {
  const secret = new Set(sameHost ? [] : attempt.retries.options.removeHeadersOnRedirect);
  const bodyless = status === 303;
  const headers = attempt.headers.filter(([name]) => {
    const key = name.toLowerCase();
    return !secret.has(key) && !(bodyless && OF_BODY.has(key));
  });
  return {
    ...attempt,
    url: location,
    headers,
    ...(bodyless ? { method: 'GET', body: undefined } : {}),
  };
}

/**
 * PoolManager of urllib3 1.26: a pool for each host, the `numPools` used last kept, redirects from host to host followed. Threads may share a manager.
 */
import type { Cloneable } from '@netarium/core/syscall/sys.ts';
import type { HeaderList } from '../http-client/connection.ts';
import { Lock } from '../threading/lock.ts';
import type { Library, Python } from '../threading/python.ts';
import { flatten, type Revive, Shared } from '../threading/shared.ts';
import { type FormData, urlencode, urljoin } from '../urllib/parse.ts';
import { HTTPConnectionPool, type PoolOptions, redirected, type UrlopenOptions } from './connection-pool.ts';
import { LocationValueError, MaxRetryError, URLSchemeUnknown } from './errors.ts';
import { chooseBoundary, encodeMultipart, type Part } from './multipart.ts';
import type { HTTPResponse } from './response.ts';
import { Retry } from './retry.ts';
import { parseUrl, requestUri } from './url.ts';

export interface ManagerOptions extends PoolOptions {
  /** Hosts whose pools are kept; 10 unless given. */
  readonly numPools?: number;
}

interface Packed {
  readonly options: ManagerOptions;
  /** Pairs of a key and a pool, the one used last at the end. */
  readonly pools: number;
  readonly lock: number;
}

export interface RequestOptions extends UrlopenOptions {
  /** Into the query, or with POST and its like into the body: a form, multipart where it holds files. */
  readonly fields?: FormData | readonly Part[];
}

const FIELDS_IN_URL = ['DELETE', 'GET', 'HEAD', 'OPTIONS'];

export class PoolManager extends Shared {
  readonly kind = 'urllib3.PoolManager';

  private constructor(
    private readonly py: Python,
    private readonly packed: Packed,
  ) {
    super();
  }

  static async create(py: Python, options: ManagerOptions = {}): Promise<PoolManager> {
    return new PoolManager(py, { options, pools: await py.sys.list_create(), lock: (await Lock.create(py)).id });
  }

  static revive(py: Python, packed: Packed): PoolManager {
    return new PoolManager(py, packed);
  }

  pack(): Cloneable {
    return { ...this.packed } as unknown as Cloneable;
  }

  /** The pool of a URL's host; LocationValueError without a host, URLSchemeUnknown for what is not http. */
  async connectionFromUrl(url: string): Promise<HTTPConnectionPool> {
    const { scheme = 'http', host, port } = parseUrl(url);
    if (host === undefined || host === '') throw new LocationValueError('No host specified.');
    if (scheme !== 'http') throw new URLSchemeUnknown(scheme);
    return this.connectionFromHost(host, port ?? 80);
  }

  connectionFromHost(host: string, port: number): Promise<HTTPConnectionPool> {
    const { py, packed } = this;
    return new Lock(py, packed.lock).with(async () => {
      const key = `${host.toLowerCase()}:${port}`;
      const known = await this.take(key);
      const pool = known ?? (await HTTPConnectionPool.create(py, host, port, packed.options));
      const count = await py.sys.list_push(packed.pools, [key, flatten(pool)]);
      if (count > (packed.options.numPools ?? 10)) await (await this.remove(0)).close();
      return pool;
    });
  }

  /** Closes and forgets all pools. */
  async clear(): Promise<void> {
    await new Lock(this.py, this.packed.lock).with(async () => {
      while ((await this.numPools()) > 0) await (await this.remove(0)).close();
    });
  }

  numPools(): Promise<number> {
    return this.py.sys.list_length(this.packed.pools);
  }

  /** `request(method, url, fields)`: where the fields go depends on the method. */
  async request(method: string, url: string, options: RequestOptions = {}): Promise<HTTPResponse> {
    const { fields, ...rest } = options;
    const verb = method.toUpperCase();
    if (fields === undefined) return this.urlopen(verb, url, rest);
    if (FIELDS_IN_URL.includes(verb)) {
      const query = urlencode(fields as FormData);
      return this.urlopen(verb, query === '' ? url : `${url}?${query}`, { ...rest, requestUrl: url });
    }
    const { body, contentType } = encodeMultipart(partsOf(fields), await chooseBoundary(this.py));
    const given = rest.headers ?? this.packed.options.headers ?? {};
    const headers = Array.isArray(given) ? (given as HeaderList) : Object.entries(given);
    return this.urlopen(verb, url, { ...rest, body, headers: [['Content-Type', contentType], ...headers] });
  }

  async urlopen(method: string, url: string, options: UrlopenOptions = {}): Promise<HTTPResponse> {
    const { redirect = true } = options;
    const given = options.headers ?? this.packed.options.headers ?? {};
    let attempt = {
      method,
      url,
      body: options.body,
      headers: Array.isArray(given) ? (given as HeaderList) : (Object.entries(given) as HeaderList),
      retries: options.retries,
    };
    for (;;) {
      const pool = await this.connectionFromUrl(attempt.url);
      const { body, retries, ...withoutBody } = { ...options, ...attempt };
      const response = await pool.urlopen(attempt.method, requestUri(parseUrl(attempt.url)), {
        ...withoutBody,
        ...(body === undefined ? {} : { body }),
        ...(retries === undefined ? {} : { retries }),
        redirect: false,
        assertSameHost: false,
        requestUrl: options.requestUrl ?? url,
      });
      const location = redirect ? response.getRedirectLocation() : undefined;
      if (location === undefined) return response;
      const before = attempt.retries === undefined ? response.retries : Retry.from(attempt.retries, true);
      const target = urljoin(attempt.url, location);
      const next = redirected({ ...attempt, retries: before }, target, response.status, pool.isSameHost(target));
      try {
        attempt = { ...next, retries: before.answered(next.method, attempt.url, response, pool.name) };
      } catch (error) {
        if (!(error instanceof MaxRetryError)) throw error;
        if (!before.options.raiseOnRedirect) return response;
        await response.drainConn();
        throw error;
      }
      await response.drainConn();
    }
  }

  /** The pool of this key, taken out of the list. */
  private async take(key: string): Promise<HTTPConnectionPool | undefined> {
    const length = await this.numPools();
    for (let at = 0; at < length; at++) {
      const [other] = (await this.py.sys.list_get(this.packed.pools, at)) as [string, Cloneable];
      if (other === key) return this.remove(at);
    }
    return undefined;
  }

  private async remove(at: number): Promise<HTTPConnectionPool> {
    const [, pool] = (await this.py.sys.list_remove(this.packed.pools, at)) as [string, Cloneable];
    return HTTPConnectionPool.revive(this.py, (pool as unknown as { readonly packed: never }).packed);
  }
}

/** Fields of a form as parts. */
function partsOf(fields: FormData | readonly Part[]): readonly Part[] {
  if (!Array.isArray(fields)) return Object.entries(fields).map(([name, value]) => ({ name, data: String(value) }));
  return fields.map((field: Part | readonly [string, unknown]) =>
    'name' in field ? field : { name: field[0], data: String(field[1]) },
  );
}

/** For programs whose threads share pools: the third argument of `python`. */
export const URLLIB3: Library = {
  kinds: new Map<string, Revive>([
    ['urllib3.HTTPConnectionPool', HTTPConnectionPool.revive],
    ['urllib3.PoolManager', PoolManager.revive],
  ]),
  entries: {},
};

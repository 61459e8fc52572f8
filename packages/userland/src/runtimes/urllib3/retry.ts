/**
 * Retry (urllib3.util.retry of 1.26): how often what may be tried again: connecting, reading, redirects, statuses, each with a count of its own and all
 * together under `total`. A Retry is never changed: `increment` answers the next, or raises MaxRetryError. `false` stands for: raise what happened at once.
 */
import { parseHttpDate } from '../../http/date.ts';
import type { Python } from '../threading/python.ts';
import {
  ConnectTimeoutError,
  HTTPError,
  MaxRetryError,
  ProtocolError,
  ProxyError,
  ReadTimeoutError,
  ResponseError,
} from './errors.ts';
import type { HTTPResponse } from './response.ts';

export type Count = number | false | undefined;

export interface RequestHistory {
  readonly method: string;
  readonly url: string;
  readonly error: Error | undefined;
  readonly status: number | undefined;
  readonly redirectLocation: string | undefined;
}

export interface RetryOptions {
  /** 10 unless given. */
  readonly total?: Count;
  readonly connect?: Count;
  readonly read?: Count;
  readonly redirect?: Count;
  readonly status?: Count;
  readonly other?: Count;
  /** Methods that are tried again after they may have reached the server; undefined for all. */
  readonly allowedMethods?: readonly string[] | undefined;
  readonly statusForcelist?: readonly number[];
  /** Seconds before the second retry, doubled for each one after. */
  readonly backoffFactor?: number;
  readonly raiseOnRedirect?: boolean;
  readonly raiseOnStatus?: boolean;
  readonly history?: readonly RequestHistory[];
  readonly respectRetryAfterHeader?: boolean;
  readonly removeHeadersOnRedirect?: readonly string[];
}

const IDEMPOTENT = ['HEAD', 'GET', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'];
const RETRY_AFTER_STATUSES = [413, 429, 503];
const BACKOFF_MAX = 120;

export class Retry {
  readonly options: Required<
    Omit<RetryOptions, 'total' | 'connect' | 'read' | 'redirect' | 'status' | 'other' | 'allowedMethods'>
  >;
  readonly total: Count;
  readonly connect: Count;
  readonly read: Count;
  readonly redirect: Count;
  readonly status: Count;
  readonly other: Count;
  readonly allowedMethods: readonly string[] | undefined;

  constructor(options: RetryOptions = {}) {
    this.total = 'total' in options ? options.total : 10;
    this.connect = options.connect;
    this.read = options.read;
    this.status = options.status;
    this.other = options.other;
    const noRedirect = options.redirect === false || this.total === false;
    this.redirect = noRedirect ? 0 : options.redirect;
    this.allowedMethods = 'allowedMethods' in options ? options.allowedMethods : IDEMPOTENT;
    this.options = {
      statusForcelist: options.statusForcelist ?? [],
      backoffFactor: options.backoffFactor ?? 0,
      raiseOnRedirect: noRedirect ? false : (options.raiseOnRedirect ?? true),
      raiseOnStatus: options.raiseOnStatus ?? true,
      history: options.history ?? [],
      respectRetryAfterHeader: options.respectRetryAfterHeader ?? true,
      // The RFCs leave it to the client; credentials and cookies are not handed to another host.
      removeHeadersOnRedirect: (
        options.removeHeadersOnRedirect ?? ['Cookie', 'Authorization', 'Proxy-Authorization']
      ).map((name) => name.toLowerCase()),
    };
  }

  /** What `retries=` means: a Retry, a number, false for none, or the default. */
  static from(
    retries: Retry | number | false | undefined,
    redirect: boolean,
    fallback = new Retry({ total: 3 }),
  ): Retry {
    if (retries === undefined) return fallback;
    if (retries instanceof Retry) return retries;
    return new Retry({ total: retries, ...(redirect ? {} : { redirect: false }) });
  }

  get history(): readonly RequestHistory[] {
    return this.options.history;
  }

  isRetry(method: string, status: number, hasRetryAfter: boolean): boolean {
    if (!this.retryable(method)) return false;
    if (this.options.statusForcelist.includes(status)) return true;
    const counts = this.total !== undefined && this.total !== false && this.total !== 0;
    return counts && this.options.respectRetryAfterHeader && hasRetryAfter && RETRY_AFTER_STATUSES.includes(status);
  }

  private retryable(method: string): boolean {
    return this.allowedMethods === undefined || this.allowedMethods.includes(method.toUpperCase());
  }

  /** After an error. */
  failed(method: string, url: string, error: Error, pool: string): Retry {
    if (this.total === false) throw error;
    const underlying = error instanceof ProxyError ? error.originalError : error;
    let counts: Partial<Record<'connect' | 'read' | 'other', Count>>;
    if (underlying instanceof ConnectTimeoutError) {
      if (this.connect === false) throw error;
      counts = { connect: less(this.connect) };
    } else if (error instanceof ReadTimeoutError || error instanceof ProtocolError) {
      // The server may have begun to work on it.
      if (this.read === false || !this.retryable(method)) throw error;
      counts = { read: less(this.read) };
    } else counts = { other: less(this.other) };
    return this.next(counts, { method, url, error, status: undefined, redirectLocation: undefined }, error, pool);
  }

  /** After a redirect, or a status that is tried again. */
  answered(method: string, url: string, response: HTTPResponse, pool: string): Retry {
    const redirectLocation = response.getRedirectLocation();
    const { status } = response;
    const cause = redirectLocation === undefined ? `too many ${status} error responses` : 'too many redirects';
    const counts = redirectLocation === undefined ? { status: less(this.status) } : { redirect: less(this.redirect) };
    const entry = { method, url, error: undefined, status, redirectLocation };
    return this.next(counts, entry, new ResponseError(cause), pool);
  }

  private next(counts: RetryOptions, entry: RequestHistory, reason: Error, pool: string): Retry {
    const { connect, read, redirect, status, other } = this;
    const next = new Retry({
      ...this.options,
      ...{ connect, read, redirect, status, other, allowedMethods: this.allowedMethods },
      ...counts,
      total: less(this.total),
      history: [...this.history, entry],
    });
    if (next.exhausted) throw new MaxRetryError(pool, entry.url, reason);
    return next;
  }

  private get exhausted(): boolean {
    const counts = [this.total, this.connect, this.read, this.redirect, this.status, this.other];
    return counts.some((count) => typeof count === 'number' && count < 0);
  }

  /** Waits as Retry-After says, or by the back-off. */
  async sleep(py: Python, response?: HTTPResponse): Promise<void> {
    if (this.options.respectRetryAfterHeader && response !== undefined && (await this.sleepForRetry(py, response)))
      return;
    const backoff = this.backoffTime();
    if (backoff > 0) await py.sleep(backoff);
  }

  async sleepForRetry(py: Python, response: HTTPResponse): Promise<boolean> {
    const header = response.headers.get('retry-after');
    if (header === undefined) return false;
    const seconds = await retryAfterSeconds(py, header);
    if (seconds > 0) await py.sleep(seconds);
    return seconds > 0;
  }

  /** Nothing before the first retry of a row of errors, then the factor doubled each time. */
  private backoffTime(): number {
    let errors = 0;
    for (let i = this.history.length - 1; i >= 0 && this.history[i]!.redirectLocation === undefined; i--) errors++;
    if (errors <= 1) return 0;
    let factor = this.options.backoffFactor;
    for (let i = 1; i < errors && factor < BACKOFF_MAX; i++) factor *= 2;
    return Math.min(BACKOFF_MAX, factor);
  }
}

/** A count one less, where there is one; none at all (false) is less than nothing then. */
function less(count: Count): Count {
  return count === undefined ? undefined : Number(count) - 1;
}

/** Retry-After is a number of seconds or a date (RFC 9110 section 10.2.3). */
export async function retryAfterSeconds(py: Python, header: string): Promise<number> {
  if (/^\s*\d+\s*$/.test(header)) return Number(header);
  const date = parseHttpDate(header.trim());
  if (date === undefined) throw new HTTPError(`Invalid Retry-After header: ${header}`);
  return Math.max(0, date - (await py.sys.clock_gettime('realtime')) / 1_000_000_000);
}

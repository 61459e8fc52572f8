/**
 * OpenerDirector: what opens a URL, by a row of handlers. Each may prepare the request, open it, look at the response, or deal with a status that is no
 * success; the first that answers has it. Handlers go by their order, lower ones first.
 */
import type { Python } from '../threading/python.ts';
import { HTTPError, URLError } from './errors.ts';
import { Request, type RequestOptions } from './request.ts';
import type { UrlResponse } from './response.ts';

/** Python functions that one request goes through: counted with sys.setprofile in CPython 3.11, `urlopen(url).read()`. */
const OPEN_CALLS = 183;

export interface Handler {
  /** 500 unless it must come before or after others. */
  readonly order?: number;
  readonly schemes: readonly string[];
  prepare?(request: Request): Promise<void>;
  open?(request: Request): Promise<UrlResponse | undefined>;
  response?(request: Request, response: UrlResponse): Promise<UrlResponse>;
  /** Deals with this status, or leaves it to the next. */
  error?(request: Request, response: UrlResponse): Promise<UrlResponse | undefined>;
}

export interface OpenOptions {
  readonly data?: NonNullable<RequestOptions['data']>;
  /** Seconds. */
  readonly timeout?: number;
}

export class OpenerDirector {
  private readonly handlers: Handler[] = [];
  /** Sent with every request that does not bring its own. */
  addheaders: (readonly [name: string, value: string])[];

  constructor(
    readonly py: Python,
    version: '2.7' | '3.11',
  ) {
    this.addheaders = [['User-agent', `Python-urllib/${version}`]];
  }

  addHandler(handler: Handler): this {
    this.handlers.push(handler);
    this.handlers.sort((a, b) => (a.order ?? 500) - (b.order ?? 500));
    return this;
  }

  /** A URL with data, or a Request, which has its own. */
  async open(target: string | Request, options: OpenOptions = {}): Promise<UrlResponse> {
    await this.py.calls(OPEN_CALLS);
    const { data, timeout } = options;
    const request = typeof target === 'string' ? new Request(target, data === undefined ? {} : { data }) : target;
    if (timeout !== undefined) request.timeout = timeout;
    const scheme = request.type;
    for (const handler of this.of(scheme)) await handler.prepare?.(request);
    let response = await this.opened(request);
    for (const handler of this.of(scheme)) {
      if (handler.response) response = await handler.response(request, response);
    }
    return response;
  }

  /** A status that is no success: whoever deals with it, or HTTPError. */
  async error(request: Request, response: UrlResponse): Promise<UrlResponse> {
    for (const handler of this.of(request.type)) {
      const dealt = await handler.error?.(request, response);
      if (dealt !== undefined) return dealt;
    }
    throw new HTTPError(request.fullUrl, response.status ?? 0, response.msg, response.headers, response);
  }

  private async opened(request: Request): Promise<UrlResponse> {
    // A proxy changes the scheme on the way: who comes after it is asked by the new one.
    for (const handler of this.handlers) {
      if (!handler.schemes.includes(request.type)) continue;
      const response = await handler.open?.(request);
      if (response !== undefined) return response;
    }
    throw new URLError(`unknown url type: ${request.type}`);
  }

  private of(scheme: string): readonly Handler[] {
    return this.handlers.filter((handler) => handler.schemes.includes(scheme));
  }
}

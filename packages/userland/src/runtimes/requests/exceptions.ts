/**
 * The exceptions of requests 2.28, a tree in which some have two parents: what `except` would catch is asked by name, `isinstance(error, 'Timeout')`. The text
 * of most is that of the urllib3 exception beneath.
 */
import type { PreparedRequest } from './prepared-request.ts';
import type { Response } from './response.ts';

/** Each class and its bases. */
const BASES = {
  RequestException: ['OSError'],
  InvalidJSONError: ['RequestException'],
  JSONDecodeError: ['InvalidJSONError', 'ValueError'],
  HTTPError: ['RequestException'],
  ConnectionError: ['RequestException'],
  ProxyError: ['ConnectionError'],
  SSLError: ['ConnectionError'],
  Timeout: ['RequestException'],
  ConnectTimeout: ['ConnectionError', 'Timeout'],
  ReadTimeout: ['Timeout'],
  TooManyRedirects: ['RequestException'],
  MissingSchema: ['RequestException', 'ValueError'],
  InvalidSchema: ['RequestException', 'ValueError'],
  InvalidURL: ['RequestException', 'ValueError'],
  InvalidHeader: ['RequestException', 'ValueError'],
  InvalidProxyURL: ['InvalidURL'],
  ChunkedEncodingError: ['RequestException'],
  ContentDecodingError: ['RequestException'],
  StreamConsumedError: ['RequestException', 'TypeError'],
  RetryError: ['RequestException'],
} as const;

export type ExceptionName = keyof typeof BASES;

export interface About {
  readonly request?: PreparedRequest;
  readonly response?: Response;
}

export class RequestException extends Error {
  override readonly name: ExceptionName;
  readonly request: PreparedRequest | undefined;
  readonly response: Response | undefined;

  constructor(name: ExceptionName, cause: string | Error, about: About = {}) {
    super(typeof cause === 'string' ? cause : cause.message);
    this.name = name;
    this.request = about.request ?? about.response?.request;
    this.response = about.response;
  }
}

/** Would `except requests.exceptions.<name>` catch it? Also OSError, ValueError and TypeError, which some of them are. */
export function isinstance(error: unknown, name: ExceptionName | 'OSError' | 'ValueError' | 'TypeError'): boolean {
  return error instanceof RequestException && ancestors(error.name).has(name);
}

/** A class and all that it derives from, as far as this tree goes. */
export function ancestors(name: ExceptionName): ReadonlySet<string> {
  const found = new Set<string>([name]);
  for (const base of BASES[name]) {
    found.add(base);
    if (base in BASES) for (const more of ancestors(base as ExceptionName)) found.add(more);
  }
  return found;
}

export const EXCEPTIONS = Object.keys(BASES) as readonly ExceptionName[];

/**
 * From what a program asked for to what will be sent: URL (IDNA host, percent-encoded path and query), headers, cookies, body, credentials, in the order in which
 * requests 2.28 prepares them, on which the order of headers depends. Bodies are bytes, texts, forms, JSON, files. Leaves out: streamed bodies, .netrc, hooks.
 */
import { base64 } from '../../http/base64.ts';
import { Fields } from '../../http/fields.ts';
import { encodeNarrow } from '../http-client/errors.ts';
import { reprText } from '../http-client/repr.ts';
import type { Python } from '../threading/python.ts';
import {
  type FormData,
  type FormScalar,
  formText,
  hostnameOf,
  pairsOf,
  quote,
  unquote,
  urlencode,
  urlsplit,
  urlunsplit,
} from '../urllib/parse.ts';
import { LocationParseError } from '../urllib3/errors.ts';
import { chooseBoundary, encodeMultipart, type Part } from '../urllib3/multipart.ts';
import { parseUrl } from '../urllib3/url.ts';
import type { CookieContext, RequestsCookieJar } from './cookies.ts';
import { RequestException } from './exceptions.ts';
import { dumps, type Json } from './json.ts';

/** Bytes or text; or a name, these, and perhaps a type and more headers. */
export type FileSpec =
  | Uint8Array
  | string
  | readonly [
      filename: string,
      data: Uint8Array | string,
      contentType?: string,
      headers?: Readonly<Record<string, string>>,
    ];

export type Files = Readonly<Record<string, FileSpec>> | readonly (readonly [field: string, file: FileSpec])[];
export type Auth = readonly [user: string, password: string];
/** null takes a header of the session away. */
export type HeaderValues = Readonly<Record<string, string | null>>;

export interface RequestSpec {
  readonly params?: FormData | string;
  /** A dict becomes a form; a text or bytes are sent as they are. */
  readonly data?: FormData | Uint8Array | string;
  readonly json?: Json;
  readonly files?: Files;
  readonly headers?: HeaderValues;
  readonly auth?: Auth;
}

export type RequestBody = Uint8Array | string | undefined;

export class PreparedRequest {
  method: string;
  url: string;
  readonly headers = new Fields();
  body: RequestBody;
  /** The cookies that it was prepared with. */
  cookies: RequestsCookieJar;

  private constructor(method: string, url: string, cookies: RequestsCookieJar) {
    this.method = method;
    this.url = url;
    this.cookies = cookies;
  }

  static async prepare(
    py: Python,
    method: string,
    url: string,
    spec: RequestSpec & { readonly headers: HeaderValues },
    cookies: RequestsCookieJar,
  ): Promise<PreparedRequest> {
    const request = new PreparedRequest(method.toUpperCase(), prepareUrl(url, spec.params), cookies);
    for (const [name, value] of Object.entries(spec.headers)) if (value !== null) request.setHeader(name, value);
    request.prepareCookies((await py.sys.clock_gettime('realtime')) / 1_000_000_000);
    await request.prepareBody(py, spec);
    request.prepareAuth(spec.auth);
    return request;
  }

  copy(): PreparedRequest {
    const copy = new PreparedRequest(this.method, this.url, this.cookies);
    for (const { name, value } of this.headers) copy.headers.add(name, value);
    copy.body = this.body;
    return copy;
  }

  /** What goes into the request line. */
  get pathUrl(): string {
    const { path, query } = urlsplit(this.url);
    return (path === '' ? '/' : path) + (query === '' ? '' : `?${query}`);
  }

  /** For which cookies it asks and may be given. */
  cookieContext(now: number): CookieContext {
    const { scheme, netloc, path } = urlsplit(this.url);
    // A Host header of the program's own decides, as it does for the server.
    const host = hostnameOf(this.headers.get('host') ?? netloc) ?? '';
    return { host, path: path === '' ? '/' : path, secure: scheme === 'https', now };
  }

  setHeader(name: string, value: string): void {
    checkHeader(name, value);
    this.headers.set(name, value);
  }

  prepareCookies(now: number): void {
    const cookies = this.cookies.header(this.cookieContext(now));
    if (cookies !== undefined && !this.headers.has('cookie')) this.headers.set('Cookie', cookies);
  }

  private async prepareBody(py: Python, { data, json, files }: RequestSpec): Promise<void> {
    const empty = isEmpty(data);
    let contentType: string | undefined;
    if (empty && json !== undefined) {
      contentType = 'application/json';
      this.body = jsonBody(json, this);
    }
    if (files !== undefined && pairs(files).length > 0) {
      const parts = [...formParts(data), ...pairs(files).map(filePart)];
      ({ body: this.body, contentType } = encodeMultipart(parts, await chooseBoundary(py)));
    } else if (!empty) {
      this.body = typeof data === 'string' || data instanceof Uint8Array ? data : encodeParams(data!);
      if (typeof data !== 'string' && !(data instanceof Uint8Array)) contentType = 'application/x-www-form-urlencoded';
    }
    this.prepareContentLength();
    if (contentType !== undefined && !this.headers.has('content-type')) this.headers.set('Content-Type', contentType);
  }

  /** RFC 9110 section 8.6: a request with a meaning for a body says that there is none. */
  private prepareContentLength(): void {
    if (this.body !== undefined) {
      if (this.body.length > 0) this.headers.set('Content-Length', String(this.body.length));
    } else if (!['GET', 'HEAD'].includes(this.method) && !this.headers.has('content-length'))
      this.headers.set('Content-Length', '0');
  }

  prepareAuth(given: Auth | undefined): void {
    const auth = given ?? authOf(this.url);
    if (auth !== undefined) this.headers.set('Authorization', basicAuth(auth));
  }
}

/** User and password of a URL. */
export function authOf(url: string): Auth | undefined {
  const { netloc } = urlsplit(url);
  const at = netloc.lastIndexOf('@');
  if (at < 0) return undefined;
  const [user = '', ...password] = netloc.slice(0, at).split(':');
  // A URL with a user alone has no password, and then requests takes neither.
  return password.length === 0 ? undefined : [unquote(user), unquote(password.join(':'))];
}

export function basicAuth([user, password]: Auth): string {
  return `Basic ${base64(encodeNarrow(`${user}:${password}`, 'latin-1'))}`;
}

function jsonBody(json: Json, request: PreparedRequest): Uint8Array {
  try {
    return encodeNarrow(dumps(json), 'ascii');
  } catch (error) {
    if (error instanceof RangeError) throw new RequestException('InvalidJSONError', error, { request });
    throw error;
  }
}

/** What Python takes for false. */
function isEmpty(data: RequestSpec['data']): boolean {
  if (data === undefined) return true;
  return typeof data === 'string' || data instanceof Uint8Array ? data.length === 0 : pairsOf(data).length === 0;
}

function pairs<T>(
  values: Readonly<Record<string, T>> | readonly (readonly [string, T])[],
): readonly (readonly [string, T])[] {
  return Array.isArray(values) ? values : Object.entries(values);
}

/** A form: a list gives a pair for each element, None gives none. */
function encodeParams(data: FormData): string {
  const list = pairsOf(data).flatMap(([name, value]) =>
    scalars(value).map((each): [string, FormScalar] => [name, each]),
  );
  return urlencode(list);
}

function scalars(value: FormScalar | readonly FormScalar[]): FormScalar[] {
  const all = Array.isArray(value) ? (value as readonly FormScalar[]) : [value as FormScalar];
  return all.filter((each) => each !== null);
}

function formParts(data: RequestSpec['data']): Part[] {
  if (data === undefined) return [];
  if (typeof data === 'string' || data instanceof Uint8Array) throw new TypeError('Data must not be a string.');
  return pairsOf(data).flatMap(([name, value]) =>
    scalars(value).map((each) => ({ name, data: each instanceof Uint8Array ? each : formText(each) })),
  );
}

function filePart([name, file]: readonly [string, FileSpec]): Part {
  if (typeof file === 'string' || file instanceof Uint8Array) return { name, data: file, filename: name };
  const [filename, data, contentType, headers] = file;
  return {
    ...{ name, data, filename },
    ...(contentType === undefined ? {} : { contentType }),
    ...(headers === undefined ? {} : { headers }),
  };
}

function checkHeader(name: string, value: string): void {
  const what = 'Invalid leading whitespace, reserved character(s), or returncharacter(s) in header';
  if (!/^[^:\s][^:\r\n]*$/.test(name)) throw new RequestException('InvalidHeader', `${what} name: ${reprText(name)}`);
  if (!/^(\S[^\r\n]*)?$/.test(value)) throw new RequestException('InvalidHeader', `${what} value: ${reprText(value)}`);
}

/** The URL that is sent: host in ASCII, parameters added, everything quoted. */
export function prepareUrl(given: string, params: RequestSpec['params']): string {
  const url = given.replace(/^\s+/, '');
  // Another scheme's URL is left alone; whoever is to send it will say that he cannot.
  if (url.includes(':') && !url.toLowerCase().startsWith('http')) return url;
  let parts: ReturnType<typeof parseUrl>;
  try {
    parts = parseUrl(url);
  } catch (error) {
    if (!(error instanceof LocationParseError)) throw error;
    throw new RequestException('InvalidURL', error);
  }
  const { scheme, auth, host, port, path, query, fragment } = parts;
  const invalid = `Invalid URL ${reprText(url)}:`;
  if (scheme === undefined)
    throw new RequestException('MissingSchema', `${invalid} No scheme supplied. Perhaps you meant http://${url}?`);
  if (host === undefined || host === '') throw new RequestException('InvalidURL', `${invalid} No host supplied`);
  if (/^[*.]/.test(host)) throw new RequestException('InvalidURL', 'URL has an invalid label.');
  const more = params === undefined ? '' : typeof params === 'string' ? params : encodeParams(params);
  const joined = [query ?? '', more].filter((part) => part !== '').join('&');
  const netloc = `${auth === undefined ? '' : `${auth}@`}${host}${port === undefined || port === 0 ? '' : `:${port}`}`;
  const bare = path === undefined || path === '' ? '/' : path;
  return requoteUri(urlunsplit({ scheme, netloc, path: bare, query: joined, fragment: fragment ?? '' }));
}

const SAFE = "!#$&'()*+,/:;=?@[]~";

/** Unquotes what need not be quoted, quotes what must be. */
export function requoteUri(uri: string): string {
  const unquoted = unquoteUnreserved(uri);
  return unquoted === undefined ? quote(uri, SAFE) : quote(unquoted, `${SAFE}%`);
}

/** undefined where two letters after a percent sign are no hexadecimal number. */
function unquoteUnreserved(uri: string): string | undefined {
  const [first = '', ...rest] = uri.split('%');
  let out = first;
  for (const part of rest) {
    const digits = part.slice(0, 2);
    const number = /^[0-9a-fA-F]{2}$/.test(digits) ? Number.parseInt(digits, 16) : undefined;
    if (number === undefined && /^[\p{L}\p{N}]{2}$/u.test(digits)) return undefined;
    const char = number === undefined ? '' : String.fromCharCode(number);
    out += /^[A-Za-z0-9\-._~]$/.test(char) ? char + part.slice(2) : `%${part}`;
  }
  return out;
}

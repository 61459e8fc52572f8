/** Request of CPython's `urllib.request` (3.11) and `urllib2` (2.7): a URL, headers, data. A header set twice counts once; its name is written `Like-this`. */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { ValueError } from '../errors.ts';
import { reprText } from '../http-client/repr.ts';
import { unquote } from './parse.ts';

export interface RequestOptions {
  /** What makes it a POST. A text counts as bytes in Python 2 only. */
  readonly data?: Uint8Array | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
}

/** str.capitalize() */
function capitalize(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).toLowerCase();
}

/** str.title(), as header names are sent. */
export function title(name: string): string {
  return name.toLowerCase().replace(/[a-z]+/g, capitalize);
}

export class Request {
  readonly headers = new Map<string, string>();
  /** Headers that belong to this request alone, and not to one that a redirect makes. */
  readonly unredirected = new Map<string, string>();
  /** How often each URL was visited on the way here. */
  visited: Map<string, number> | undefined;
  /** Seconds for connecting and for each wait. */
  timeout: number | undefined;
  type: string;
  host: string;
  /** What goes into the request line: the path, or the whole URL where a proxy is asked. */
  selector: string;
  readonly fragment: string | undefined;
  readonly data: Uint8Array | string | undefined;
  private readonly method: string | undefined;
  private readonly bare: string;

  constructor(url: string, options: RequestOptions = {}) {
    const unwrapped = unwrap(url);
    const hash = unwrapped.lastIndexOf('#');
    this.bare = hash < 0 ? unwrapped : unwrapped.slice(0, hash);
    this.fragment = hash < 0 ? undefined : unwrapped.slice(hash + 1);
    const [, type, rest = ''] = /^([^/:]+):([\s\S]*)$/.exec(this.bare) ?? [];
    if (type === undefined) throw new ValueError(`unknown url type: ${reprText(url)}`);
    this.type = type.toLowerCase();
    const [, host, path = ''] = /^\/\/([^/#?]*)([\s\S]*)$/.exec(rest) ?? [];
    this.host = unquote(host ?? '');
    this.selector = host === undefined ? rest : path === '' || path.startsWith('/') ? path : `/${path}`;
    this.data = options.data;
    this.method = options.method;
    for (const [name, value] of Object.entries(options.headers ?? {})) this.addHeader(name, value);
  }

  get fullUrl(): string {
    return this.fragment === undefined || this.fragment === '' ? this.bare : `${this.bare}#${this.fragment}`;
  }

  getMethod(): string {
    return this.method ?? (this.data === undefined ? 'GET' : 'POST');
  }

  addHeader(name: string, value: string): void {
    this.headers.set(capitalize(name), value);
  }

  addUnredirectedHeader(name: string, value: string): void {
    this.unredirected.set(capitalize(name), value);
  }

  /** The name is compared as it stands: `Content-type`. */
  hasHeader(name: string): boolean {
    return this.headers.has(name) || this.unredirected.has(name);
  }

  getHeader(name: string): string | undefined {
    return this.headers.get(name) ?? this.unredirected.get(name);
  }

  setProxy(host: string, type: string): void {
    this.type = type;
    this.selector = this.fullUrl;
    this.host = host;
  }

  get hasProxy(): boolean {
    return this.selector === this.fullUrl;
  }

  /** The body, where there is one; `textAllowed` in Python 2, whose texts are bytes. */
  body(textAllowed: boolean): Uint8Array | undefined {
    if (typeof this.data !== 'string') return this.data;
    if (textAllowed) return encodeUtf8(this.data);
    throw new TypeError('POST data should be bytes, an iterable of bytes, or a file object. It cannot be of type str.');
  }
}

/** `<URL:type://host/path>` to what it encloses. */
function unwrap(url: string): string {
  let text = url.trim();
  if (text.startsWith('<') && text.endsWith('>')) text = text.slice(1, -1).trim();
  return text.startsWith('URL:') ? text.slice(4).trim() : text;
}

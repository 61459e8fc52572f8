/**
 * `urllib.parse` of CPython 3.11, which holds what Python 2 kept in `urllib` and `urlparse`: quoting, query strings, the parts of a URL, joining. Texts are
 * encoded as UTF-8. In Python 2 a text is bytes already, so both give the same here.
 */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';

/** RFC 3986 section 2.3: never quoted. */
const UNRESERVED = /^[A-Za-z0-9_.\-~]$/;

function hexByte(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

export function quoteBytes(bytes: Uint8Array, safe = '/'): string {
  let out = '';
  for (const byte of bytes) {
    const char = String.fromCharCode(byte);
    out += UNRESERVED.test(char) || (byte < 128 && safe.includes(char)) ? char : hexByte(byte);
  }
  return out;
}

/** `~` was quoted by Python 2 and up to 3.6; 3.11 leaves it. */
export function quote(text: string, safe = '/'): string {
  if (typeof text !== 'string') throw new TypeError('quote_from_bytes() expected bytes');
  return quoteBytes(encodeUtf8(text), safe);
}

export function quotePlus(text: string, safe = ''): string {
  return quote(text, `${safe} `).replaceAll(' ', '+');
}

/** Bytes of a text whose escapes are undone; what is no escape stays as it is. */
export function unquoteToBytes(text: string): Uint8Array {
  const bytes = encodeUtf8(text);
  const out = new Uint8Array(bytes.length);
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    const digits = bytes[i] === 37 ? String.fromCharCode(bytes[i + 1] ?? 0, bytes[i + 2] ?? 0) : '';
    if (/^[0-9a-fA-F]{2}$/.test(digits)) {
      out[length++] = Number.parseInt(digits, 16);
      i += 2;
    } else out[length++] = bytes[i]!;
  }
  return out.slice(0, length);
}

export function unquote(text: string): string {
  return decodeUtf8(unquoteToBytes(text));
}

export function unquotePlus(text: string): string {
  return unquote(text.replaceAll('+', ' '));
}

export type FormScalar = string | number | boolean | null | Uint8Array;
export type FormValue = FormScalar | readonly FormScalar[];
/** A dict of str, or a list of pairs. */
export type FormData = Readonly<Record<string, FormValue>> | readonly (readonly [name: string, value: FormValue])[];

export function pairsOf(data: FormData): readonly (readonly [string, FormValue])[] {
  return Array.isArray(data) ? data : Object.entries(data);
}

/** str(value), as Python has it. */
export function formText(value: FormScalar): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value);
}

function quotedScalar(value: FormScalar): string {
  return value instanceof Uint8Array ? quoteBytes(value, ' ').replaceAll(' ', '+') : quotePlus(formText(value));
}

/** `doseq`: a list gives a pair for each element; else it is written as Python prints it. */
export function urlencode(query: FormData, doseq = false): string {
  if (typeof query !== 'object' || query === null)
    throw new TypeError('not a valid non-string sequence or mapping object');
  const out: string[] = [];
  for (const [name, value] of pairsOf(query)) {
    const key = quotePlus(name);
    const many = Array.isArray(value) ? (value as readonly FormScalar[]) : undefined;
    if (many === undefined) out.push(`${key}=${quotedScalar(value as FormScalar)}`);
    else if (doseq) for (const each of many) out.push(`${key}=${quotedScalar(each)}`);
    else
      out.push(
        `${key}=${quotePlus(`[${many.map((each) => (typeof each === 'string' ? `'${each}'` : formText(each))).join(', ')}]`)}`,
      );
  }
  return out.join('&');
}

/** `urlencode` and reading a form back: name and value pairs, blank values only where asked for (parse_qsl). */
export function parseQsl(query: string, keepBlankValues = false): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  for (const part of query.split('&')) {
    const equals = part.indexOf('=');
    const [name, value] = equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
    if (value === '' && (!keepBlankValues || part === '')) continue;
    pairs.push([unquotePlus(name), unquotePlus(value)]);
  }
  return pairs;
}

export interface SplitResult {
  /** Lower case, or empty. */
  readonly scheme: string;
  readonly netloc: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

/** Whatever the text: parts that are not there are empty. Line ends and tabs are taken out first (CPython bpo-43882). */
export function urlsplit(url: string): SplitResult {
  const text = url.replace(/[\t\r\n]/g, '').replace(/^[\0- ]+/, '');
  const [, scheme, rest = ''] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?([\s\S]*)$/.exec(text)!;
  const [, netloc, path = '', query, fragment] = /^(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#([\s\S]*))?$/.exec(
    rest,
  )!;
  return {
    scheme: scheme?.toLowerCase() ?? '',
    netloc: netloc ?? '',
    path,
    query: query ?? '',
    fragment: fragment ?? '',
  };
}

export function urlunsplit({ scheme, netloc, path, query, fragment }: SplitResult): string {
  let url = path;
  if (netloc !== '' || (HIERARCHICAL.has(scheme) && scheme !== '' && !url.startsWith('//'))) {
    if (url !== '' && !url.startsWith('/')) url = `/${url}`;
    url = `//${netloc}${url}`;
  }
  if (scheme !== '') url = `${scheme}:${url}`;
  if (query !== '') url += `?${query}`;
  return fragment === '' ? url : `${url}#${fragment}`;
}

/** Schemes with paths that can be relative (uses_relative and uses_netloc). */
const HIERARCHICAL: ReadonlySet<string> = new Set(['', 'http', 'https', 'ftp', 'file']);

/** Resolves a reference against a base (RFC 3986 section 5.2, with CPython's leftovers of older rules: a `;` with nothing behind it is lost). */
export function urljoin(base: string, url: string): string {
  if (base === '') return url;
  if (url === '') return base;
  const from = urlsplit(base);
  const to = urlsplit(url);
  const scheme = to.scheme === '' ? from.scheme : to.scheme;
  if (scheme !== from.scheme || !HIERARCHICAL.has(scheme)) return url;
  const [path, params] = splitParams(to.path);
  if (to.netloc !== '') return urlunsplit({ ...to, scheme, path: path + params });
  if (path === '' && params === '') {
    const query = to.query === '' ? from.query : to.query;
    return urlunsplit({ ...from, path: splitParams(from.path).join(''), query, fragment: to.fragment });
  }
  const joined = joinPath(splitParams(from.path)[0], path) + params;
  return urlunsplit({ ...to, scheme, netloc: from.netloc, path: joined });
}

/** A path and the parameters of its last segment, with their semicolon (RFC 1808 section 2.1). */
function splitParams(path: string): readonly [path: string, params: string] {
  const at = path.indexOf(';', Math.max(0, path.lastIndexOf('/')));
  return at < 0 ? [path, ''] : [path.slice(0, at), at === path.length - 1 ? '' : path.slice(at)];
}

function joinPath(base: string, path: string): string {
  const basis = base.split('/');
  if (basis.at(-1) !== '') basis.pop();
  let segments = path.split('/');
  if (!path.startsWith('/')) {
    segments = [...basis, ...segments];
    // Empty segments inside are from doubled slashes of the base.
    segments = segments.filter((segment, i) => segment !== '' || i === 0 || i === segments.length - 1);
  }
  const out: string[] = [];
  for (const segment of segments) {
    if (segment === '..') out.pop();
    else if (segment !== '.') out.push(segment);
  }
  if (segments.at(-1) === '.' || segments.at(-1) === '..') out.push('');
  return out.join('/') || '/';
}

/** Host of a netloc: lower case, without user, port and brackets; undefined where it is empty. */
export function hostnameOf(netloc: string): string | undefined {
  const authority = netloc.slice(netloc.lastIndexOf('@') + 1);
  const bracketed = /^\[([^\]]*)\]/.exec(authority)?.[1];
  const name = bracketed ?? authority.split(':')[0]!;
  return name === '' ? undefined : name.toLowerCase();
}

/**
 * URLs of RFC 3986 as an HTTP client needs them: parts, references, percent-decoding. Hosts are names and IPv4 addresses; an IPv6 literal
 * is parsed and kept in its brackets. Leaves out internationalised names (no Punycode).
 */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';

export interface Url {
  /** Lower case: `http`. */
  readonly scheme: string;
  readonly userinfo?: string | undefined;
  /** Lower case. */
  readonly host: string;
  /** As written; undefined where absent or empty. */
  readonly port?: number | undefined;
  /** Begins with a slash. */
  readonly path: string;
  /** Without its question mark. */
  readonly query?: string | undefined;
  /** Without its number sign. */
  readonly fragment?: string | undefined;
}

export type UrlFault = 'malformed' | 'no host' | 'bad port' | 'bad host';

export interface Reference {
  readonly scheme: string | undefined;
  readonly authority: string | undefined;
  readonly path: string;
  readonly query: string | undefined;
  readonly fragment: string | undefined;
}

/** The five parts of any reference (RFC 3986 appendix B); never fails. */
function splitReference(text: string): Reference {
  const match = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#([\s\S]*))?$/.exec(text)!;
  const [, scheme, authority, path, query, fragment] = match;
  return { scheme: scheme?.toLowerCase(), authority, path: path ?? '', query, fragment };
}

export function parseUrl(text: string): Url | UrlFault {
  // Whitespace and control characters cannot stand in a request line.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\x00-\x20\x7f]/.test(text)) return 'malformed';
  const { scheme, authority, path, query, fragment } = splitReference(text);
  if (scheme === undefined || authority === undefined) return 'malformed';
  const at = authority.lastIndexOf('@');
  const userinfo = at < 0 ? undefined : authority.slice(0, at);
  const hostPort = authority.slice(at + 1);
  const match = /^(\[[0-9A-Fa-f:.]*\]|[^:[\]]*)(?::(.*))?$/.exec(hostPort);
  if (!match) return 'bad host';
  const host = match[1]!.toLowerCase();
  const port = match[2] === undefined || match[2] === '' ? undefined : Number(match[2]);
  if (match[2] !== undefined && !/^\d*$/.test(match[2])) return 'bad port';
  if (port !== undefined && port > 65535) return 'bad port';
  if (host === '') return 'no host';
  if (!/^(\[[0-9a-f:.]+\]|[a-z0-9\-._~!$&'()*+,;=%\u0080-\uffff]+)$/.test(host)) return 'bad host';
  return { scheme, userinfo, host, port, path: path === '' ? '/' : removeDotSegments(path), query, fragment };
}

/** RFC 3986 section 5.2.4, for paths that begin with a slash. */
export function removeDotSegments(path: string): string {
  const out: string[] = [];
  const segments = path.split('/').slice(1);
  segments.forEach((segment, i) => {
    const last = i === segments.length - 1;
    if (segment === '.' || segment === '..') {
      if (segment === '..') out.pop();
      if (last) out.push('');
    } else out.push(segment);
  });
  return `/${out.join('/')}`;
}

/** Resolves a reference found in a document or a Location field (RFC 3986 section 5.2.2). */
export function resolveReference(base: Url, text: string): Url | UrlFault {
  const trimmed = text.trim();
  const ref = splitReference(trimmed);
  if (ref.scheme !== undefined) return parseUrl(trimmed);
  if (ref.authority !== undefined) return parseUrl(`${base.scheme}:${trimmed}`);
  let path: string;
  let query = ref.query;
  if (ref.path === '') {
    path = base.path;
    query ??= base.query;
  } else path = ref.path.startsWith('/') ? ref.path : base.path.slice(0, base.path.lastIndexOf('/') + 1) + ref.path;
  const suffix = (query === undefined ? '' : `?${query}`) + (ref.fragment === undefined ? '' : `#${ref.fragment}`);
  return parseUrl(`${base.scheme}://${authorityOf(base, true)}${path}${suffix}`);
}

/** `host[:port]`, the port left out where it is the scheme's own. */
export function authorityOf(url: Url, withUserinfo = false): string {
  const user = withUserinfo && url.userinfo !== undefined ? `${url.userinfo}@` : '';
  return user + url.host + (url.port === undefined || url.port === defaultPort(url.scheme) ? '' : `:${url.port}`);
}

export function defaultPort(scheme: string): number | undefined {
  return scheme === 'http' ? 80 : scheme === 'https' ? 443 : undefined;
}

export function portOf(url: Url): number {
  return url.port ?? defaultPort(url.scheme) ?? 80;
}

/** The origin-form request target (RFC 9112 section 3.2.1). */
export function targetOf(url: Url): string {
  return url.path + (url.query === undefined ? '' : `?${url.query}`);
}

export function formatUrl(url: Url): string {
  return `${url.scheme}://${authorityOf(url, true)}${targetOf(url)}${url.fragment === undefined ? '' : `#${url.fragment}`}`;
}

/** Characters beyond ASCII travel as percent-encoded UTF-8 (RFC 3987 section 3.1). */
export function asciiText(text: string): string {
  return text.replace(/[^!-~]/gu, (char) =>
    [...encodeUtf8(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}

/** Undoes percent-encoding into bytes; undefined where a percent sign is not followed by two hex digits. */
export function percentDecode(text: string): Uint8Array | undefined {
  const out = new Uint8Array(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '%') {
      out[length++] = text.charCodeAt(i) & 0xff;
      continue;
    }
    const digits = text.slice(i + 1, i + 3);
    if (!/^[0-9a-fA-F]{2}$/.test(digits)) return undefined;
    out[length++] = Number.parseInt(digits, 16);
    i += 2;
  }
  return out.slice(0, length);
}

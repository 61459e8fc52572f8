/** URLs as urllib3 1.26 reads and normalises them (`urllib3.util.parse_url`): RFC 3986, with every character that may not stand there percent-encoded. */
import { parseIpv4 } from '@netarium/core/base/address.ts';
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { LocationParseError } from './errors.ts';
import { asciiLabel } from './idna.ts';

export interface ParsedUrl {
  readonly scheme: string | undefined;
  readonly auth: string | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly path: string | undefined;
  readonly query: string | undefined;
  readonly fragment: string | undefined;
}

const UNRESERVED = "A-Za-z0-9._~\\-!$&'()*+,;=:@/";
const PATH = new RegExp(`[${UNRESERVED}]`);
const QUERY = new RegExp(`[${UNRESERVED}?]`);
const USERINFO = /[A-Za-z0-9._~\-!$&'()*+,;=:]/;

/** Percent-encodes what may not stand there; escapes stay where all percent signs are escapes. */
function encodeInvalid(component: string, allowed: RegExp): string {
  const escapes = /%[0-9a-fA-F]{2}/g;
  const text = component.replace(escapes, (one) => one.toUpperCase());
  const isEncoded = (text.match(escapes)?.length ?? 0) === text.split('%').length - 1;
  let out = '';
  for (const byte of encodeUtf8(text)) {
    const char = String.fromCharCode(byte);
    const stays = (isEncoded && char === '%') || (byte < 128 && allowed.test(char));
    out += stays ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

const HOST_PORT = /^((?:[^[\]%:/?#]|%[a-fA-F0-9]{2})*|\[[0-9A-Fa-f:.]+(?:%[^\]]*)?\])(?::([0-9]{0,5}))?$/;

export function parseUrl(url: string): ParsedUrl {
  if (url === '') return EMPTY;
  // A host without a scheme is taken for one; a path is not.
  const text = /^(?:[a-zA-Z][a-zA-Z0-9+-]*:|\/)/.test(url) ? url : `//${url}`;
  const [, scheme, authority, path = '', query, fragment] =
    /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/([^\\/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#([\s\S]*))?$/.exec(text)!;
  const normalised = scheme === undefined || /^https?$/i.test(scheme);
  const at = authority?.lastIndexOf('@') ?? -1;
  const hostPort = authority === undefined || authority === '' ? undefined : HOST_PORT.exec(authority.slice(at + 1));
  if (hostPort === null) throw new LocationParseError(url);
  const port = hostPort?.[2] === undefined || hostPort[2] === '' ? undefined : Number(hostPort[2]);
  if (port !== undefined && port > 65_535) throw new LocationParseError(url);
  const auth = at > 0 ? authority!.slice(0, at) : undefined;
  const encoded = (part: string | undefined, allowed: RegExp): string | undefined =>
    normalised && part !== undefined && part !== '' ? encodeInvalid(part, allowed) : part;
  const cleaned = normalised && path !== '' ? encodeInvalid(removeDotSegments(path), PATH) : path;
  const empty = query !== undefined || fragment !== undefined ? '' : undefined;
  return {
    scheme: scheme?.toLowerCase(),
    auth: encoded(auth, USERINFO),
    host: hostPort === undefined ? undefined : normaliseHost(hostPort[1]!, normalised, url),
    port,
    // What follows a backslash, or a scheme alone, has no slash of its own.
    path: cleaned === '' ? empty : cleaned.startsWith('/') ? cleaned : `/${cleaned}`,
    query: encoded(query, QUERY),
    fragment: encoded(fragment, QUERY),
  };
}

const EMPTY: ParsedUrl = {
  scheme: undefined,
  auth: undefined,
  host: undefined,
  port: undefined,
  path: undefined,
  query: undefined,
  fragment: undefined,
};

function normaliseHost(host: string, normalised: boolean, url: string): string {
  if (!normalised || host === '' || parseIpv4(host)) return host;
  const labels = host.split('.').map((label) => asciiLabel(label.toLowerCase()));
  if (labels.includes(undefined)) throw new LocationParseError(url);
  return labels.join('.');
}

function removeDotSegments(path: string): string {
  const out: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') out.pop();
    else if (segment !== '.') out.push(segment);
  }
  if (path.startsWith('/') && (out.length === 0 || out[0] !== '')) out.unshift('');
  if (/\/\.\.?$/.test(path)) out.push('');
  return out.join('/');
}

/** The parts put together again. */
export function formatUrl({ scheme, auth, host, port, path, query, fragment }: ParsedUrl): string {
  let url = scheme === undefined ? '' : `${scheme}://`;
  if (auth !== undefined) url += `${auth}@`;
  if (host !== undefined) url += host;
  if (port !== undefined) url += `:${port}`;
  url += path ?? '';
  if (query !== undefined) url += `?${query}`;
  return fragment === undefined ? url : `${url}#${fragment}`;
}

/** What goes into the request line: path and query. */
export function requestUri({ path, query }: ParsedUrl): string {
  const target = path === undefined || path === '' ? '/' : path;
  return query === undefined ? target : `${target}?${query}`;
}

/** A request target with nothing in it that may not stand there. */
export function encodeTarget(target: string): string {
  const [, path = '', query] = /^(\/[^?#]*)(?:\?([^#]*))?(?:#[\s\S]*)?$/.exec(target)!;
  const encoded = encodeInvalid(path, PATH);
  return query === undefined ? encoded : `${encoded}?${encodeInvalid(query, QUERY)}`;
}

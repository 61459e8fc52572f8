/** How requests 2.28 follows a redirect: which method, which headers, which credentials the next request has. */
import { latin1Bytes } from '../../http/message.ts';
import { hostnameOf, urljoin, urlsplit, urlunsplit } from '../urllib/parse.ts';
import { decodeStrict } from './encoding.ts';
import { type PreparedRequest, requoteUri } from './prepared-request.ts';
import type { Response } from './response.ts';

/** The Location field, which is UTF-8 in practice though headers are read as Latin-1 (UnicodeDecodeError where it is not); undefined for no redirect. */
export function redirectTarget(response: Response): string | undefined {
  return response.isRedirect ? decodeStrict(latin1Bytes(response.headers.get('location')!)) : undefined;
}

/** The absolute URL of a Location, with the fragment of the one before where it has none (RFC 9110 section 10.2.2). */
export function nextUrl(target: string, base: string, fragment: string): string {
  const absolute = target.startsWith('//') ? `${urlsplit(base).scheme}:${target}` : target;
  const parts = urlsplit(absolute);
  const url = urlunsplit(parts.fragment === '' ? { ...parts, fragment } : parts);
  return parts.netloc === '' ? urljoin(base, requoteUri(url)) : requoteUri(url);
}

/** 303 and 302 become GET, 301 for POST alone: as browsers do, not as RFC 9110 section 15.4 would have it. */
export function nextMethod(method: string, status: number): string {
  if (method !== 'HEAD' && (status === 303 || status === 302)) return 'GET';
  return method === 'POST' && status === 301 ? 'GET' : method;
}

/** The request that follows, but for cookies and proxies. */
export function follow(request: PreparedRequest, response: Response, url: string): PreparedRequest {
  const next = request.copy();
  next.url = url;
  next.method = nextMethod(request.method, response.statusCode);
  if (response.statusCode !== 307 && response.statusCode !== 308) {
    for (const name of ['Content-Length', 'Content-Type', 'Transfer-Encoding']) next.headers.delete(name);
    next.body = undefined;
  }
  next.headers.delete('Cookie');
  if (next.headers.has('authorization') && stripsAuth(request.url, url)) next.headers.delete('Authorization');
  return next;
}

/** Credentials go to the same host, port and scheme only; from http to https on the standard ports they may go along. */
function stripsAuth(from: string, to: string): boolean {
  const [a, b] = [originOf(from), originOf(to)];
  if (a.host !== b.host) return true;
  if (a.scheme === 'http' && b.scheme === 'https' && a.port === 80 && b.port === 443) return false;
  return a.scheme !== b.scheme || a.port !== b.port;
}

function originOf(url: string): { readonly scheme: string; readonly host: string | undefined; readonly port: number } {
  const { scheme, netloc } = urlsplit(url);
  const port = /:(\d+)$/.exec(netloc)?.[1];
  return {
    scheme,
    host: hostnameOf(netloc),
    port: port === undefined ? (scheme === 'https' ? 443 : 80) : Number(port),
  };
}

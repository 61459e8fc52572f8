/**
 * A user agent's cookie store (RFC 6265): host-only and Domain cookies, Path, Secure, HttpOnly, Max-Age before Expires, SameSite kept as
 * an attribute. Time is the host's clock in seconds, handed in. There is no public suffix list: a Domain without an inner dot (`test`)
 * counts as one. Leaves out the sending rule of SameSite, which needs a browsing context.
 */
import { parseIpv4 } from '@netarium/core/base/address.ts';
import { parseCookieDate } from './date.ts';

export interface Cookie {
  readonly name: string;
  readonly value: string;
  /** Lower case, without a leading dot. */
  readonly domain: string;
  readonly hostOnly: boolean;
  readonly path: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite?: 'Strict' | 'Lax' | 'None';
  /** Seconds since the epoch; undefined for a session cookie. */
  readonly expires?: number;
  /** Order of creation, kept when a cookie is replaced (section 5.3 step 11.3). */
  readonly created: number;
}

export interface CookieRequest {
  readonly host: string;
  readonly path: string;
  readonly secure: boolean;
}

/** Why a Set-Cookie field was not stored. */
export type CookieRefusal = 'malformed' | 'domain does not match' | 'public suffix' | 'secure attribute over http';

/** RFC 6265bis section 5.7: what no cookie may exceed. */
const MAX_NAME_VALUE = 4096;
const MAX_PER_DOMAIN = 50;

/** Section 5.1.3; addresses match only themselves. */
export function domainMatches(host: string, domain: string): boolean {
  if (host === domain) return true;
  return host.endsWith(`.${domain}`) && parseIpv4(host) === undefined;
}

/** Section 5.1.4. */
export function pathMatches(path: string, cookiePath: string): boolean {
  if (path === cookiePath) return true;
  return path.startsWith(cookiePath) && (cookiePath.endsWith('/') || path[cookiePath.length] === '/');
}

/** Section 5.1.4: the directory of the request path. */
export function defaultPath(path: string): string {
  const slash = path.lastIndexOf('/');
  return !path.startsWith('/') || slash === 0 ? '/' : path.slice(0, slash);
}

interface Attributes {
  domain?: string;
  path?: string;
  secure?: boolean;
  httpOnly?: boolean;
  sameSite?: 'Strict' | 'Lax' | 'None';
  maxAge?: number;
  expires?: number;
}

/** Section 5.2: the last of equal attributes wins, unknown ones are skipped. */
function readAttribute(into: Attributes, text: string): void {
  const equals = text.indexOf('=');
  const name = (equals < 0 ? text : text.slice(0, equals)).trim().toLowerCase();
  const value = equals < 0 ? '' : text.slice(equals + 1).trim();
  if (name === 'secure') into.secure = true;
  else if (name === 'httponly') into.httpOnly = true;
  else if (name === 'domain' && value !== '') into.domain = value.replace(/^\./, '').toLowerCase();
  else if (name === 'path') into.path = value.startsWith('/') ? value : '';
  else if (name === 'max-age' && /^-?\d+$/.test(value)) into.maxAge = Number(value);
  else if (name === 'expires') {
    const date = parseCookieDate(value);
    if (date !== undefined) into.expires = date;
  } else if (name === 'samesite') {
    const mode = (['Strict', 'Lax', 'None'] as const).find((known) => known.toLowerCase() === value.toLowerCase());
    if (mode) into.sameSite = mode;
  }
}

/** Parses one Set-Cookie value for the request that it answered. */
export function parseSetCookie(text: string, request: CookieRequest, now: number): Cookie | CookieRefusal {
  const [pair = '', ...rest] = text.split(';');
  const equals = pair.indexOf('=');
  const name = pair.slice(0, Math.max(equals, 0)).trim();
  const value = pair.slice(equals + 1).trim();
  if (equals < 0 || name === '' || name.length + value.length > MAX_NAME_VALUE) return 'malformed';
  if ([...pair].some((char) => (char < ' ' && char !== '\t') || char === '\x7f')) return 'malformed';
  const attributes: Attributes = {};
  for (const attribute of rest) readAttribute(attributes, attribute);
  const domain = attributes.domain;
  // Section 5.3 step 5: a public suffix is refused, unless it is the host itself.
  const suffix = domain !== undefined && !domain.includes('.') && domain !== request.host;
  if (suffix) return 'public suffix';
  if (domain !== undefined && !domainMatches(request.host, domain)) return 'domain does not match';
  if (attributes.secure === true && !request.secure) return 'secure attribute over http';
  const expires = expiry(attributes, now);
  const path = attributes.path === undefined || attributes.path === '' ? defaultPath(request.path) : attributes.path;
  return {
    name,
    value,
    domain: domain ?? request.host,
    hostOnly: domain === undefined || parseIpv4(request.host) !== undefined,
    path,
    secure: attributes.secure === true,
    httpOnly: attributes.httpOnly === true,
    ...(attributes.sameSite === undefined ? {} : { sameSite: attributes.sameSite }),
    ...(expires === undefined ? {} : { expires }),
    created: now,
  };
}

/** Section 5.3 step 3: Max-Age before Expires; zero or less is the earliest time there is. */
function expiry(attributes: Attributes, now: number): number | undefined {
  if (attributes.maxAge === undefined) return attributes.expires;
  return attributes.maxAge <= 0 ? 0 : Math.min(now + attributes.maxAge, Number.MAX_SAFE_INTEGER);
}

export class CookieJar {
  private readonly list: Cookie[] = [];

  /** Every cookie, in order of storage. */
  get cookies(): readonly Cookie[] {
    return this.list;
  }

  /** Stores, replaces, or (when already expired) removes a cookie: section 5.3 steps 11 and 12. */
  store(cookie: Cookie, now: number): void {
    const at = this.list.findIndex(
      (old) => old.name === cookie.name && old.domain === cookie.domain && old.path === cookie.path,
    );
    const expired = cookie.expires !== undefined && cookie.expires <= now;
    if (at >= 0) {
      if (expired) this.list.splice(at, 1);
      else this.list[at] = { ...cookie, created: this.list[at]!.created };
    } else if (!expired) {
      this.list.push(cookie);
      this.evict(cookie.domain);
    }
  }

  /** Takes a Set-Cookie field of a response; answers the cookie, or why it was refused. */
  receive(text: string, request: CookieRequest, now: number): Cookie | CookieRefusal {
    const cookie = parseSetCookie(text, request, now);
    if (typeof cookie !== 'string') this.store(cookie, now);
    return cookie;
  }

  /** The cookies for a request in sending order: longer paths first, then older ones first (section 5.4). */
  matching(request: CookieRequest, now: number): readonly Cookie[] {
    return this.list
      .filter((cookie) => cookie.expires === undefined || cookie.expires > now)
      .filter((cookie) =>
        cookie.hostOnly ? cookie.domain === request.host : domainMatches(request.host, cookie.domain),
      )
      .filter((cookie) => pathMatches(request.path, cookie.path) && (!cookie.secure || request.secure))
      .sort((a, b) => b.path.length - a.path.length || a.created - b.created);
  }

  /** The value of the Cookie field, or undefined when no cookie matches. */
  header(request: CookieRequest, now: number): string | undefined {
    const cookies = this.matching(request, now);
    return cookies.length === 0 ? undefined : cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  /** Section 6.1: at least 50 per domain; the oldest goes first. */
  private evict(domain: string): void {
    const same = this.list.filter((cookie) => cookie.domain === domain);
    if (same.length > MAX_PER_DOMAIN) this.list.splice(this.list.indexOf(same[0]!), 1);
  }
}

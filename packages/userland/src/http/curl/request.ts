/** The request that curl sends: its header order, its defaults, what -H changes. */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { base64 } from '../base64.ts';
import { isFieldValue, isToken } from '../fields.ts';
import { asciiText, authorityOf, targetOf, type Url } from '../url.ts';
import type { CurlSettings } from './options.ts';
import type { CurlProxy } from './proxy.ts';

export const USER_AGENT = 'curl/7.88.1';

export interface RequestPlan {
  readonly method: string;
  readonly head: string;
  readonly body: Uint8Array | undefined;
}

export interface RequestContext {
  readonly url: Url;
  readonly method: string;
  readonly withData: boolean;
  readonly cookies: string | undefined;
  readonly http10: boolean;
  /** The proxy that it is sent to. */
  readonly proxy: CurlProxy | undefined;
  /** False after a redirect to another host: credentials stay where the user sent them. */
  readonly sameHost: boolean;
}

/** UTF-8 as one character per byte, the way heads are written. */
function byteText(text: string): string {
  return [...encodeUtf8(text)].map((byte) => String.fromCharCode(byte)).join('');
}

interface CustomHeader {
  readonly name: string;
  /** Undefined drops curl's own header of that name. */
  readonly value: string | undefined;
}

/** `Name: value` adds or replaces, `Name:` drops, `Name;` sends an empty one. Anything else is left out, as curl does. */
export function parseCustomHeader(line: string): CustomHeader | undefined {
  const bytes = byteText(line);
  const match = /^([^:;]+)(:|;)(.*)$/.exec(bytes);
  if (!match || !isToken(match[1]!)) return undefined;
  const value = match[3]!.trim();
  if (match[2] === ';') return value === '' ? { name: match[1]!, value: '' } : undefined;
  if (!isFieldValue(value)) return undefined;
  return { name: match[1]!, value: value === '' ? undefined : value };
}

export function defaultMethod(settings: CurlSettings): string {
  if (settings.method !== undefined) return settings.method;
  if (settings.head) return 'HEAD';
  return settings.data !== undefined && !settings.dataInQuery ? 'POST' : 'GET';
}

/** -G moves the data into the query. */
export function urlWithData(url: Url, settings: CurlSettings): Url {
  if (!settings.dataInQuery || settings.data === undefined) return url;
  const data = decodeUtf8(settings.data);
  return { ...url, query: url.query === undefined || url.query === '' ? data : `${url.query}&${data}` };
}

export function buildRequest(settings: CurlSettings, context: RequestContext): RequestPlan {
  const { url, method } = context;
  const custom = settings.headers.map(parseCustomHeader).filter((header) => header !== undefined);
  const lines: string[] = [
    `${method} ${context.proxy ? `http://${authorityOf(url)}` : ''}${asciiText(targetOf(url))} HTTP/${context.http10 ? '1.0' : '1.1'}`,
  ];
  const own = (name: string, value: string | undefined) => {
    const replaced = custom.some((header) => header.name.toLowerCase() === name.toLowerCase());
    if (value !== undefined && !replaced) lines.push(`${name}: ${byteText(value)}`);
  };
  // curl puts a Host of the user's at the place of its own.
  const host = custom.find((header) => header.name.toLowerCase() === 'host' && header.value !== undefined);
  if (host) lines.push(`Host: ${host.value}`);
  else own('Host', authorityOf(url));
  const proxyUser = context.proxy?.user;
  own('Proxy-Authorization', proxyUser === undefined ? undefined : `Basic ${base64(encodeUtf8(proxyUser))}`);
  const user = settings.user ?? url.userinfo;
  own('Authorization', user !== undefined && context.sameHost ? `Basic ${base64(encodeUtf8(user))}` : undefined);
  const body = context.withData && !settings.dataInQuery ? settings.data : undefined;
  // With a body, -r says which part of a whole is sent.
  if (settings.range !== undefined && body) own('Content-Range', `bytes ${settings.range}/${body.length}`);
  else own('Range', settings.range === undefined ? undefined : `bytes=${settings.range}`);
  own(
    'User-Agent',
    settings.userAgent === undefined ? USER_AGENT : settings.userAgent === '' ? undefined : settings.userAgent,
  );
  own('Accept', '*/*');
  own('Referer', settings.referer);
  own('Proxy-Connection', context.proxy ? 'Keep-Alive' : undefined);
  own('Cookie', context.cookies);
  for (const { name, value } of custom) {
    const secret = ['authorization', 'cookie'].includes(name.toLowerCase()) && !context.sameHost;
    if (value !== undefined && !secret && name.toLowerCase() !== 'host')
      lines.push(`${name}:${value === '' ? '' : ` ${value}`}`);
  }
  if (body !== undefined) {
    own('Content-Length', String(body.length));
    own('Content-Type', 'application/x-www-form-urlencoded');
  }
  return { method, head: `${lines.join('\r\n')}\r\n\r\n`, body };
}

/** What a proxy changes in heads (RFC 9110 section 7.6): fields for one hop go no further, and each hop leaves its mark. */
import { Fields } from '../fields.ts';
import type { Framing, RequestHead, ResponseHead } from '../message.ts';
import { HTTP_1_1 } from '../message.ts';

/** RFC 9110 section 7.6.1; trailers are not passed on, so neither is their announcement; proxies' credentials are for one proxy (section 11.7). */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** A sender may not take these away by naming them in Connection: without them the next server reads another message. */
const KEPT: ReadonlySet<string> = new Set(['host', 'content-length', 'content-range', 'cache-control']);

/** The fields that are meant for the other end. */
export function endToEnd(fields: Fields): Fields {
  const named = fields.has('connection') ? new Set(fields.tokens('connection')) : undefined;
  const kept = new Fields();
  for (const { name, value } of fields) {
    const key = name.toLowerCase();
    if (HOP_BY_HOP.has(key) || (named?.has(key) && !KEPT.has(key))) continue;
    kept.add(name, value);
  }
  return kept;
}

export interface Forwarding {
  /** Origin-form. */
  readonly target: string;
  /** In place of the client's Host, where the target named another (RFC 9112 section 3.2.2). */
  readonly host?: string;
  /** The client's address, for X-Forwarded-For. */
  readonly client?: string;
  /** Our name in Via. */
  readonly via: string;
}

/** The request for the next server, framed as it came. */
export function forwardedRequest(head: RequestHead, framing: Framing, forwarding: Forwarding): RequestHead {
  const fields = endToEnd(head.fields);
  if (forwarding.host !== undefined) fields.set('Host', forwarding.host);
  else if (!fields.has('host')) fields.set('Host', '');
  if (framing.kind === 'length') fields.set('Content-Length', String(framing.length));
  else if (framing.kind === 'chunked') fields.set('Transfer-Encoding', 'chunked');
  // An HTTP/1.0 client cannot wait for 100 (RFC 9110 section 10.1.1).
  if (head.version.minor === 0) fields.delete('expect');
  if (forwarding.client !== undefined) append(fields, 'X-Forwarded-For', forwarding.client);
  append(fields, 'Via', `${head.version.major}.${head.version.minor} ${forwarding.via}`);
  return { method: head.method, target: forwarding.target, version: HTTP_1_1, fields };
}

/** The response for the client; the session frames it anew. */
export function forwardedFields(head: ResponseHead, framing: Framing, via: string): Fields {
  const fields = endToEnd(head.fields);
  // A body without a length is cut into chunks or ends with the connection: a length beside that would be a second truth.
  if (framing.kind === 'chunked' || framing.kind === 'close' || head.status === 204) fields.delete('content-length');
  append(fields, 'Via', `${head.version.major}.${head.version.minor} ${via}`);
  return fields;
}

function append(fields: Fields, name: string, value: string): void {
  const before = fields.get(name);
  fields.set(name, before === undefined ? value : `${before}, ${value}`);
}

/** RFC 9110 section 9.2.2: doing it twice is doing it once, so that it may be tried again elsewhere. */
export function isIdempotent(method: string): boolean {
  return ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'].includes(method);
}

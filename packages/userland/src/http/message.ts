/** HTTP/1.x messages as values, and their text on the wire (RFC 9112 sections 2 to 5). */
import { assert } from '@netarium/core/base/assert.ts';
import { Fields, isFieldValue, isToken } from './fields.ts';

export interface HttpVersion {
  readonly major: number;
  readonly minor: number;
}

export const HTTP_1_1: HttpVersion = Object.freeze({ major: 1, minor: 1 });

export interface RequestHead {
  readonly method: string;
  /** The request target as it stood: origin-form, absolute-form, authority-form or `*`. */
  readonly target: string;
  readonly version: HttpVersion;
  readonly fields: Fields;
}

export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  readonly version: HttpVersion;
  readonly fields: Fields;
}

/** How long the body is: nothing, so many bytes, chunks, or until the connection closes (RFC 9112 section 6.3). */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'close' };

/** Why a message was refused: the status that a server answers, and one line for the log. */
export interface HttpFault {
  readonly status: 400 | 414 | 431 | 501 | 505;
  readonly text: string;
}

const REASONS: ReadonlyMap<number, string> = new Map([
  [100, 'Continue'],
  [101, 'Switching Protocols'],
  [200, 'OK'],
  [201, 'Created'],
  [202, 'Accepted'],
  [204, 'No Content'],
  [206, 'Partial Content'],
  [301, 'Moved Permanently'],
  [302, 'Found'],
  [303, 'See Other'],
  [304, 'Not Modified'],
  [307, 'Temporary Redirect'],
  [308, 'Permanent Redirect'],
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [407, 'Proxy Authentication Required'],
  [408, 'Request Timeout'],
  [411, 'Length Required'],
  [412, 'Precondition Failed'],
  [413, 'Content Too Large'],
  [414, 'URI Too Long'],
  [416, 'Range Not Satisfiable'],
  [417, 'Expectation Failed'],
  [429, 'Too Many Requests'],
  [431, 'Request Header Fields Too Large'],
  [500, 'Internal Server Error'],
  [501, 'Not Implemented'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
  [504, 'Gateway Timeout'],
  [505, 'HTTP Version Not Supported'],
]);

/** The reason phrase of RFC 9110 section 15. */
export function reasonOf(status: number): string {
  return REASONS.get(status) ?? '';
}

/**
 * Whether the connection stays open after this message (RFC 9112 section 9.3): HTTP/1.1 unless `Connection: close`, HTTP/1.0 only with
 * `Connection: keep-alive`. A body framed by close ends the connection in any case.
 */
export function persists(head: { readonly version: HttpVersion; readonly fields: Fields }, framing?: Framing): boolean {
  if (framing?.kind === 'close') return false;
  const options = head.fields.tokens('connection');
  if (options.includes('close')) return false;
  return head.version.major === 1 && head.version.minor >= 1 ? true : options.includes('keep-alive');
}

/** Field lines, each with its end. */
export function formatFields(fields: Iterable<{ readonly name: string; readonly value: string }>): string {
  let text = '';
  for (const { name, value } of fields) {
    assert(isToken(name) && isFieldValue(value), `header field ${name} must be checked before it is sent`);
    text += `${name}: ${value}\r\n`;
  }
  return text;
}

function formatVersion(version: HttpVersion): string {
  return `HTTP/${version.major}.${version.minor}`;
}

/** One byte per character: what head texts hold. */
export function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i) & 0xff;
  return bytes;
}

export function formatRequest(head: RequestHead): string {
  assert(isToken(head.method) && !/[\s]/.test(head.target), 'a request line must be checked before it is sent');
  return `${head.method} ${head.target} ${formatVersion(head.version)}\r\n${formatFields(head.fields)}\r\n`;
}

export function formatResponse(head: ResponseHead): string {
  return `${formatVersion(head.version)} ${head.status} ${head.reason}\r\n${formatFields(head.fields)}\r\n`;
}

/** One chunk (RFC 9112 section 7.1). An empty piece would end the body, so it yields nothing. */
export function formatChunk(data: Uint8Array): Uint8Array {
  if (data.length === 0) return data;
  const size = latin1Bytes(`${data.length.toString(16)}\r\n`);
  const out = new Uint8Array(size.length + data.length + 2);
  out.set(size, 0);
  out.set(data, size.length);
  out.set([13, 10], size.length + data.length);
  return out;
}

export function formatLastChunk(trailers: Fields = new Fields()): string {
  return `0\r\n${formatFields(trailers)}\r\n`;
}

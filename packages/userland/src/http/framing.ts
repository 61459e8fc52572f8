/**
 * Where a body ends (RFC 9112 section 6). Requests are held to the letter, because two readers that disagree here are request
 * smuggling: both lengths at once, a second Content-Length, or a coding after `chunked` are refused, never guessed.
 */
import { type Fields, splitList } from './fields.ts';
import { fault, isFault } from './head.ts';
import type { Framing, HttpFault, RequestHead, ResponseHead } from './message.ts';

/** Content-Length as a number; a list of equal numbers counts as one (RFC 9110 section 8.6). */
function contentLength(fields: Fields): number | undefined | HttpFault {
  const lines = fields.all('content-length');
  if (lines.length === 0) return undefined;
  const values = lines
    .join(',')
    .split(',')
    .map((value) => value.trim());
  const first = values[0]!;
  if (!values.every((value) => /^\d{1,15}$/.test(value))) return fault(400, 'malformed Content-Length');
  if (!values.every((value) => value === first)) return fault(400, 'conflicting Content-Length values');
  return Number(first);
}

/** True when the last coding is `chunked`; every coding before it would have to be undone, and none is offered. */
function transferCodings(fields: Fields): 'chunked' | 'absent' | HttpFault {
  const lines = fields.all('transfer-encoding');
  if (lines.length === 0) return 'absent';
  const codings = splitList(lines.join(',')).map((coding) => coding.toLowerCase());
  if (codings.length === 0 || codings.indexOf('chunked') !== codings.length - 1) {
    if (codings.includes('chunked') || codings.length === 0)
      return fault(400, 'chunked is not the last transfer coding');
    return fault(501, `transfer coding ${codings.join(', ')} is not supported`);
  }
  if (codings.length > 1) return fault(501, `transfer coding ${codings[0]} is not supported`);
  return 'chunked';
}

const NO_BODY: Framing = Object.freeze({ kind: 'none' });

export function requestFraming(head: RequestHead): Framing | HttpFault {
  const length = contentLength(head.fields);
  if (typeof length === 'object') return length;
  const codings = transferCodings(head.fields);
  if (typeof codings === 'object') return codings;
  if (codings === 'chunked') {
    if (head.version.minor === 0) return fault(400, 'Transfer-Encoding in an HTTP/1.0 request');
    if (length !== undefined) return fault(400, 'both Transfer-Encoding and Content-Length');
    return { kind: 'chunked' };
  }
  return length === undefined || length === 0 ? NO_BODY : { kind: 'length', length };
}

/** `method` is that of the request: answers to HEAD, 1xx, 204 and 304 carry no body whatever their fields say. */
export function responseFraming(head: ResponseHead, method: string): Framing | HttpFault {
  if (method === 'HEAD' || head.status < 200 || head.status === 204 || head.status === 304) return { kind: 'none' };
  const codings = transferCodings(head.fields);
  if (typeof codings === 'object') return isFault(codings) ? codings : { kind: 'none' };
  if (codings === 'chunked') {
    if (head.version.minor === 0) return fault(400, 'Transfer-Encoding in an HTTP/1.0 response');
    // RFC 9112 section 6.3 item 3: Transfer-Encoding overrides Content-Length.
    return { kind: 'chunked' };
  }
  const length = contentLength(head.fields);
  if (typeof length === 'object') return length;
  if (length === undefined) return { kind: 'close' };
  return length === 0 ? { kind: 'none' } : { kind: 'length', length };
}

/** `chunk-size [chunk-ext]` (RFC 9112 section 7.1); extensions are read over, as the RFC asks of unknown ones. */
export function parseChunkSize(line: string): number | HttpFault {
  const match = /^([0-9a-fA-F]+)[ \t]*(;[\t\u0020-\u007e\u0080-\u00ff]*)?$/.exec(line);
  if (!match) return fault(400, 'malformed chunk size');
  const digits = match[1]!.replace(/^0+(?=.)/, '');
  return digits.length > 12 ? fault(400, 'chunk size too large') : Number.parseInt(digits, 16);
}

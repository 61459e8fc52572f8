import { describe, expect, test } from 'vitest';
import { Fields } from '../fields.ts';
import { formatFields, type RequestHead } from '../message.ts';
import type { ServerContext } from './context.ts';
import { Response, type ResponseBody, sharedBytes } from './response.ts';

const DATE = 'Thu, 01 Jan 2026 00:00:00 GMT';
const context = { date: DATE, formatFields: (fields: Fields) => formatFields(fields) } as unknown as ServerContext;
const request = (method: string, minor: number): RequestHead => ({
  ...{ method, target: '/', version: { major: 1, minor } },
  fields: new Fields(),
});
const text = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : new TextDecoder('latin1').decode(bytes);
const STREAM: ResponseBody = { kind: 'stream' };

function head(response: Response, body: ResponseBody, fields = new Fields()): string[] {
  const lines = text(response.head(body, fields, 'Why', 'keep-alive', context))!.split('\r\n');
  expect(lines.splice(-2)).toEqual(['', '']);
  return lines;
}

describe('a response', () => {
  test('says the length of its body, whatever the fields say', () => {
    const body: ResponseBody = { kind: 'length', length: 5 };
    const response = Response.to(request('GET', 1), 200, body);
    const fields = new Fields().set('Content-Length', '7').set('X-A', 'b');
    expect(head(response, body, fields)).toEqual([
      'HTTP/1.1 200 Why',
      'X-A: b',
      `Date: ${DATE}`,
      'Content-Length: 5',
      'Connection: keep-alive',
    ]);
    expect([text(response.piece(new Uint8Array(5).fill(0x61))), response.end(), response.bytes]).toEqual([
      'aaaaa',
      undefined,
      5,
    ]);
  });

  test('of unknown length comes in chunks', () => {
    const response = Response.to(request('GET', 1), 200, STREAM);
    expect(response.endsByClosing).toBe(false);
    expect(head(response, STREAM)).toContain('Transfer-Encoding: chunked');
    expect(text(response.piece(new Uint8Array(17).fill(0x61)))).toBe(`11\r\n${'a'.repeat(17)}\r\n`);
    expect(text(response.end())).toBe('0\r\n\r\n');
    expect(response.bytes).toBe(17);
  });

  // RFC 9112 section 6.1: no transfer coding for a recipient of HTTP/1.0.
  test('of unknown length ends with the connection for HTTP/1.0', () => {
    const response = Response.to(request('GET', 0), 200, STREAM);
    expect(response.endsByClosing).toBe(true);
    expect(head(response, STREAM).join()).not.toMatch(/Transfer-Encoding|Content-Length/);
    expect([text(response.piece(Uint8Array.of(0x61))), response.end()]).toEqual(['a', undefined]);
  });

  test.each([
    ['HEAD', 200],
    ['GET', 304],
    ['GET', 204],
  ])('to %s with status %i has a head only', (method, status) => {
    const response = Response.to(request(method, 1), status, STREAM);
    expect([response.piece(Uint8Array.of(0x61)), response.end(), response.bytes]).toEqual([undefined, undefined, 0]);
  });

  test('keeps the length and the date that were given where it says nothing of its body', () => {
    const fields = new Fields().set('Content-Length', '7').set('Date', 'then');
    expect(head(Response.to(request('HEAD', 1), 200, { kind: 'none' }), { kind: 'none' }, fields)).toEqual([
      'HTTP/1.1 200 Why',
      'Content-Length: 7',
      'Date: then',
      'Connection: keep-alive',
    ]);
  });
});

describe('a shared response', () => {
  const shared = () => ({ fields: 'X-A: b\r\n', content: Uint8Array.of(0x61) });

  test('is made once for all connections that stay, until the date is another', () => {
    const one = shared();
    const first = sharedBytes(one, DATE, 'keep-alive', true);
    expect(text(first)).toBe(
      `HTTP/1.1 200 OK\r\nX-A: b\r\nDate: ${DATE}\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\na`,
    );
    expect(sharedBytes(one, DATE, 'keep-alive', true)).toBe(first);
    expect(text(sharedBytes(one, 'later', 'keep-alive', true))).toContain('Date: later');
  });

  test('without its content, or for the last time, is not kept', () => {
    const one = shared();
    expect(text(sharedBytes(one, DATE, 'keep-alive', false))).toMatch(/keep-alive\r\n\r\n$/);
    expect(text(sharedBytes(one, DATE, 'close', true))).toMatch(/close\r\n\r\na$/);
    expect(text(sharedBytes(one, DATE, 'keep-alive', true))).toMatch(/keep-alive\r\n\r\na$/);
  });
});

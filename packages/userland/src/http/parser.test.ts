import { concatBytes } from '@netarium/core/base/bytes.ts';
import { latin1 } from '@netarium/core/base/utf8.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fields } from './fields.ts';
import { formatChunk, formatLastChunk, formatRequest, HTTP_1_1, latin1Bytes, persists } from './message.ts';
import { type HttpEvent, HttpParser } from './parser.ts';

type Role = 'request' | 'response';

/** Events as plain text, data joined, so that two cuts of one stream can be compared. */
function run(role: Role, pieces: readonly Uint8Array[], methods: readonly string[] = [], finish = true): string[] {
  const parser = new HttpParser(role);
  for (const method of methods) parser.expect(method);
  const out: string[] = [];
  let data: Uint8Array[] = [];
  const drain = () => {
    for (let event = parser.next(); event !== undefined; event = parser.next()) {
      if (event.kind === 'data') {
        data.push(event.bytes);
        continue;
      }
      if (data.length > 0) out.push(`data ${latin1(concatBytes(data))}`);
      data = [];
      out.push(describeEvent(event));
    }
  };
  for (const piece of pieces) {
    parser.feed(piece);
    drain();
  }
  if (finish) {
    parser.finish();
    drain();
  }
  if (data.length > 0) out.push(`data ${latin1(concatBytes(data))}`);
  return out;
}

function describeEvent(event: Exclude<HttpEvent, { kind: 'data' }>): string {
  const fields = (list: Fields) => [...list].map(({ name, value }) => `${name}=${value}`).join('&');
  if (event.kind === 'request')
    return `${event.head.method} ${event.head.target} ${event.framing.kind} ${fields(event.head.fields)}`.trim();
  if (event.kind === 'response')
    return `${event.head.status} ${event.framing.kind} ${fields(event.head.fields)}`.trim();
  if (event.kind === 'end') return `end ${fields(event.trailers)}`.trim();
  return `error ${event.fault.status} ${event.fault.text}`;
}

const request = (text: string, finish = true) => run('request', [latin1Bytes(text)], [], finish);
const response = (text: string, ...methods: string[]) => run('response', [latin1Bytes(text)], methods);
const get = (...lines: string[]) =>
  request(`GET / HTTP/1.1\r\nHost: a\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`);

describe('requests', () => {
  it('reads a head, pipelined messages and their bodies', () => {
    const text = 'POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\nhost: h\r\n\r\n';
    expect(request(text)).toEqual([
      'POST /a length Host=h&Content-Length=3',
      'data abc',
      'end',
      'GET /b none host=h',
      'end',
    ]);
  });

  it('reads chunked bodies with extensions and trailers', () => {
    const text =
      'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n3;x=y\r\nabc\r\n0A\r\n0123456789\r\n0\r\nSum: 1\r\n\r\n';
    expect(request(text)).toEqual([
      'POST / chunked Host=h&Transfer-Encoding=Chunked',
      'data abc0123456789',
      'end Sum=1',
    ]);
  });

  it('accepts single line feeds in the head and empty lines before it', () => {
    expect(request('\r\n\nGET / HTTP/1.0\n\n')).toEqual(['GET / none', 'end']);
  });

  it.each([
    ['GET  / HTTP/1.1\r\n\r\n', 'error 400 malformed request line'],
    ['GET /\r\n\r\n', 'error 400 malformed request line'],
    ['G@T / HTTP/1.1\r\n\r\n', 'error 400 malformed method'],
    ['GET / HTTP/2.0\r\n\r\n', 'error 505 HTTP version 2.0 is not supported'],
    ['GET / HTTP/1.1\r\n\r\n', 'error 400 missing Host header'],
    [`GET /${'a'.repeat(9000)} HTTP/1.1\r\n\r\n`, 'error 414 start line too long'],
    [`GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(40000)}\r\n\r\n`, 'error 431 header fields too large'],
    [`GET / HTTP/1.1\r\n${'A: b\r\n'.repeat(200)}\r\n`, 'error 431 header fields too large'],
    ['GET / HTTP/1.1\r\nHost: a', 'error 400 connection closed inside a message'],
  ])('refuses %j', (text, wanted) => {
    expect(request(text).at(-1)).toBe(wanted);
  });

  it.each([
    ['Host: b', 'more than one Host header'],
    ['X : y', 'malformed header name'],
    ['X', 'header line without colon'],
    [' folded: x', 'folded header line'],
    ['X: a\rb', 'malformed value of header X'],
    ['X: a\0b', 'malformed value of header X'],
    ['Content-Length: 1\r\nContent-Length: 2', 'conflicting Content-Length values'],
    ['Content-Length: +1', 'malformed Content-Length'],
    ['Content-Length: 1\r\nTransfer-Encoding: chunked', 'both Transfer-Encoding and Content-Length'],
    ['Transfer-Encoding: chunked, chunked', 'chunked is not the last transfer coding'],
    ['Transfer-Encoding: chunked, identity', 'chunked is not the last transfer coding'],
  ])('refuses the header line %j', (line, wanted) => {
    expect(get(line)).toEqual([`error 400 ${wanted}`]);
  });

  it('answers 501 to transfer codings that it does not know', () => {
    expect(get('Transfer-Encoding: gzip, chunked')).toEqual(['error 501 transfer coding gzip is not supported']);
  });

  it('holds chunk framing to the letter', () => {
    const head = 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n';
    for (const body of ['3\nabc\r\n', '-1\r\n', '0x3\r\nabc', '3 3\r\nabc', 'fffffffffffffffff\r\n', '3\r\nabcd\r\n'])
      expect(request(head + body).at(-1), body).toMatch(/^error 400/);
  });
});

describe('responses', () => {
  it('knows which ones have no body', () => {
    expect(response('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', 'HEAD')).toEqual([
      '200 none Content-Length=5',
      'end',
    ]);
    expect(response('HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n')).toEqual([
      '304 none Content-Length=5',
      'end',
    ]);
  });

  it('reads interim responses, then the final one', () => {
    expect(response('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n', 'POST')).toEqual([
      '100 none',
      '204 none',
      'end',
    ]);
  });

  it('ends a body without length when the connection closes', () => {
    expect(response('HTTP/1.0 200 OK\r\n\r\nhello')).toEqual(['200 close', 'data hello', 'end']);
  });

  it('reports a body that was cut short', () => {
    const events = response('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello');
    expect(events).toEqual([
      '200 length Content-Length=9',
      'data hello',
      'error 400 connection closed inside a message',
    ]);
  });

  it('joins folded lines with a space', () => {
    expect(response('HTTP/1.1 204 x\r\nA: b\r\n\t c\r\n\r\n')).toEqual(['204 none A=b c', 'end']);
  });

  it('lets chunked win over Content-Length', () => {
    const text = 'HTTP/1.1 200\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n';
    expect(response(text).slice(1)).toEqual(['data a', 'end']);
  });
});

describe('any bytes, any cut', () => {
  const cut = (bytes: Uint8Array, at: readonly number[]) => {
    const points = [...new Set(at.map((n) => n % (bytes.length + 1)))].sort((a, b) => a - b);
    return [...points, bytes.length].map((to, i) => bytes.slice(i === 0 ? 0 : points[i - 1], to));
  };
  const word = fc.constantFrom(
    ...[
      'GET ',
      'POST ',
      '/ ',
      'HTTP/1.1',
      'HTTP/1.0',
      ' 200 OK',
      '\r\n',
      '\n',
      '\r',
      ' ',
      ':',
      'Host: a\r\n',
      '3\r\nabc\r\n',
      '0\r\n',
      '\r\n\r\n',
      'a',
    ],
    ...['Content-Length: 3\r\n', 'Transfer-Encoding: chunked\r\n', 'Connection: close\r\n', 'abc', '\0', '\xff', ';x'],
  );
  const soup = fc.array(word, { maxLength: 24 }).map((words) => latin1Bytes(words.join('')));
  const started = soup.map((tail) =>
    concatBytes([latin1Bytes('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'), tail]),
  );
  const answered = soup.map((tail) =>
    concatBytes([latin1Bytes('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'), tail]),
  );

  it('gives the same events', () => {
    fc.assert(
      fc.property(
        fc.oneof(soup, started, answered, fc.uint8Array({ maxLength: 200 })),
        fc.array(fc.nat(300)),
        fc.constantFrom<Role>('request', 'response'),
        (bytes, at, role) => {
          const whole = run(role, [bytes]);
          expect(run(role, cut(bytes, at))).toEqual(whole);
          expect(run(role, cut(bytes, [...bytes.keys()]))).toEqual(whole);
        },
      ),
      { numRuns: 600 },
    );
  });

  it('does so at the limits', () => {
    for (const length of [8190, 8191, 8192, 8193, 8194]) {
      const bytes = latin1Bytes(`GET /${'a'.repeat(length - 14)} HTTP/1.1\r\n\r\n`);
      expect(run('request', cut(bytes, [...bytes.keys()])), String(length)).toEqual(run('request', [bytes]));
    }
  });

  it('reads back what the serialiser wrote', () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/).map((text) => `X-${text}`);
    const value = fc.stringMatching(/^([!-~]([ -~]{0,20}[!-~])?)?$/);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, value), { maxLength: 6 }),
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 })),
        (pairs, chunks) => {
          const fields = new Fields([['Host', 'a'], ['Transfer-Encoding', 'chunked'], ...pairs]);
          const parser = new HttpParser('request');
          parser.feed(latin1Bytes(formatRequest({ method: 'PUT', target: '/x', version: HTTP_1_1, fields })));
          for (const chunk of chunks) parser.feed(formatChunk(chunk));
          parser.feed(latin1Bytes(formatLastChunk(new Fields([['T', 'u']]))));
          const events: HttpEvent[] = [];
          for (let event = parser.next(); event; event = parser.next()) events.push(event);
          const head = events[0]!;
          expect(head.kind === 'request' && [...head.head.fields]).toEqual([...fields]);
          expect(concatBytes(events.flatMap((event) => (event.kind === 'data' ? [event.bytes] : [])))).toEqual(
            concatBytes(chunks),
          );
          expect(events.at(-1)!.kind).toBe('end');
          expect(parser.idle).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('persistence', () => {
  const of = (minor: number, connection?: string) =>
    persists({
      version: { major: 1, minor },
      fields: new Fields(connection === undefined ? [] : [['Connection', connection]]),
    });

  it('follows RFC 9112 section 9.3', () => {
    expect([of(1), of(1, 'Close'), of(1, 'x, close'), of(0), of(0, 'Keep-Alive')]).toEqual([
      true,
      false,
      false,
      false,
      true,
    ]);
  });
});

/** What the recording servers answer, by path: good, odd and hostile responses. */
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { type Answer, answer } from './recording.ts';

const binary = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const TEXT = 'compressed '.repeat(50);
const GZIP = binary(gzipSync(TEXT));

export const answers: Readonly<Record<string, Answer>> = {
  '/': answer('200 OK', ['Content-Type: text/plain'], 'hello'),
  '/close': answer('200 OK', ['Connection: close', 'Content-Length: 5'], 'hello', 'close'),
  '/missing': answer('404 Not Found', [], 'no such page'),
  '/500': answer('500 Internal Server Error', [], 'broken'),
  '/503': answer('503 Service Unavailable', ['Retry-After: 0'], 'busy'),
  '/429': answer('429 Too Many Requests', ['Retry-After: 1'], 'slow down'),
  '/301': answer('301 Moved Permanently', ['Location: /']),
  '/302': answer('302 Found', ['Location: other?a=1']),
  '/303': answer('303 See Other', ['Location: /']),
  '/307': answer('307 Temporary Redirect', ['Location: /']),
  '/308': answer('308 Permanent Redirect', ['Location: /']),
  '/loop': answer('302 Found', ['Location: /loop']),
  '/blank': answer('302 Found', ['Location: /a b\xe4']),
  '/utf8-location': answer('302 Found', ['Location: /\xe4\xb8\xad?q=\xe6\x96\x87']),
  '/away': answer('302 Found', ['Location: http://nosuch.invalid/']),
  '/file': answer('302 Found', ['Location: file:///etc/passwd']),
  '/nowhere': answer('302 Found', []),
  '/fragment': answer('302 Found', ['Location: /#part']),
  '/cookie': answer('302 Found', ['Location: /', 'Set-Cookie: sid=1; Path=/', 'Set-Cookie: b=2']),
  '/gzip': answer('200 OK', ['Content-Encoding: gzip'], GZIP),
  '/two-gzips': answer('200 OK', ['Content-Encoding: gzip'], GZIP + GZIP),
  '/zlib': answer('200 OK', ['Content-Encoding: deflate'], binary(deflateSync(TEXT))),
  '/deflate': answer('200 OK', ['Content-Encoding: deflate'], binary(deflateRawSync(TEXT))),
  '/both': answer('200 OK', ['Content-Encoding: deflate, gzip'], binary(gzipSync(deflateSync(TEXT)))),
  '/no-gzip': answer('200 OK', ['Content-Encoding: gzip'], 'this is no gzip'),
  '/half-gzip': answer('200 OK', ['Content-Encoding: gzip'], GZIP.slice(0, 20)),
  '/empty-gzip': answer('200 OK', ['Content-Encoding: gzip'], ''),
  '/unknown-coding': answer('200 OK', ['Content-Encoding: zz'], 'as it is'),
  '/chunked': answer('200 OK', ['Transfer-Encoding: chunked'], '5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nT: v\r\n\r\n'),
  '/chunked-gzip': answer(
    '200 OK',
    ['Transfer-Encoding: chunked', 'Content-Encoding: gzip'],
    `${GZIP.length.toString(16)}\r\n${GZIP}\r\n0\r\n\r\n`,
  ),
  '/cut-chunk': answer('200 OK', ['Transfer-Encoding: chunked'], '5\r\nhello\r\n6\r\n wo', 'close'),
  '/bad-chunk': answer('200 OK', ['Transfer-Encoding: chunked'], '5\r\nhello\r\nzz\r\n', 'close'),
  '/no-last-chunk': answer('200 OK', ['Transfer-Encoding: chunked'], '5\r\nhello\r\n', 'close'),
  '/cut': answer('200 OK', ['Content-Length: 10'], 'hello', 'close'),
  '/until-close': answer('200 OK', [], 'to the end', 'close'),
  '/empty': { raw: '', end: 'close' },
  '/garbage': { raw: 'what is this\r\n\r\n', end: 'close' },
  '/status': { raw: 'HTTP/1.1 20x OK\r\n\r\n', end: 'close' },
  '/bare': { raw: 'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok', end: 'keep' },
  '/http2': { raw: 'HTTP/2.0 200 OK\r\n\r\n', end: 'close' },
  '/long-line': { raw: `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(65_540)}\r\n\r\n`, end: 'close' },
  '/long-status': { raw: `HTTP/1.1 200 ${'x'.repeat(65_540)}\r\n\r\n`, end: 'close' },
  '/many': { raw: `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(101)}\r\n`, end: 'close' },
  '/fold': { raw: 'HTTP/1.1 200 OK\r\nX: a\r\n  b\r\nContent-Length: 2\r\n\r\nok', end: 'close' },
  '/no-colon': { raw: 'HTTP/1.1 200 OK\r\nA: 1\r\nrubbish\r\nContent-Length: 2\r\n\r\nok', end: 'close' },
  '/blank-name': { raw: 'HTTP/1.1 200 OK\r\nA : 1\r\nContent-Length: 2\r\n\r\nok', end: 'close' },
  '/no-name': { raw: 'HTTP/1.1 200 OK\r\n: 1\r\nContent-Length: 2\r\n\r\nok', end: 'close' },
  '/bad-length': { raw: 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nok', end: 'close' },
  '/minus-length': { raw: 'HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok', end: 'close' },
  '/lf': { raw: 'HTTP/1.1 200 OK\nContent-Length: 2\nA: b\n\nok', end: 'close' },
  '/continue': {
    raw: 'HTTP/1.1 100 Continue\r\nA: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    end: 'close',
  },
  '/half-head': { raw: 'HTTP/1.1 200 OK\r\nA: 1\r\nB: 2', end: 'close' },
  '/none': { raw: 'HTTP/1.1 204 No Content\r\n\r\n', end: 'keep' },
  '/old': { raw: 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok', end: 'close' },
};

/** Nothing more comes; the client has to give up. */
export const silent: Readonly<Record<string, Answer>> = {
  '/hang': { raw: '', end: 'hang' },
  '/stall': { raw: 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel', end: 'hang' },
};

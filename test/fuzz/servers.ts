/** What the servers read: requests in any pieces, frames of remote calls, rules and users of a proxy, addresses of proxies. */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { parseProxy } from '@netarium/userland/http/curl/proxy.ts';
import { latin1Bytes } from '@netarium/userland/http/message.ts';
import { HttpParser } from '@netarium/userland/http/parser.ts';
import { parseCredentials } from '@netarium/userland/http/proxy/credentials.ts';
import { forwardedRequest } from '@netarium/userland/http/proxy/headers.ts';
import { Policy, parseRule } from '@netarium/userland/http/proxy/policy.ts';
import { UsageError } from '@netarium/userland/lib/options.ts';
import { encodeFrame, FrameReader, type Json } from '@netarium/userland/servers/rpc/frames.ts';
import { readReply, readRequest } from '@netarium/userland/servers/rpc/messages.ts';
import { parseCall } from '@netarium/userland/servers/rpc/rpc-demo.ts';
import type { Target } from './engine.ts';

/** The events of a stream in pieces of so many bytes, bodies joined. */
function events(input: string, piece: number): string {
  const parser = new HttpParser('request');
  const bytes = latin1Bytes(input);
  const told: string[] = [];
  let body = 0;
  const take = (): void => {
    for (let event = parser.next(); event !== undefined; event = parser.next()) {
      if (event.kind === 'data') body += event.bytes.length;
      else if (event.kind === 'request') told.push(forwarded(event));
      else told.push(event.kind === 'error' ? `error ${event.fault.text}` : event.kind);
    }
  };
  for (let at = 0; at < bytes.length; at += piece) {
    parser.feed(bytes.subarray(at, at + piece));
    take();
  }
  parser.finish();
  take();
  return `${told.join(' ')} ${body}`;
}

/** What a proxy would send on: never a field for one hop, never two lengths. */
function forwarded({ head, framing }: Extract<ReturnType<HttpParser['next']>, { kind: 'request' }>): string {
  const { fields } = forwardedRequest(head, framing, { target: '/', client: '10.0.0.1', via: 'fuzz' });
  const [lengths, codings] = [fields.all('content-length'), fields.all('transfer-encoding')];
  if (lengths.length + codings.length > 1) throw new Error('two truths about the length of one message');
  if (fields.has('connection') || fields.has('upgrade')) throw new Error('a field for one hop went on');
  return `request ${framing.kind}`;
}

const requests: Target = {
  name: 'http-requests',
  corpus: () => [
    'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
    'POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close, X-A\r\nX-A: b\r\n\r\nabcGET / HTTP/1.0\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: u\r\n\r\n',
    'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\nUpgrade: h2c\r\nExpect: 100-continue\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\nTransfer-Encoding: gzip, chunked\r\n x\r\n\r\n',
  ],
  run(input) {
    const whole = events(input, input.length + 1);
    if (events(input, 1) !== whole || events(input, 7) !== whole)
      throw new Error('it depends on how the stream is cut');
    return whole.replace(/\d+/g, '');
  },
};

const remoteCalls: Target = {
  name: 'remote-calls',
  corpus: () => [
    '{"id":1,"method":"add","params":[1,2],"budgetMs":5,"key":"k"}',
    '{"id":null,"error":{"code":1,"message":"m"}}',
    'add(1, "b")',
    '[]',
  ],
  run(input) {
    const raw = new FrameReader();
    raw.push(latin1Bytes(input));
    const body = encodeUtf8(input);
    const framed = new FrameReader();
    framed.push(Uint8Array.of(0, 0, body.length >> 8, body.length & 255));
    framed.push(body);
    const frame = body.length < 65_536 ? framed.next() : undefined;
    const told = [typeof raw.next(), parseCall(input) === undefined];
    if (typeof frame !== 'object') return [...told, frame].join();
    const again = new FrameReader();
    again.push(encodeFrame(frame.value as Json));
    if (typeof again.next() !== 'object') throw new Error('a value does not come through');
    const request = readRequest(frame.value);
    return [
      ...told,
      typeof request === 'string' ? request.replace(/member .*/, '') : 'request',
      typeof readReply(frame.value),
    ].join();
  },
};

const proxyWords: Target = {
  name: 'proxy-words',
  corpus: () => [
    '*.shop.test:443',
    '10.0.0.0/8',
    ':80',
    'me:secret\n# no\nyou:p',
    'http://u:p@host:3128/',
    'localhost',
  ],
  run(input) {
    const rule = parseRule(input);
    if (typeof rule === 'object') new Policy([rule], [rule]).permits('www.shop.test', ['10.1.2.3'], 443, true);
    const users = parseCredentials(input, 'users');
    let proxy = 'proxy';
    try {
      parseProxy(input, undefined);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      proxy = 'no proxy';
    }
    return [typeof rule, typeof users === 'string' ? users.replace(/\d+/g, '') : users.length > 0, proxy].join();
  },
};

export const servers = { requests, remoteCalls, proxyWords };

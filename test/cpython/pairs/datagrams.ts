/** Datagrams: borders, an empty one, one that is cut, peeking, connected sockets, and an error that comes with the next call. */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { SockAddrIn, Sys } from '@netarium/core/syscall/sys.ts';
import { exceptionText, type Pair, type Trace } from '../pair.ts';

const show = (bytes: Uint8Array) => `b'${decodeUtf8(bytes)}'`;
const bool = (value: boolean) => (value ? 'True' : 'False');

async function udp(sys: Sys): Promise<readonly [number, SockAddrIn]> {
  const fd = await sys.socket('inet', 'dgram');
  await sys.bind(fd, { family: 'inet', address: '127.0.0.1', port: 0 });
  return [fd, (await sys.getsockname(fd)) as SockAddrIn];
}

async function borders(sys: Sys, trace: Trace, a: number, b: number, toA: SockAddrIn, toB: SockAddrIn): Promise<void> {
  for (const text of ['one', 'two', '']) await sys.sendto(a, encodeUtf8(text), toB);
  for (let i = 0; i < 3; i++) {
    const { data, from } = await sys.recvfrom(b, 100);
    trace.at(`${show(data)} from a: ${bool((from as SockAddrIn).port === toA.port)}`);
  }
  await sys.sendto(a, encodeUtf8('abcdef'), toB);
  trace.at(`peeked ${show(await sys.recv(b, 100, { peek: true }))}`);
  trace.at(`cut ${show(await sys.recv(b, 3))}`);
  await sys.recv(b, 100, { dontwait: true }).catch((error: unknown) => trace.raised(error));
}

async function connected(
  sys: Sys,
  trace: Trace,
  a: number,
  b: number,
  toA: SockAddrIn,
  toB: SockAddrIn,
): Promise<number> {
  const [c] = await udp(sys);
  await sys.connect(b, toA);
  await sys.sendto(c, encodeUtf8('stranger'), toB);
  await sys.sendto(a, encodeUtf8('friend'), toB);
  trace.at(`connected, hears ${show(await sys.recv(b, 100))}`);
  trace.at(`peer ${bool(((await sys.getpeername(b)) as SockAddrIn).port === toA.port)}`);
  await sys.send(b, encodeUtf8('answer'));
  trace.at(`a hears ${show(await sys.recv(a, 100))}`);
  await sys.close(a);
  trace.at(`sent into the void ${await sys.send(b, encodeUtf8('x'))}`);
  await sys.nanosleep(20_000_000);
  const attempt = async (name: string, call: Promise<unknown>) => {
    await call.then(
      (value) => trace.at(`${name}: ${value}`),
      (error: unknown) => trace.at(`raised ${exceptionText(error)}`, name),
    );
  };
  await attempt('send', sys.send(b, encodeUtf8('y')));
  await attempt('receive', sys.recv(b, 10, { dontwait: true }));
  return c;
}

export default {
  order: 'total',
  main: (trace) => async (sys) => {
    const [a, toA] = await udp(sys);
    const [b, toB] = await udp(sys);
    await borders(sys, trace, a, b, toA, toB);
    const c = await connected(sys, trace, a, b, toA, toB);
    await sys.getpeername(c).catch((error: unknown) => trace.raised(error));
    const d = await sys.socket('inet', 'dgram');
    await sys.bind(d, toB).catch((error: unknown) => trace.raised(error));
    const { address, port } = (await sys.getsockname(d)) as SockAddrIn;
    trace.at(`unbound ('${address}', ${port})`);
    return 0;
  },
} satisfies Pair;

/** Connections step by step: non-blocking connect, SO_ERROR, half-close, a refusal, an abortive close. */
import { E } from '@netarium/core/base/errno.ts';
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { POLL, type SockAddrIn, type Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf } from '@netarium/userland/lib/failure.ts';
import type { Pair, Trace } from '../pair.ts';

const MS = 1_000_000;
const LOCAL: SockAddrIn = { family: 'inet', address: '127.0.0.1', port: 0 };
const show = (bytes: Uint8Array) => `b'${decodeUtf8(bytes)}'`;
const bool = (value: boolean) => (value ? 'True' : 'False');
const nonblocking = (sys: Sys) => sys.socket('inet', 'stream', 'tcp', { nonblock: true });

/** As connect_ex: the errno's name, 0 for success. */
const connectEx = (sys: Sys, fd: number, to: SockAddrIn) => sys.connect(fd, to).then(() => '0', errnoOf);

async function pending(sys: Sys, trace: Trace, fd: number): Promise<void> {
  const ready = await sys.poll([{ fd, events: POLL.OUT }], 1000 * MS);
  trace.at(`writable ${bool(ready.length > 0)}`);
}

async function socketError(sys: Sys, fd: number): Promise<string> {
  const number = await sys.getsockopt(fd, 'socket', 'SO_ERROR');
  return Object.values(E).find((errno) => errno.number === number)?.code ?? '0';
}

async function wellMet(sys: Sys, trace: Trace, server: number, address: SockAddrIn): Promise<void> {
  const s = await nonblocking(sys);
  trace.at(`connect ${await connectEx(sys, s, address)}`);
  await pending(sys, trace, s);
  trace.at(`SO_ERROR ${await socketError(sys, s)}`);
  trace.at(`again ${await connectEx(sys, s, address)}`);
  const { fd: peer, peer: sender } = await sys.accept(server);
  const own = (await sys.getsockname(s)) as SockAddrIn;
  const other = (await sys.getpeername(peer)) as SockAddrIn;
  trace.at(`accepted ${bool((sender as SockAddrIn).port === own.port)} ${bool(other.port === own.port)}`);
  trace.at(`accepted blocks ${bool(((await sys.fcntl(peer, 'F_GETFL')) & 0o4000) === 0)}`);
  await sys.send(s, encodeUtf8('request'));
  await sys.shutdown(s, 'write');
  trace.at(`peer reads ${show(await sys.recv(peer, 100))} then ${show(await sys.recv(peer, 100))}`);
  await sys.send(peer, encodeUtf8('answer'));
  await sys.nanosleep(20 * MS);
  trace.at(`half closed, reads ${show(await sys.recv(s, 100))}`);
  await sys.close(peer);
  await sys.nanosleep(20 * MS);
  trace.at(`then ${show(await sys.recv(s, 100))}`);
}

async function refused(sys: Sys, trace: Trace): Promise<void> {
  const free = await sys.socket('inet', 'stream');
  await sys.bind(free, LOCAL);
  const nobody = (await sys.getsockname(free)) as SockAddrIn;
  await sys.close(free);
  const r = await nonblocking(sys);
  trace.at(`connect to nobody ${await connectEx(sys, r, nobody)}`);
  await pending(sys, trace, r);
  trace.at(`SO_ERROR ${await socketError(sys, r)}`);
  trace.at(`read once ${await socketError(sys, r)}`);
}

async function aborted(sys: Sys, trace: Trace, server: number, address: SockAddrIn): Promise<void> {
  const one = await sys.socket('inet', 'stream');
  await sys.connect(one, address);
  const { fd: two } = await sys.accept(server);
  await sys.setsockopt(two, 'socket', 'SO_LINGER', { onoff: 1, linger: 0 });
  await sys.close(two);
  await sys.nanosleep(20 * MS);
  await sys.recv(one, 1).catch((error: unknown) => trace.at(`linger 0 makes ${errnoOf(error)}`));
  const type = await sys.getsockopt(one, 'socket', 'SO_TYPE');
  trace.at(`types ${type} ${await sys.getsockopt(server, 'socket', 'SO_ACCEPTCONN')}`);
}

export default {
  order: 'total',
  main: (trace) => async (sys) => {
    const server = await sys.socket('inet', 'stream');
    await sys.bind(server, LOCAL);
    await sys.listen(server, 1);
    const address = (await sys.getsockname(server)) as SockAddrIn;
    await wellMet(sys, trace, server, address);
    await refused(sys, trace);
    await aborted(sys, trace, server, address);
    return 0;
  },
} satisfies Pair;

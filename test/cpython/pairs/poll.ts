/** What poll reports of pipes, sockets, listeners and closed descriptors, and how long it waits. */
import { POLL, type SockAddrIn, type Sys } from '@netarium/core/syscall/sys.ts';
import type { Pair, Trace } from '../pair.ts';

const MS = 1_000_000;
const X = Uint8Array.of(120);
const NAMES = ['IN', 'OUT', 'ERR', 'HUP', 'NVAL', 'RDHUP'] as const;
const ALL = POLL.IN | POLL.OUT | POLL.RDHUP;

type Look = (name: string, fd: number, events?: number, timeoutMs?: number) => Promise<void>;

function looker(sys: Sys, trace: Trace): Look {
  return async (name, fd, events = ALL, timeoutMs = 0) => {
    const [found] = await sys.poll([{ fd, events }], timeoutMs * MS);
    trace.at(`${name}: ${NAMES.filter((bit) => ((found?.revents ?? 0) & POLL[bit]) !== 0).join(' ')}`);
  };
}

async function pipes(sys: Sys, look: Look): Promise<void> {
  let [r, w] = await sys.pipe();
  await look('empty pipe, reading end', r);
  await look('empty pipe, writing end', w);
  await sys.write(w, X);
  await look('pipe with data', r);
  await sys.close(w);
  await look('its writer is gone', r);
  await sys.read(r, 1);
  await look('and it is empty', r);
  await look('asked for nothing', r, 0);
  await sys.close(r);
  await look('closed', r);
  [r, w] = await sys.pipe();
  await sys.setNonblock(w, true);
  await sys.write(w, new Uint8Array(65_536));
  await look('full pipe', w);
  await sys.close(r);
  await look('its reader is gone', w);
  await sys.close(w);
}

async function pairs(sys: Sys, look: Look): Promise<void> {
  const [a, b] = await sys.socketpair('stream');
  await look('socket', a);
  await sys.send(b, X);
  await look('socket with data', a);
  await sys.shutdown(b, 'write');
  await look('its peer is half closed', a);
  await sys.recv(a, 10);
  await look('and nothing is left', a);
  await sys.close(b);
  await look('its peer is gone', a);
}

async function connections(sys: Sys, trace: Trace, look: Look): Promise<void> {
  await look('new TCP socket', await sys.socket('inet', 'stream'));
  const s = await sys.socket('inet', 'stream');
  await sys.bind(s, { family: 'inet', address: '127.0.0.1', port: 0 });
  await sys.listen(s, 128);
  await look('listening', s);
  const c = await sys.socket('inet', 'stream');
  await sys.connect(c, (await sys.getsockname(s)) as SockAddrIn);
  await look('somebody knocks', s);
  const { fd: t } = await sys.accept(s);
  await look('connected', c);
  await sys.close(t);
  await sys.nanosleep(20 * MS);
  await look('the peer has closed', c);
  trace.at('short from');
  await look('time-out', s, POLL.IN, 150);
  trace.at('short to');
  await look('longer time-out', s, POLL.IN, 300);
  trace.at('long to');
}

export default {
  order: 'total',
  main: (trace) => async (sys) => {
    const look = looker(sys, trace);
    await pipes(sys, look);
    await pairs(sys, look);
    await connections(sys, trace, look);
    return 0;
  },
  ratios: [{ name: '300 ms over 150 ms', of: ['short to', 'long to'], to: ['short from', 'short to'] }],
} satisfies Pair;

/** select: its sets, the end of a pipe, a closed descriptor, listeners and time-outs. */
import type { SockAddrIn, Sys } from '@netarium/core/syscall/sys.ts';
import type { Pair, Trace } from '../pair.ts';

const MS = 1_000_000;
const X = Uint8Array.of(120);

type Look = (
  name: string,
  names: ReadonlyMap<number, string>,
  read: readonly number[],
  write: readonly number[],
  timeoutMs?: number,
) => Promise<void>;

function looker(sys: Sys, trace: Trace): Look {
  return async (name, names, read, write, timeoutMs = 0) => {
    const found = await sys.select({ read, write, except: read }, timeoutMs * MS);
    const sets = [found.read, found.write, found.except];
    trace.at(`${name}: ${sets.map((fds) => fds.map((fd) => names.get(fd)).join(' ')).join('; ')}`);
  };
}

async function pipe(sys: Sys, trace: Trace, look: Look): Promise<void> {
  const [r, w] = await sys.pipe();
  const names = new Map([
    [r, 'r'],
    [w, 'w'],
  ]);
  await look('empty pipe', names, [r], [w]);
  await sys.write(w, X);
  await look('pipe with data', names, [r], [w]);
  await look('both sets of both', names, [r, w], [r, w]);
  await sys.close(w);
  await look('writer gone', names, [r], []);
  await sys.read(r, 1);
  await look('at the end', names, [r], []);
  await sys.close(r);
  await sys.select({ read: [r] }, 0).catch((error: unknown) => trace.raised(error));
}

async function sockets(sys: Sys, trace: Trace, look: Look): Promise<void> {
  const s = await sys.socket('inet', 'stream');
  await sys.bind(s, { family: 'inet', address: '127.0.0.1', port: 0 });
  await sys.listen(s, 128);
  const names = new Map([[s, 's']]);
  await look('nobody knocks', names, [s], []);
  trace.at('from');
  await look('100 ms', names, [s], [], 100);
  trace.at('to');
  await look('300 ms', names, [s], [], 300);
  trace.at('end');
  const c = await sys.socket('inet', 'stream');
  await sys.connect(c, (await sys.getsockname(s)) as SockAddrIn);
  await look('somebody knocks', names, [s], [], 10_000);
  const { fd: t } = await sys.accept(s);
  const both = new Map([
    [c, 'c'],
    [t, 't'],
  ]);
  await look('connected', both, [c, t], [c, t]);
  await sys.send(t, X);
  await look('data for one', both, [c, t], [], 10_000);
  await sys.shutdown(c, 'write');
  await look('half closed', both, [t], [], 10_000);
}

export default {
  order: 'total',
  main: (trace) => async (sys) => {
    const look = looker(sys, trace);
    await pipe(sys, trace, look);
    await sockets(sys, trace, look);
    return 0;
  },
  ratios: [{ name: '300 ms over 100 ms', of: ['to', 'end'], to: ['from', 'to'] }],
} satisfies Pair;

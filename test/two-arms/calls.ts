/**
 * `calls 'STEP; STEP; …'`: makes system calls one after the other and prints what each answers, on a simulated host. calls.py does the same on
 * the real kernel, so that one line of steps has two arms.
 *
 * Steps: `socket NAME tcp|udp`, then calls on that name: `bind s ADDRESS PORT`, `listen s N`, `accept s NEW`, `connect s ADDRESS PORT`,
 * `send s TEXT [nosignal]` (`part` where not all was taken), `recv s LENGTH [peek|waitall]`, `sendto s ADDRESS PORT TEXT`, `recvfrom s LENGTH`, `reply s` (sends a datagram back),
 * `shutdown s read|write|both`, `close s`, `nonblock s`, `linger s SECONDS`, `poll s EVENT,EVENT MS`, `getsockopt s LEVEL NAME`,
 * `setsockopt s LEVEL NAME VALUE`, `getpeername s`, `getsockname s`, `async s` (F_SETOWN, O_ASYNC); `pipe R W`, `read r LENGTH`, `write w TEXT`;
 * `select R,… W,… MS` (`-` for none), `epoll E`, `epoll_ctl e add|mod|del s EVENT,…`, `epoll_wait e MS`; `handle SIGNAL` (without SA_RESTART),
 * `block SIGNAL,…`, `alarm MS`, `sigwait SIGNAL,… MS`; and `sleep MS`, `setuid UID`. TEXT may be `size:N`.
 */
import { E } from '@netarium/core/base/errno.ts';
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import {
  O,
  POLL,
  type Program,
  type Signal,
  type SockAddr,
  type SocketLevel,
  type Sys,
} from '@netarium/core/syscall/sys.ts';

const EVENTS = ['IN', 'PRI', 'OUT', 'ERR', 'HUP', 'RDHUP'] as const;
type Answer = string | number | undefined;
type Step = (fd: number, args: readonly string[]) => Promise<unknown>;

const inet = (address: string, port: string): SockAddr => ({ family: 'inet', address, port: Number(port) });
const hostOf = (address: SockAddr | undefined): string => (address?.family === 'inet' ? address.address : '?');
const dataOf = (text: string): Uint8Array =>
  encodeUtf8(text.startsWith('size:') ? 'x'.repeat(Number(text.slice(5))) : text);

function shown(data: Uint8Array): string {
  if (data.length === 0) return 'end';
  return data.length > 40 ? `${data.length} bytes` : decodeUtf8(data);
}

function errnoName(number: number): Answer {
  return number === 0 ? 0 : Object.values(E).find((errno) => errno.number === number)?.code;
}

async function poll(sys: Sys, fd: number, names: string, ms: string): Promise<string> {
  const events = names.split(',').reduce((sum, name) => sum | POLL[name as keyof typeof POLL], 0);
  const [found] = await sys.poll([{ fd, events }], Number(ms) * 1_000_000);
  return EVENTS.filter((name) => ((found?.revents ?? 0) & POLL[name]) !== 0).join() || 'nothing';
}

const eventNames = (bits: number): string => EVENTS.filter((name) => (bits & POLL[name]) !== 0).join() || 'nothing';

/** Steps on descriptors and signals, which have no socket to begin with; undefined where the step is another. */
async function processStep(
  sys: Sys,
  sockets: Map<string, number>,
  call: string,
  name: string,
  args: readonly string[],
): Promise<unknown> {
  const fd = sockets.get(name) ?? -1;
  switch (call) {
    case 'pipe': {
      const [reader, writer] = await sys.pipe();
      sockets.set(name, reader).set(args[0]!, writer);
      return 'ok';
    }
    case 'epoll':
      sockets.set(name, await sys.epoll_create());
      return 'ok';
    case 'epoll_ctl': {
      const bits = (args[2] ?? '').split(',').reduce((sum, word) => sum | (POLL[word as keyof typeof POLL] ?? 0), 0);
      await sys.epoll_ctl(fd, args[0] as 'add' | 'mod' | 'del', sockets.get(args[1]!) ?? -1, bits);
      return 'ok';
    }
    case 'epoll_wait': {
      const names = new Map([...sockets].map(([known, number]) => [number, known]));
      const found = await sys.epoll_wait(fd, 64, Number(args[0]) * 1_000_000);
      return (
        found
          .map((event) => `${names.get(event.fd)}:${eventNames(event.revents)}`)
          .sort()
          .join(' ') || 'nothing'
      );
    }
    case 'select':
      return selected(sys, sockets, name, args);
    case 'read':
      return shown(await sys.read(fd, Number(args[0])));
    case 'write': {
      const data = dataOf(args[0]!);
      const sent = await sys.write(fd, data);
      return sent === data.length ? sent : `${sent} of ${data.length}`;
    }
    default:
      return signalStep(sys, fd, call, name, args);
  }
}

async function selected(
  sys: Sys,
  sockets: Map<string, number>,
  read: string,
  [write, ms]: readonly string[],
): Promise<string> {
  const numbers = (text: string): number[] =>
    text.split(',').flatMap((name) => (name === '-' ? [] : [sockets.get(name)!]));
  const names = new Map([...sockets].map(([known, number]) => [number, known]));
  const ready = await sys.select({ read: numbers(read), write: numbers(write!) }, Number(ms) * 1_000_000);
  return [ready.read, ready.write].map((found) => found.map((number) => names.get(number)).join() || '-').join(' ');
}

async function signalStep(sys: Sys, fd: number, call: string, name: string, args: readonly string[]): Promise<unknown> {
  switch (call) {
    case 'async':
      await sys.fcntl(fd, 'F_SETOWN', await sys.getpid());
      await sys.fcntl(fd, 'F_SETFL', (await sys.fcntl(fd, 'F_GETFL')) | O.ASYNC);
      return 'ok';
    case 'handle':
      await sys.sigaction(name as Signal, { handler: () => undefined });
      return 'ok';
    case 'block':
      await sys.sigprocmask('block', name.split(',') as Signal[]);
      return 'ok';
    case 'alarm':
      await sys.alarm(Number(name) * 1_000_000);
      return 'ok';
    case 'sigwait':
      return (await sys.sigtimedwait(name.split(',') as Signal[], Number(args[0]) * 1_000_000)).signal;
    default:
      return undefined;
  }
}

function stepsOf(sys: Sys, sockets: Map<string, number>): Readonly<Record<string, Step>> {
  const level = (text: string | undefined) => text as SocketLevel;
  return {
    bind: (fd, [address, port]) => sys.bind(fd, inet(address!, port!)),
    listen: (fd, [backlog]) => sys.listen(fd, Number(backlog)),
    connect: (fd, [address, port]) => sys.connect(fd, inet(address!, port!)),
    async accept(fd, [name]) {
      const { fd: child, peer } = await sys.accept(fd);
      sockets.set(name!, child);
      return hostOf(peer);
    },
    async send(fd, [text, flag]) {
      const data = dataOf(text!);
      const sent = await sys.send(fd, data, flag === 'nosignal' ? { nosignal: true } : {});
      return sent === data.length ? sent : 'part';
    },
    recv: async (fd, [length, flag]) => shown(await sys.recv(fd, Number(length), flag ? { [flag]: true } : {})),
    sendto: (fd, [address, port, text]) => sys.sendto(fd, dataOf(text!), inet(address!, port!)),
    async recvfrom(fd, [length]) {
      const { data, from } = await sys.recvfrom(fd, Number(length));
      return `${shown(data)} from ${hostOf(from)}`;
    },
    async reply(fd) {
      const { data, from } = await sys.recvfrom(fd, 65_536);
      return sys.sendto(fd, data, from!);
    },
    shutdown: (fd, [how]) => sys.shutdown(fd, how as 'read' | 'write' | 'both'),
    nonblock: (fd) => sys.setNonblock(fd, true),
    linger: (fd, [seconds]) => sys.setsockopt(fd, 'socket', 'SO_LINGER', { onoff: 1, linger: Number(seconds) }),
    poll: (fd, [names, ms]) => poll(sys, fd, names!, ms!),
    async getsockopt(fd, [where, name]) {
      const value = await sys.getsockopt(fd, level(where), name!);
      return name === 'SO_ERROR' ? errnoName(value as number) : (value as number);
    },
    setsockopt: (fd, [where, name, value]) => sys.setsockopt(fd, level(where), name!, Number(value)),
    getpeername: async (fd) => hostOf(await sys.getpeername(fd)),
    getsockname: async (fd) => hostOf(await sys.getsockname(fd)),
  };
}

export const calls: Program = async (sys, argv) => {
  const sockets = new Map<string, number>();
  const steps = stepsOf(sys, sockets);
  const perform = async (call: string, name: string, args: readonly string[]): Promise<unknown> => {
    if (call === 'socket') {
      sockets.set(name, await sys.socket('inet', args[0] === 'tcp' ? 'stream' : 'dgram'));
      return 'ok';
    }
    if (call === 'setuid') return (await sys.setuid(Number(name))) ?? 'ok';
    const done = await processStep(sys, sockets, call, name, args);
    if (done !== undefined) return done;
    const fd = sockets.get(name);
    if (fd === undefined) return 'EBADF';
    if (call === 'close') {
      sockets.delete(name);
      return (await sys.close(fd)) ?? 'ok';
    }
    const step = steps[call];
    if (step === undefined) throw new Error(`calls: there is no call ${call}`);
    return (await step(fd, args)) ?? 'ok';
  };
  for (const text of argv[1]!.split(';')) {
    const [call, name, ...args] = text.trim().split(/\s+/);
    if (call === 'sleep') {
      await sys.nanosleep(Number(name) * 1_000_000);
      continue;
    }
    let answer: unknown;
    try {
      answer = await perform(call!, name!, args);
    } catch (error) {
      answer = (error as { code?: string }).code ?? String(error);
    }
    await sys.write(1, encodeUtf8(`${call} ${name}: ${answer}\n`));
  }
  return 0;
};

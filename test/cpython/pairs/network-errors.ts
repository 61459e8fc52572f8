/** Each error of the network and of files, provoked: its class, its number and its text. */
import type { SockAddrIn, Sys } from '@netarium/core/syscall/sys.ts';
import { exceptionText, type Pair, type Trace } from '../pair.ts';

const MS = 1_000_000;
const LOCAL: SockAddrIn = { family: 'inet', address: '127.0.0.1', port: 0 };
const X = Uint8Array.of(120);

const tcp = (sys: Sys) => sys.socket('inet', 'stream');

async function listener(sys: Sys): Promise<readonly [number, SockAddrIn]> {
  const fd = await tcp(sys);
  await sys.bind(fd, LOCAL);
  await sys.listen(fd, 1);
  return [fd, (await sys.getsockname(fd)) as SockAddrIn];
}

async function connected(sys: Sys): Promise<readonly [number, number]> {
  const [listening, address] = await listener(sys);
  const one = await tcp(sys);
  await sys.connect(one, address);
  const { fd: two } = await sys.accept(listening);
  await sys.close(listening);
  return [one, two];
}

/** Python tells the file's name behind the text. */
type Provoke = (name: string, call: Promise<unknown>, file?: string) => Promise<void>;

async function sockets(sys: Sys, provoke: Provoke): Promise<SockAddrIn> {
  const free = await tcp(sys);
  await sys.bind(free, LOCAL);
  const nobody = (await sys.getsockname(free)) as SockAddrIn;
  await sys.close(free);
  await provoke('refused', sys.connect(await tcp(sys), nobody));
  const [server, address] = await listener(sys);
  await provoke('in use', sys.bind(await tcp(sys), address));
  await provoke('not ours', sys.bind(await tcp(sys), { ...LOCAL, address: '192.0.2.1' }));
  await sys.setNonblock(server, true);
  await provoke('accept of nobody', sys.accept(server));
  await provoke('unconnected', sys.send(await tcp(sys), X, { nosignal: true }));
  await provoke('unconnected read', sys.recv(await tcp(sys), 1));
  await provoke('accept without listen', sys.accept(await tcp(sys)));
  return address;
}

async function connections(sys: Sys, provoke: Provoke, address: SockAddrIn): Promise<void> {
  let [one, two] = await connected(sys);
  await provoke('connect twice', sys.connect(one, address));
  await sys.close(two);
  await sys.recv(one, 1);
  await sys.send(one, X, { nosignal: true });
  await sys.nanosleep(50 * MS);
  await provoke('broken pipe', sys.send(one, X, { nosignal: true }));
  [one, two] = await connected(sys);
  await sys.send(one, X);
  await sys.nanosleep(50 * MS);
  await sys.close(two);
  await sys.nanosleep(50 * MS);
  await provoke('reset', sys.recv(one, 1));
  [one, two] = await connected(sys);
  await sys.shutdown(one, 'write');
  await provoke('after shutdown', sys.send(one, X, { nosignal: true }));
  await sys.setNonblock(one, true);
  await provoke('would block', sys.recv(one, 1));
  await sys.close(one);
  await provoke('closed descriptor', sys.read(99, 1));
}

async function datagrams(sys: Sys, provoke: Provoke): Promise<void> {
  const fd = await sys.socket('inet', 'dgram');
  await provoke('too long', sys.sendto(fd, new Uint8Array(65_508), { ...LOCAL, port: 9 }));
  await provoke('no destination', sys.send(fd, X));
  await provoke('broadcast', sys.sendto(fd, X, { family: 'inet', address: '127.255.255.255', port: 9 }));
}

async function files(sys: Sys, provoke: Provoke): Promise<void> {
  await sys.mkdir('folder');
  await provoke('no file', sys.open('nowhere', { read: true }), 'nowhere');
  await provoke('exists', sys.mkdir('folder'), 'folder');
  await provoke('directory', sys.open('folder', { write: true }), 'folder');
  await provoke('not a directory', sys.open('/etc/passwd/x', { read: true }), '/etc/passwd/x');
  await provoke('no child', sys.waitpid(-1));
  await provoke('no process', sys.kill(4_194_303, 0));
}

function provoker(trace: Trace): Provoke {
  return async (name, call, file) => {
    try {
      await call;
      trace.at(`${name}: no error`);
    } catch (error) {
      trace.at(`raised ${exceptionText(error)}${file === undefined ? '' : `: '${file}'`}`, name);
    }
  };
}

export default {
  order: 'total',
  main: (trace) => async (sys) => {
    const provoke = provoker(trace);
    await connections(sys, provoke, await sockets(sys, provoke));
    await datagrams(sys, provoke);
    await files(sys, provoke);
    return 0;
  },
} satisfies Pair;

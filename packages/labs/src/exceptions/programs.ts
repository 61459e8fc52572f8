/** The order of a try statement, chains of exceptions, and every error of the network that one host can meet, with the class that Python gives it. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { Program, SockAddrIn, Sys } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { ValueError } from '@netarium/userland/runtimes/errors.ts';
import { attempt, formatChain, raiseFrom } from '@netarium/userland/runtimes/exceptions.ts';
import { osErrorOf } from '@netarium/userland/runtimes/os-error.ts';
import { connectTo, listenAt } from '../lib/tcp.ts';

const MS = 1_000_000;
const X = Uint8Array.of(120);

class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** `parts else|body`: the follow-up of a successful body stands in `else`, or at the body's end, where the clause catches its errors too. */
export const parts: Program = async (sys, argv) => {
  for (const where of ['nowhere', 'body', 'follow-up']) {
    const log: string[] = [];
    const part = (name: string) => async () => {
      log.push(name);
      if (name === where) throw new ValueError(name);
    };
    const body = argv[1] === 'else' ? part('body') : () => part('body')().then(part('follow-up'));
    const otherwise = argv[1] === 'else' ? { otherwise: part('follow-up') } : {};
    const statement = attempt<void>({
      body,
      except: [{ of: ['ValueError'], handle: part('except') }],
      ...otherwise,
      ending: part('finally'),
    });
    const out = await statement.then(
      () => 'nothing',
      (error: Error) => `${error.name}: ${error.message}`,
    );
    await print(sys, `raised in ${where}: ${log.join(', ')}; out comes ${out}\n`);
  }
  return 0;
};

/** `chain ADDRESS context|cause|none`: a configuration cannot be fetched, because the connection is refused. */
export const chain: Program = async (sys, argv) => {
  const [address = '', how] = argv.slice(1);
  const fetch = async () => {
    try {
      await connectTo(sys, address, 9);
    } catch (error) {
      throw osErrorOf(error) ?? error;
    }
  };
  const failure = new ConfigError('no configuration');
  const handle = async (error: Error): Promise<void> => {
    if (how === 'cause') raiseFrom(failure, error);
    if (how === 'none') raiseFrom(failure, null);
    throw failure;
  };
  const end = attempt<void>({ body: fetch, except: [{ of: ['ConnectionRefusedError'], handle }] });
  const raised = await end.catch((error: unknown) => error);
  await print(sys, `${formatChain(raised).join('\n')}\n`);
  return 0;
};

type Provocation = readonly [what: string, provoke: (sys: Sys) => Promise<unknown>];

/** `provoke SERVER SILENT ABSENT NOWHERE`: addresses of a host, of one whose line swallows everything, of nobody on this LAN, of no known network. */
export const provoke: Program = async (sys, argv) => {
  const [server = '', silent = '', absent = '', nowhere = ''] = argv.slice(1);
  const provocations: readonly Provocation[] = [
    ['connect to a port where nobody listens', () => connectTo(sys, server, 9)],
    ['connect to a host that does not answer', () => connectTo(sys, silent, 80)],
    ['connect to nobody on this LAN', () => connectTo(sys, absent, 80)],
    ['connect to a network without a route', () => connectTo(sys, nowhere, 80)],
    ['receive after the peer has reset', () => afterReset(sys, server, (fd) => sys.recv(fd, 1))],
    ['send after that', () => afterReset(sys, server, (fd) => readAndSend(sys, fd))],
    ['receive without data, non-blocking', () => wouldBlock(sys)],
    ['bind to a port in use', () => inUse(sys)],
    ['bind below 1024 as user 1000', () => lowPort(sys)],
    [
      'send on a socket without a connection',
      async () => sys.send(await sys.socket('inet', 'stream'), X, { nosignal: true }),
    ],
    ['send a datagram of 65,508 bytes', () => tooLong(sys, server)],
  ];
  for (const [what, call] of provocations) {
    const outcome = await call(sys).then(() => 'no error', errorText);
    await print(sys, `${what}: ${outcome}\n`);
  }
  return 0;
};

function errorText(error: unknown): string {
  if (!(error instanceof SysError)) throw error;
  const { name, message } = osErrorOf(error)!;
  return `${error.code} is ${name}: ${message}`;
}

/** A connection to a server that closes while data of ours is unread: it resets (RFC 2525, 2.17). */
async function afterReset(sys: Sys, server: string, call: (fd: number) => Promise<unknown>): Promise<unknown> {
  const fd = await connectTo(sys, server, 7);
  await sys.send(fd, X);
  await sys.nanosleep(100 * MS);
  return call(fd);
}

async function readAndSend(sys: Sys, fd: number): Promise<number> {
  await sys.recv(fd, 1).catch(() => undefined);
  return sys.send(fd, X, { nosignal: true });
}

async function wouldBlock(sys: Sys): Promise<Uint8Array> {
  const fd = await sys.socket('inet', 'dgram', 'udp', { nonblock: true });
  return sys.recv(fd, 1);
}

async function inUse(sys: Sys): Promise<void> {
  await listenAt(sys, 8000);
  const fd = await sys.socket('inet', 'stream');
  await sys.bind(fd, anyAddress(8000));
}

async function lowPort(sys: Sys): Promise<number> {
  await sys.setuid(1000);
  const fd = await sys.socket('inet', 'stream');
  await sys.bind(fd, anyAddress(80));
  return fd;
}

async function tooLong(sys: Sys, server: string): Promise<number> {
  const fd = await sys.socket('inet', 'dgram');
  return sys.sendto(fd, new Uint8Array(65_508), { family: 'inet', address: server, port: 9 });
}

const anyAddress = (port: number): SockAddrIn => ({ family: 'inet', address: '0.0.0.0', port });

/** `hang-up PORT`: takes connections, waits 50 ms and closes them unread. */
export const hangUp: Program = async (sys, argv) => {
  const listening = await listenAt(sys, Number(argv[1]));
  for (;;) {
    const { fd } = await sys.accept(listening);
    await sys.nanosleep(50 * MS);
    await sys.close(fd);
  }
};

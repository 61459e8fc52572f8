/** A server that keeps what comes, and clients that hold a connection and say, with the time, how each of their calls ended. */
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { listenAt, outcome, received } from '../lib/tcp.ts';

const SECOND = 1_000_000_000;
const LINE = new Uint8Array(10).fill(0x6c);

/** `keeper PORT`: takes connections and reads from all of them, at the same time, for ever. */
export const keeper: Program = async (sys, argv) => {
  const listening = await listenAt(sys, Number(argv[1]));
  const epoll = await sys.epoll_create();
  await sys.epoll_ctl(epoll, 'add', listening, 1);
  for (;;) {
    for (const { fd } of await sys.epoll_wait(epoll, 16, -1)) {
      if (fd === listening) await sys.epoll_ctl(epoll, 'add', (await sys.accept(listening)).fd, 1);
      else if (!(await received(sys.recv(fd, 4096))).endsWith(' bytes')) await sys.close(fd);
    }
  }
};

async function say(sys: Sys, what: string, startNs: number): Promise<void> {
  const elapsed = (await sys.clock_gettime('monotonic')) - startNs;
  await print(sys, `${what} ${Math.round(elapsed / (SECOND / 10)) / 10}\n`);
}

/** `connect` once more from the same port, as a program does that was started again. */
async function open(sys: Sys, address: string, port: number, localPort: number): Promise<number> {
  const fd = await sys.socket('inet', 'stream');
  if (localPort !== 0) {
    await sys.setsockopt(fd, 'socket', 'SO_REUSEADDR', 1);
    await sys.bind(fd, { family: 'inet', address: '0.0.0.0', port: localPort });
  }
  await sys.connect(fd, { family: 'inet', address, port });
  return fd;
}

/**
 * `holder ADDRESS PORT WAIT-S KEEPALIVE USER-TIMEOUT-MS`: a connection that sends one line. With WAIT-S it sends another so many seconds later, with 0
 * it only reads. KEEPALIVE is `off` or `IDLE,INTERVAL,COUNT`. Prints the result of the waiting `recv`, and the seconds since the line before it.
 */
export const holder: Program = async (sys, argv) => {
  const [address = '', port, waitS, keepalive = 'off', userTimeoutMs] = argv.slice(1);
  const fd = await open(sys, address, Number(port), 0);
  if (keepalive !== 'off') {
    const [idle, interval, count] = keepalive.split(',').map(Number);
    await sys.setsockopt(fd, 'tcp', 'TCP_KEEPIDLE', idle!);
    await sys.setsockopt(fd, 'tcp', 'TCP_KEEPINTVL', interval!);
    await sys.setsockopt(fd, 'tcp', 'TCP_KEEPCNT', count!);
    await sys.setsockopt(fd, 'socket', 'SO_KEEPALIVE', 1);
  }
  if (Number(userTimeoutMs) > 0) await sys.setsockopt(fd, 'tcp', 'TCP_USER_TIMEOUT', Number(userTimeoutMs));
  await sys.send(fd, LINE);
  if (Number(waitS) > 0) {
    await sys.nanosleep(Number(waitS) * SECOND);
    await outcome(sys.send(fd, LINE));
  }
  const startNs = await sys.clock_gettime('monotonic');
  await say(sys, await received(sys.recv(fd, 4096)), startNs);
  await sys.close(fd);
  return 0;
};

/** `redial ADDRESS PORT LOCAL-PORT`: connects from that port, sends a line, says how long the connect took, and holds the connection for a second. */
export const redial: Program = async (sys, argv) => {
  const [address = '', port, localPort] = argv.slice(1);
  const startNs = await sys.clock_gettime('monotonic');
  const connected = await outcome(open(sys, address, Number(port), Number(localPort)), String);
  await say(sys, /^\d/.test(connected) ? 'ok' : connected, startNs);
  if (/^\d/.test(connected)) await sys.send(Number(connected), LINE);
  await sys.nanosleep(SECOND);
  return 0;
};

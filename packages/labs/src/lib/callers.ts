/** Servers that accept or never do, and callers that all knock without waiting for each other. */
import { POLL, type Program } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { listenAt, outcome } from './tcp.ts';

const MS = 1_000_000;

/** `idle PORT BACKLOG`: listens and never accepts. */
export const idle: Program = async (sys, argv) => {
  await listenAt(sys, Number(argv[1]), Number(argv[2]));
  for (;;) await sys.nanosleep(60_000 * MS);
};

/** `door PORT BACKLOG`: accepts each caller and hangs up. */
export const door: Program = async (sys, argv) => {
  const listening = await listenAt(sys, Number(argv[1]), Number(argv[2]));
  for (;;) {
    const { fd } = await sys.accept(listening);
    await sys.close(fd);
  }
};

/** `callers ADDRESS PORT COUNT WAIT-MS`: so many connects, 10 ms apart, none waiting for the other; prints how many stand in the end. */
export const callers: Program = async (sys, argv) => {
  const address = argv[1] ?? '';
  const [port, count, waitMs] = argv.slice(2).map(Number);
  const fds: number[] = [];
  for (let i = 0; i < count!; i++) {
    const fd = await sys.socket('inet', 'stream', 'tcp', { nonblock: true });
    fds.push(fd);
    await outcome(sys.connect(fd, { family: 'inet', address, port: port! }));
    await sys.nanosleep(10 * MS);
  }
  await sys.nanosleep(waitMs! * MS);
  const ready = await sys.poll(
    fds.map((fd) => ({ fd, events: POLL.OUT })),
    0,
  );
  const standing = ready.filter(({ revents }) => (revents & (POLL.ERR | POLL.HUP)) === 0).length;
  await print(sys, `${standing} of ${count}\n`);
  for (const fd of fds) await sys.close(fd);
  return 0;
};

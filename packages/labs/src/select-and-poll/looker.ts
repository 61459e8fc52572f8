/** A program that watches one pipe under different numbers, with select and with poll. */
import { POLL, type Program, type Sys } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { MS } from '../lib/io-programs.ts';
import { outcome } from '../lib/tcp.ts';

const WAIT_NS = 5 * MS;
const NAMES = ['IN', 'OUT', 'ERR', 'HUP', 'NVAL'] as const;

function bits(revents: number): string {
  return NAMES.filter((name) => (revents & POLL[name]) !== 0).join('|');
}

/** select on a number: which sets come back, or why not. */
function selected(sys: Sys, fd: number): Promise<string> {
  return outcome(sys.select({ read: [fd] }, WAIT_NS), ({ read }) => (read.includes(fd) ? 'readable' : 'time out'));
}

function polled(sys: Sys, fd: number): Promise<string> {
  return outcome(sys.poll([{ fd, events: POLL.IN }], WAIT_NS), ([found]) =>
    found === undefined ? 'time out' : bits(found.revents),
  );
}

/** `looker writes|silent NUMBER`: two pipes, one of which gets a byte, or none; then the readable end as descriptor NUMBER. */
export const looker: Program = async (sys, argv) => {
  const [speaking, speaker] = await sys.pipe();
  const [quiet, other] = await sys.pipe();
  if (argv[1] === 'writes') await sys.write(speaker, Uint8Array.of(1));
  const sets = await sys.select({ read: [speaking, quiet], write: [speaker] }, WAIT_NS);
  await print(sys, `select {${speaking},${quiet}} {${speaker}}: read {${sets.read}} write {${sets.write}}\n`);
  await print(sys, `poll before: ${await polled(sys, speaking)}\n`);
  await sys.close(speaker);
  await print(sys, `poll closed: ${await polled(sys, speaking)}\n`);
  await sys.close(other);
  await print(sys, `poll 99: ${await polled(sys, 99)}\n`);
  const number = Number(argv[2]);
  await print(sys, `dup2 ${number}: ${await outcome(sys.dup2(speaking, number))}\n`);
  await print(sys, `select ${number}: ${await selected(sys, number)}\n`);
  await print(sys, `poll ${number}: ${await polled(sys, number)}\n`);
  return 0;
};

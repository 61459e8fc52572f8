/** One that speaks to many, with SO_BROADCAST and without, those who hear, and one that tries the same with TCP. */
import { SysError } from '@netarium/core/base/errno.ts';
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';

/** Prints `ok` or the errno of what it is given. */
async function outcome(sys: Sys, attempt: () => Promise<unknown>): Promise<number> {
  try {
    await attempt();
    await print(sys, 'ok\n');
    return 0;
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    await print(sys, `${error.code}\n`);
    return 1;
  }
}

/** `shout ADDRESS PORT TEXT [broadcast]`: one datagram. */
export const shout: Program = async (sys, argv) => {
  const [address = '', port, text = '', allowed] = argv.slice(1);
  const fd = await sys.socket('inet', 'dgram');
  if (allowed === 'broadcast') await sys.setsockopt(fd, 'socket', 'SO_BROADCAST', 1);
  return outcome(sys, () => sys.sendto(fd, encodeUtf8(text), { family: 'inet', address, port: Number(port) }));
};

/** `hear PORT [GROUP]`: prints every datagram for the port; with a group joins it first. */
export const hear: Program = async (sys, argv) => {
  const [port, group] = argv.slice(1);
  const fd = await sys.socket('inet', 'dgram');
  await sys.bind(fd, { family: 'inet', address: '0.0.0.0', port: Number(port) });
  if (group !== undefined) await sys.setsockopt(fd, 'ip', 'IP_ADD_MEMBERSHIP', { group });
  for (;;) await print(sys, `${decodeUtf8(await sys.recv(fd, 1500))}\n`);
};

/** `try-connect ADDRESS PORT`: a TCP connect. */
export const tryConnect: Program = async (sys, argv) => {
  const fd = await sys.socket('inet', 'stream');
  return outcome(sys, () => sys.connect(fd, { family: 'inet', address: argv[1] ?? '', port: Number(argv[2]) }));
};

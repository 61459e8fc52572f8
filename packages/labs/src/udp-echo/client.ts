/**
 * udp-echo-client ADDRESS PORT COUNT BYTES: sends COUNT datagrams of BYTES bytes, one after another, and prints a line for every echo, for a second
 * without one, and for an error.
 */
import { SysError } from '@netarium/core/base/errno.ts';
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';
import { POLL } from '@netarium/core/syscall/sys.ts';

const SECOND_NS = 1_000_000_000;

export const main: Program = async (sys, argv) => {
  const [address, port, count, bytes] = [argv[1]!, Number(argv[2]), Number(argv[3]), Number(argv[4])];
  const say = (line: string): Promise<number> => sys.write(1, encodeUtf8(`${line}\n`));
  const fd = await sys.socket('inet', 'dgram');
  await sys.connect(fd, { family: 'inet', address, port });
  for (let i = 1; i <= count; i++) {
    const message = new Uint8Array(bytes).fill(i);
    try {
      await sys.send(fd, message);
      for (;;) {
        const ready = await sys.poll([{ fd, events: POLL.IN }], SECOND_NS);
        if (ready.length === 0) {
          await say(`${i} lost`);
          break;
        }
        const echo = await sys.recv(fd, 65_536);
        await say(`${echo[0]} echo ${echo.length}`);
        // A duplicate of an earlier echo does not count as this one.
        if (echo[0] === i) break;
      }
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      await say(`${i} ${error.code}`);
    }
  }
  // Late duplicates.
  while ((await sys.poll([{ fd, events: POLL.IN }], SECOND_NS)).length > 0) {
    const echo = await sys.recv(fd, 65_536);
    await say(`${echo[0]} echo ${echo.length}`);
  }
  return 0;
};

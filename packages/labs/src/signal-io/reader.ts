/** A program that computes, and reads when a signal says that there is something to read. */
import { decodeUtf8 } from '@netarium/core/base/utf8.ts';
import { O, type Program } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { MS } from '../lib/io-programs.ts';
import { connectTo } from '../lib/tcp.ts';

const SLICE_NS = 10 * MS;

/** `sigio-reader ADDRESS PORT OWNER READS WORK-MS`: O_ASYNC, with or without F_SETOWN; the handler reads, or does not; the rest is work. */
export const sigioReader: Program = async (sys, argv) => {
  const [address, port, owner, reads, workMs] = argv.slice(1);
  const fd = await connectTo(sys, address!, Number(port));
  let got = '';
  await sys.sigaction('SIGIO', {
    handler: async (inner) => {
      await print(inner, 'handler runs\n');
      if (reads !== 'recv') return;
      // The signal says only that something happened: the data is still in the kernel.
      got += decodeUtf8(await inner.recv(fd, 100, { dontwait: true }));
      await print(inner, `recv gives ${got}\n`);
    },
  });
  if (owner === 'self') await sys.fcntl(fd, 'F_SETOWN', await sys.getpid());
  await sys.fcntl(fd, 'F_SETFL', (await sys.fcntl(fd, 'F_GETFL')) | O.ASYNC);
  for (let doneMs = 0; doneMs < Number(workMs); doneMs += SLICE_NS / MS) await sys.cpu(SLICE_NS);
  await print(sys, `work done, have "${got}"\n`);
  await sys.close(fd);
  return 0;
};

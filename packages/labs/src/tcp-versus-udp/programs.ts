/** Numbered blocks over TCP, and a receiver that counts them and those out of order: what `flood` and `tally` do over UDP. */
import type { Program } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { connectTo, listenAt, receiveExactly, sendAll } from '../lib/tcp.ts';

/** `pour ADDRESS PORT BYTES COUNT`: so many numbered blocks, as fast as TCP takes them. */
export const pour: Program = async (sys, argv) => {
  const [bytes, count] = argv.slice(3).map(Number);
  const fd = await connectTo(sys, argv[1] ?? '', Number(argv[2]));
  const block = new Uint8Array(bytes!);
  const view = new DataView(block.buffer);
  for (let i = 0; i < count!; i++) {
    view.setUint32(0, i);
    await sendAll(sys, fd, block.slice());
  }
  await sys.close(fd);
  return 0;
};

/** `gather PORT BYTES`: takes one connection; prints how many blocks came and how many after a later one. */
export const gather: Program = async (sys, argv) => {
  const listening = await listenAt(sys, Number(argv[1]));
  const { fd } = await sys.accept(listening);
  let [count, late, highest] = [0, 0, -1];
  for (;;) {
    const block = await receiveExactly(sys, fd, Number(argv[2]));
    if (block === undefined) break;
    const number = new DataView(block.buffer, block.byteOffset, block.byteLength).getUint32(0);
    if (number < highest) late++;
    else highest = number;
    count++;
  }
  await sys.close(fd);
  await print(sys, `${count} ${late}\n`);
  return 0;
};

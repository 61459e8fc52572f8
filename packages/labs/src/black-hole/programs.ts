/** A shop that takes orders of any size, and customers that send one and wait for its receipt as long as they have patience. */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { POLL, type Program, type Sys } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { connectTo, listenAt, outcome, receiveToEnd } from '../lib/tcp.ts';

const MS = 1_000_000;

/** `shop PORT`: reads each order to its end and answers with how many bytes it had. */
export const shop: Program = async (sys, argv) => {
  const listening = await listenAt(sys, Number(argv[1]));
  for (;;) {
    const { fd } = await sys.accept(listening);
    await outcome(receiveToEnd(sys, fd), ({ length }) => String(length)).then((length) => reply(sys, fd, length));
    await sys.close(fd);
  }
};

async function reply(sys: Sys, fd: number, length: string): Promise<void> {
  await outcome(sys.send(fd, encodeUtf8(length), { nosignal: true }));
}

/**
 * `order ADDRESS PORT BYTES PATIENCE-MS [MSS]`: sends so many bytes, ends its direction and waits for the receipt; MSS is TCP_MAXSEG. Prints
 * `delivered` or `stuck`, and the milliseconds.
 */
export const order: Program = async (sys, argv) => {
  const [address = '', port, bytes, patienceMs, mss = '0'] = argv.slice(1);
  const startNs = await sys.clock_gettime('monotonic');
  const fd = mss === '0' ? await connectTo(sys, address, Number(port)) : await clamped(sys, address, port, Number(mss));
  await sys.send(fd, new Uint8Array(Number(bytes)).fill(0x6f));
  await sys.shutdown(fd, 'write');
  const ready = await sys.poll([{ fd, events: POLL.IN }], Number(patienceMs) * MS);
  const elapsed = (await sys.clock_gettime('monotonic')) - startNs;
  await print(sys, `${ready.length > 0 ? 'delivered' : 'stuck'} ${Math.round(elapsed / MS)}\n`);
  await sys.setsockopt(fd, 'socket', 'SO_LINGER', { onoff: 1, linger: 0 });
  await sys.close(fd);
  return 0;
};

async function clamped(sys: Sys, address: string, port: string | undefined, mss: number): Promise<number> {
  const fd = await sys.socket('inet', 'stream');
  await sys.setsockopt(fd, 'tcp', 'TCP_MAXSEG', mss);
  await sys.connect(fd, { family: 'inet', address, port: Number(port) });
  return fd;
}

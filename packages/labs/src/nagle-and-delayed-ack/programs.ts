/** A request that is written in two pieces, in four ways, and a server that answers when it has all of it. */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { connectTo, listenAt, receiveExactly, sendAll } from '../lib/tcp.ts';

const HEAD_BYTES = 20;
const BODY_BYTES = 80;
const HEAD = new Uint8Array(HEAD_BYTES).fill(0x68);
const BODY = new Uint8Array(BODY_BYTES).fill(0x62);
const ANSWER = new Uint8Array(10).fill(0x61);

/** `oracle PORT [quick]`: answers each request of 100 bytes; `quick` sets TCP_QUICKACK before each `recv`, since Linux forgets it. */
export const oracle: Program = async (sys, argv) => {
  const listening = await listenAt(sys, Number(argv[1]));
  for (;;) {
    const { fd } = await sys.accept(listening);
    for (;;) {
      if (argv[2] === 'quick') await sys.setsockopt(fd, 'tcp', 'TCP_QUICKACK', 1);
      const head = await receiveExactly(sys, fd, HEAD_BYTES);
      if (head === undefined || (await receiveExactly(sys, fd, BODY_BYTES)) === undefined) break;
      await sendAll(sys, fd, ANSWER);
    }
    await sys.close(fd);
  }
};

/**
 * `asker ADDRESS PORT COUNT two-writes|one-write|nodelay`: so many requests, one after the other; prints the microseconds of each. `two-writes` and
 * `nodelay` write head and body apart, `nodelay` with TCP_NODELAY.
 */
export const asker: Program = async (sys, argv) => {
  const [address = '', port, count, mode] = argv.slice(1);
  const fd = await connectTo(sys, address, Number(port));
  if (mode === 'nodelay') await sys.setsockopt(fd, 'tcp', 'TCP_NODELAY', 1);
  for (let i = 0; i < Number(count); i++) {
    const startNs = await sys.clock_gettime('monotonic');
    if (mode === 'one-write') await sendAll(sys, fd, concatBytes([HEAD, BODY]));
    else {
      await sendAll(sys, fd, HEAD);
      await sendAll(sys, fd, BODY);
    }
    await receiveExactly(sys, fd, ANSWER.length);
    await print(sys, `${Math.round(((await sys.clock_gettime('monotonic')) - startNs) / 1000)}\n`);
  }
  await sys.close(fd);
  return 0;
};

/** The two ends of the handshake lab: one takes calls and waits until the caller hangs up, the other calls, pauses and hangs up. */
import type { Program } from '@netarium/core/syscall/sys.ts';
import { connectTo, listenAt, receiveToEnd } from '../lib/tcp.ts';

/** `answer PORT` */
export const answer: Program = async (sys, argv) => {
  const listening = await listenAt(sys, Number(argv[1]));
  for (;;) {
    const { fd } = await sys.accept(listening);
    await receiveToEnd(sys, fd);
    await sys.close(fd);
  }
};

/** `call ADDRESS PORT TIMES PAUSE-MS`: so many connections, one after the other, each left alone for the pause before it is closed. */
export const call: Program = async (sys, argv) => {
  const [address = '', port, times, pauseMs] = argv.slice(1);
  for (let i = 0; i < Number(times); i++) {
    const fd = await connectTo(sys, address, Number(port));
    await sys.nanosleep(Number(pauseMs) * 1_000_000);
    await sys.close(fd);
  }
  return 0;
};

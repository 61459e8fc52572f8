/** A sink that reads all, a writer of small pieces, and a sender of one datagram. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { connectTo, listenAt, receiveToEnd, sendAll } from '../lib/tcp.ts';

/** `sink PORT`: takes connections one after the other and reads each to its end, printing how much came. */
export const sink: Program = async (sys, argv) => {
  const listening = await listenAt(sys, Number(argv[1]));
  for (;;) {
    const { fd } = await sys.accept(listening);
    const data = await receiveToEnd(sys, fd);
    await sys.close(fd);
    await print(sys, `${data.length}\n`);
  }
};

/** `pieces ADDRESS PORT COUNT LENGTH GAP-US nagle|nodelay`: so many writes of so many bytes. */
export const pieces: Program = async (sys, argv) => {
  const [address = '', port, count, length, gapUs, mode] = argv.slice(1);
  const fd = await connectTo(sys, address, Number(port));
  if (mode === 'nodelay') await sys.setsockopt(fd, 'tcp', 'TCP_NODELAY', 1);
  const piece = new Uint8Array(Number(length)).fill(0x70);
  for (let i = 0; i < Number(count); i++) {
    await sendAll(sys, fd, piece);
    if (Number(gapUs) > 0) await sys.nanosleep(Number(gapUs) * 1000);
  }
  await sys.close(fd);
  return 0;
};

/** `datagram ADDRESS PORT LENGTH`: prints how many bytes went, or the errno. */
export const datagram: Program = async (sys, argv) => {
  const [address = '', port, length] = argv.slice(1);
  const fd = await sys.socket('inet', 'dgram');
  // Without DF the host that sends may cut the datagram itself (IP_PMTUDISC_DONT, ip(7)).
  await sys.setsockopt(fd, 'ip', 'IP_MTU_DISCOVER', 0);
  try {
    const sent = await sys.sendto(fd, new Uint8Array(Number(length)), { family: 'inet', address, port: Number(port) });
    await print(sys, `${sent}\n`);
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    await print(sys, `${error.code}\n`);
  }
  await sys.close(fd);
  return 0;
};

/** `datagrams PORT`: prints the length of each datagram that comes. */
export const datagrams: Program = async (sys, argv) => {
  const fd = await sys.socket('inet', 'dgram');
  await sys.bind(fd, { family: 'inet', address: '0.0.0.0', port: Number(argv[1]) });
  for (;;) await print(sys, `${(await sys.recv(fd, 65536)).length}\n`);
};

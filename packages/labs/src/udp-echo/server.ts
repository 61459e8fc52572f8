/** udp-echo-server PORT [BUFFER]: sends every datagram back to its sender, as much of it as its buffer of BUFFER bytes took. */
import type { Program } from '@netarium/core/syscall/sys.ts';

export const main: Program = async (sys, argv) => {
  const port = Number(argv[1]);
  const size = Number(argv[2] ?? 65_536);
  const fd = await sys.socket('inet', 'dgram');
  await sys.bind(fd, { family: 'inet', address: '0.0.0.0', port });
  for (;;) {
    const { data, from } = await sys.recvfrom(fd, size);
    if (from !== undefined) await sys.sendto(fd, data, from);
  }
};

/** One-way transfers for the labs: a sink that swallows connections, a source that fills one, and a flood of datagrams with a counter at its end. */
import { POLL, type Program } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { connectTo, listenAt, sendAll } from './tcp.ts';

const SECOND_NS = 1_000_000_000;
const NUMBER_BYTES = 4;

/** `sink PORT`: takes one connection after the other, swallows what comes and closes after it. */
export const sink: Program = async (sys, argv) => {
  const listening = await listenAt(sys, Number(argv[1]));
  for (;;) {
    const { fd } = await sys.accept(listening);
    while ((await sys.recv(fd, 65_536)).length > 0);
    await sys.close(fd);
  }
};

/** `source ADDRESS PORT BYTES`: sends so much as fast as the socket takes it. */
export const source: Program = async (sys, argv) => {
  const [address = '', port, bytes] = argv.slice(1);
  const fd = await connectTo(sys, address, Number(port));
  await sendAll(sys, fd, new Uint8Array(Number(bytes)).fill(0x73));
  await sys.close(fd);
  return 0;
};

/** `flood ADDRESS PORT BYTES COUNT BIT-PER-SECOND`: numbered datagrams of so many bytes at an even rate. */
export const flood: Program = async (sys, argv) => {
  const address = argv[1] ?? '';
  const [port, bytes, count, rate] = argv.slice(2).map(Number);
  const fd = await sys.socket('inet', 'dgram');
  await sys.connect(fd, { family: 'inet', address, port: port! });
  const everyNs = Math.round((bytes! * 8 * SECOND_NS) / rate!);
  const datagram = new Uint8Array(bytes!);
  const view = new DataView(datagram.buffer);
  for (let i = 0; i < count!; i++) {
    view.setUint32(0, i);
    await sys.send(fd, datagram.slice());
    await sys.nanosleep(everyNs);
  }
  await sys.close(fd);
  return 0;
};

/** `tally PORT SILENCE-MS`: counts numbered datagrams until so much silence; prints how many came and how many came after a later one. */
export const tally: Program = async (sys, argv) => {
  const silenceNs = Number(argv[2]) * 1_000_000;
  const fd = await sys.socket('inet', 'dgram');
  await sys.bind(fd, { family: 'inet', address: '0.0.0.0', port: Number(argv[1]) });
  const seen = new Set<number>();
  let [late, highest] = [0, -1];
  while ((await sys.poll([{ fd, events: POLL.IN }], highest < 0 ? -1 : silenceNs)).length > 0) {
    const data = await sys.recv(fd, 65_536);
    if (data.length < NUMBER_BYTES) continue;
    const number = new DataView(data.buffer, data.byteOffset, data.byteLength).getUint32(0);
    if (number < highest) late++;
    else highest = number;
    seen.add(number);
  }
  await sys.close(fd);
  await print(sys, `${seen.size} ${late}\n`);
  return 0;
};

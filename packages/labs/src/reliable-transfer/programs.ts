/** One megabyte of made-up content from one host to the other, each side naming what it sent or got by its SHA-256. */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { sha256 } from '@netarium/core/base/sha256.ts';
import { POLL, type Program, type Sys } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { connectTo, listenAt, receiveToEnd, sendAll } from '../lib/tcp.ts';

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Bytes without a period that a shifted or repeated segment could hide behind. */
function content(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = 1;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[i] = state >>> 16;
  }
  return bytes;
}

const DATAGRAM = 1400;
/** After so much silence the UDP side takes what came for all that comes. */
const SILENCE_NS = 2_000_000_000;

async function takeDatagrams(sys: Sys, port: number): Promise<Uint8Array> {
  const fd = await sys.socket('inet', 'dgram');
  await sys.bind(fd, { family: 'inet', address: '0.0.0.0', port });
  const parts: Uint8Array[] = [];
  while ((await sys.poll([{ fd, events: POLL.IN }], parts.length === 0 ? -1 : SILENCE_NS)).length > 0) {
    parts.push(await sys.recv(fd, 65536));
  }
  await sys.close(fd);
  return concatBytes(parts);
}

async function takeStream(sys: Sys, port: number): Promise<Uint8Array> {
  const listening = await listenAt(sys, port);
  const { fd } = await sys.accept(listening);
  const data = await receiveToEnd(sys, fd);
  await sys.close(fd);
  return data;
}

/** `take tcp|udp PORT` */
export const take: Program = async (sys, argv) => {
  const port = Number(argv[2]);
  const data = argv[1] === 'udp' ? await takeDatagrams(sys, port) : await takeStream(sys, port);
  await print(sys, `${data.length} ${hex(sha256(data))}\n`);
  return 0;
};

/** `give tcp|udp ADDRESS PORT BYTES` */
export const give: Program = async (sys, argv) => {
  const [protocol, address = '', port, bytes] = argv.slice(1);
  const data = content(Number(bytes));
  if (protocol === 'udp') {
    const fd = await sys.socket('inet', 'dgram');
    await sys.connect(fd, { family: 'inet', address, port: Number(port) });
    for (let at = 0; at < data.length; at += DATAGRAM) {
      await sys.send(fd, data.subarray(at, at + DATAGRAM));
      // As fast as the cable of the lab is: 10 Mbit/s.
      await sys.nanosleep(1_200_000);
    }
    await sys.close(fd);
  } else {
    const fd = await connectTo(sys, address, Number(port));
    await sendAll(sys, fd, data);
    await sys.close(fd);
  }
  await print(sys, `${data.length} ${hex(sha256(data))}\n`);
  return 0;
};

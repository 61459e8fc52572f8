/** A station and its callers, a program that claims a port, and a ghost on the way that lets an old segment arrive once more. */
import { parseIpv4 } from '@netarium/core/base/address.ts';
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { listenAt, outcome, received, receiveToEnd } from '../lib/tcp.ts';

const MS = 1_000_000;
const ETH_P_IP = 0x0800;
const IPPROTO_RAW = 255;
const IPPROTO_TCP = 6;

async function abort(sys: Sys, fd: number): Promise<void> {
  await sys.setsockopt(fd, 'socket', 'SO_LINGER', { onoff: 1, linger: 0 });
}

/** `station PORT`: answers the line of each caller; the line says who closes first (`client`, `server`) and how (`close`, `abort`). */
export const station: Program = async (sys, argv) => {
  const listening = await listenAt(sys, Number(argv[1]));
  for (;;) {
    const { fd } = await sys.accept(listening);
    const [first, how] = decodeUtf8(await sys.recv(fd, 100))
      .trim()
      .split(' ');
    await sys.send(fd, encodeUtf8('welcome\n'));
    if (first === 'client') await outcome(receiveToEnd(sys, fd));
    else if (how === 'abort') await abort(sys, fd);
    await sys.close(fd);
  }
};

/** `caller ADDRESS PORT COUNT FIRST HOW [LOCAL-PORT [PAUSE-MS]]`: so many calls, one after the other; prints what connect and recv came to. */
export const caller: Program = async (sys, argv) => {
  const [address = '', port, count, first, how, localPort = '0', pauseMs = '0'] = argv.slice(1);
  for (let i = 0; i < Number(count); i++) {
    const fd = await sys.socket('inet', 'stream');
    if (localPort !== '0') {
      await sys.setsockopt(fd, 'socket', 'SO_REUSEADDR', 1);
      await sys.bind(fd, { family: 'inet', address: '0.0.0.0', port: Number(localPort) });
    }
    const connected = await outcome(sys.connect(fd, { family: 'inet', address, port: Number(port) }));
    if (connected === 'ok') {
      await sys.nanosleep(Number(pauseMs) * MS);
      await sys.send(fd, encodeUtf8(`${first} ${how}\n`));
      await print(sys, `${await received(sys.recv(fd, 100))}\n`);
      if (first === 'server') await outcome(receiveToEnd(sys, fd));
      else if (how === 'abort') await abort(sys, fd);
    } else await print(sys, `${connected}\n`);
    await sys.close(fd);
  }
  return 0;
};

/** `claim PORT [reuse]`: what bind to that port comes to, without or with SO_REUSEADDR. */
export const claim: Program = async (sys, argv) => {
  const fd = await sys.socket('inet', 'stream');
  if (argv[2] === 'reuse') await sys.setsockopt(fd, 'socket', 'SO_REUSEADDR', 1);
  const bound = await outcome(sys.bind(fd, { family: 'inet', address: '0.0.0.0', port: Number(argv[1]) }));
  await print(sys, `${bound}\n`);
  await sys.close(fd);
  return 0;
};

/** `ghost SOURCE DELAY-MS`: keeps a copy of the first TCP segment with data from there, and sends it on once more so much later. */
export const ghost: Program = async (sys, argv) => {
  const source = parseIpv4(argv[1] ?? '');
  if (source === undefined) return 2;
  const tap = await sys.socket('packet', 'dgram', ETH_P_IP);
  for (;;) {
    const { data } = await sys.recvfrom(tap, 65_535);
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    const header = (data[0]! & 15) * 4;
    if (data[9] !== IPPROTO_TCP || view.getUint32(12) !== source.key) continue;
    if (view.getUint16(2) - header - (data[header + 12]! >> 4) * 4 === 0) continue;
    await sys.close(tap);
    await sys.nanosleep(Number(argv[2]) * MS);
    const raw = await sys.socket('inet', 'raw', IPPROTO_RAW);
    const target = [...data.subarray(16, 20)].join('.');
    await sys.sendto(raw, data.slice(0, view.getUint16(2)), { family: 'inet', address: target, port: 0 });
    await sys.close(raw);
    return 0;
  }
};

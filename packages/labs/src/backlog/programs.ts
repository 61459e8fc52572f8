/** A server that never accepts, one that does, callers that all knock at once, and a flood of SYNs from addresses that nobody has. */
import { parseIpv4 } from '@netarium/core/base/address.ts';
import { ByteWriter } from '@netarium/core/base/bytes.ts';
import { SysError } from '@netarium/core/base/errno.ts';
import { POLL, type Program } from '@netarium/core/syscall/sys.ts';
import { checksumOf, sumBytes } from '@netarium/core/wire/checksum.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { listenAt } from '../lib/tcp.ts';

const MS = 1_000_000;
const IPPROTO_RAW = 255;
const IPPROTO_TCP = 6;

/** `idle PORT BACKLOG`: listens and never accepts. */
export const idle: Program = async (sys, argv) => {
  await listenAt(sys, Number(argv[1]), Number(argv[2]));
  for (;;) await sys.nanosleep(60_000 * MS);
};

/** `door PORT BACKLOG`: accepts each caller and hangs up. */
export const door: Program = async (sys, argv) => {
  const listening = await listenAt(sys, Number(argv[1]), Number(argv[2]));
  for (;;) {
    const { fd } = await sys.accept(listening);
    await sys.close(fd);
  }
};

/** `callers ADDRESS PORT COUNT WAIT-MS`: so many connects, 10 ms apart, none waiting for the other; prints how many stand in the end. */
export const callers: Program = async (sys, argv) => {
  const address = argv[1] ?? '';
  const [port, count, waitMs] = argv.slice(2).map(Number);
  const fds: number[] = [];
  for (let i = 0; i < count!; i++) {
    const fd = await sys.socket('inet', 'stream', 'tcp', { nonblock: true });
    fds.push(fd);
    try {
      await sys.connect(fd, { family: 'inet', address, port: port! });
    } catch (error) {
      if (!(error instanceof SysError) || error.code !== 'EINPROGRESS') throw error;
    }
    await sys.nanosleep(10 * MS);
  }
  await sys.nanosleep(waitMs! * MS);
  const ready = await sys.poll(
    fds.map((fd) => ({ fd, events: POLL.OUT })),
    0,
  );
  const standing = ready.filter(({ revents }) => (revents & (POLL.ERR | POLL.HUP)) === 0).length;
  await print(sys, `${standing} of ${count}\n`);
  for (const fd of fds) await sys.close(fd);
  return 0;
};

/** `syn-flood ADDRESS PORT COUNT EVERY-MS`: SYNs from 198.51.100.1 on, made by hand with their IP header. */
export const synFlood: Program = async (sys, argv) => {
  const target = parseIpv4(argv[1] ?? '');
  const first = parseIpv4('198.51.100.1');
  if (target === undefined || first === undefined) return 2;
  const [port, count, everyMs] = argv.slice(2).map(Number);
  const fd = await sys.socket('inet', 'raw', IPPROTO_RAW);
  for (let i = 0; i < count!; i++) {
    const source = first.key + (i % 250);
    const packet = syn(source, target.key, 1024 + i, port!);
    await sys.sendto(fd, packet, { family: 'inet', address: argv[1]!, port: 0 });
    await sys.nanosleep(everyMs! * MS);
  }
  await sys.close(fd);
  return 0;
};

/** An IPv4 header (RFC 791 section 3.1; the kernel fills in length and checksum, raw(7)) and a SYN without options (RFC 9293 section 3.1). */
function syn(source: number, target: number, sourcePort: number, port: number): Uint8Array {
  const segment = new ByteWriter(20)
    .u16(sourcePort)
    .u16(port)
    .u32(0x1000)
    .u32(0)
    .u16(0x5002)
    .u16(0xfaf0)
    .u32(0)
    .bytes();
  const pseudo = new ByteWriter(12).u32(source).u32(target).u16(IPPROTO_TCP).u16(segment.length).bytes();
  const sum = checksumOf(sumBytes(pseudo) + sumBytes(segment));
  segment[16] = sum >> 8;
  segment[17] = sum & 0xff;
  const header = new ByteWriter(20).u16(0x4500).u16(40).u32(0).u8(64).u8(IPPROTO_TCP).u16(0).u32(source).u32(target);
  const packet = new Uint8Array(40);
  packet.set(header.bytes());
  packet.set(segment, 20);
  return packet;
}

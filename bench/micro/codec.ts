/**
 * What a frame costs as bytes: Ethernet, IPv4 and TCP headers without payload, and with 1448 bytes that are copied and summed; into a
 * buffer that is kept, and into new memory each time.
 *
 *     npx tsx bench/micro/codec.ts [frames]
 */
import { Ipv4Address, MacAddress } from '@netarium/core/base/address.ts';
import { WireBuffer } from '@netarium/core/wire/buffer.ts';
import { encodeFrame } from '@netarium/core/wire/codec.ts';
import {
  ETHERTYPE,
  Frame,
  IP_PROTOCOL,
  Ipv4Packet,
  PacketId,
  TCP_FLAG,
  TcpSegment,
} from '@netarium/core/wire/packet.ts';
import { payloadOf } from '@netarium/core/wire/payload.ts';

const COUNT = Number(process.argv[2] ?? 1_000_000);
const ident = new PacketId(1);

function frameOf(payloadBytes: number, i: number): Frame {
  const payload = payloadOf(new Uint8Array(payloadBytes).fill(i));
  const tcp = new TcpSegment(80, 40_000, i, 2, TCP_FLAG.ack, 65_535, 0, i, 2, undefined, payload);
  const src = new Ipv4Address(0x0a00_0001);
  const dst = new Ipv4Address(0x0a00_0002 + i);
  const packet = Ipv4Packet.of({
    ident,
    src,
    dst,
    protocol: IP_PROTOCOL.tcp,
    ttl: 64,
    identification: i,
    payload: tcp,
  });
  return new Frame(new MacAddress(0x0200_0000_0001), new MacAddress(0x0200_0000_0002 + i), ETHERTYPE.ipv4, packet);
}

for (const payloadBytes of [0, 1448]) {
  const frames = Array.from({ length: 256 }, (_, i) => frameOf(payloadBytes, i));
  for (const buffer of [new WireBuffer(), undefined]) {
    let best = 0;
    for (let run = 0; run < 5; run++) {
      const start = process.hrtime.bigint();
      for (let i = 0; i < COUNT; i++) encodeFrame(frames[i & 255]!, buffer);
      best = Math.max(best, (COUNT / Number(process.hrtime.bigint() - start)) * 1000);
    }
    const where = buffer === undefined ? 'new memory' : 'kept buffer';
    console.log(`${String(payloadBytes).padStart(4)} B payload, ${where}: ${best.toFixed(2)} M frames/s`);
  }
}

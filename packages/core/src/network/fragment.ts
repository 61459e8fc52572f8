/** Cutting a datagram into fragments (RFC 791 section 3.2; ip_do_fragment): all but the last as large as the MTU allows, in order. */
import { assert } from '../base/assert.ts';
import type { IdSource } from '../record/host-context.ts';
import { encodeTransport } from '../wire/codec.ts';
import { type Ipv4Packet, PacketId, RawPdu } from '../wire/packet.ts';
import { Chunk, Payload } from '../wire/payload.ts';
import { optionsForLaterFragments } from './options.ts';

/**
 * The pieces of `packet` for a link of `mtu` bytes. A fragment may be cut again; its offset and "more fragments" carry over. The
 * transport checksum is made here, as nobody after this sees the whole segment.
 */
export function fragmentPacket(packet: Ipv4Packet, mtu: number, ids: IdSource): Ipv4Packet[] {
  const { headerLength, options } = packet;
  const chunk = new Chunk(encodeTransport(packet));
  const total = chunk.bytes.length;
  const room = (mtu - headerLength) & ~7;
  assert(room > 0, `MTU ${mtu} leaves no room for a fragment`);
  const laterOptions = options === undefined ? undefined : optionsForLaterFragments(options);
  const pieces: Ipv4Packet[] = [];
  for (let at = 0; at < total; ) {
    // The last piece need not be a multiple of eight.
    const length = total - at <= mtu - headerLength ? total - at : room;
    const offset = packet.fragmentOffset + at;
    const payload = new RawPdu(new Payload(chunk, at, at + length));
    const more = packet.moreFragments || at + length < total;
    pieces.push(
      packet.with({
        ident: new PacketId(ids.next(), 'fragment', packet.ident.id),
        moreFragments: more,
        fragmentOffset: offset,
        options: offset === 0 ? options : laterOptions,
        payload,
      }),
    );
    at += length;
  }
  return pieces;
}

/**
 * Congestion Experienced instead of a loss (RFC 3168 section 5): a queue that has grown to a threshold sets the mark on packets whose sender can react
 * to it (ECT); all others wait, and are dropped only where the queue is full. A lane decides when; this is the mark itself.
 */
import { Frame, type Ipv4Packet, VlanTagged } from '../wire/packet.ts';

const ECN_FIELD = 3;
const CONGESTION_EXPERIENCED = 3;

/** The frame with the mark set; the same frame where its packet is not ECT, is marked already, or is no IPv4. */
export function markCongestion(frame: Frame): Frame {
  const { payload } = frame;
  const packet = payload.kind === 'vlan' ? payload.payload : payload;
  if (packet.kind !== 'ipv4' || !canBeMarked(packet)) return frame;
  const marked = packet.withTos(packet.tos | CONGESTION_EXPERIENCED);
  const inner =
    payload.kind === 'vlan'
      ? new VlanTagged(payload.vlanId, payload.priority, payload.etherType, marked, payload.dropEligible)
      : marked;
  return new Frame(frame.dst, frame.src, frame.etherType, inner);
}

function canBeMarked({ tos }: Ipv4Packet): boolean {
  const field = tos & ECN_FIELD;
  return field !== 0 && field !== CONGESTION_EXPERIENCED;
}

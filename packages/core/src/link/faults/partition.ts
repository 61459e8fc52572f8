/**
 * A partition: nothing passes between two sets of addresses. Attached to the lanes in question it drops IPv4 packets and ARP whose source
 * is on one side and whose destination is on the other; everybody else goes on talking.
 */
import type { IpAddress } from '../../base/address.ts';
import type { Frame, NetworkPdu } from '../../wire/packet.ts';
import type { Fault } from './rule.ts';

export interface Partition {
  readonly left: readonly IpAddress[];
  readonly right: readonly IpAddress[];
  /** Only what goes from left to right is lost. */
  readonly oneWay?: boolean;
}

type Key = IpAddress['key'];

export function partition(sides: Partition): Fault {
  const left = new Set<Key>(sides.left.map((address) => address.key));
  const right = new Set<Key>(sides.right.map((address) => address.key));
  const oneWay = sides.oneWay ?? false;
  return {
    text: `partition, ${sides.left.join(' ')} ${oneWay ? 'to' : 'and'} ${sides.right.join(' ')}`,
    attach: () => ({
      judge(verdict) {
        const ends = endsOf(verdict.frame);
        if (ends === undefined) return;
        const [src, dst] = ends;
        const across = (left.has(src) && right.has(dst)) || (!oneWay && right.has(src) && left.has(dst));
        if (across) verdict.reason = 'partitioned';
      },
    }),
  };
}

function endsOf(frame: Frame): readonly [Key, Key] | undefined {
  let pdu: NetworkPdu = frame.payload;
  if (pdu.kind === 'vlan') pdu = pdu.payload;
  if (pdu.kind === 'ipv4') return [pdu.src.key, pdu.dst.key];
  return pdu.kind === 'arp' ? [pdu.senderIp.key, pdu.targetIp.key] : undefined;
}

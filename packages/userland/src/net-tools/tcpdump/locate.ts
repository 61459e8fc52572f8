/** Where the headers of a captured Ethernet frame are. */
import { u16 } from './context.ts';

export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_ARP = 0x0806;
export const ETHERTYPE_VLAN = 0x8100;
export const ETHERNET_BYTES = 14;
export const PROTOCOL = Object.freeze({ ICMP: 1, IGMP: 2, TCP: 6, UDP: 17 });

export interface NetworkPlace {
  readonly etherType: number;
  /** Where the network header begins, behind VLAN tags. */
  readonly start: number;
}

export function locateNetwork(frame: Uint8Array): NetworkPlace | undefined {
  let start = ETHERNET_BYTES;
  if (frame.length < start) return undefined;
  let etherType = u16(frame, 12);
  while (etherType === ETHERTYPE_VLAN && frame.length >= start + 4) {
    etherType = u16(frame, start + 2);
    start += 4;
  }
  return { etherType, start };
}

export interface TransportPlace {
  readonly ipStart: number;
  readonly start: number;
  readonly protocol: number;
  /** Offset of the fragment; transport headers are in the first one only. */
  readonly fragmentOffset: number;
}

export function locateTransport(frame: Uint8Array): TransportPlace | undefined {
  const network = locateNetwork(frame);
  if (network?.etherType !== ETHERTYPE_IPV4 || frame.length < network.start + 20) return undefined;
  const first = frame[network.start]!;
  if (first >> 4 !== 4) return undefined;
  const fragmentOffset = (u16(frame, network.start + 6) & 0x1fff) * 8;
  return {
    ipStart: network.start,
    start: network.start + (first & 15) * 4,
    protocol: frame[network.start + 9]!,
    fragmentOffset,
  };
}

export function locateTcp(frame: Uint8Array): TransportPlace | undefined {
  const place = locateTransport(frame);
  if (place?.protocol !== PROTOCOL.TCP || place.fragmentOffset !== 0 || frame.length < place.start + 20)
    return undefined;
  return place;
}

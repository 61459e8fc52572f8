/** The primitives of a capture filter: protocols, addresses and ports of one frame (pcap-filter(7)), read off its bytes. A frame that is cut off before them has none. */
import type { Prefix } from '@netarium/core/base/address.ts';
import { macText, u16, u32 } from './context.ts';
import { FilterError } from './filter-words.ts';
import { ETHERTYPE_ARP, ETHERTYPE_IPV4, locateNetwork, locateTransport, PROTOCOL } from './locate.ts';

export interface FilterFrame {
  readonly bytes: Uint8Array;
  readonly wireLength: number;
}

export type FrameTest = (frame: FilterFrame) => boolean;

const PROTOCOLS = ['ether', 'ip', 'arp', 'rarp', 'icmp', 'tcp', 'udp'] as const;
export type Protocol = (typeof PROTOCOLS)[number];
export type Direction = 'src' | 'dst' | 'either' | 'both';

const ETHERTYPE_RARP = 0x8035;
export const IP_PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['icmp', PROTOCOL.ICMP],
  ['igmp', PROTOCOL.IGMP],
  ['tcp', PROTOCOL.TCP],
  ['udp', PROTOCOL.UDP],
]);
export const ETHER_PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['ip', ETHERTYPE_IPV4],
  ['arp', ETHERTYPE_ARP],
  ['rarp', ETHERTYPE_RARP],
  ['ip6', 0x86dd],
]);

export function isType(etherType: number): FrameTest {
  return ({ bytes }) => locateNetwork(bytes)?.etherType === etherType;
}

export function isIpProtocol(number: number): FrameTest {
  return ({ bytes }) => locateTransport(bytes)?.protocol === number;
}

export function protocolTest(protocol: Protocol | undefined): FrameTest {
  switch (protocol) {
    case undefined:
    case 'ether':
      return () => true;
    case 'ip':
      return isType(ETHERTYPE_IPV4);
    case 'arp':
      return isType(ETHERTYPE_ARP);
    case 'rarp':
      return isType(ETHERTYPE_RARP);
    case 'icmp':
    case 'tcp':
    case 'udp':
      return isIpProtocol(IP_PROTOCOLS.get(protocol)!);
  }
}

export function isProtocol(word: string | undefined): word is Protocol {
  return (PROTOCOLS as readonly (string | undefined)[]).includes(word);
}

function byDirection(direction: Direction | undefined, source: FrameTest, destination: FrameTest): FrameTest {
  if (direction === 'src') return source;
  if (direction === 'dst') return destination;
  if (direction === 'both') return (frame) => source(frame) && destination(frame);
  return (frame) => source(frame) || destination(frame);
}

/** Source and destination of IPv4, sender and target of ARP. */
export function addressTest(
  protocol: Protocol | undefined,
  prefix: Prefix,
  direction: Direction | undefined,
): FrameTest {
  const inside =
    (ipOffset: number, arpOffset: number): FrameTest =>
    ({ bytes }) => {
      const network = locateNetwork(bytes);
      const offset =
        network?.etherType === ETHERTYPE_IPV4
          ? ipOffset
          : network?.etherType === ETHERTYPE_ARP || network?.etherType === ETHERTYPE_RARP
            ? arpOffset
            : -1;
      if (!network || offset < 0 || bytes.length < network.start + offset + 4) return false;
      const key = u32(bytes, network.start + offset);
      return prefixHolds(prefix, key);
    };
  const allowed = protocolTest(protocol);
  const test = byDirection(direction, inside(12, 14), inside(16, 24));
  return (frame) => allowed(frame) && test(frame);
}

function prefixHolds(prefix: Prefix, key: number): boolean {
  if (prefix.network.family !== 4) return false;
  const mask = prefix.length === 0 ? 0 : (0xffff_ffff << (32 - prefix.length)) >>> 0;
  return (key & mask) >>> 0 === prefix.network.key;
}

export const isMulticast: FrameTest = ({ bytes }) => ((bytes[0] ?? 0) & 1) === 1;

export const isBroadcast: FrameTest = ({ bytes }) => bytes.length >= 6 && macText(bytes, 0) === 'ff:ff:ff:ff:ff:ff';

/** The Ethernet addresses; Ethernet has the destination first. */
export function etherAddressTest(mac: string, direction: Direction | undefined): FrameTest {
  const at =
    (offset: number): FrameTest =>
    ({ bytes }) =>
      bytes.length >= 14 && macText(bytes, offset) === mac;
  return byDirection(direction, at(6), at(0));
}

export function portTest(
  protocol: Protocol | undefined,
  low: number,
  high: number,
  direction: Direction | undefined,
): FrameTest {
  if (protocol !== undefined && protocol !== 'tcp' && protocol !== 'udp')
    throw new FilterError(`'${protocol}' modifier applied to port`);
  const at =
    (offset: number): FrameTest =>
    ({ bytes }) => {
      const place = locateTransport(bytes);
      if (place?.fragmentOffset !== 0 || bytes.length < place.start + 4) return false;
      const right =
        protocol === undefined
          ? place.protocol === PROTOCOL.TCP || place.protocol === PROTOCOL.UDP
          : place.protocol === IP_PROTOCOLS.get(protocol);
      const port = u16(bytes, place.start + offset);
      return right && port >= low && port <= high;
    };
  return byDirection(direction, at(0), at(2));
}

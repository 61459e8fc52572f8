/** Frames in tcpdump's words: Ethernet, VLAN tags, ARP, IPv4; what is above is in `print-transport.ts`. */
import { internetChecksum } from '../icmp-text.ts';
import { hex4, ipText, macText, type PrintContext, u16 } from './context.ts';
import { hexDump } from './hexdump.ts';
import { ETHERNET_BYTES, ETHERTYPE_ARP, ETHERTYPE_IPV4, ETHERTYPE_VLAN, PROTOCOL } from './locate.ts';
import { igmpText } from './print-igmp.ts';
import { icmpText, type Segment, tcpText, udpText } from './print-transport.ts';

const ETHERTYPES: ReadonlyMap<number, string> = new Map([
  [ETHERTYPE_IPV4, 'IPv4'],
  [ETHERTYPE_ARP, 'ARP'],
  [ETHERTYPE_VLAN, '802.1Q'],
  [0x86dd, 'IPv6'],
]);
const PROTOCOL_NAMES: ReadonlyMap<number, string> = new Map([
  [PROTOCOL.ICMP, 'ICMP'],
  [PROTOCOL.IGMP, 'IGMP'],
  [PROTOCOL.TCP, 'TCP'],
  [PROTOCOL.UDP, 'UDP'],
  [41, 'IPv6'],
  [47, 'GRE'],
  [50, 'ESP'],
  [89, 'OSPF'],
  [112, 'VRRP'],
]);

/** One captured frame; `wireLength` is what the card saw. */
export function frameText(context: PrintContext, frame: Uint8Array, wireLength: number): string {
  if (frame.length < ETHERNET_BYTES) return '[|ether]';
  const etherType = u16(frame, 12);
  const head = context.linkHeader ? linkText(frame, etherType, wireLength) : '';
  return head + payloadText(context, etherType, frame, ETHERNET_BYTES, wireLength);
}

function typeText(etherType: number): string {
  return `ethertype ${ETHERTYPES.get(etherType) ?? 'Unknown'} (0x${hex4(etherType)})`;
}

function linkText(frame: Uint8Array, etherType: number, wireLength: number): string {
  const addresses = `${macText(frame, 6)} > ${macText(frame, 0)}, `;
  // Below 1536 the field is a length (IEEE 802.3), not a type.
  return etherType < 1536
    ? `${addresses}802.3, length ${etherType}: `
    : `${addresses}${typeText(etherType)}, length ${wireLength}: `;
}

function payloadText(
  context: PrintContext,
  etherType: number,
  frame: Uint8Array,
  start: number,
  wireLength: number,
): string {
  const payload = frame.subarray(start);
  if (etherType === ETHERTYPE_IPV4) return (context.linkHeader ? '' : 'IP ') + ipText4(context, payload);
  if (etherType === ETHERTYPE_ARP)
    return (context.linkHeader ? '' : 'ARP, ') + arpText(context, payload, wireLength - start);
  if (etherType === ETHERTYPE_VLAN && payload.length >= 4) return vlanText(context, frame, start, wireLength);
  const dump = payload.length === 0 ? '' : hexDump(payload, false);
  if (context.linkHeader) return dump;
  return `${linkText(frame, etherType, wireLength)}${dump}`;
}

function vlanText(context: PrintContext, frame: Uint8Array, start: number, wireLength: number): string {
  const tag = u16(frame, start);
  const inner = u16(frame, start + 2);
  const dropEligible = tag & 0x1000 ? ', DEI' : '';
  const type = context.linkHeader ? `${typeText(inner)}, ` : '';
  const body = payloadText(context, inner, frame, start + 4, wireLength);
  return `vlan ${tag & 0xfff}, p ${tag >> 13}${dropEligible}, ${type}${body}`;
}

function arpText(context: PrintContext, bytes: Uint8Array, length: number): string {
  if (bytes.length < 28) return '[|arp]';
  const detail = context.verbose > 0 ? `Ethernet (len ${bytes[4]}), IPv4 (len ${bytes[5]}), ` : '';
  const operation = u16(bytes, 6);
  const sender = context.host(ipText(bytes, 14));
  const target = context.host(ipText(bytes, 24));
  const senderMac = macText(bytes, 8);
  const tail = `, length ${length}`;
  if (operation === 1) {
    const targetMac = macText(bytes, 18);
    const known = targetMac === '00:00:00:00:00:00' || targetMac === 'ff:ff:ff:ff:ff:ff' ? '' : ` (${targetMac})`;
    // An address that asks for itself is announced (RFC 5227).
    return `${detail}${ipText(bytes, 14) === ipText(bytes, 24) ? 'Announcement' : 'Request who-has'} ${target}${known}${
      ipText(bytes, 14) === ipText(bytes, 24) ? '' : ` tell ${sender}`
    }${tail}`;
  }
  if (operation === 2) return `${detail}Reply ${sender} is-at ${senderMac}${tail}`;
  return `${detail}Unknown (${operation})${tail}`;
}

function ipFlags(word: number): string {
  const names = [word & 0x8000 ? 'rb' : '', word & 0x4000 ? 'DF' : '', word & 0x2000 ? '+' : ''].filter(
    (name) => name !== '',
  );
  return names.length === 0 ? 'none' : names.join(', ');
}

/** An IPv4 packet, without the word `IP` before it. */
function ipText4(context: PrintContext, bytes: Uint8Array): string {
  if (bytes.length < 20) return '[|ip]';
  const headerLength = (bytes[0]! & 15) * 4;
  if (headerLength < 20 || headerLength > bytes.length) return `bad-hlen ${headerLength}`;
  const total = u16(bytes, 2);
  const fragmentWord = u16(bytes, 6);
  const offset = (fragmentWord & 0x1fff) * 8;
  const protocol = bytes[9]!;
  const detail = context.verbose > 0 ? `${ipDetail(bytes, headerLength, total, offset, protocol)}\n    ` : '';
  const segment: Segment = {
    bytes: bytes.subarray(headerLength, Math.max(headerLength, Math.min(bytes.length, total))),
    length: Math.max(0, total - headerLength),
    ipHeader: bytes.subarray(0, headerLength),
    fragmented: (fragmentWord & 0x2000) !== 0,
  };
  return detail + (offset > 0 ? laterFragment(context, segment, protocol) : transportText(context, segment, protocol));
}

function ipDetail(bytes: Uint8Array, headerLength: number, total: number, offset: number, protocol: number): string {
  const tos = bytes[1]!;
  const ecn = ['', ',ECT(1)', ',ECT(0)', ',CE'][tos & 3]!;
  const proto = `${PROTOCOL_NAMES.get(protocol) ?? 'unknown'} (${protocol})`;
  let text = `(tos 0x${tos.toString(16)}${ecn}, ttl ${bytes[8]}, id ${u16(bytes, 4)}, offset ${offset}, flags [${ipFlags(u16(bytes, 6))}], proto ${proto}, length ${total}`;
  if (headerLength > 20) text += `, options (${ipOptions(bytes.subarray(20, headerLength))})`;
  if (internetChecksum(bytes.subarray(0, headerLength)) !== 0) {
    const cleared = bytes.slice(0, headerLength);
    cleared[10] = 0;
    cleared[11] = 0;
    text += `, bad cksum ${u16(bytes, 10).toString(16)} (->${internetChecksum(cleared).toString(16)})!`;
  }
  return `${text})`;
}

const IP_OPTIONS: ReadonlyMap<number, string> = new Map([
  [0, 'EOL'],
  [1, 'NOP'],
  [7, 'RR'],
  [68, 'timestamp'],
  [130, 'security'],
  [131, 'LSRR'],
  [137, 'SSRR'],
  [148, 'RA'],
]);

function ipOptions(bytes: Uint8Array): string {
  const names: string[] = [];
  for (let i = 0; i < bytes.length; ) {
    const kind = bytes[i]!;
    names.push(IP_OPTIONS.get(kind) ?? `unknown ${kind}`);
    if (kind === 0) break;
    const length = kind === 1 ? 1 : (bytes[i + 1] ?? 0);
    if (kind !== 1 && length < 2) break;
    i += length;
  }
  return names.join(',');
}

function hostsOf(context: PrintContext, segment: Segment): string {
  return `${context.host(ipText(segment.ipHeader, 12))} > ${context.host(ipText(segment.ipHeader, 16))}: `;
}

function protocolName(context: PrintContext, protocol: number): string {
  const name = PROTOCOL_NAMES.get(protocol)?.toLowerCase();
  return context.numeric || name === undefined ? `ip-proto-${protocol}` : name;
}

/** Only the first fragment holds the transport header. */
function laterFragment(context: PrintContext, segment: Segment, protocol: number): string {
  return `${hostsOf(context, segment)}${protocolName(context, protocol)}`;
}

function transportText(context: PrintContext, segment: Segment, protocol: number): string {
  if (protocol === PROTOCOL.TCP) return tcpText(context, segment);
  if (protocol === PROTOCOL.UDP) return udpText(context, segment);
  if (protocol === PROTOCOL.ICMP)
    return icmpText(context, segment, (bytes) => (context.linkHeader ? '' : 'IP ') + ipText4(context, bytes));
  if (protocol === PROTOCOL.IGMP) return hostsOf(context, segment) + igmpText(context, segment.bytes);
  return `${hostsOf(context, segment)} ${protocolName(context, protocol)} ${segment.length}`;
}

/** Every field that the packet tree can hold, by Wireshark's filter name: what filters, completion and the coverage page know. */
import { ARP, ARP_GENERATED } from './arp.ts';
import { DHCP_FIELDS } from './dhcp-tree.ts';
import { MALFORMED } from './dissector.ts';
import { DNS_FIELDS } from './dns-fields.ts';
import { ECHO_FIELDS } from './echo.ts';
import { ETHERNET, ETHERNET_LENGTH_FIELD, ETHERNET_PADDING, ETHERNET_TRAILER } from './ethernet.ts';
import { type Field, row } from './field.ts';
import { FRAME_FIELDS } from './frame-tree.ts';
import { HTTP_FIELDS } from './http1.ts';
import { ICMP_OTHER, ICMP_TABLE } from './icmp.ts';
import { IGMP, IGMP_OTHER } from './igmp.ts';
import { IPV4, IPV4_GENERATED } from './ipv4.ts';
import { SNMP_FIELDS } from './snmp-tree.ts';
import { TCP } from './tcp.ts';
import { TCP_OPTION_FIELDS } from './tcp-options-tree.ts';
import { TCP_GENERATED } from './tcp-tree.ts';
import { DATA_FIELDS } from './tree.ts';
import { UDP, UDP_GENERATED } from './udp.ts';
import { VLAN } from './vlan.ts';

/** Names that match several fields at once. */
const EITHER: readonly Field[] = [
  row('eth.addr', 'mac', 'Source or Destination Address', '源或目的 MAC 地址'),
  row('ip.addr', 'ipv4', 'Source or Destination Address', '源或目的 IP 地址'),
  row('udp.port', 'uint', 'Source or Destination Port', '源或目的端口'),
  row('tcp.port', 'uint', 'Source or Destination Port', '源或目的端口'),
];

export const ALL_FIELDS: ReadonlyMap<string, Field> = new Map(
  [
    ...FRAME_FIELDS,
    ...[ETHERNET, VLAN, ARP, IPV4, ICMP_TABLE, IGMP, UDP, TCP].flatMap(({ protocol, rows }) => [protocol, ...rows]),
    ETHERNET_LENGTH_FIELD,
    ETHERNET_PADDING,
    ETHERNET_TRAILER,
    MALFORMED,
    ...ARP_GENERATED,
    ...IPV4_GENERATED,
    ...ICMP_OTHER,
    ...IGMP_OTHER,
    ...UDP_GENERATED,
    ...TCP_GENERATED,
    ...TCP_OPTION_FIELDS,
    ...DATA_FIELDS,
    ...DNS_FIELDS,
    ...DHCP_FIELDS,
    ...SNMP_FIELDS,
    ...HTTP_FIELDS,
    ...ECHO_FIELDS,
    ...EITHER,
  ].map((field) => [field.name, field]),
);

/** Up to three names that may have been meant. */
export function nearestFields(name: string): readonly string[] {
  const wanted = name.toLowerCase();
  return [...ALL_FIELDS.keys()]
    .map((candidate) => ({ candidate, distance: distance(wanted, candidate) }))
    .filter((entry) => entry.distance <= Math.max(2, Math.floor(wanted.length / 3)))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map((entry) => entry.candidate);
}

/** Edits from one word to the other; long words are not compared. */
function distance(a: string, b: string): number {
  if (a.length > 60) return 60;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      next.push(Math.min(row[j]! + (a[i] === b[j] ? 0 : 1), row[j + 1]! + 1, next[j]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

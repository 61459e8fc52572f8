/** The class of a ladder's row, as `packet-class.ts` has it for bytes: colour, letter and stroke are the same everywhere. */
import type { PacketClass } from '../packets/packet-class.ts';
import type { LadderRow } from './ladder.ts';

const CLASSES: ReadonlyMap<string, PacketClass> = new Map([
  ['ARP', 'link'],
  ['DHCP', 'link'],
  ['ICMP', 'icmp'],
  ['UDP', 'udp'],
  ['DNS', 'udp'],
]);

export function rowClass({ protocol, flags, length, srcPort }: LadderRow): PacketClass {
  if (protocol === 'TCP') return flags.includes('RST') ? 'error' : length > 0 ? 'application' : 'tcp';
  return CLASSES.get(protocol) ?? (srcPort === undefined ? 'other' : 'udp');
}

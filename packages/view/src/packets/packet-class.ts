/** The class of a packet, by which it is coloured and lettered everywhere: read off its headers' bytes, without a dissection. */
import { ETHERTYPE, IP_PROTOCOL, TCP_FLAG } from '@netarium/core/wire/packet.ts';
import { frameBytes, type Recording } from '../recording/recording.ts';

export const PACKET_CLASSES = ['link', 'icmp', 'udp', 'tcp', 'application', 'error', 'other'] as const;
export type PacketClass = (typeof PACKET_CLASSES)[number];

/** Colour is never alone: each class has a letter. */
export const CLASS_LETTERS: Readonly<Record<PacketClass, string>> = {
  link: 'A',
  icmp: 'I',
  udp: 'U',
  tcp: 'T',
  application: 'H',
  error: '!',
  other: '·',
};

const ETHERNET_BYTES = 14;
const DHCP_PORTS: ReadonlySet<number> = new Set([67, 68]);

export function packetClass(bytes: Uint8Array): PacketClass {
  const at = (offset: number): number => bytes[offset] ?? 0;
  const word = (offset: number): number => at(offset) * 256 + at(offset + 1);
  const etherType = word(12);
  if (etherType === ETHERTYPE.arp) return 'link';
  if (etherType !== ETHERTYPE.ipv4) return 'other';
  const transport = ETHERNET_BYTES + (at(ETHERNET_BYTES) & 15) * 4;
  const protocol = at(ETHERNET_BYTES + 9);
  if (protocol === IP_PROTOCOL.icmp) return 'icmp';
  if (protocol === IP_PROTOCOL.udp)
    return DHCP_PORTS.has(word(transport)) || DHCP_PORTS.has(word(transport + 2)) ? 'link' : 'udp';
  if (protocol !== IP_PROTOCOL.tcp) return 'other';
  if ((at(transport + 13) & TCP_FLAG.rst) !== 0) return 'error';
  const payload = ETHERNET_BYTES + word(ETHERNET_BYTES + 2) - transport - (at(transport + 12) >> 4) * 4;
  return payload > 0 ? 'application' : 'tcp';
}

/** The classes of a recording's frames, each read once. */
export class FrameClasses {
  /** One more than the class's index; 0 where nobody asked yet. */
  private readonly known: Uint8Array;

  constructor(private readonly recording: Recording) {
    this.known = new Uint8Array(recording.frames.packets.length);
  }

  of(frame: number): PacketClass {
    if (this.known[frame] === 0)
      this.known[frame] = 1 + PACKET_CLASSES.indexOf(packetClass(frameBytes(this.recording, frame)));
    return PACKET_CLASSES[this.known[frame]! - 1]!;
  }
}

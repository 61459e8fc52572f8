import type { Frame, NetworkPdu, PacketId } from '../wire/packet.ts';

/** The identity of the packet that a frame carries; undefined for bytes that are no packet we know. */
export function identOf(frame: Frame): PacketId | undefined {
  return identOfPdu(frame.payload);
}

/** The same as a number for events, 0 where there is none. */
export function packetIdOf(frame: Frame): number {
  return identOfPdu(frame.payload)?.id ?? 0;
}

function identOfPdu(pdu: NetworkPdu): PacketId | undefined {
  switch (pdu.kind) {
    case 'ipv4':
    case 'arp':
      return pdu.ident;
    case 'vlan':
      return identOfPdu(pdu.payload);
    case 'raw':
      return undefined;
  }
}

/** Which application protocol a payload is, by port, and its part of the packet tree. */
import type { Dissector } from './dissector.ts';

/** Adds the payload's nodes; false where no dissector takes it. */
export function applicationTree(
  _d: Dissector,
  _transport: 'tcp' | 'udp',
  _srcPort: number,
  _dstPort: number,
  _start: number,
  _end: number,
): boolean {
  return false;
}

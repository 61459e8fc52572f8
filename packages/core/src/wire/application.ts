/** Which application protocol a payload is, by port as Wireshark guesses it, and its part of the packet tree. */
import { dhcpTree } from './dhcp-tree.ts';
import type { Dissector } from './dissector.ts';
import { dnsTree } from './dns-tree.ts';
import { ECHO_PORT, echoTree } from './echo.ts';
import { httpTree } from './http1.ts';

const DNS_PORT = 53;
const DHCP_PORTS: ReadonlySet<number> = new Set([67, 68]);
const HTTP_PORTS: ReadonlySet<number> = new Set([80, 3128, 8000, 8008, 8080, 8888]);

/** Adds the payload's nodes; false where no dissector takes it. */
export function applicationTree(
  d: Dissector,
  transport: 'tcp' | 'udp',
  srcPort: number,
  dstPort: number,
  start: number,
  end: number,
): boolean {
  if (srcPort === DNS_PORT || dstPort === DNS_PORT) return dnsTree(d, transport, start, end);
  if (srcPort === ECHO_PORT || dstPort === ECHO_PORT) return echoTree(d, dstPort, start, end);
  if (transport === 'udp') return DHCP_PORTS.has(srcPort) && DHCP_PORTS.has(dstPort) && dhcpTree(d, start, end);
  return (HTTP_PORTS.has(srcPort) || HTTP_PORTS.has(dstPort)) && httpTree(d, start, end);
}

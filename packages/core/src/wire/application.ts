/** Which application protocol a payload is, by port as Wireshark guesses it, and its part of the packet tree. */
import { dhcpTree } from './dhcp-tree.ts';
import type { Dissector } from './dissector.ts';
import { dnsTree } from './dns-tree.ts';
import { ECHO_PORT, echoTree } from './echo.ts';
import { httpTree } from './http1.ts';
import { SNMP_PORT, SNMP_TRAP_PORT } from './snmp.ts';
import { snmpTree } from './snmp-tree.ts';

const DNS_PORT = 53;
const DHCP_PORTS: ReadonlySet<number> = new Set([67, 68]);
const SNMP_PORTS: ReadonlySet<number> = new Set([SNMP_PORT, SNMP_TRAP_PORT]);
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
  switch (applicationOf(transport, srcPort, dstPort)) {
    case 'dns':
      return dnsTree(d, transport, start, end);
    case 'echo':
      return echoTree(d, dstPort, start, end);
    case 'dhcp':
      return dhcpTree(d, start, end);
    case 'snmp':
      return snmpTree(d, start, end);
    case 'http':
      return httpTree(d, start, end);
    default:
      return false;
  }
}

/** Whose dissector looks at a payload between these ports; undefined where nobody's does. */
export function applicationOf(
  transport: 'tcp' | 'udp',
  srcPort: number,
  dstPort: number,
): 'dns' | 'echo' | 'dhcp' | 'snmp' | 'http' | undefined {
  if (srcPort === DNS_PORT || dstPort === DNS_PORT) return 'dns';
  if (srcPort === ECHO_PORT || dstPort === ECHO_PORT) return 'echo';
  if (transport === 'udp') {
    if (DHCP_PORTS.has(srcPort) && DHCP_PORTS.has(dstPort)) return 'dhcp';
    return SNMP_PORTS.has(srcPort) || SNMP_PORTS.has(dstPort) ? 'snmp' : undefined;
  }
  return HTTP_PORTS.has(srcPort) || HTTP_PORTS.has(dstPort) ? 'http' : undefined;
}

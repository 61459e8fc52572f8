/** Every kind of packet, by what it is a sample of. */
import type { Frame } from '@netarium/core/wire/packet.ts';
import { dhcpFrames, dnsFrames, httpFrames, lowerLayerFrames } from './samples.ts';
import { snmpFrames } from './snmp-samples.ts';

export const SAMPLES: Readonly<Record<string, () => Frame[]>> = {
  'lower layers': lowerLayerFrames,
  DNS: dnsFrames,
  DHCP: dhcpFrames,
  SNMP: snmpFrames,
  HTTP: httpFrames,
};

export const allSamples = (): Frame[] => Object.values(SAMPLES).flatMap((frames) => frames());

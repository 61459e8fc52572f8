/** SNMP messages of both versions: every PDU, every kind of value, errors and traps. */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Frame } from '@netarium/core/wire/packet.ts';
import {
  encodeSnmp,
  SNMP_PDU,
  SNMP_VERSION,
  type SnmpMessage,
  type SnmpRequest,
  type SnmpValue,
  type SnmpVariable,
} from '@netarium/core/wire/snmp.ts';
import { udp } from './samples.ts';

const SYSTEM = '1.3.6.1.2.1.1';
const INTERFACES = '1.3.6.1.2.1.2.2.1';
const SWITCH = '1.3.6.1.4.1.8072.3.2.10';
const SYS_DESCR = `${SYSTEM}.1.0`;
const NULL: SnmpValue = { kind: 'null' };

const octets = (bytes: Uint8Array): SnmpValue => ({ kind: 'octets', bytes });
const text = (value: string): SnmpValue => octets(encodeUtf8(value));
const asked = (...names: readonly string[]): SnmpVariable[] => names.map((name) => ({ name, value: NULL }));

function request(
  type: SnmpRequest['type'],
  variables: readonly SnmpVariable[],
  more: Partial<SnmpRequest> = {},
): SnmpRequest {
  return { type, requestId: 1, errorStatus: 0, errorIndex: 0, variables, ...more };
}

const VALUES: readonly SnmpVariable[] = [
  { name: `${INTERFACES}.10.1`, value: { kind: 'counter32', value: 4_000_000_000 } },
  { name: `${SYSTEM}.3.0`, value: { kind: 'timeticks', value: 12_345 } },
  { name: `${INTERFACES}.5.1`, value: { kind: 'gauge32', value: 100_000_000 } },
  { name: '1.3.6.1.2.1.4.20.1.1.10.0.1.3', value: { kind: 'address', address: '10.0.1.3' } },
  { name: `${SYSTEM}.2.0`, value: { kind: 'oid', oid: SWITCH } },
  { name: '1.3.6.1.2.1.31.1.1.1.6.1', value: { kind: 'counter64', value: 1n << 40n } },
  { name: '1.3.6.1.2.1.31.1.1.1.6.2', value: { kind: 'counter64', value: (1n << 63n) - 1n } },
  { name: `${INTERFACES}.8.1`, value: { kind: 'integer', value: -5 } },
  { name: `${INTERFACES}.6.1`, value: octets(Uint8Array.of(2, 0, 0, 0, 0, 1)) },
  { name: `${SYSTEM}.4.0`, value: octets(new Uint8Array(0)) },
  { name: `${SYSTEM}.6.0`, value: text('first line\n\tsecond') },
  { name: `${SYSTEM}.7.0`, value: { kind: 'opaque', bytes: Uint8Array.of(0x9f, 0x78, 4, 1, 2, 3, 4) } },
  { name: '1.3.6.1.2.1.99.0', value: { kind: 'noSuchObject' } },
  { name: '1.3.6.1.2.1.99.1', value: { kind: 'noSuchInstance' } },
  { name: '1.3.999.4294967295', value: { kind: 'endOfMibView' } },
];

export function snmpFrames(): Frame[] {
  const { V1, V2C } = SNMP_VERSION;
  const message = (version: SnmpMessage['version'], pdu: SnmpMessage['pdu']): Uint8Array =>
    encodeSnmp({ version, community: 'public', pdu });
  const ask = (version: SnmpMessage['version'], pdu: SnmpRequest): Frame => udp(40_000, 161, message(version, pdu));
  const answer = (version: SnmpMessage['version'], pdu: SnmpRequest): Frame => udp(161, 40_000, message(version, pdu));
  const tell = (version: SnmpMessage['version'], pdu: SnmpMessage['pdu']): Frame =>
    udp(40_001, 162, message(version, pdu));
  const upTime: SnmpVariable = { name: `${SYSTEM}.3.0`, value: { kind: 'timeticks', value: 500 } };
  return [
    ask(V1, request(SNMP_PDU.GET, asked(SYS_DESCR))),
    answer(V1, request(SNMP_PDU.RESPONSE, [{ name: SYS_DESCR, value: text('edge switch') }])),
    answer(V1, request(SNMP_PDU.RESPONSE, asked(SYS_DESCR), { errorStatus: 2, errorIndex: 1 })),
    ask(V2C, request(SNMP_PDU.GET_NEXT, asked(`${INTERFACES}.10.1`, `${INTERFACES}.16.1`), { requestId: -70_000 })),
    answer(V2C, request(SNMP_PDU.RESPONSE, VALUES, { requestId: 0x7fff_ffff })),
    ask(V2C, request(SNMP_PDU.GET_BULK, asked(INTERFACES), { errorStatus: 1, errorIndex: 10 })),
    ask(V2C, request(SNMP_PDU.SET, [{ name: `${SYSTEM}.5.0`, value: text('x'.repeat(200)) }])),
    tell(V1, {
      type: SNMP_PDU.TRAP,
      enterprise: SWITCH,
      agentAddress: '10.0.1.3',
      genericTrap: 2,
      specificTrap: 0,
      timeStamp: 500,
      variables: [{ name: `${INTERFACES}.1.3`, value: { kind: 'integer', value: 3 } }],
    }),
    tell(
      V2C,
      request(SNMP_PDU.TRAP_V2, [
        upTime,
        { name: '1.3.6.1.6.3.1.1.4.1.0', value: { kind: 'oid', oid: '1.3.6.1.6.3.1.1.5.3' } },
      ]),
    ),
    tell(V2C, request(SNMP_PDU.INFORM, [upTime])),
    answer(V2C, request(SNMP_PDU.REPORT, [])),
    udp(40_000, 161, encodeUtf8('no SNMP at all')),
    udp(40_000, 161, message(V1, request(SNMP_PDU.GET, asked(SYS_DESCR))).subarray(0, 37)),
  ];
}

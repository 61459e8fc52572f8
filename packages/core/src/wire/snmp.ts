/**
 * SNMP messages of version 1 (RFC 1157) and 2c (RFC 1901, RFC 3416), and their bytes; `snmp-decoder.ts` reads them.
 * Left out: version 3 (RFC 3412), which is another message around the same PDUs.
 */
import { parseIpv4 } from '../base/address.ts';
import { assert } from '../base/assert.ts';
import { encodeUtf8 } from '../base/utf8.ts';
import { BER, berElement, berInteger, berOid } from './ber.ts';

export const SNMP_PORT = 161;
export const SNMP_TRAP_PORT = 162;
export const SNMP_VERSION = { V1: 0, V2C: 1 } as const;

/** RFC 3416 section 3; the trap is that of RFC 1157 section 4.1.6. */
export const SNMP_PDU = {
  GET: 0,
  GET_NEXT: 1,
  RESPONSE: 2,
  SET: 3,
  TRAP: 4,
  GET_BULK: 5,
  INFORM: 6,
  TRAP_V2: 7,
  REPORT: 8,
} as const;
export type SnmpPduType = (typeof SNMP_PDU)[keyof typeof SNMP_PDU];

/** RFC 2578 section 7.1; what has no value says why (RFC 3416 section 3). */
export type SnmpValue =
  | { readonly kind: 'integer' | 'counter32' | 'gauge32' | 'timeticks'; readonly value: number }
  | { readonly kind: 'counter64'; readonly value: bigint }
  | { readonly kind: 'octets' | 'opaque'; readonly bytes: Uint8Array }
  | { readonly kind: 'oid'; readonly oid: string }
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'null' | 'noSuchObject' | 'noSuchInstance' | 'endOfMibView' };

export interface SnmpVariable {
  readonly name: string;
  readonly value: SnmpValue;
}

export interface SnmpRequest {
  readonly type: Exclude<SnmpPduType, typeof SNMP_PDU.TRAP>;
  readonly requestId: number;
  /** GetBulkRequest has its non-repeaters and max-repetitions in the places of these two. */
  readonly errorStatus: number;
  readonly errorIndex: number;
  readonly variables: readonly SnmpVariable[];
}

export interface SnmpTrap {
  readonly type: typeof SNMP_PDU.TRAP;
  readonly enterprise: string;
  readonly agentAddress: string;
  readonly genericTrap: number;
  readonly specificTrap: number;
  readonly timeStamp: number;
  readonly variables: readonly SnmpVariable[];
}

export interface SnmpMessage {
  readonly version: (typeof SNMP_VERSION)[keyof typeof SNMP_VERSION];
  readonly community: string;
  readonly pdu: SnmpRequest | SnmpTrap;
}

/** Of a PDU, with its type in the low bits. */
export const PDU_TAG = 0xa0;
/** RFC 2578 section 7.1, RFC 3416 section 3. */
export const VALUE_TAGS = {
  address: 0x40,
  counter32: 0x41,
  gauge32: 0x42,
  timeticks: 0x43,
  opaque: 0x44,
  counter64: 0x46,
  noSuchObject: 0x80,
  noSuchInstance: 0x81,
  endOfMibView: 0x82,
  integer: BER.INTEGER,
  octets: BER.OCTETS,
  null: BER.NULL,
  oid: BER.OID,
} as const satisfies Record<SnmpValue['kind'], number>;

export function encodeSnmp({ version, community, pdu }: SnmpMessage): Uint8Array {
  const parts =
    pdu.type === SNMP_PDU.TRAP
      ? [
          berOid(pdu.enterprise),
          encodeValue({ kind: 'address', address: pdu.agentAddress }),
          berInteger(pdu.genericTrap),
          berInteger(pdu.specificTrap),
          berInteger(pdu.timeStamp, VALUE_TAGS.timeticks),
        ]
      : [berInteger(pdu.requestId), berInteger(pdu.errorStatus), berInteger(pdu.errorIndex)];
  const list = pdu.variables.map(({ name, value }) => berElement(BER.SEQUENCE, berOid(name), encodeValue(value)));
  return berElement(
    BER.SEQUENCE,
    berInteger(version),
    berElement(BER.OCTETS, encodeUtf8(community)),
    berElement(PDU_TAG | pdu.type, ...parts, berElement(BER.SEQUENCE, ...list)),
  );
}

function encodeValue(value: SnmpValue): Uint8Array {
  const tag = VALUE_TAGS[value.kind];
  switch (value.kind) {
    case 'octets':
    case 'opaque':
      return berElement(tag, value.bytes);
    case 'oid':
      return berOid(value.oid);
    case 'address': {
      const address = parseIpv4(value.address);
      assert(address, `${value.address} is not an IPv4 address`);
      return berElement(tag, address.bytes());
    }
    case 'integer':
    case 'counter32':
    case 'gauge32':
    case 'timeticks':
    case 'counter64':
      return berInteger(value.value, tag);
    default:
      return berElement(tag);
  }
}

/**
 * SNMP messages, bytes to values (`snmp.ts`).
 *
 * Promises: `decodeSnmp(encodeSnmp(m)).message` equals `m`; decoding any bytes ends, never throws, and gives what could be read with the place of each value
 * and the first problem; undefined where the bytes are no message of version 1 or 2c at all. What stands behind the message is not looked at.
 */
import { ipFromBytes } from '../base/address.ts';
import { assert } from '../base/assert.ts';
import { decodeUtf8 } from '../base/utf8.ts';
import { BER, type BerElement, elementAt, oidOf, signedOf, unsignedOf } from './ber.ts';
import { PDU_TAG, SNMP_PDU, type SnmpMessage, type SnmpPduType, type SnmpValue, VALUE_TAGS } from './snmp.ts';

/** A value and the bytes of its content. */
export interface Placed<T> {
  readonly value: T;
  readonly start: number;
  readonly end: number;
}

export interface PlacedVariable {
  readonly name: Placed<string>;
  readonly value: Placed<SnmpValue>;
}

export interface DecodedSnmp {
  readonly end: number;
  readonly version: Placed<SnmpMessage['version']>;
  readonly community?: Placed<string>;
  /** The PDU with its tag. */
  readonly type?: Placed<SnmpPduType>;
  readonly contentStart: number;
  /** What stands before the variables: three numbers, or the five parts of a trap. */
  readonly parts: readonly Placed<SnmpValue>[];
  readonly variables: readonly PlacedVariable[];
  readonly list?: Placed<undefined>;
  /** Where nothing is wrong. */
  readonly message?: SnmpMessage;
  readonly problem?: { readonly at: number; readonly text: string };
}

const KINDS: ReadonlyMap<number, SnmpValue['kind']> = new Map(
  Object.entries(VALUE_TAGS).map(([kind, tag]) => [tag, kind as SnmpValue['kind']]),
);
const REQUEST_PARTS: readonly SnmpValue['kind'][] = ['integer', 'integer', 'integer'];
const TRAP_PARTS: readonly SnmpValue['kind'][] = ['oid', 'address', 'integer', 'integer', 'timeticks'];

export function decodeSnmp(bytes: Uint8Array, start = 0, end = bytes.length): DecodedSnmp | undefined {
  const outer = elementAt(bytes, start, end);
  if (outer?.tag !== BER.SEQUENCE) return undefined;
  const version = elementAt(bytes, outer.content, outer.end);
  const number = version?.tag === BER.INTEGER ? signedOf(bytes, version) : undefined;
  if (version === undefined || (number !== 0n && number !== 1n)) return undefined;
  return new Decoder(bytes, outer.end, placed(version, Number(number) as SnmpMessage['version'])).message(version.end);
}

function placed<T>({ content, end }: BerElement, value: T): Placed<T> {
  return { value, start: content, end };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

class Decoder {
  private readonly parts: Placed<SnmpValue>[] = [];
  private readonly variables: PlacedVariable[] = [];
  private readonly found: Writable<DecodedSnmp>;

  constructor(
    private readonly bytes: Uint8Array,
    end: number,
    version: DecodedSnmp['version'],
  ) {
    this.found = { end, version, contentStart: end, parts: this.parts, variables: this.variables };
  }

  message(at: number): DecodedSnmp {
    const { bytes, found } = this;
    const community = this.element(at, found.end, BER.OCTETS, 'community');
    if (community === undefined) return found;
    found.community = placed(community, decodeUtf8(bytes.subarray(community.content, community.end)));
    const pdu = elementAt(bytes, community.end, found.end);
    const type = (pdu?.tag ?? 0) - PDU_TAG;
    if (pdu === undefined || type < 0 || type > SNMP_PDU.REPORT) return this.fail(community.end, 'no PDU');
    found.type = { value: type as SnmpPduType, start: pdu.start, end: pdu.end };
    found.contentStart = pdu.content;
    const list = this.before(type === SNMP_PDU.TRAP ? TRAP_PARTS : REQUEST_PARTS, pdu);
    if (list === undefined) return found;
    found.list = placed(list, undefined);
    if (this.list(list))
      found.message = {
        version: found.version.value,
        community: found.community.value,
        pdu: this.pdu(found.type.value),
      };
    return found;
  }

  /** What stands before the variables; answers their list. */
  private before(kinds: readonly SnmpValue['kind'][], pdu: BerElement): BerElement | undefined {
    let at = pdu.content;
    for (const kind of kinds) {
      const value = this.value(at, pdu.end, kind);
      if (value === undefined) return undefined;
      this.parts.push(value);
      at = value.end;
    }
    return this.element(at, pdu.end, BER.SEQUENCE, 'list of variables');
  }

  private list(list: BerElement): boolean {
    for (let at = list.content; at < list.end; ) {
      const variable = this.element(at, list.end, BER.SEQUENCE, 'variable');
      const name = variable && this.value(variable.content, variable.end, 'oid');
      const value = name && this.value(name.end, variable.end);
      if (variable === undefined || name === undefined || value === undefined) return false;
      this.variables.push({ name: { ...name, value: textOf(name.value) }, value });
      at = variable.end;
    }
    return true;
  }

  private pdu(type: SnmpPduType): SnmpMessage['pdu'] {
    const variables = this.variables.map(({ name, value }) => ({ name: name.value, value: value.value }));
    const [a, b, c, d, e] = this.parts.map(({ value }) => value);
    if (type !== SNMP_PDU.TRAP)
      return { type, requestId: numberOf(a), errorStatus: numberOf(b), errorIndex: numberOf(c), variables };
    return {
      type,
      enterprise: textOf(a),
      agentAddress: textOf(b),
      genericTrap: numberOf(c),
      specificTrap: numberOf(d),
      timeStamp: numberOf(e),
      variables,
    };
  }

  private element(at: number, end: number, tag: number, what: string): BerElement | undefined {
    const found = elementAt(this.bytes, at, end);
    if (found?.tag === tag) return found;
    this.fail(at, `no ${what}`);
    return undefined;
  }

  /** A value of this kind; of any where none is asked for. */
  private value(at: number, end: number, wanted?: SnmpValue['kind']): Placed<SnmpValue> | undefined {
    const element = elementAt(this.bytes, at, end);
    const kind = element && KINDS.get(element.tag);
    const value = kind !== undefined && (wanted ?? kind) === kind ? valueIn(this.bytes, kind, element!) : undefined;
    if (value !== undefined) return placed(element!, value);
    this.fail(at, `no ${wanted ?? 'value'}`);
    return undefined;
  }

  private fail(at: number, text: string): DecodedSnmp {
    this.found.problem ??= { at, text };
    return this.found;
  }
}

/** Of a part that was read as a number. */
function numberOf(part: SnmpValue | undefined): number {
  assert(part?.kind === 'integer' || part?.kind === 'timeticks', 'a part that is no number');
  return part.value;
}

/** Of one that was read as an OID or an address. */
function textOf(part: SnmpValue | undefined): string {
  assert(part?.kind === 'oid' || part?.kind === 'address', 'a part that is no name');
  return part.kind === 'oid' ? part.oid : part.address;
}

function valueIn(bytes: Uint8Array, kind: SnmpValue['kind'], element: BerElement): SnmpValue | undefined {
  const content = bytes.subarray(element.content, element.end);
  switch (kind) {
    case 'octets':
    case 'opaque':
      return { kind, bytes: content };
    case 'oid': {
      const oid = oidOf(bytes, element);
      return oid === undefined ? undefined : { kind, oid };
    }
    case 'address':
      return content.length === 4 ? { kind, address: String(ipFromBytes(content)) } : undefined;
    case 'integer': {
      const value = signedOf(bytes, element);
      return value !== undefined && BigInt.asIntN(32, value) === value ? { kind, value: Number(value) } : undefined;
    }
    case 'counter32':
    case 'gauge32':
    case 'timeticks': {
      const value = unsignedOf(bytes, element);
      return value !== undefined && BigInt.asUintN(32, value) === value ? { kind, value: Number(value) } : undefined;
    }
    case 'counter64': {
      const value = unsignedOf(bytes, element);
      return value === undefined ? undefined : { kind, value };
    }
    default:
      return content.length === 0 ? { kind } : undefined;
  }
}

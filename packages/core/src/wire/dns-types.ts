/** DNS messages as values, and the numbers behind the mnemonics (RFC 1035 section 3.2, RFC 6895, IANA's registry). */
import type { DnsName } from './dns-name.ts';

export const TYPE = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  HINFO: 13,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  OPT: 41,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
} as const;

/** Types that have a name here and nothing more: their data stay bytes (RFC 3597). */
const NAMED_ONLY = {
  RP: 17,
  LOC: 29,
  NAPTR: 35,
  DNAME: 39,
  DS: 43,
  SSHFP: 44,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  NSEC3: 50,
  NSEC3PARAM: 51,
  TLSA: 52,
  CDS: 59,
  CDNSKEY: 60,
  SVCB: 64,
  HTTPS: 65,
  SPF: 99,
  URI: 256,
  CAA: 257,
} as const;

export const CLASS = { IN: 1, CH: 3, HS: 4, NONE: 254, ANY: 255 } as const;

export const OPCODE = { QUERY: 0, IQUERY: 1, STATUS: 2, NOTIFY: 4, UPDATE: 5 } as const;

export const RCODE = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  YXDOMAIN: 6,
  YXRRSET: 7,
  NXRRSET: 8,
  NOTAUTH: 9,
  NOTZONE: 10,
  BADVERS: 16,
} as const;

const byNumber = (table: Readonly<Record<string, number>>): ReadonlyMap<number, string> =>
  new Map(Object.entries(table).map(([name, number]) => [number, name]));

const TYPE_NAMES = byNumber({ ...TYPE, ...NAMED_ONLY });
const CLASS_NAMES = byNumber(CLASS);
const OPCODE_NAMES = byNumber(OPCODE);
const RCODE_NAMES = byNumber(RCODE);
const TYPE_NUMBERS: ReadonlyMap<string, number> = new Map(Object.entries({ ...TYPE, ...NAMED_ONLY }));
const CLASS_NUMBERS: ReadonlyMap<string, number> = new Map(Object.entries(CLASS));

/** `A`, or `TYPE65280` where no mnemonic is known (RFC 3597 section 5). */
export function typeName(type: number): string {
  return TYPE_NAMES.get(type) ?? `TYPE${type}`;
}

export function className(klass: number): string {
  return CLASS_NAMES.get(klass) ?? `CLASS${klass}`;
}

export function opcodeName(opcode: number): string {
  return OPCODE_NAMES.get(opcode) ?? `RESERVED${opcode}`;
}

export function rcodeName(rcode: number): string {
  return RCODE_NAMES.get(rcode) ?? `RESERVED${rcode}`;
}

/** The number of a type's mnemonic or of `TYPEnnn`, in any case. */
export function typeNumber(text: string): number | undefined {
  return numberOf(text, TYPE_NUMBERS, 'TYPE');
}

export function classNumber(text: string): number | undefined {
  return numberOf(text, CLASS_NUMBERS, 'CLASS');
}

function numberOf(text: string, names: ReadonlyMap<string, number>, prefix: string): number | undefined {
  const upper = text.toUpperCase();
  const known = names.get(upper);
  if (known !== undefined) return known;
  if (!upper.startsWith(prefix) || !/^\d{1,5}$/.test(upper.slice(prefix.length))) return undefined;
  const number = Number(upper.slice(prefix.length));
  return number <= 0xffff ? number : undefined;
}

/** The content of a record. Addresses are text, as programs hold them; strings of TXT have one character per byte. */
export type RData =
  | { readonly kind: 'A'; readonly address: string }
  | { readonly kind: 'AAAA'; readonly address: string }
  | { readonly kind: 'NS' | 'CNAME' | 'PTR'; readonly target: DnsName }
  | { readonly kind: 'MX'; readonly preference: number; readonly exchange: DnsName }
  | { readonly kind: 'TXT'; readonly texts: readonly string[] }
  | {
      readonly kind: 'SRV';
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly target: DnsName;
    }
  | SoaData
  | { readonly kind: 'OPT'; readonly options: readonly EdnsOption[] }
  /** Any other type (RFC 3597), or one whose bytes are not what the type says. */
  | { readonly kind: 'raw'; readonly bytes: Uint8Array };

export interface SoaData {
  readonly kind: 'SOA';
  readonly primary: DnsName;
  readonly mailbox: DnsName;
  readonly serial: number;
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
  readonly minimum: number;
}

export interface EdnsOption {
  readonly code: number;
  readonly data: Uint8Array;
}

export interface ResourceRecord {
  readonly name: DnsName;
  readonly type: number;
  /** For OPT the sender's UDP payload size (RFC 6891 section 6.1.2). */
  readonly class: number;
  /** Seconds. For OPT the extended RCODE, version and flags. */
  readonly ttl: number;
  readonly data: RData;
}

export interface Question {
  readonly name: DnsName;
  readonly type: number;
  readonly class: number;
}

/** The second word of the header. `rcode` has its four bits; `fullRcode` adds those of OPT. */
export interface DnsFlags {
  readonly qr: boolean;
  readonly opcode: number;
  readonly aa: boolean;
  readonly tc: boolean;
  readonly rd: boolean;
  readonly ra: boolean;
  readonly z: boolean;
  readonly ad: boolean;
  readonly cd: boolean;
  readonly rcode: number;
}

export interface DnsMessage {
  readonly id: number;
  readonly flags: DnsFlags;
  readonly questions: readonly Question[];
  readonly answers: readonly ResourceRecord[];
  readonly authorities: readonly ResourceRecord[];
  readonly additionals: readonly ResourceRecord[];
}

export const NO_FLAGS: DnsFlags = Object.freeze({
  qr: false,
  opcode: OPCODE.QUERY,
  aa: false,
  tc: false,
  rd: false,
  ra: false,
  z: false,
  ad: false,
  cd: false,
  rcode: RCODE.NOERROR,
});

/** EDNS(0) as the OPT pseudo-record carries it (RFC 6891 section 6.1). */
export interface Edns {
  readonly udpSize: number;
  readonly extendedRcode: number;
  readonly version: number;
  readonly dnssecOk: boolean;
  readonly options: readonly EdnsOption[];
}

export function optRecord(edns: Partial<Edns> & { readonly udpSize: number }): ResourceRecord {
  const ttl = ((edns.extendedRcode ?? 0) * 0x100 + (edns.version ?? 0)) * 0x1_0000 + (edns.dnssecOk ? 0x8000 : 0);
  return { name: '.', type: TYPE.OPT, class: edns.udpSize, ttl, data: { kind: 'OPT', options: edns.options ?? [] } };
}

export function ednsOf(message: DnsMessage): Edns | undefined {
  const record = message.additionals.find((one) => one.data.kind === 'OPT');
  if (record?.data.kind !== 'OPT') return undefined;
  return {
    udpSize: record.class,
    extendedRcode: record.ttl >>> 24,
    version: (record.ttl >>> 16) & 255,
    dnssecOk: (record.ttl & 0x8000) !== 0,
    options: record.data.options,
  };
}

/** The response code with the eight bits that OPT adds (RFC 6891 section 6.1.3). */
export function fullRcode(message: DnsMessage): number {
  return message.flags.rcode | ((ednsOf(message)?.extendedRcode ?? 0) << 4);
}

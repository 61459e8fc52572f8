/** IGMP, the bytes (RFC 1112, RFC 2236, RFC 3376): messages of eight bytes, queries of version 3 and reports with records; and their packet tree. */
import { type IpAddress, Ipv4Address } from '../base/address.ts';
import { get16, get32, put16, put32 } from './buffer.ts';
import { checksumOf, sumBytes } from './checksum.ts';
import { add, addGenerated, type Dissector } from './dissector.ts';
import { type HeaderTable, hexUint, ipv4Field, names, row, uint } from './field.ts';
import { CHECKSUM_STATUS } from './ipv4.ts';
import { RawPdu } from './packet.ts';
import { payloadOf } from './payload.ts';
import type { TreeNode } from './tree-node.ts';

export const IGMP_TYPE = { query: 0x11, report1: 0x12, report2: 0x16, leave: 0x17, report3: 0x22 } as const;
export const IGMP_RECORD = { isInclude: 1, isExclude: 2, toInclude: 3, toExclude: 4, allow: 5, block: 6 } as const;

const AT = { type: 0, code: 1, checksum: 2, group: 4, flags: 8, interval: 9, sources: 10 } as const;
const REPORT_AT = { count: 6, records: 8 } as const;
const SHORT_LENGTH = 8;
const QUERY3_LENGTH = 12;
const RECORD_LENGTH = 8;

export interface IgmpRecord {
  readonly type: number;
  readonly group: Ipv4Address;
}

// -- encode

/** Checksums the bytes and makes them a datagram's payload. */
function sealed(bytes: Uint8Array): RawPdu {
  put16(bytes, AT.checksum, checksumOf(sumBytes(bytes)));
  return new RawPdu(payloadOf(bytes));
}

/** A message of versions 1 and 2. */
export function igmpMessage(type: number, code: number, group: IpAddress): RawPdu {
  const bytes = new Uint8Array(SHORT_LENGTH);
  bytes[AT.type] = type;
  bytes[AT.code] = code;
  put32(bytes, AT.group, group.key as number);
  return sealed(bytes);
}

/** A version 3 report (RFC 3376 section 4.2). */
export function igmpReport(records: readonly IgmpRecord[]): RawPdu {
  const bytes = new Uint8Array(REPORT_AT.records + RECORD_LENGTH * records.length);
  bytes[AT.type] = IGMP_TYPE.report3;
  put16(bytes, REPORT_AT.count, records.length);
  records.forEach(({ type, group }, i) => {
    const at = REPORT_AT.records + RECORD_LENGTH * i;
    bytes[at] = type;
    put32(bytes, at + 4, group.key);
  });
  return sealed(bytes);
}

// -- decode

export interface IgmpQuery {
  readonly kind: 'query';
  readonly version: 1 | 2 | 3;
  /** 0.0.0.0 for a general query. */
  readonly group: Ipv4Address;
  readonly maxResponseTenths: number;
  readonly robustness: number;
  readonly sources: number;
}

export interface IgmpGroupReport {
  readonly kind: 'report';
  readonly group: Ipv4Address;
}

/** Undefined where the message is broken; `other` is what a host has no use for (leaves, version 3 reports, other protocols under the number). */
export function readIgmp(bytes: Uint8Array): IgmpQuery | IgmpGroupReport | { readonly kind: 'other' } | undefined {
  if (bytes.length < SHORT_LENGTH || checksumOf(sumBytes(bytes)) !== 0) return undefined;
  const group = new Ipv4Address(get32(bytes, AT.group));
  const type = bytes[AT.type]!;
  if (type === IGMP_TYPE.report1 || type === IGMP_TYPE.report2) return { kind: 'report', group };
  if (type !== IGMP_TYPE.query) return { kind: 'other' };
  const code = bytes[AT.code]!;
  if (bytes.length === SHORT_LENGTH) {
    const version = code === 0 ? 1 : 2;
    return { kind: 'query', version, group, maxResponseTenths: code, robustness: 0, sources: 0 };
  }
  if (bytes.length < QUERY3_LENGTH) return undefined;
  const robustness = bytes[AT.flags]! & 7;
  const sources = get16(bytes, AT.sources);
  return { kind: 'query', version: 3, group, maxResponseTenths: floating(code), robustness, sources };
}

/** RFC 3376 section 4.1.1: from 128 on the code is a floating-point number. */
function floating(code: number): number {
  return code < 0x80 ? code : ((code & 0xf) | 0x10) << (((code >> 4) & 7) + 3);
}

// -- tree

const TYPES = names({
  'Membership Query': IGMP_TYPE.query,
  'IGMPv1 Membership Report': IGMP_TYPE.report1,
  'IGMPv2 Membership Report': IGMP_TYPE.report2,
  'Leave Group': IGMP_TYPE.leave,
  'IGMPv3 Membership Report': IGMP_TYPE.report3,
});
const TYPES_SHORT = new Map<number, string>([
  [IGMP_TYPE.query, 'Membership Query'],
  [IGMP_TYPE.report1, 'Membership Report'],
  [IGMP_TYPE.report2, 'Membership Report'],
  [IGMP_TYPE.leave, 'Leave Group'],
  [IGMP_TYPE.report3, 'Membership Report'],
]);
const RECORDS = names({
  'Mode Is Include': 1,
  'Mode Is Exclude': 2,
  'Change To Include Mode': 3,
  'Change To Exclude Mode': 4,
  'Allow New Sources': 5,
  'Block Old Sources': 6,
});
export const IGMP: HeaderTable = {
  protocol: row('igmp', 'none', 'Internet Group Management Protocol', '因特网组管理协议 IGMP'),
  rows: [
    hexUint('igmp.type', AT.type, 1, 'Type', '类型 Type', { names: TYPES }),
    hexUint('igmp.checksum', AT.checksum, 2, 'Checksum', '校验和 Checksum'),
  ],
};
const VERSION = row('igmp.version', 'uint', 'IGMP Version', 'IGMP 版本');
const MAX_RESPONSE = uint('igmp.max_resp', AT.code, 1, 'Max Resp Time', '最大响应时间 Max Resp Time');
const CHECKSUM_STATE = row('igmp.checksum.status', 'uint', 'Checksum Status', '校验和状态', { names: CHECKSUM_STATUS });
const GROUP = ipv4Field('igmp.maddr', AT.group, 'Multicast Address', '组播地址 Multicast Address');
const RECORD_COUNT = uint('igmp.num_grp_recs', REPORT_AT.count, 2, 'Num Group Records', '组记录数 Num Group Records');
const RECORD = row('igmp.group_record', 'none', 'Group Record', '组记录 Group Record');
const RECORD_ROWS = [
  uint('igmp.record_type', 0, 1, 'Record Type', '记录类型 Record Type', { names: RECORDS }),
  uint('igmp.aux_data_len', 1, 1, 'Aux Data Len', '附加数据长度 Aux Data Len'),
  uint('igmp.num_src', 2, 2, 'Num Src', '源数 Num Src'),
  ipv4Field('igmp.maddr', 4, 'Multicast Address', '组播地址 Multicast Address'),
];
export const IGMP_OTHER = [VERSION, MAX_RESPONSE, CHECKSUM_STATE, GROUP, RECORD_COUNT, RECORD, ...RECORD_ROWS];

const VERSIONS = new Map<number, number>([
  [IGMP_TYPE.report1, 1],
  [IGMP_TYPE.report2, 2],
  [IGMP_TYPE.leave, 2],
  [IGMP_TYPE.report3, 3],
]);

export function igmpTree(d: Dissector, at: number, end: number): void {
  const { bytes } = d;
  const node = d.open(IGMP.protocol, at, end);
  d.protocols.push('igmp'); // one dissector of Wireshark's calls the version's own, of the same name
  if (end - at < SHORT_LENGTH) {
    d.column('IGMP', '');
    d.malformed(node, end, 'short header');
    return;
  }
  const type = bytes[at]!;
  const version = VERSIONS.get(type) ?? (type === IGMP_TYPE.query ? queryVersion(bytes, at, end) : 0);
  addGenerated(node, VERSION, version, at);
  d.rows(node, IGMP.rows.slice(0, 1), at, end);
  if (version === 2 || (version === 3 && type === IGMP_TYPE.query)) d.rows(node, [MAX_RESPONSE], at, end);
  d.rows(node, IGMP.rows.slice(1), at, end);
  if (version > 0) {
    const good = checksumOf(sumBytes(bytes, at, end)) === 0;
    addGenerated(node, CHECKSUM_STATE, good ? 1 : 0, at + AT.checksum);
  }
  d.column(`IGMPv${version}`, info(d, at, type, version));
  if (type === IGMP_TYPE.report3) d.column('IGMPv3', `${info(d, at, type, version)}${recordsTree(d, node, at, end)}`);
  else d.rows(node, [GROUP], at, end);
}

function queryVersion(bytes: Uint8Array, at: number, end: number): number {
  if (end - at >= QUERY3_LENGTH) return 3;
  return bytes[at + AT.code] === 0 ? 1 : 2;
}

function info(d: Dissector, at: number, type: number, version: number): string {
  const what = TYPES_SHORT.get(type) ?? 'Unknown Type';
  if (version !== 2 && !(version === 3 && type === IGMP_TYPE.query)) return what;
  const group = new Ipv4Address(get32(d.bytes, at + AT.group));
  if (type === IGMP_TYPE.leave) return `${what} ${group}`;
  if (type !== IGMP_TYPE.query) return `${what} group ${group}`;
  return `${what}, ${group.isUnspecified ? 'general' : `specific for group ${group}`}`;
}

/** Adds the records; what they say for the info column. */
function recordsTree(d: Dissector, node: TreeNode, at: number, end: number): string {
  d.rows(node, [RECORD_COUNT], at, end);
  let said = '';
  let from = at + REPORT_AT.records;
  for (let left = get16(d.bytes, at + REPORT_AT.count); left > 0 && from + RECORD_LENGTH <= end; left--) {
    const sources = get16(d.bytes, from + 2);
    const length = RECORD_LENGTH + 4 * (sources + d.bytes[from + 1]!);
    const record = add(node, RECORD, undefined, from, Math.min(end, from + length));
    d.rows(record, RECORD_ROWS, from, end);
    if (sources === 0) said += change(d.bytes[from]!, new Ipv4Address(get32(d.bytes, from + 4)));
    from += length;
  }
  return said;
}

function change(type: number, group: Ipv4Address): string {
  if (type === IGMP_RECORD.isExclude || type === IGMP_RECORD.toExclude) return ` / Join group ${group} for any sources`;
  return type === IGMP_RECORD.isInclude || type === IGMP_RECORD.toInclude ? ` / Leave group ${group}` : '';
}

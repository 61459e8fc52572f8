/** The part of the packet tree for DNS: header, questions, and records with the fields of the common types. */
import { parseIpv4 } from '../base/address.ts';
import { get16 } from './buffer.ts';
import { add, addGenerated, type Dissector } from './dissector.ts';
import { type DecodedDns, DNS_HEADER_LENGTH, decodeDns } from './dns.ts';
import { labelsOf } from './dns-name.ts';
import { className, type ResourceRecord, TYPE, typeName } from './dns-types.ts';
import { type Field, flag, row } from './field.ts';
import type { TreeNode } from './treeNode.ts';

const DNS = row('dns', 'none', 'Domain Name System', '域名系统 DNS');
const LENGTH = row('dns.length', 'uint', 'Length', '长度 Length');
const ID = row('dns.id', 'uint', 'Transaction ID', '事务标识 Transaction ID', { hexDigits: 4 });
const FLAGS = row('dns.flags', 'uint', 'Flags', '标志 Flags', { hexDigits: 4 });
const bit = (name: string, mask: number, en: string, zh: string): Field =>
  flag(`dns.flags.${name}`, 2, 2, mask, en, zh, 'dns.flags');
const RESPONSE = bit('response', 0x8000, 'Response', '响应 Response');
const OPCODE = row('dns.flags.opcode', 'uint', 'Opcode', '操作码 Opcode');
const AUTHORITATIVE = bit('authoritative', 0x0400, 'Authoritative', '权威 AA');
const TRUNCATED = bit('truncated', 0x0200, 'Truncated', '截断 TC');
const RECURSION_DESIRED = bit('recdesired', 0x0100, 'Recursion desired', '期望递归 RD');
const RECURSION_AVAILABLE = bit('recavail', 0x0080, 'Recursion available', '可用递归 RA');
const Z = bit('z', 0x0040, 'Z', 'Z');
const AUTHENTICATED = bit('authenticated', 0x0020, 'Answer authenticated', '已验证 AD');
const CHECK_DISABLED = bit('checkdisable', 0x0010, 'Non-authenticated data', '不验证 CD');
const RCODE = row('dns.flags.rcode', 'uint', 'Reply code', '返回码 RCODE');
const QUERIES = row('dns.count.queries', 'uint', 'Questions', '问题数');
const ANSWERS = row('dns.count.answers', 'uint', 'Answer RRs', '回答记录数');
const AUTHORITIES = row('dns.count.auth_rr', 'uint', 'Authority RRs', '授权记录数');
const ADDITIONALS = row('dns.count.add_rr', 'uint', 'Additional RRs', '附加记录数');
const QUERY_NAME = row('dns.qry.name', 'string', 'Name', '域名 Name');
const QUERY_NAME_LENGTH = row('dns.qry.name.len', 'uint', 'Name Length', '域名长度');
const LABELS = row('dns.count.labels', 'uint', 'Label Count', '标签数');
const QUERY_TYPE = row('dns.qry.type', 'uint', 'Type', '类型 Type');
const QUERY_CLASS = row('dns.qry.class', 'uint', 'Class', '类别 Class', { hexDigits: 4 });
const NAME = row('dns.resp.name', 'string', 'Name', '域名 Name');
const RECORD_TYPE = row('dns.resp.type', 'uint', 'Type', '类型 Type');
const RECORD_CLASS = row('dns.resp.class', 'uint', 'Class', '类别 Class', { hexDigits: 4 });
const TTL = row('dns.resp.ttl', 'uint', 'Time to live', '生存时间 TTL');
const DATA_LENGTH = row('dns.resp.len', 'uint', 'Data length', '数据长度');
const PAYLOAD_SIZE = row('dns.rr.udp_payload_size', 'uint', 'UDP payload size', 'UDP 载荷上限');
const EXTENDED_RCODE = row('dns.resp.ext_rcode', 'uint', 'Higher bits in extended RCODE', '扩展返回码高位', {
  hexDigits: 2,
});
const EDNS_VERSION = row('dns.resp.edns0_version', 'uint', 'EDNS0 version', 'EDNS0 版本');
const EDNS_Z = row('dns.resp.z', 'uint', 'Z', 'Z', { hexDigits: 4 });
const DNSSEC_OK = row('dns.resp.z.do', 'bool', 'DO bit', 'DNSSEC 标志 DO');
const EDNS_RESERVED = row('dns.resp.z.reserved', 'uint', 'Reserved', '保留', { hexDigits: 4 });
const A = row('dns.a', 'ipv4', 'Address', '地址 Address');
const AAAA = row('dns.aaaa', 'string', 'AAAA Address', 'IPv6 地址');
const NS = row('dns.ns', 'string', 'Name Server', '域名服务器');
const CNAME = row('dns.cname', 'string', 'CNAME', '别名 CNAME');
const PTR = row('dns.ptr.domain_name', 'string', 'Domain Name', '域名');
const MX_PREFERENCE = row('dns.mx.preference', 'uint', 'Preference', '优先级');
const MX = row('dns.mx.mail_exchange', 'string', 'Mail Exchange', '邮件服务器');
const TXT_LENGTH = row('dns.txt.length', 'uint', 'TXT Length', '文本长度');
const TXT = row('dns.txt', 'string', 'TXT', '文本 TXT');
const SRV_SERVICE = row('dns.srv.service', 'string', 'Service', '服务');
const SRV_PROTOCOL = row('dns.srv.proto', 'string', 'Protocol', '协议');
const SRV_NAME = row('dns.srv.name', 'string', 'Name', '域名');
const SRV_PRIORITY = row('dns.srv.priority', 'uint', 'Priority', '优先级');
const SRV_WEIGHT = row('dns.srv.weight', 'uint', 'Weight', '权重');
const SRV_PORT = row('dns.srv.port', 'uint', 'Port', '端口');
const SRV_TARGET = row('dns.srv.target', 'string', 'Target', '目标主机');
const SOA_PRIMARY = row('dns.soa.mname', 'string', 'Primary name server', '主域名服务器');
const SOA_MAILBOX = row('dns.soa.rname', 'string', "Responsible authority's mailbox", '管理员邮箱');
const SOA_SERIAL = row('dns.soa.serial_number', 'uint', 'Serial Number', '序列号');
const SOA_REFRESH = row('dns.soa.refresh_interval', 'uint', 'Refresh Interval', '刷新间隔');
const SOA_RETRY = row('dns.soa.retry_interval', 'uint', 'Retry Interval', '重试间隔');
const SOA_EXPIRE = row('dns.soa.expire_limit', 'uint', 'Expire limit', '过期时限');
const SOA_MINIMUM = row('dns.soa.minimum_ttl', 'uint', 'Minimum TTL', '最小 TTL');

const HEADER_BITS = [
  RESPONSE,
  AUTHORITATIVE,
  TRUNCATED,
  RECURSION_DESIRED,
  RECURSION_AVAILABLE,
  Z,
  AUTHENTICATED,
  CHECK_DISABLED,
];
/** Bits that Wireshark shows in responses only. */
const RESPONSE_ONLY: ReadonlySet<Field> = new Set([AUTHORITATIVE, RECURSION_AVAILABLE, AUTHENTICATED]);

/** Every field of this file, for the filter language. */
export const DNS_FIELDS: readonly Field[] = [
  DNS,
  LENGTH,
  ID,
  FLAGS,
  ...HEADER_BITS,
  OPCODE,
  RCODE,
  QUERIES,
  ANSWERS,
  AUTHORITIES,
  ADDITIONALS,
  QUERY_NAME,
  QUERY_NAME_LENGTH,
  LABELS,
  QUERY_TYPE,
  QUERY_CLASS,
  NAME,
  RECORD_TYPE,
  RECORD_CLASS,
  TTL,
  DATA_LENGTH,
  PAYLOAD_SIZE,
  EXTENDED_RCODE,
  EDNS_VERSION,
  EDNS_Z,
  DNSSEC_OK,
  EDNS_RESERVED,
  A,
  AAAA,
  NS,
  CNAME,
  PTR,
  MX_PREFERENCE,
  MX,
  TXT_LENGTH,
  TXT,
  SRV_SERVICE,
  SRV_PROTOCOL,
  SRV_NAME,
  SRV_PRIORITY,
  SRV_WEIGHT,
  SRV_PORT,
  SRV_TARGET,
  SOA_PRIMARY,
  SOA_MAILBOX,
  SOA_SERIAL,
  SOA_REFRESH,
  SOA_RETRY,
  SOA_EXPIRE,
  SOA_MINIMUM,
];

/** `www.shop.test.` as Wireshark writes it: without the last dot, the root as `<Root>`. */
function shown(name: string): string {
  return name === '.' ? '<Root>' : name.replace(/\.$/, '');
}

export function dnsTree(d: Dissector, transport: 'tcp' | 'udp', start: number, end: number): boolean {
  const { bytes } = d;
  const at = transport === 'tcp' ? start + 2 : start;
  if (end - at < DNS_HEADER_LENGTH) return false;
  // Over TCP a message has its length before it (RFC 1035 section 4.2.2); a segment that holds only a part of one stays data.
  const length = transport === 'tcp' ? get16(bytes, start) : end - start;
  if (at + length > end || length < DNS_HEADER_LENGTH) return false;
  const decoded = decodeDns(bytes.subarray(at, at + length));
  const node = d.open(DNS, start, at + length);
  if (transport === 'tcp') add(node, LENGTH, length, start, start + 2);
  header(d, node, at);
  const { message, layout } = decoded;
  message.questions.forEach((question, i) => {
    const place = layout.questions[i]!;
    const name = shown(question.name);
    const from = at + place.start;
    const to = at + place.end;
    add(node, QUERY_NAME, name, from, to - 4);
    addGenerated(node, QUERY_NAME_LENGTH, name.length, from);
    addGenerated(node, LABELS, Math.max(1, labelsOf(question.name).length), from);
    add(node, QUERY_TYPE, question.type, to - 4, to - 2, typeName(question.type));
    add(node, QUERY_CLASS, question.class, to - 2, to, className(question.class));
  });
  const records = [...message.answers, ...message.authorities, ...message.additionals];
  for (const [i, record] of records.entries()) recordTree(node, record, at, decoded, i);
  d.column('DNS', info(decoded));
  if (decoded.problem !== undefined) d.malformed(node, at + decoded.problem.at, decoded.problem.text);
  return true;
}

function header(d: Dissector, node: TreeNode, at: number): void {
  const { bytes } = d;
  const word = get16(bytes, at + 2);
  const isResponse = (word & 0x8000) !== 0;
  add(node, ID, get16(bytes, at), at, at + 2);
  const flags = add(node, FLAGS, word, at + 2, at + 4);
  for (const field of HEADER_BITS) {
    if (!isResponse && RESPONSE_ONLY.has(field)) continue;
    add(flags, field, (word & field.mask!) === 0 ? 0 : 1, at + 2, at + 4);
  }
  add(flags, OPCODE, (word >> 11) & 15, at + 2, at + 4);
  if (isResponse) add(flags, RCODE, word & 15, at + 2, at + 4);
  [QUERIES, ANSWERS, AUTHORITIES, ADDITIONALS].forEach((field, i) => {
    const from = at + 4 + 2 * i;
    add(node, field, get16(bytes, from), from, from + 2);
  });
}

type Span = (name: string) => readonly [start: number, end: number];

function recordTree(node: TreeNode, record: ResourceRecord, at: number, decoded: DecodedDns, index: number): void {
  const place = decoded.layout.records[index]!;
  const span: Span = (name) => {
    const found = place.fields.find((field) => field.name === name);
    return found === undefined ? [at + place.start, at + place.end] : [at + found.start, at + found.end];
  };
  if (record.data.kind === 'SRV') ownerOfService(node, record.name, span);
  else add(node, NAME, shown(record.name), ...span('name'));
  add(node, RECORD_TYPE, record.type, ...span('type'), typeName(record.type));
  if (record.type === TYPE.OPT) edns(node, record, span);
  else {
    add(node, RECORD_CLASS, record.class, ...span('class'), className(record.class));
    add(node, TTL, record.ttl, ...span('ttl'));
  }
  const [lengthAt, lengthEnd] = span('rdlength');
  add(node, DATA_LENGTH, at + place.end - lengthEnd, lengthAt, lengthEnd);
  data(node, record, lengthEnd, span);
}

/** RFC 2782: `_service._protocol.name`; Wireshark shows the three apart. */
function ownerOfService(node: TreeNode, name: string, span: Span): void {
  const [service = '', protocol = '', ...rest] = shown(name).split('.');
  add(node, SRV_SERVICE, service, ...span('name'));
  add(node, SRV_PROTOCOL, protocol, ...span('name'));
  add(node, SRV_NAME, rest.join('.'), ...span('name'));
}

/** RFC 6891 section 6.1.2: class and TTL of the pseudo-record mean other things. */
function edns(node: TreeNode, record: ResourceRecord, span: Span): void {
  const [ttlAt] = span('ttl');
  const z = record.ttl & 0xffff;
  add(node, PAYLOAD_SIZE, record.class, ...span('class'));
  add(node, EXTENDED_RCODE, record.ttl >>> 24, ttlAt, ttlAt + 1);
  add(node, EDNS_VERSION, (record.ttl >>> 16) & 255, ttlAt + 1, ttlAt + 2);
  const flags = add(node, EDNS_Z, z, ttlAt + 2, ttlAt + 4);
  add(flags, DNSSEC_OK, z >> 15, ttlAt + 2, ttlAt + 4);
  add(flags, EDNS_RESERVED, z & 0x7fff, ttlAt + 2, ttlAt + 4);
}

/** Fields of the data, by the property of the decoded value that they show. */
const NUMBERS_AND_NAMES: ReadonlyMap<string, readonly (readonly [property: string, field: Field])[]> = new Map([
  ['AAAA', [['address', AAAA]]],
  ['NS', [['target', NS]]],
  ['CNAME', [['target', CNAME]]],
  ['PTR', [['target', PTR]]],
  [
    'MX',
    [
      ['preference', MX_PREFERENCE],
      ['exchange', MX],
    ],
  ],
  [
    'SRV',
    [
      ['priority', SRV_PRIORITY],
      ['weight', SRV_WEIGHT],
      ['port', SRV_PORT],
      ['target', SRV_TARGET],
    ],
  ],
  [
    'SOA',
    [
      ['primary', SOA_PRIMARY],
      ['mailbox', SOA_MAILBOX],
      ['serial', SOA_SERIAL],
      ['refresh', SOA_REFRESH],
      ['retry', SOA_RETRY],
      ['expire', SOA_EXPIRE],
      ['minimum', SOA_MINIMUM],
    ],
  ],
]);

function data(node: TreeNode, { data: value }: ResourceRecord, start: number, span: Span): void {
  if (value.kind === 'A') add(node, A, parseIpv4(value.address)!.key, ...span('address'));
  if (value.kind === 'TXT') {
    let at = start;
    for (const text of value.texts) {
      add(node, TXT_LENGTH, text.length, at, at + 1);
      add(node, TXT, text, at + 1, at + 1 + text.length);
      at += 1 + text.length;
    }
  }
  const properties = value as unknown as Readonly<Record<string, string | number>>;
  for (const [property, field] of NUMBERS_AND_NAMES.get(value.kind) ?? []) {
    const found = properties[property]!;
    add(node, field, typeof found === 'string' && field !== AAAA ? shown(found) : found, ...span(property));
  }
}

/** `Standard query 0x0001 A www.shop.test`, and for responses what they say. */
function info({ message }: DecodedDns): string {
  const { flags, id } = message;
  const parts = [`Standard query${flags.qr ? ' response' : ''} 0x${id.toString(16).padStart(4, '0')}`];
  if (flags.qr && flags.rcode !== 0)
    parts.push(
      flags.rcode === 3
        ? 'No such name'
        : flags.rcode === 5
          ? 'Refused'
          : flags.rcode === 2
            ? 'Server failure'
            : `Reply code ${flags.rcode}`,
    );
  for (const question of message.questions) parts.push(typeName(question.type), shown(question.name));
  for (const record of [...message.answers, ...message.authorities, ...message.additionals]) {
    parts.push(typeName(record.type));
    const { data } = record;
    if (data.kind === 'A' || data.kind === 'AAAA') parts.push(data.address);
    else if (data.kind === 'MX') parts.push(`${data.preference}`, shown(data.exchange));
    else if (data.kind === 'SRV') parts.push(`${data.priority} ${data.weight} ${data.port}`, shown(data.target));
    else if (data.kind === 'NS' || data.kind === 'CNAME' || data.kind === 'PTR') parts.push(shown(data.target));
    else if (data.kind === 'SOA') parts.push(shown(data.primary));
  }
  return parts.join(' ');
}

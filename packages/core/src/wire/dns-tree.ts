/** The part of the packet tree for DNS: header, questions, and records with the fields of the common types. */
import { parseIpv4 } from '../base/address.ts';
import { get16 } from './buffer.ts';
import { add, addGenerated, type Dissector } from './dissector.ts';
import { DNS_HEADER_LENGTH, type DecodedDns, decodeDns } from './dns.ts';
import { labelsOf } from './dns-name.ts';
import { className, type ResourceRecord, TYPE, typeName } from './dns-types.ts';
import { type Field, flag, row } from './field.ts';
import type { TreeNode } from './treeNode.ts';

const DNS = row('dns', 'none', 'Domain Name System', '域名系统 DNS');
const LENGTH = row('dns.length', 'uint', 'Length', '长度 Length');
const ID = row('dns.id', 'uint', 'Transaction ID', '事务标识 Transaction ID', { hexDigits: 4 });
const FLAGS = row('dns.flags', 'uint', 'Flags', '标志 Flags', { hexDigits: 4 });
const bit = (name: string, mask: number, en: string, zh: string): Field => flag(`dns.flags.${name}`, 2, 2, mask, en, zh, 'dns.flags');
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
const PAYLOAD_SIZE = row('dns.rr.udp_payload_size', 'uint', 'UDP payload size', 'UDP 载荷上限', { hexDigits: 4 });
const A = row('dns.a', 'ipv4', 'Address', '地址 Address');
const NS = row('dns.ns', 'string', 'Name Server', '域名服务器');
const CNAME = row('dns.cname', 'string', 'CNAME', '别名 CNAME');
const PTR = row('dns.ptr.domain_name', 'string', 'Domain Name', '域名');
const MX_PREFERENCE = row('dns.mx.preference', 'uint', 'Preference', '优先级');
const MX = row('dns.mx.mail_exchange', 'string', 'Mail Exchange', '邮件服务器');
const TXT = row('dns.txt', 'string', 'TXT', '文本 TXT');
const SOA_PRIMARY = row('dns.soa.mname', 'string', 'Primary name server', '主域名服务器');
const SOA_MAILBOX = row('dns.soa.rname', 'string', "Responsible authority's mailbox", '管理员邮箱');
const SOA_SERIAL = row('dns.soa.serial_number', 'uint', 'Serial Number', '序列号');
const SOA_MINIMUM = row('dns.soa.mininum_ttl', 'uint', 'Minimum TTL', '最小 TTL');

const HEADER_BITS = [RESPONSE, AUTHORITATIVE, TRUNCATED, RECURSION_DESIRED, RECURSION_AVAILABLE, Z, AUTHENTICATED, CHECK_DISABLED];
/** Bits that Wireshark shows in responses only. */
const RESPONSE_ONLY: ReadonlySet<Field> = new Set([AUTHORITATIVE, RECURSION_AVAILABLE, AUTHENTICATED]);

/** Every field of this file, for the filter language. */
export const DNS_FIELDS: readonly Field[] = [
  DNS, LENGTH, ID, FLAGS, ...HEADER_BITS, OPCODE, RCODE, QUERIES, ANSWERS, AUTHORITIES, ADDITIONALS, QUERY_NAME, QUERY_NAME_LENGTH, LABELS,
  QUERY_TYPE, QUERY_CLASS, NAME, RECORD_TYPE, RECORD_CLASS, TTL, DATA_LENGTH, PAYLOAD_SIZE, A, NS, CNAME, PTR, MX_PREFERENCE, MX, TXT, SOA_PRIMARY, SOA_MAILBOX, SOA_SERIAL, SOA_MINIMUM,
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
    addGenerated(node, LABELS, labelsOf(question.name).length, from);
    add(node, QUERY_TYPE, question.type, to - 4, to - 2, typeName(question.type));
    add(node, QUERY_CLASS, question.class, to - 2, to, className(question.class));
  });
  const records = [...message.answers, ...message.authorities, ...message.additionals];
  records.forEach((record, i) => recordTree(node, record, at, decoded, i));
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

function recordTree(node: TreeNode, record: ResourceRecord, at: number, decoded: DecodedDns, index: number): void {
  const place = decoded.layout.records[index]!;
  const span = (name: string): readonly [start: number, end: number] => {
    const found = place.fields.find((field) => field.name === name);
    return found === undefined ? [at + place.start, at + place.end] : [at + found.start, at + found.end];
  };
  add(node, NAME, shown(record.name), ...span('name'));
  add(node, RECORD_TYPE, record.type, ...span('type'), typeName(record.type));
  if (record.type === TYPE.OPT) {
    add(node, PAYLOAD_SIZE, record.class, ...span('class'));
    return;
  }
  add(node, RECORD_CLASS, record.class, ...span('class'), className(record.class));
  add(node, TTL, record.ttl, ...span('ttl'));
  const [lengthAt, lengthEnd] = span('rdlength');
  add(node, DATA_LENGTH, at + place.end - lengthEnd, lengthAt, lengthEnd);
  for (const [field, value] of dataOf(record)) add(node, field, value, lengthEnd, at + place.end);
}

function dataOf({ data }: ResourceRecord): readonly (readonly [Field, string | number])[] {
  switch (data.kind) {
    case 'A':
      return [[A, parseIpv4(data.address)!.key]];
    case 'NS':
      return [[NS, shown(data.target)]];
    case 'CNAME':
      return [[CNAME, shown(data.target)]];
    case 'PTR':
      return [[PTR, shown(data.target)]];
    case 'MX':
      return [[MX_PREFERENCE, data.preference], [MX, shown(data.exchange)]];
    case 'TXT':
      return data.texts.map((text) => [TXT, text] as const);
    case 'SOA':
      return [[SOA_PRIMARY, shown(data.primary)], [SOA_MAILBOX, shown(data.mailbox)], [SOA_SERIAL, data.serial], [SOA_MINIMUM, data.minimum]];
    default:
      return [];
  }
}

/** `Standard query 0x0001 A www.shop.test`, and for responses what they say. */
function info({ message }: DecodedDns): string {
  const { flags, id } = message;
  const parts = [`Standard query${flags.qr ? ' response' : ''} 0x${id.toString(16).padStart(4, '0')}`];
  if (flags.qr && flags.rcode !== 0) parts.push(flags.rcode === 3 ? 'No such name' : flags.rcode === 5 ? 'Refused' : flags.rcode === 2 ? 'Server failure' : `Reply code ${flags.rcode}`);
  for (const question of message.questions) parts.push(typeName(question.type), shown(question.name));
  for (const record of [...message.answers, ...message.authorities, ...message.additionals]) {
    parts.push(typeName(record.type));
    const { data } = record;
    if (data.kind === 'A') parts.push(data.address);
    else if (data.kind === 'NS' || data.kind === 'CNAME' || data.kind === 'PTR') parts.push(shown(data.target));
    else if (data.kind === 'SOA') parts.push(shown(data.primary));
  }
  return parts.join(' ');
}


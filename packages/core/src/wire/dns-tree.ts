/** The part of the packet tree for DNS: header, questions, and records with the fields of the common types. */
import { parseIpv4 } from '../base/address.ts';
import { get16 } from './buffer.ts';
import { add, addGenerated, type Dissector } from './dissector.ts';
import { type DecodedDns, DNS_HEADER_LENGTH, decodeDns } from './dns-decoder.ts';
import {
  A,
  AAAA,
  ADDITIONALS,
  ANSWERS,
  AUTHORITIES,
  CNAME,
  DATA_LENGTH,
  DNS,
  DNSSEC_OK,
  EDNS_RESERVED,
  EDNS_VERSION,
  EDNS_Z,
  EXTENDED_RCODE,
  FLAGS,
  HEADER_BITS,
  ID,
  LABELS,
  LENGTH,
  MX,
  MX_PREFERENCE,
  NAME,
  NS,
  OPCODE,
  PAYLOAD_SIZE,
  PTR,
  QUERIES,
  QUERY_CLASS,
  QUERY_NAME,
  QUERY_NAME_LENGTH,
  QUERY_TYPE,
  RCODE,
  RECORD_CLASS,
  RECORD_TYPE,
  RESPONSE_ONLY,
  SOA_EXPIRE,
  SOA_MAILBOX,
  SOA_MINIMUM,
  SOA_PRIMARY,
  SOA_REFRESH,
  SOA_RETRY,
  SOA_SERIAL,
  SRV_NAME,
  SRV_PORT,
  SRV_PRIORITY,
  SRV_PROTOCOL,
  SRV_SERVICE,
  SRV_TARGET,
  SRV_WEIGHT,
  TTL,
  TXT,
  TXT_LENGTH,
} from './dns-fields.ts';
import { labelsOf } from './dns-name.ts';
import { className, type ResourceRecord, TYPE, typeName } from './dns-types.ts';
import type { Field } from './field.ts';
import type { TreeNode } from './tree-node.ts';

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

/** DNS messages in tcpdump's short form: `499+ [1au] A? www.shop.test. (54)`, `499* 1/1/0 A 10.0.1.2 (75)`. */
import { hex } from '@netarium/core/base/bytes.ts';
import { decodeDns } from '@netarium/core/wire/dns-decoder.ts';
import {
  type DnsMessage,
  type EdnsOption,
  type ResourceRecord,
  TYPE,
  typeName,
} from '@netarium/core/wire/dns-types.ts';
import { type PrintContext, u16 } from './context.ts';

const OPCODES: ReadonlyMap<number, string> = new Map([
  [1, ' inv_q'],
  [2, ' stat'],
  [4, ' notify'],
  [5, ' update'],
]);
const RCODES: ReadonlyMap<number, string> = new Map([
  [1, ' FormErr'],
  [2, ' ServFail'],
  [3, ' NXDomain'],
  [4, ' NotImp'],
  [5, ' Refused'],
  [6, ' YXDomain'],
  [7, ' YXRRSet'],
  [8, ' NXRRSet'],
  [9, ' NotAuth'],
  [10, ' NotZone'],
]);

function recordText(context: PrintContext, record: ResourceRecord): string {
  const name = context.verbose > 0 ? ` ${record.name}` : '';
  const ttl = context.verbose > 2 && record.type !== TYPE.OPT ? ` [${ttlText(record.ttl)}]` : '';
  return `${name}${ttl} ${typeName(record.type)}${dataText(context, record)}`;
}

/** `1h30m`, `5m`, `30s`. */
function ttlText(seconds: number): string {
  if (seconds === 0) return '0s';
  const units: readonly (readonly [number, string])[] = [
    [604800, 'w'],
    [86400, 'd'],
    [3600, 'h'],
    [60, 'm'],
    [1, 's'],
  ];
  let rest = seconds;
  let text = '';
  for (const [size, letter] of units) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${letter}`;
    rest -= count * size;
  }
  return text;
}

function dataText(context: PrintContext, record: ResourceRecord): string {
  const { data } = record;
  switch (data.kind) {
    case 'A':
    case 'AAAA':
      return ` ${data.address}`;
    case 'NS':
    case 'CNAME':
    case 'PTR':
      return ` ${data.target}`;
    case 'MX':
      return ` ${data.exchange} ${data.preference}`;
    case 'TXT':
      return data.texts.map((text) => ` "${text}"`).join('');
    case 'SRV':
      return ` ${data.target}:${data.port} ${data.priority} ${data.weight}`;
    case 'SOA':
      if (context.verbose === 0) return '';
      return ` ${data.primary} ${data.mailbox} ${data.serial} ${data.refresh} ${data.retry} ${data.expire} ${data.minimum}`;
    case 'OPT':
      return ` UDPsize=${record.class}${record.ttl & 0x8000 ? ' DO' : ''}${ednsText(data.options)}`;
    case 'raw':
      return '';
  }
}

const EDNS_COOKIE = 10;

/** EDNS options in brackets; the DNS cookie (RFC 7873) in hexadecimal, others by number. */
function ednsText(list: readonly EdnsOption[]): string {
  if (list.length === 0) return '';
  const texts = list.map(({ code, data }) =>
    code === EDNS_COOKIE ? `COOKIE ${hex(data)}` : `Opt${code} ${hex(data)}`,
  );
  return ` [${texts.join(',')}]`;
}

function section(context: PrintContext, records: readonly ResourceRecord[]): string {
  return records.map((record) => recordText(context, record)).join(',');
}

function questions(message: DnsMessage): string {
  return message.questions.map(({ name, type }) => ` ${typeName(type)}? ${name}`).join('');
}

/** `length` is that of the message on the wire. */
export function dnsText(context: PrintContext, bytes: Uint8Array, length: number): string {
  if (bytes.length < 12) return '[|domain]';
  const { message, problem } = decodeDns(bytes);
  const { flags } = message;
  const [qd, an, ns, ar] = [4, 6, 8, 10].map((at) => u16(bytes, at)) as [number, number, number, number];
  const opcode = OPCODES.get(flags.opcode) ?? (flags.opcode === 0 ? '' : ` op${flags.opcode}`);
  const cut = problem === undefined ? '' : ' [|domain]';
  if (!flags.qr) {
    let text = `${message.id}${opcode}${flags.rd ? '+' : ''}${flags.cd ? '%' : ''}`;
    if (qd !== 1) text += ` [${qd}q]`;
    if (an > 0) text += ` [${an}a]`;
    if (ns > 0) text += ` [${ns}n]`;
    if (ar > 0) text += ` [${ar}au]`;
    text += questions(message);
    if (context.verbose > 1 && an > 0) text += ` an:${section(context, message.answers)}`;
    if (context.verbose > 1 && ns > 0) text += ` ns:${section(context, message.authorities)}`;
    if (context.verbose > 1 && ar > 0) text += ` ar:${section(context, message.additionals)}`;
    return `${text}${cut} (${length})`;
  }
  const rcode = RCODES.get(flags.rcode) ?? (flags.rcode === 0 ? '' : ` Resp${flags.rcode}`);
  let text = `${message.id}${opcode}${rcode}${flags.aa ? '*' : ''}${flags.ra ? '' : '-'}${flags.tc ? '|' : ''}${flags.ad ? '$' : ''}`;
  if (qd !== 1) text += ` [${qd}q]`;
  if (context.verbose > 1) text += ` q:${questions(message)}`;
  text += ` ${an}/${ns}/${ar}${section(context, message.answers)}`;
  if (context.verbose > 1 && ns > 0) text += ` ns:${section(context, message.authorities)}`;
  if (context.verbose > 1 && ar > 0) text += ` ar:${section(context, message.additionals)}`;
  return `${text}${cut} (${length})`;
}

/** What dig prints of messages, in the columns and words of BIND 9.18 (style settings of bin/dig/dig.c). Pure. */
import { hex } from '@netarium/core/base/bytes.ts';
import {
  className,
  type DnsMessage,
  ednsOf,
  fullRcode,
  opcodeName,
  type ResourceRecord,
  rcodeName,
  TYPE,
  typeName,
} from '@netarium/core/wire/dns-types.ts';
import { formatTime } from '../lib/strftime.ts';
import type { DigFlags } from './dig-options.ts';
import { rdataText } from './record-text.ts';

/** Columns of time to live, class, type and data; a left-out column gives its place to the next. */
const COLUMNS = [24, 32, 40, 48];

/** The blanks from column `from` to `to`: tabs as far as they go, at least one blank. */
function indent(from: number, to: number): string {
  const target = Math.max(to, from + 1);
  const tabs = Math.floor(target / 8) - Math.floor(from / 8);
  return tabs > 0 ? '\t'.repeat(tabs) + ' '.repeat(target % 8) : ' '.repeat(target - from);
}

function inColumns(first: string, rest: readonly string[], columns: readonly number[]): string {
  let line = first;
  let width = first.length;
  rest.forEach((word, i) => {
    const to = Math.max(columns[i]!, width + 1);
    line += indent(width, columns[i]!) + word;
    width = to + word.length;
  });
  return line;
}

function recordLine(record: ResourceRecord, flags: Pick<DigFlags, 'ttlid' | 'class'>): string {
  const words: string[] = [];
  if (flags.ttlid) words.push(String(record.ttl));
  if (flags.class) words.push(className(record.class));
  words.push(typeName(record.type), rdataText(record.data));
  return `${inColumns(record.name, words, COLUMNS)}\n`;
}

/** `;www.shop.test.			IN	A`: the columns count from behind the semicolon, the one of the time to live is empty. */
function questionLines(message: DnsMessage): string {
  return message.questions
    .map((one) => `;${inColumns(one.name, [className(one.class), typeName(one.type)], [32, 40])}\n`)
    .join('');
}

function headerLines(message: DnsMessage): string {
  const { flags } = message;
  const set = (['qr', 'aa', 'tc', 'rd', 'ra', 'ad', 'cd'] as const).filter((flag) => flags[flag]);
  const counts = [message.questions, message.answers, message.authorities, message.additionals].map(
    (one) => one.length,
  );
  const lines = [
    `;; ->>HEADER<<- opcode: ${opcodeName(flags.opcode)}, status: ${rcodeName(fullRcode(message))}, id: ${message.id}`,
    `;; flags:${set.map((flag) => ` ${flag}`).join('')};${flags.z ? ' MBZ: 0x4;' : ''} QUERY: ${counts[0]}, ANSWER: ${counts[1]}, AUTHORITY: ${counts[2]}, ADDITIONAL: ${counts[3]}`,
  ];
  if (flags.qr && flags.rd && !flags.ra) lines.push(';; WARNING: recursion requested but not available');
  return `${lines.join('\n')}\n\n`;
}

const COOKIE = 10;

function ednsLines(message: DnsMessage): string {
  const edns = ednsOf(message);
  if (!edns) return '';
  const lines = [';; OPT PSEUDOSECTION:'];
  lines.push(`; EDNS: version: ${edns.version}, flags:${edns.dnssecOk ? ' do' : ''}; udp: ${edns.udpSize}`);
  for (const { code, data } of edns.options)
    lines.push(code === COOKIE ? `; COOKIE: ${hex(data)}` : `; OPT=${code}: ${hex(data, ' ')}`);
  return `${lines.join('\n')}\n`;
}

function section(title: string, records: readonly ResourceRecord[], flags: DigFlags): string {
  const lines = records.filter((record) => record.type !== TYPE.OPT).map((record) => recordLine(record, flags));
  if (lines.length === 0) return '';
  return flags.comments ? `;; ${title} SECTION:\n${lines.join('')}\n` : lines.join('');
}

/** A message: header, EDNS, question and sections, as far as they are switched on. */
export function messageText(message: DnsMessage, flags: DigFlags): string {
  let text = '';
  if (flags.comments) text += headerLines(message) + ednsLines(message);
  if (flags.question && message.questions.length > 0)
    text += flags.comments ? `;; QUESTION SECTION:\n${questionLines(message)}\n` : questionLines(message);
  if (flags.answer) text += section('ANSWER', message.answers, flags);
  if (flags.authority) text += section('AUTHORITY', message.authorities, flags);
  if (flags.additional) text += section('ADDITIONAL', message.additionals, flags);
  return text;
}

export interface Peer {
  readonly address: string;
  readonly port: number;
  /** As the user gave it, or as the NS record has it. */
  readonly name: string;
}

/** `10.0.0.53#53(ns.test)` */
function peerText(peer: Peer): string {
  return `${peer.address}#${peer.port}(${peer.name})`;
}

/** `Sat Nov 21 04:21:56 UTC 2026` */
function whenText(epochSeconds: number): string {
  return formatTime('%a %b %d %T UTC %Y', epochSeconds);
}

export interface Received {
  readonly peer: Peer;
  readonly transport: 'UDP' | 'TCP';
  readonly elapsedNs: number;
  readonly epochSeconds: number;
  readonly size: number;
}

const milliseconds = (ns: number): number => Math.floor(ns / 1_000_000);

export function statsText(received: Received): string {
  const { peer, transport, elapsedNs, epochSeconds, size } = received;
  return [
    `;; Query time: ${milliseconds(elapsedNs)} msec`,
    `;; SERVER: ${peerText(peer)} (${transport})`,
    `;; WHEN: ${whenText(epochSeconds)}`,
    `;; MSG SIZE  rcvd: ${size}`,
    '\n',
  ].join('\n');
}

/** The line of +identify and +trace. */
export function receivedText({ peer, elapsedNs, size }: Received): string {
  return `;; Received ${size} bytes from ${peerText(peer)} in ${milliseconds(elapsedNs)} ms\n\n`;
}

/** +short: the data of the answers alone. */
export function shortText(message: DnsMessage, flags: DigFlags, { peer, elapsedNs }: Received): string {
  const from = flags.identify ? ` from server ${peer.address} in ${milliseconds(elapsedNs)} ms.` : '';
  const type = (record: ResourceRecord) => (flags.trace ? `${typeName(record.type)} ` : '');
  return message.answers.map((record) => `${type(record)}${rdataText(record.data)}${from}\n`).join('');
}

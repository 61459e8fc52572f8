/**
 * tshark as the referee of a capture: every packet has to be dissected to the same protocols, and every field that both print has to
 * have the same value and place. Nothing may be malformed and no checksum wrong, except in the frames that the caller names.
 */
import { TcpAnalysis } from '@netarium/core/check/analysis.ts';
import { readPcapng } from '@netarium/core/record/pcapng-reader.ts';
import type { PacketContext } from '@netarium/core/wire/dissector.ts';
import { type Dissection, dissect } from '@netarium/core/wire/tree.ts';
import type { TreeNode } from '@netarium/core/wire/tree-node.ts';
import { type Columns, columns, columnsInOnePass, eachPacket, type FieldsOf, type PdmlField } from './tshark.ts';

export interface Difference {
  readonly frame: number;
  readonly field: string;
  readonly ours: string;
  readonly tshark: string;
}

export interface CompareOptions {
  /** Frames that a fault damaged on purpose: malformed and wrong checksums are right there, and they are not compared. */
  readonly damaged?: ReadonlySet<number>;
  /** Compare the protocol and info columns too: first with those of sharkd, which need no start, or with tshark's alone. */
  readonly columns?: 'sharkd' | 'tshark';
  /** Random packets: other protocols may be guessed from random bytes, and nothing there need be well formed. */
  readonly loose?: boolean;
  /** Also report fields that tshark prints and our tree lacks. */
  readonly missing?: boolean;
}

export async function compareWithTshark(capture: Uint8Array, options: CompareOptions = {}): Promise<Difference[]> {
  const differences: Difference[] = [];
  const texts: Columns[] = [];
  const ours = dissections(capture);
  let number = 0;
  const report =
    (frame: number): Report =>
    (field, a, b) => {
      if (a !== b) differences.push({ frame, field, ours: a, tshark: b });
    };
  await eachPacket(capture, (fieldsOf) => {
    number++;
    const { value: mine } = ours.next();
    if (mine === undefined) return;
    texts.push({ protocol: mine.protocol, info: mine.info.trimEnd() });
    // How much of a damaged header still makes sense is a matter of taste.
    if (options.damaged?.has(number) !== true) comparePacket(mine, fieldsOf, report(number), options);
  });
  const count = texts.length + [...ours].length;
  report(0)('packets', String(count), String(number));
  if (options.columns === undefined) return differences;
  const compareColumns = (rows: readonly Columns[]): Difference[] => {
    const before = differences.length;
    for (const [i, { protocol, info }] of texts.entries()) {
      if (options.damaged?.has(i + 1) === true) continue;
      report(i + 1)('_ws.col.protocol', protocol, rows[i]?.protocol ?? '');
      report(i + 1)('_ws.col.info', info, withoutLinks(rows[i]?.info ?? ''));
    }
    return differences.splice(before);
  };
  // sharkd tells a frame when it has read all of them, tshark and ours as it comes: numbers are relative to what was seen until then.
  if (options.columns === 'sharkd' && compareColumns(await columns(capture)).length === 0) return differences;
  return [...differences, ...compareColumns(await columnsInOnePass(capture))];
}

/** Our dissection of every packet of a capture, with what its conversation tells. */
export function dissectCapture(capture: Uint8Array): Dissection[] {
  return [...dissections(capture)];
}

function* dissections(capture: Uint8Array): Generator<Dissection, undefined> {
  const file = readPcapng(capture);
  const first = file.packets[0]?.timeNs ?? 0n;
  let previous = first;
  const analysis = new TcpAnalysis();
  for (const [i, packet] of file.packets.entries()) {
    const tcp = analysis.bytes(packet.bytes, i + 1, Number(packet.timeNs - first));
    const context: PacketContext = {
      ...(tcp === undefined ? {} : { tcp }),
      number: i + 1,
      relativeNs: Number(packet.timeNs - first),
      deltaNs: Number(packet.timeNs - previous),
      epochSeconds: Number(packet.timeNs / 1_000_000_000n),
      epochNs: Number(packet.timeNs % 1_000_000_000n),
      interfaceName: file.interfaces[packet.device]!.name ?? '',
    };
    previous = packet.timeNs;
    yield dissect(packet.bytes, context);
  }
}

type Report = (field: string, ours: string, tshark: string) => void;

/** What lies above the lower layers is guessed from the bytes, random IP options mean nothing, and fragments take stream numbers. */
function withoutGuesses(report: Report): Report {
  return (field, a, b) => {
    if (!/^(frame\.protocols|data|data\..*|ip\.opt\..*|tcp\.stream)$/.test(field)) report(field, a, b);
  };
}

/** Printed by tshark from more than the one frame, or in another way on purpose. */
const ELSEWHERE =
  /^(geninfo|num|len|caplen|timestamp|fake-field-wrapper|_ws\..*|frame\..*|.*_resolved|.*_host|.*\.host|.*\.oui|eth\.[li]g|.*checksum_calculated|pkt_comment|)$/;

function comparePacket(mine: Dissection, fieldsOf: FieldsOf, report: Report, options: CompareOptions): void {
  const ours = new Map<string, TreeNode[]>();
  for (const node of flat(mine.nodes)) if (node.name !== '_ws.malformed') push(ours, node.name, node);
  const fields = fieldsOf(options.missing === true ? undefined : (name) => ours.has(name) || tellsOfHealth(name));
  const theirs = new Map<string, PdmlField[]>();
  for (const field of fields) push(theirs, field.name, field);
  const tell = options.loose === true ? withoutGuesses(report) : report;
  for (const [name, nodes] of ours) {
    if (name === 'http.file_data' || name === 'icmp.data_time') continue;
    const other = theirs.get(name);
    if (other !== undefined) compareValues(name, nodes.map(valueOfNode), other.map(valueOfField), tell);
    else if (options.missing === true && !ELSEWHERE.test(name))
      tell(name, nodes.map(({ show }) => show).join(' '), '(not printed)');
  }
  if (options.missing === true) {
    for (const [name, values] of theirs) {
      if (!ours.has(name) && !ELSEWHERE.test(name))
        tell(name, '(not in our tree)', values.map(({ show }) => show).join(' '));
    }
  }
  if (options.loose !== true) checkHealth(fields, report);
}

/** A value with its bytes; fields that are computed have no place of their own. */
interface Value {
  readonly show: string;
  readonly start: number;
  readonly size: number;
}

const valueOfNode = ({ name, show, start, end }: TreeNode): Value => ({
  show: bodiless(name, show),
  start,
  size: end - start,
});
const valueOfField = ({ name, show, start, size }: PdmlField): Value => ({ show: bodiless(name, show), start, size });

/** What the body of an HTTP message is, tshark goes on to guess from its type; our tree leaves it as bytes. Data is no protocol, and a text within SNMP is SNMP's again. */
function bodiless(name: string, show: string): string {
  return name === 'frame.protocols'
    ? show
        .replace(/:http:.*$/, ':http')
        .replace(/:tcp:data$/, ':tcp')
        .replace(/(:snmp)+$/, ':snmp')
    : show;
}

/** Order and count matter; the place only where both sides have one. */
function compareValues(name: string, ours: readonly Value[], theirs: readonly Value[], report: Report): void {
  // A mark is there or not: tshark's expert items repeat it.
  if (theirs[0]!.show === '' && name.startsWith('tcp.analysis.')) return;
  if (ours.length !== theirs.length) {
    report(name, ours.map(placed).join(' | '), theirs.map(placed).join(' | '));
    return;
  }
  for (const [i, value] of ours.entries()) {
    const other = theirs[i]!;
    const bothPlaced = value.size > 0 && other.size > 0;
    const elsewhere = bothPlaced && (value.start !== other.start || value.size !== other.size);
    if (elsewhere) report(name, placed(value), placed(other));
    else report(name, value.show, other.show);
  }
}

function placed({ show, start, size }: Value): string {
  return size === 0 ? show : `${show} @${start}+${size}`;
}

/** What tshark's experts warn of where a lab loses, resets, fills a window or gives an address twice: the kernel's hosts are warned of alike (test/two-arms/experts.real.test.ts). */
const EXPECTED_WARNINGS = [
  /^Connection reset \(RST\)$/,
  /^D-SACK Sequence$/,
  /^This frame is a \(suspected\) out-of-order segment$/,
  /^(Previous|ACKed) segment.*captured \(common at capture start\)$/,
  /^TCP window specified by the receiver is now completely full$/,
  /^TCP Zero Window segment$/,
  /^Duplicate IP address configured/,
];
const EXPERT_ERROR = '8388608';
const EXPERT_WARNING = '6291456';

/** The fields that it reads. */
function tellsOfHealth(name: string): boolean {
  return name.startsWith('_ws.') || name.endsWith('.checksum.status') || name === 'icmp.unused';
}

function checkHealth(fields: readonly PdmlField[], report: Report): void {
  const quoting = fields.some(({ name }) => name === 'icmp.unused');
  let message = '';
  for (const { name, show } of fields) {
    if (name === '_ws.expert.message') message = show;
    if (name === '_ws.expert.severity') {
      const quotedSum = quoting && message.startsWith('Bad checksum');
      if (show === EXPERT_ERROR && !quotedSum) report(name, 'no error', message);
      if (show === EXPERT_WARNING && !EXPECTED_WARNINGS.some((each) => each.test(message)))
        report(name, 'no such warning', message);
    }
    if (name.startsWith('_ws.malformed')) report(name, 'well formed', 'malformed');
    // ICMP quotes only the beginning of a segment, over which no checksum can be right.
    if (name.endsWith('.checksum.status') && show === '0' && !(quoting && /^(tcp|udp)/.test(name)))
      report(name, 'a right checksum', 'wrong');
  }
}

/** tshark adds to some lines what only the whole capture tells. */
function withoutLinks(info: string): string {
  const added = [
    / \((request|reply) in \d+\)$/,
    / \(no response found!\)$/,
    / \(duplicate use of [0-9a-f.:]+ detected!\)$/,
    / {2}\([A-Za-z0-9/.+-]+\)$/,
  ];
  return added.reduce((text, pattern) => text.replace(pattern, ''), info.trimEnd()).trimEnd();
}

export function flat(nodes: readonly TreeNode[], into: TreeNode[] = []): TreeNode[] {
  for (const node of nodes) {
    into.push(node);
    flat(node.children, into);
  }
  return into;
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

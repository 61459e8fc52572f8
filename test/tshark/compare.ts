/**
 * tshark as the referee of a capture: every packet has to be dissected to the same protocols, and every field that both print has to
 * have the same value and place. Nothing may be malformed and no checksum wrong, except in the frames that the caller names.
 */
import { TcpAnalysis } from '@netarium/core/check/analysis.ts';
import { readPcapng } from '@netarium/core/record/pcapng-reader.ts';
import { decodeFrame } from '@netarium/core/wire/codec.ts';
import type { PacketContext } from '@netarium/core/wire/dissector.ts';
import { PacketId } from '@netarium/core/wire/packet.ts';
import { type Dissection, dissect } from '@netarium/core/wire/tree.ts';
import type { TreeNode } from '@netarium/core/wire/tree-node.ts';
import { type Columns, columns, columnsInOnePass, type PdmlField, pdml } from './tshark.ts';

export interface Difference {
  readonly frame: number;
  readonly field: string;
  readonly ours: string;
  readonly tshark: string;
}

export interface CompareOptions {
  /** Frames that a fault damaged on purpose: malformed and wrong checksums are right there, and they are not compared. */
  readonly damaged?: ReadonlySet<number>;
  /** Compare the protocol and info columns too. */
  readonly columns?: boolean;
  /** Random packets: other protocols may be guessed from random bytes, and nothing there need be well formed. */
  readonly loose?: boolean;
  /** Also report fields that tshark prints and our tree lacks. */
  readonly missing?: boolean;
}

export async function compareWithTshark(capture: Uint8Array, options: CompareOptions = {}): Promise<Difference[]> {
  const differences: Difference[] = [];
  const [theirs, rows] = await Promise.all([pdml(capture), options.columns === true ? columns(capture) : undefined]);
  const ours = dissectCapture(capture);
  if (ours.length !== theirs.length) {
    differences.push({ frame: 0, field: 'packets', ours: String(ours.length), tshark: String(theirs.length) });
  }
  for (const [i, fields] of theirs.entries()) {
    const mine = ours[i];
    if (mine === undefined) break;
    // How much of a damaged header still makes sense is a matter of taste.
    if (options.damaged?.has(i + 1) === true) continue;
    const report = (field: string, a: string, b: string): void => {
      if (a !== b) differences.push({ frame: i + 1, field, ours: a, tshark: b });
    };
    comparePacket(mine, fields, options.loose === true ? withoutGuesses(report) : report, options.missing === true);
    if (options.loose !== true) checkHealth(fields, report);
  }
  if (rows === undefined) return differences;
  const apart = compareColumns(ours, rows, options.damaged);
  if (apart.length === 0) return differences;
  // sharkd tells a frame when it has read all of them, tshark and ours as it comes: numbers are relative to what was seen until then.
  return [...differences, ...compareColumns(ours, await columnsInOnePass(capture), options.damaged)];
}

function compareColumns(ours: readonly Dissection[], rows: readonly Columns[], damaged?: ReadonlySet<number>) {
  const differences: Difference[] = [];
  for (const [i, mine] of ours.entries()) {
    if (damaged?.has(i + 1) === true) continue;
    const report = (field: string, a: string, b: string): void => {
      if (a !== b) differences.push({ frame: i + 1, field, ours: a, tshark: b });
    };
    report('_ws.col.protocol', mine.protocol, rows[i]?.protocol ?? '');
    report('_ws.col.info', mine.info.trimEnd(), withoutLinks(rows[i]?.info ?? ''));
  }
  return differences;
}

const NOBODY = new PacketId(0);

/** Our dissection of every packet of a capture, with what its conversation tells. */
export function dissectCapture(capture: Uint8Array): Dissection[] {
  const file = readPcapng(capture);
  const first = file.packets[0]?.timeNs ?? 0n;
  let previous = first;
  const analysis = new TcpAnalysis();
  return file.packets.map((packet, i) => {
    const tcp = analysis.packet(decodeFrame(packet.bytes, NOBODY), i + 1, Number(packet.timeNs - first));
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
    return dissect(packet.bytes, context);
  });
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

function comparePacket(mine: Dissection, fields: readonly PdmlField[], report: Report, missing: boolean): void {
  const ours = new Map<string, string[]>();
  for (const node of flat(mine.nodes)) {
    if (node.name === '_ws.malformed') continue;
    push(ours, node.name, place(bodiless(node.name, node.show), node.start, node.end - node.start));
  }
  const theirs = new Map<string, string[]>();
  for (const { name, show, start, size } of fields) push(theirs, name, place(bodiless(name, show), start, size));
  for (const [name, values] of ours) {
    if (name === 'http.file_data' || name === 'icmp.data_time') continue;
    const other = theirs.get(name);
    if (other !== undefined) compareValues(name, values, other, report);
    else if (missing && !ELSEWHERE.test(name)) report(name, values.join(' '), '(not printed)');
  }
  if (!missing) return;
  for (const [name, values] of theirs) {
    if (!ours.has(name) && !ELSEWHERE.test(name)) report(name, '(not in our tree)', values.join(' '));
  }
}

/** What the body of an HTTP message is, tshark goes on to guess from its type; our tree leaves it as bytes. Data is no protocol, and a text within SNMP is SNMP's again. */
function bodiless(name: string, show: string): string {
  return name === 'frame.protocols'
    ? show
        .replace(/:http:.*$/, ':http')
        .replace(/:tcp:data$/, ':tcp')
        .replace(/(:snmp)+$/, ':snmp')
    : show;
}

/** A value with its bytes; fields that are computed have no place of their own. */
function place(show: string, start: number, size: number): string {
  return size === 0 ? show : `${show} @${start}+${size}`;
}

/** Order and count matter; the place only where both sides have one. */
function compareValues(name: string, ours: readonly string[], theirs: readonly string[], report: Report): void {
  const bare = (value: string): string => value.replace(/ @\d+\+\d+$/, '');
  // A mark is there or not: tshark's expert items repeat it.
  if (/^tcp\.analysis\.[a-z_]+$/.test(name) && bare(theirs[0] ?? '') === '') return;
  if (ours.length !== theirs.length) {
    report(name, ours.join(' | '), theirs.join(' | '));
    return;
  }
  for (const [i, value] of ours.entries()) {
    const other = theirs[i]!;
    const placed = value !== bare(value) && other !== bare(other);
    report(name, placed ? value : bare(value), placed ? other : bare(other));
  }
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

export function flat(nodes: readonly TreeNode[]): TreeNode[] {
  return nodes.flatMap((node) => [node, ...flat(node.children)]);
}

function push(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

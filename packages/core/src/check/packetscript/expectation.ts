/** Waits, in virtual time, for a packet that the script expects, and judges it and its instant. */
import { ICMP, IcmpMessage, TCP_FLAG, TcpSegment } from '../../wire/packet.ts';
import type { IcmpPacketSpec, PacketSpec, TcpPacketSpec } from './ast.ts';
import type { Flow } from './flow.ts';
import { type Comparison, ipDifference, matches, type Progress, segmentText, specText } from './outbound.ts';
import type { Candidate, Packets } from './packets.ts';
import { ScriptFailure } from './problem.ts';
import type { Settings } from './settings.ts';
import type { Testbed } from './testbed.ts';

/** How long `*` waits. */
const ANY_NS = 864_000_000_000_000;

export interface Window {
  /** From and to on the host's clock, tolerance not counted; undefined for `*`. */
  readonly fromNs: number;
  readonly toNs: number;
  readonly any: boolean;
  /** Before and after. */
  readonly toleranceNs: number;
}

export class Expectations {
  constructor(
    private readonly bed: Testbed,
    private readonly packets: Packets,
    private readonly settings: Settings,
    private readonly comparison: Comparison,
  ) {}

  /** Answers the instant of the packet's last piece. */
  await(spec: PacketSpec, line: number, window: Window): number {
    if (spec.protocol !== 'tcp') {
      const one = this.next(spec, line, window);
      if (spec.protocol === 'udp') this.judgeLength(one, spec.length, line);
      else this.judgeIcmp(one, spec, line);
      this.judgeIp(spec, one, line);
      return one.at;
    }
    const progress: Progress = { seq: spec.seq, left: spec.length };
    let one: Candidate;
    do {
      one = this.next(spec, line, window);
      this.judgeSegment(one, spec, progress, line);
    } while (progress.left > 0);
    return one.at;
  }

  /** The next packet of the connection, within its time. */
  private next(spec: PacketSpec, line: number, { fromNs, toNs, any, toleranceNs }: Window): Candidate {
    const deadline = any ? this.bed.queue.now + ANY_NS : toNs + toleranceNs;
    for (;;) {
      const one = this.packets.candidate(spec);
      if (one !== undefined) {
        if (!any && (one.at < fromNs - toleranceNs || one.at > deadline)) this.failTime(spec, one, line, fromNs, toNs);
        this.packets.take(one);
        return one;
      }
      if (!this.bed.step(deadline))
        throw new ScriptFailure(
          line,
          `no packet up to ${this.seconds(deadline)} s`,
          `${textOf(spec)}${any ? '' : ` at ${this.span(fromNs, toNs)} s`}`,
        );
    }
  }

  private failTime(spec: PacketSpec, one: Candidate, line: number, fromNs: number, toNs: number): never {
    throw new ScriptFailure(
      line,
      `at ${this.seconds(one.at)} s: ${this.seenText(one)}`,
      `${textOf(spec)} at ${this.span(fromNs, toNs)} s`,
    );
  }

  private judgeSegment(one: Candidate, spec: TcpPacketSpec, progress: Progress, line: number): void {
    const { flow } = one;
    const segment = one.packet.payload;
    if (flow === undefined || !(segment instanceof TcpSegment))
      throw new ScriptFailure(line, this.seenText(one), textOf(spec));
    const first = progress.left === spec.length;
    if (first && (spec.flags & TCP_FLAG.syn) !== 0 && segment.has(TCP_FLAG.syn)) this.packets.adopt(flow, spec);
    if (first) this.noteStamp(flow, spec, segment, line);
    if (!matches(spec, segment, flow, progress, this.comparison)) this.failSegment(one, spec, progress, line);
    this.judgeIp(spec, one, line);
    progress.seq = (progress.seq + segment.payload.length) >>> 0;
    progress.left -= segment.payload.length;
  }

  private failSegment(one: Candidate, spec: TcpPacketSpec, progress: Progress, line: number): never {
    const rest = progress.left === spec.length ? '' : ` (of it, from ${progress.seq})`;
    throw new ScriptFailure(line, `at ${this.seconds(one.at)} s: ${this.seenText(one)}`, `${specText(spec)}${rest}`);
  }

  /** Learns which of our stamps the script means, or checks it where the script gives the length of a tick. */
  private noteStamp(flow: Flow, spec: TcpPacketSpec, segment: TcpSegment, line: number): void {
    if (!Array.isArray(spec.options) || segment.tsVal < 0) return;
    const stamp = spec.options.find((option) => option.kind === 'TS');
    if (stamp === undefined || stamp.kind !== 'TS') return;
    const { stampTickUs, toleranceUs } = this.settings;
    if (stampTickUs > 0 && flow.stamped) {
      const off = Math.abs(flow.stampToScript(segment.tsVal) - stamp.val) * stampTickUs;
      if (off > toleranceUs + stampTickUs)
        throw new ScriptFailure(line, `TS val ${flow.stampToScript(segment.tsVal)}`, `TS val ${stamp.val}`);
    }
    flow.noteStamp(segment.tsVal, stamp.val);
  }

  private judgeIp(spec: PacketSpec, one: Candidate, line: number): void {
    const difference = ipDifference(spec.ip, one.packet);
    if (difference !== undefined)
      throw new ScriptFailure(
        line,
        `at ${this.seconds(one.at)} s: ${difference}`,
        `the IP marks ${JSON.stringify(spec.ip)}`,
      );
  }

  private judgeLength(one: Candidate, length: number, line: number): void {
    const seen = one.packet.payload.length - 8;
    if (seen !== length) throw new ScriptFailure(line, `> udp (${seen})`, `> udp (${length})`);
  }

  private judgeIcmp(one: Candidate, spec: IcmpPacketSpec, line: number): void {
    const message = one.packet.payload;
    const same =
      message instanceof IcmpMessage &&
      message.type === spec.type &&
      message.code === spec.code &&
      (spec.mtu === undefined || message.type !== ICMP.unreachable || message.rest === spec.mtu) &&
      (spec.id === undefined || message.rest >>> 16 === spec.id);
    if (!same) throw new ScriptFailure(line, this.seenText(one), textOf(spec));
  }

  private seenText({ packet, flow }: Candidate): string {
    const { payload } = packet;
    if (payload instanceof TcpSegment && flow !== undefined) return segmentText(payload, flow);
    if (payload instanceof IcmpMessage) return `> icmp type ${payload.type} code ${payload.code}`;
    return `> ${payload.kind} (${payload.length} bytes)`;
  }

  private span(fromNs: number, toNs: number): string {
    return fromNs === toNs ? this.seconds(fromNs) : `${this.seconds(fromNs)}~${this.seconds(toNs)}`;
  }

  seconds(ns: number): string {
    return ((ns - this.bed.startNs) / 1e9).toFixed(6);
  }
}

function textOf(spec: PacketSpec): string {
  if (spec.protocol === 'tcp') return specText(spec);
  if (spec.protocol === 'udp') return `> udp (${spec.length})`;
  return `> icmp type ${spec.type} code ${spec.code}`;
}

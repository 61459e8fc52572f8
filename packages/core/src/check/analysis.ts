/**
 * Conversation analysis of TCP as Wireshark's `tcp.analysis.*` fields have it: relative numbers, stream index, retransmissions and
 * their kinds, duplicate ACKs, window events, keep-alives, round-trip times, bytes in flight. One `TcpAnalysis` per capture point, fed
 * with every frame in order; each answer uses only what came before. The rules are those of the Wireshark User's Guide ("TCP
 * Analysis"), and tshark is the referee where the guide is silent. Left out: MPTCP, and findings that need a second pass.
 */
import { decodeFrame } from '../wire/codec.ts';
import type { TcpContext } from '../wire/dissector.ts';
import { startsHttp } from '../wire/http1.ts';
import { type Frame, PacketId, TCP_FLAG } from '../wire/packet.ts';
import { analyse, type Draft } from './analysis-rules.ts';
import { Conversation, completenessOf, type Direction, roundTrip, scaling, setBases } from './conversation.ts';
import { type Ends, mentionedEnds, type SegmentView, segmentOfBytes, segmentView } from './segment-view.ts';

const { syn: SYN, ack: ACK } = TCP_FLAG;
/** Analysis does not ask whose packet it is. */
const NOBODY = new PacketId(0);

export class TcpAnalysis {
  private readonly conversations = new Map<string, Conversation>();
  private streams = 0;

  /** The next frame of the capture, `number` from 1, seen at `atNs`; undefined where it is no TCP. */
  packet(frame: Frame, number: number, atNs: number): TcpContext | undefined {
    const segment = segmentView(frame);
    if (segment !== undefined) return this.segment(segment, number, atNs);
    const ends = mentionedEnds(frame);
    if (ends !== undefined) this.conversationBetween(ends, atNs).previousNs = atNs;
    return undefined;
  }

  /** The same for a frame's bytes, which are made a frame only where they are no segment. */
  bytes(bytes: Uint8Array, number: number, atNs: number): TcpContext | undefined {
    const segment = segmentOfBytes(bytes);
    return segment === undefined
      ? this.packet(decodeFrame(bytes, NOBODY), number, atNs)
      : this.segment(segment, number, atNs);
  }

  segment(s: SegmentView, number: number, atNs: number): TcpContext {
    const from = `${s.src}:${s.srcPort}`;
    const { conversation, reused } = this.conversationOf(s, from, atNs);
    const back = conversation.owner === from ? 1 : 0;
    const forward = conversation.directions[1 - back]!;
    const reverse = conversation.directions[back]!;
    const draft: Draft = { findings: reused ? ['reused_ports'] : [], measured: false };
    // A SYN that begins anew counts at once, unlike the first of a capture.
    if (reused) conversation.completeness = completenessOf(s);
    const restarted = restarts(s, forward);
    setBases(s, forward, reverse);
    scaling(s, forward, reverse);
    analyse({ s, forward, reverse, number, atNs, draft, rttNs: conversation.initialRttNs });
    if (restarted) {
      draft.findings.push('reused_ports');
      reverse.nextSeq = s.ack;
    }
    roundTrip(s, conversation, atNs);
    if (!conversation.http && s.payload !== undefined) conversation.http = startsHttp(s.payload);
    const context = contextOf(s, conversation, forward, reverse, atNs, draft);
    // A first segment that is no SYN leaves open what came before it, and Wireshark does not count it.
    if (!conversation.fresh || (s.flags & SYN) !== 0) conversation.completeness |= completenessOf(s);
    conversation.fresh = false;
    conversation.previousNs = atNs;
    return context;
  }

  /** A SYN with another initial sequence number starts a conversation anew. */
  private conversationOf(s: SegmentView, from: string, atNs: number): { conversation: Conversation; reused: boolean } {
    const known = this.conversations.get(keyOf(s));
    if (known === undefined) return { conversation: this.conversationBetween(s, atNs), reused: false };
    const own = known.directions[known.owner === from ? 0 : 1]!;
    const reused = (s.flags & (SYN | ACK)) === SYN && own.base !== undefined && own.base !== s.seq;
    if (!reused) return { conversation: known, reused };
    this.conversations.delete(keyOf(s));
    return { conversation: this.conversationBetween(s, atNs), reused };
  }

  private conversationBetween(ends: Ends, atNs: number): Conversation {
    const key = keyOf(ends);
    let conversation = this.conversations.get(key);
    if (conversation === undefined) {
      conversation = new Conversation(this.streams++, `${ends.src}:${ends.srcPort}`, atNs);
      this.conversations.set(key, conversation);
    }
    return conversation;
  }
}

/** The same for both directions. */
/** A SYN, ACK with a number of its own: the other side answered an old connection's ACK before. Numbers count from here on. */
function restarts(s: SegmentView, forward: Direction): boolean {
  const restarted = (s.flags & (SYN | ACK)) === (SYN | ACK) && forward.base !== undefined && forward.base !== s.seq;
  if (restarted) forward.base = s.seq;
  return restarted;
}

function keyOf({ src, dst, srcPort, dstPort }: Ends): string {
  const from = `${src}:${srcPort}`;
  const to = `${dst}:${dstPort}`;
  return from < to ? `${from}-${to}` : `${to}-${from}`;
}

function contextOf(
  s: SegmentView,
  conversation: Conversation,
  forward: Direction,
  reverse: Direction,
  atNs: number,
  draft: Draft,
): TcpContext {
  const measured = draft.measured || draft.findings.length > 0 || draft.acksFrame !== undefined;
  const shown = measured && conversation.initialRttNs !== undefined && (s.flags & SYN) === 0;
  return {
    stream: conversation.stream,
    completeness: conversation.completeness,
    http: conversation.http,
    seqBase: forward.base ?? 0,
    ackBase: reverse.base ?? 0,
    windowShift: forward.windowShift,
    sinceFirstNs: atNs - conversation.firstNs,
    sincePreviousNs: atNs - conversation.previousNs,
    analysed: measured,
    ...numbersOf(draft),
    ...(shown ? { initialRttNs: conversation.initialRttNs! } : {}),
  };
}

function numbersOf({ measured: _, ...numbers }: Draft): Omit<Draft, 'measured'> {
  return numbers;
}

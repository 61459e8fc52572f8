/**
 * Putting fragments together again, with Linux's rules (ip_fragment.c, since 4.19): a fragment that lies wholly in what is there is a
 * duplicate and ignored; one that overlaps in part condemns the whole datagram (RFC 5722's rule, applied to IPv4). Times out after
 * `ipfrag_time` counted from the first piece; memory is bounded by `ipfrag_high_thresh`; a datagram that more than `ipfrag_max_dist`
 * other fragments of its sender overtook is taken for an old one with a reused identification and begun anew.
 */
import type { DropReason } from '../record/catalogue.ts';
import type { HostContext } from '../record/host-context.ts';
import { SECOND } from '../time/instant.ts';
import { Timer } from '../time/timer.ts';
import { decodeTransport } from '../wire/codec.ts';
import { Ipv4Packet, PacketId } from '../wire/packet.ts';
import type { Interface } from './interface.ts';
import { bufferBytes } from './neighbour.ts';
import type { NetworkSysctl } from './sysctl.ts';

const MAX_LENGTH = 0xffff;

/** What became of a queue that gave up: its first fragment, when it has come, is quoted in an ICMP time exceeded. */
export interface ReassemblyPort {
  timedOut(first: Ipv4Packet, on: Interface): void;
  dropped(packet: Ipv4Packet, reason: DropReason, detail: string): void;
}

class Queue {
  /** Pieces by offset. */
  readonly pieces: Ipv4Packet[] = [];
  /** Starts and ends of the runs that the kernel keeps: only the last one grows, at its end. A duplicate lies within one of them. */
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly timer: Timer;
  received = 0;
  /** Payload length of the whole datagram, or the end of what is known. */
  end = 0;
  lastSeen = false;
  bytes = 0;
  ecn = 0;
  largest = 0;
  largestWithDf = 0;
  /** The sender's fragment count when the last piece came. */
  senderCount = 0;

  constructor(
    readonly key: string,
    readonly on: Interface,
    context: HostContext,
    expire: (queue: Queue) => void,
  ) {
    this.timer = new Timer(context.queue, () => expire(this));
  }

  get first(): Ipv4Packet | undefined {
    const first = this.pieces[0];
    return first?.fragmentOffset === 0 ? first : undefined;
  }
}

export class Reassembly {
  private readonly queues = new Map<string, Queue>();
  private readonly senders = new Map<number, number>();
  private bytes = 0;

  constructor(
    private readonly context: HostContext,
    private readonly sysctl: NetworkSysctl,
    private readonly port: ReassemblyPort,
  ) {}

  /** Takes a fragment; answers the whole datagram when it was the last one missing. */
  add(packet: Ipv4Packet, on: Interface): Ipv4Packet | undefined {
    const queue = this.find(packet, on);
    if (queue === undefined) {
      this.port.dropped(packet, 'reassembly-full', `ipfrag_high_thresh ${this.sysctl.host.ipfragHighThresh.number}`);
      return undefined;
    }
    const fault = this.insert(queue, packet);
    if (fault !== undefined) return this.refuse(queue, packet, fault);
    if (queue.first === undefined || !queue.lastSeen || queue.received !== queue.end) return undefined;
    return this.complete(queue);
  }

  private find(packet: Ipv4Packet, on: Interface): Queue | undefined {
    const key = `${packet.src.key} ${packet.dst.key} ${packet.protocol} ${packet.identification}`;
    const known = this.queues.get(key);
    if (known !== undefined) {
      if (!this.tooFar(known, packet)) return known;
      for (const piece of known.pieces) this.port.dropped(piece, 'fragment-invalid', 'identification reused');
      this.forget(known);
    }
    if (this.bytes > this.sysctl.host.ipfragHighThresh.number) return undefined;
    const queue = new Queue(key, on, this.context, (which) => this.expire(which));
    this.tooFar(queue, packet);
    queue.timer.setAfter(this.sysctl.host.ipfragTime.number * SECOND);
    this.queues.set(key, queue);
    return queue;
  }

  /** ip_frag_too_far */
  private tooFar(queue: Queue, packet: Ipv4Packet): boolean {
    const max = this.sysctl.host.ipfragMaxDist.number;
    if (max === 0) return false;
    const count = (this.senders.get(packet.src.key) ?? 0) + 1;
    if (this.senders.size > 1024) this.senders.clear();
    this.senders.set(packet.src.key, count);
    const before = queue.senderCount;
    queue.senderCount = count;
    return queue.pieces.length > 0 && count - before > max;
  }

  /** Undefined when the piece found its place. */
  private insert(queue: Queue, packet: Ipv4Packet): DropReason | 'duplicate' | undefined {
    const offset = packet.fragmentOffset;
    let length = packet.length - packet.headerLength;
    // A piece in the middle whose length is no multiple of eight loses its tail (ip_frag_queue).
    if (packet.moreFragments) length &= ~7;
    const end = offset + length;
    if (packet.moreFragments) {
      if (end > queue.end && queue.lastSeen) return 'fragment-invalid';
    } else if (end < queue.end || (queue.lastSeen && end !== queue.end)) return 'fragment-invalid';
    if (length <= 0) return 'fragment-invalid';
    // What it says about the end counts even if its bytes turn out to be here already.
    if (!packet.moreFragments) queue.lastSeen = true;
    if (end > queue.end) queue.end = end;
    const clash = enterRun(queue, offset, end);
    if (clash !== undefined) return clash;
    queue.pieces.splice(indexOf(queue.pieces, offset), 0, packet);
    this.account(queue, packet, length);
    return undefined;
  }

  private account(queue: Queue, packet: Ipv4Packet, length: number): void {
    queue.received += length;
    const bytes = bufferBytes(packet.length);
    queue.bytes += bytes;
    this.bytes += bytes;
    queue.ecn |= 1 << (packet.tos & 3);
    queue.largest = Math.max(queue.largest, packet.length);
    if (packet.dontFragment) queue.largestWithDf = Math.max(queue.largestWithDf, packet.length);
  }

  private refuse(queue: Queue, packet: Ipv4Packet, fault: DropReason | 'duplicate'): undefined {
    if (fault === 'duplicate') {
      this.port.dropped(packet, 'fragment-invalid', 'duplicate');
      return;
    }
    const pieces = queue.pieces.length;
    this.forget(queue);
    this.port.dropped(packet, fault, `with ${pieces} pieces already here`);
  }

  private forget(queue: Queue): void {
    queue.timer.dispose();
    this.bytes -= queue.bytes;
    this.queues.delete(queue.key);
  }

  private expire(queue: Queue): void {
    this.forget(queue);
    const { first } = queue;
    const about = first ?? queue.pieces[0];
    if (about !== undefined) this.port.dropped(about, 'reassembly-timeout', `${queue.received} bytes here`);
    if (first !== undefined) this.port.timedOut(first, queue.on);
  }

  private complete(queue: Queue): Ipv4Packet | undefined {
    this.forget(queue);
    const first = queue.first!;
    const ecn = mergedEcn(queue.ecn);
    if (ecn < 0) return this.spoiled(first, 'not-ECT mixed with ECT');
    if (first.headerLength + queue.end > MAX_LENGTH) return this.spoiled(first, 'longer than 65535 bytes');
    const bytes = new Uint8Array(queue.end);
    for (const piece of queue.pieces) {
      const { payload } = piece.payload;
      const source = payload.bytes();
      bytes.set(source.subarray(0, Math.min(source.length, queue.end - piece.fragmentOffset)), piece.fragmentOffset);
    }
    return this.whole(queue, first, bytes, ecn);
  }

  private whole(queue: Queue, first: Ipv4Packet, bytes: Uint8Array, ecn: number): Ipv4Packet {
    const ident = new PacketId(this.context.ids.next(), 'reassembled', first.ident.id);
    // DF stays where the largest fragment had it (IPSKB_FRAG_PMTU), so that a router does not undo path-MTU discovery.
    const dontFragment = queue.largestWithDf > 0 && queue.largestWithDf === queue.largest;
    const packet = Ipv4Packet.of({
      ident,
      src: first.src,
      dst: first.dst,
      protocol: first.protocol,
      ttl: first.ttl,
      tos: first.tos | ecn,
      identification: first.identification,
      dontFragment,
      options: first.options,
      payload: decodeTransport(bytes, first.protocol, first.src.key, first.dst.key),
    });
    const length = packet.length;
    this.context.recorder.emit('ip.reassembled', this.context.name, {
      packet: ident.id,
      pieces: queue.pieces.length,
      length,
    });
    return packet;
  }

  private spoiled(first: Ipv4Packet, detail: string): undefined {
    this.port.dropped(first, 'fragment-invalid', detail);
  }

  /** Stops all timers: the host went away. */
  shutdown(): void {
    for (const queue of [...this.queues.values()]) this.forget(queue);
  }
}

/** inet_frag_queue_insert: notes the piece's place among the runs, or says why it has none. */
function enterRun({ starts, ends }: Queue, offset: number, end: number): 'duplicate' | 'fragment-overlap' | undefined {
  const last = ends.length - 1;
  if (last >= 0 && offset === ends[last]) {
    ends[last] = end;
    return undefined;
  }
  let at = last + 1;
  while (at > 0 && starts[at - 1]! >= end) at--;
  if (at > 0 && offset < ends[at - 1]!) {
    return offset >= starts[at - 1]! && end <= ends[at - 1]! ? 'duplicate' : 'fragment-overlap';
  }
  starts.splice(at, 0, offset);
  ends.splice(at, 0, end);
  return undefined;
}

/** Where a piece that overlaps none belongs. */
function indexOf(pieces: readonly Ipv4Packet[], offset: number): number {
  let at = pieces.length;
  while (at > 0 && pieces[at - 1]!.fragmentOffset > offset) at--;
  return at;
}

/** What the pieces' ECN fields add to the first one's (RFC 3168 section 5.3, ip_frag_ecn_table). -1: not-ECT mixed with others is refused. */
function mergedEcn(seen: number): number {
  if ((seen & 1) !== 0) return seen === 1 ? 0 : -1;
  return (seen & 8) !== 0 ? 3 : 0;
}

/**
 * Data in: in order to the program, ahead of its turn to the reassembly queue, known already to a D-SACK (RFC 9293 section 3.10.7.4, "seventh,
 * process the segment text", and RFC 2883); and data out to the program.
 */
import { E, type Errno } from '../../base/errno.ts';
import { seqAdd, seqDiff, seqGt, seqLeq, seqLt } from '../../base/sequence.ts';
import { TCP_FLAG, type TcpSegment } from '../../wire/packet.ts';
import type { Payload } from '../../wire/payload.ts';
import { END_OF_STREAM, type EndOfStream } from './api.ts';
import { segmentMemory, tailRoom } from './buffer-memory.ts';
import { finReceived } from './close.ts';
import { STATE } from './constants.ts';
import { type ControlBlock, receiveWindow, SHUT, WAKE } from './control-block.ts';
import { ackAfterRead, enterQuickAck, measureReceiveMss, noteDataReceived } from './delayed-ack.ts';
import { acceptCwr, checkMark } from './ecn.ts';
import { wake } from './outcome.ts';
import { ReassemblyQueue } from './reassembly.ts';
import { ReceiveQueue } from './receive-queue.ts';
import { tellBeforeOverflow } from './sack-compression.ts';
import { timestampBytes } from './timestamps.ts';
import { readPasses } from './urgent.ts';
import { growReceiveBuffer, growWindow, makeRoom, receiveMemory, tuneReceiveBuffer } from './windows.ts';

export function setDsack(c: ControlBlock, left: number, right: number): void {
  if (!c.sackOn || c.tcp.config.dsack.number === 0) return;
  c.dsackLeft = left;
  c.dsackRight = right;
}

/** More of the same duplicate widens the report; another one has to wait, as a segment has room for one (RFC 2883 section 4). */
function extendDsack(c: ControlBlock, left: number, right: number): void {
  if (c.dsackLeft === c.dsackRight) setDsack(c, left, right);
  else if (!seqGt(left, c.dsackRight) && !seqLt(right, c.dsackLeft)) {
    if (seqLt(left, c.dsackLeft)) c.dsackLeft = left;
    if (seqGt(right, c.dsackRight)) c.dsackRight = right;
  }
}

/**
 * Takes a segment's text and FIN, after its sequence number was found acceptable. A duplicate that no acknowledgement has reported yet is forgotten by that
 * (tcp_data_queue), unless `keeps`.
 */
export function receiveData(c: ControlBlock, segment: TcpSegment, keeps = false): void {
  const length = segment.seqLength;
  if (length === 0) return;
  if (!keeps) c.dsackLeft = c.dsackRight = 0;
  const { seq } = segment;
  const endSeq = seqAdd(seq, length);
  const fin = segment.has(TCP_FLAG.fin);
  if (c.ecn !== 0) acceptCwr(c, segment);
  if (seq === c.rcvNxt) {
    if (receiveWindow(c) === 0) refuse(c, segment, 'tcp-window-full');
    else inOrder(c, segment, segment.payload, fin);
    return;
  }
  if (seqLeq(endSeq, c.rcvNxt)) {
    // All of it is here already: an ACK was lost, or a time-out came early.
    setDsack(c, seq, endSeq);
    refuse(c, segment, 'tcp-old-duplicate');
  } else if (!seqLt(seq, seqAdd(c.rcvNxt, receiveWindow(c)))) refuse(c, segment, 'tcp-window-full');
  else if (seqLt(seq, c.rcvNxt)) {
    setDsack(c, seq, c.rcvNxt);
    if (receiveWindow(c) === 0) refuse(c, segment, 'tcp-window-full');
    else {
      const known = Math.min(seqDiff(c.rcvNxt, seq), segment.payload.length);
      inOrder(c, segment, segment.payload.slice(known, segment.payload.length), fin, true);
    }
  } else aheadOfTurn(c, segment, endSeq, fin);
}

/** The next segment in order on Linux's fast path, which looks at the memory that the socket has, and not at how full its buffer is (tcp_rcv_established). */
export function receivePredicted(c: ControlBlock, segment: TcpSegment): void {
  queueData(c, segment, segment.payload, false);
  if (c.settings.receiveLowat <= 1 || hasData(c)) wake(c, WAKE.READ);
}

/** Dropped, and answered at once, so that the sender learns what we have. */
function refuse(c: ControlBlock, segment: TcpSegment, reason: 'tcp-window-full' | 'tcp-old-duplicate'): void {
  enterQuickAck(c);
  c.ackScheduled = true;
  c.tcp.report.drop(c, segment.seq, reason);
}

/** `cut`: the segment's front was here before; its buffer is charged whole. */
function inOrder(c: ControlBlock, segment: TcpSegment, payload: Payload, fin: boolean, cut = false): void {
  if (payload.length > 0 && c.receiveQueue !== undefined && c.receiveQueue.length > 0 && !makeRoom(c)) {
    c.outOfMemory = c.ackNow = c.ackScheduled = true;
    c.tcp.report.drop(c, segment.seq, 'socket-buffer-full');
    wake(c, WAKE.READ);
    return;
  }
  if (payload.length > 0) queueData(c, segment, payload, cut);
  if (fin) {
    c.rcvNxt = seqAdd(c.rcvNxt, 1);
    finReceived(c);
  }
  if (c.reassembly !== undefined && !c.reassembly.empty) {
    fillFromQueue(c);
    // RFC 5681 section 4.2: an ACK at once when a gap is filled.
    if (c.reassembly === undefined || c.reassembly.empty) c.ackNow = true;
  }
  if (c.slowPath && (c.reassembly === undefined || c.reassembly.empty))
    c.slowPath = receiveMemory(c) >= c.receiveBuffer || c.rcvWnd === 0;
  // tcp_data_ready
  if (fin || c.settings.receiveLowat <= 1 || hasData(c)) wake(c, WAKE.READ);
}

function queueData(c: ControlBlock, segment: TcpSegment, payload: Payload, cut: boolean): void {
  const size = segment.payload.length + timestampBytes(c);
  accept(c, payload, segmentMemory(size), tailRoom(size), cut);
  noteDataReceived(c, segment);
}

/** The last three are what `ReceiveQueue.add` asks for. */
function accept(c: ControlBlock, payload: Payload, memory: number, room: number, cut: boolean): void {
  c.rcvNxt = seqAdd(c.rcvNxt, payload.length);
  (c.receiveQueue ??= new ReceiveQueue()).add(payload, memory, room, cut);
}

function fillFromQueue(c: ControlBlock): void {
  const queue = c.reassembly!;
  // What the segment in order brought a second time is reported too (RFC 2883 section 4).
  const covered = queue.coveredBelow(c.rcvNxt);
  if (covered !== undefined) extendDsack(c, covered[0], covered[1]);
  for (let next = queue.next(c.rcvNxt); next !== undefined; next = queue.next(c.rcvNxt)) {
    if (next.payload.length > 0) accept(c, next.payload, next.memory, next.room, next.cut);
    if (next.fin) {
      c.rcvNxt = seqAdd(c.rcvNxt, 1);
      finReceived(c);
      return;
    }
  }
  queue.acknowledge(c.rcvNxt);
}

function aheadOfTurn(c: ControlBlock, segment: TcpSegment, endSeq: number, fin: boolean): void {
  c.ackScheduled = true;
  if (c.ecn !== 0) checkMark(c);
  if (!makeRoom(c)) {
    c.tcp.report.drop(c, segment.seq, 'socket-buffer-full');
    return;
  }
  c.slowPath = true;
  const queue = (c.reassembly ??= new ReassemblyQueue());
  c.outOfOrderSegments++;
  measureReceiveMss(c, segment);
  const { seq, payload } = segment;
  tellBeforeOverflow(c, queue.blocksApart(seq, endSeq));
  const result = queue.insert({ seq, endSeq, payload, fin }, timestampBytes(c));
  if (result.dupLeft !== result.dupRight) setDsack(c, result.dupLeft, result.dupRight);
  if (!result.stored) c.tcp.report.drop(c, seq, 'tcp-old-duplicate');
  // Without SACK the window stays, so that the answer is a duplicate ACK (RFC 5681 section 2).
  else if (c.sackOn) growWindow(c, payload.length, result.memory);
  if (!c.orphan) growReceiveBuffer(c, c.space);
}

/** recv(2) into new memory: data, the end, an error, or nothing yet, in that order of precedence. A peek may begin behind `offset` bytes. */
export function readData(
  c: ControlBlock,
  max: number,
  peek: boolean,
  offset = 0,
): Uint8Array | EndOfStream | Errno | undefined {
  const queue = readable(c);
  const passed = queue === undefined || offset > 0 ? offset : passUrgent(c, queue, peek);
  if (queue === undefined || queue.length <= passed) return nothingToRead(c);
  const size = readableSize(c, queue.length - passed, max, offset);
  const out = c.tcp.arena.take(size);
  readQueued(c, queue, out, size, peek, passed);
  return out;
}

/** The same into the caller's memory: the number of bytes. */
export function readInto(c: ControlBlock, out: Uint8Array, peek: boolean): number | EndOfStream | Errno | undefined {
  const queue = readable(c);
  const passed = queue === undefined ? 0 : passUrgent(c, queue, peek);
  if (queue === undefined || queue.length === passed) return nothingToRead(c);
  const size = readableSize(c, queue.length - passed, out.length);
  readQueued(c, queue, out, size, peek, passed);
  return size;
}

function readable(c: ControlBlock): ReceiveQueue | undefined {
  const queue = c.receiveQueue;
  return queue === undefined || queue.length === 0 || c.state === STATE.LISTEN ? undefined : queue;
}

function nothingToRead(c: ControlBlock): EndOfStream | Errno | undefined {
  if (c.state === STATE.LISTEN) return E.ENOTCONN;
  if (c.done) return END_OF_STREAM;
  if (c.pendingError !== undefined) {
    const error = c.pendingError;
    c.pendingError = undefined;
    return error;
  }
  if (c.shutdown & SHUT.READ) return END_OF_STREAM;
  if (c.state === STATE.CLOSED) return E.ENOTCONN;
  return undefined;
}

/** RFC 9293 section 3.8.5: a read stops at the urgent mark. */
function readableSize(c: ControlBlock, waiting: number, max: number, offset = 0): number {
  const distance = c.urgentState === 0 ? 0 : seqDiff(c.urgentSeq, c.copiedSeq) - offset;
  return Math.min(waiting, max, distance > 0 ? distance : max);
}

/** `passed`: a peek begins behind so many bytes. */
function readQueued(
  c: ControlBlock,
  queue: ReceiveQueue,
  out: Uint8Array,
  size: number,
  peek: boolean,
  passed: number,
): void {
  if (size === 0) return;
  if (passed > 0) {
    const all = new Uint8Array(passed + size);
    queue.read(all, all.length, true);
    out.set(all.subarray(passed));
    return;
  }
  const first = Math.min(size, queue.firstLength);
  queue.read(out, size, peek);
  if (peek) return;
  // Linux looks after each segment that it copies; the clock stands still meanwhile, so only the first look can tell anything.
  c.copiedSeq = seqAdd(c.copiedSeq, first);
  tuneReceiveBuffer(c);
  c.copiedSeq = seqAdd(c.copiedSeq, size - first);
  ackAfterRead(c, size);
}

/** A read that begins at the urgent byte passes over it, unless it is to be read in line; 1 where it only looks (tcp_recvmsg_locked). */
function passUrgent(c: ControlBlock, queue: ReceiveQueue, peek: boolean): number {
  if (!readPasses(c)) return 0;
  if (peek) return 1;
  queue.skip();
  c.copiedSeq = seqAdd(c.copiedSeq, 1);
  return 0;
}

/** tcp_stream_is_readable: as much as SO_RCVLOWAT asks for, not counting an urgent byte that comes first, or as much as the window lets in. */
export function hasData(c: ControlBlock): boolean {
  if (c.receiveQueue === undefined || c.receiveQueue.length === 0) return false;
  const target = Math.max(1, Math.min(c.settings.receiveLowat, c.receiveBuffer >> 1)) + (readPasses(c) ? 1 : 0);
  return c.receiveQueue.length >= target || receiveWindow(c) <= c.rcvMss;
}

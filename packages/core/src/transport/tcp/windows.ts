/**
 * The receive window (RFC 9293 section 3.8.6): how much to advertise, when it may grow, and how the buffer follows what the program reads.
 * It never shrinks (SHLD-14), and it does not creep open: below half of the buffer an opening of less than one segment stays unsaid (silly
 * window syndrome, MUST-39).
 */
import { seqDiff } from '../../base/sequence.ts';
import { US } from '../../time/instant.ts';
import { segmentMemory } from './buffer-memory.ts';
import { INITIAL_WINDOW_SEGMENTS, MSS_DEFAULT, MSS_MIN_RECEIVE, STATE, WINDOW_SCALE_MAX } from './constants.ts';
import { type ControlBlock, now, receiveWindow } from './control-block.ts';
import { timestampBytes } from './timestamps.ts';

/** Parts of a receive buffer are counted in 256ths. */
const RATIO_UNIT = 256;
/** Half of the smallest receive buffer (SOCK_MIN_RCVBUF). */
const CLAMP_MIN = 1152;

/** Memory that unread segments take, in order or not. */
export function receiveMemory(c: ControlBlock): number {
  return (
    (c.receiveQueue === undefined ? 0 : c.receiveQueue.memory) + (c.reassembly === undefined ? 0 : c.reassembly.memory)
  );
}

/** The part of a buffer that may hold payload (tcp_win_from_space). */
function windowFromSpace(c: ControlBlock, space: number): number {
  return Math.floor((space * c.payloadRatio) / RATIO_UNIT);
}

/** The buffer that a window needs. */
function spaceFromWindow(c: ControlBlock, window: number): number {
  return Math.floor((window * RATIO_UNIT) / c.payloadRatio);
}

export function fullSpace(c: ControlBlock): number {
  return windowFromSpace(c, c.receiveBuffer);
}

/** `charged`: of what is charged, so much does not count. */
export function freeSpace(c: ControlBlock, charged = 0): number {
  return windowFromSpace(c, Math.max(0, c.receiveBuffer - receiveMemory(c) + charged));
}

/** Of a segment with its time stamp. */
function sizeOf(c: ControlBlock, length: number): number {
  return length + timestampBytes(c);
}

/** The peer's segments turned out larger: how much of a buffer is payload is known better, and the clamp follows (tcp_measure_rcv_mss). */
export function learnPayloadRatio(c: ControlBlock, length: number): void {
  const ratio = Math.max(1, Math.floor((length * RATIO_UNIT) / segmentMemory(sizeOf(c, length))));
  if (ratio === c.payloadRatio) return;
  c.payloadRatio = ratio;
  setWindowClamp(c, fullSpace(c));
  if (c.windowClamp < c.space) c.space = c.windowClamp;
}

/** A new clamp, by TCP_WINDOW_CLAMP or by what was learnt: the window follows it down at once, and up as far as it was offered. */
export function setWindowClamp(c: ControlBlock, wanted: number): void {
  const clamp = Math.max(wanted, CLAMP_MIN);
  const before = c.windowClamp;
  c.windowClamp = clamp;
  if (clamp < before) c.rcvSsthresh = Math.min(c.rcvSsthresh, clamp);
  else c.rcvSsthresh = Math.max(c.rcvSsthresh, Math.min(c.rcvWnd, clamp));
}

/** SO_RCVLOWAT: a buffer that holds a window of this size, and a clamp that lets it be offered. */
export function makeSpaceFor(c: ControlBlock, window: number): void {
  const space = spaceFromWindow(c, window);
  if (space <= c.receiveBuffer) return;
  c.receiveBuffer = space;
  if (c.windowClamp > 0 && c.windowClamp < window) c.windowClamp = window;
}

/**
 * Makes room for one more segment where the buffer is full: a larger buffer if it may grow, small segments copied together, the furthest
 * out-of-order data given up (tcp_prune_queue). False where none of it helps.
 */
export function makeRoom(c: ControlBlock): boolean {
  if (receiveMemory(c) <= c.receiveBuffer) return true;
  const most = c.tcp.config.rmem.numbers[2]!;
  c.quickAcks = 0;
  if (!c.settings.receiveBufferLocked && c.receiveBuffer < most) c.receiveBuffer = Math.min(receiveMemory(c), most);
  if (receiveMemory(c) <= c.receiveBuffer) return true;
  c.rcvSsthresh = Math.min(c.windowClamp, 2 * c.advertisedMss);
  c.receiveQueue?.collapse((memory, length) => windowFromSpace(c, memory) > length);
  if (receiveMemory(c) <= c.receiveBuffer) return true;
  c.reassembly?.prune(Math.max(0, c.receiveBuffer - (c.receiveQueue?.memory ?? 0)));
  return receiveMemory(c) <= c.receiveBuffer;
}

export interface InitialWindow {
  readonly window: number;
  readonly clamp: number;
  readonly scale: number;
}

/**
 * The window that a connection begins with: what the buffer holds, whole segments of it, and the scale that the largest buffer will need (RFC 7323
 * section 2.3). A SYN can tell of 65,535 bytes only; the first segment with a scale tells the rest (Linux since 6.11). `most` segments, where the route says so.
 */
export function initialWindow(c: ControlBlock, mss: number, most?: number): InitialWindow {
  const { config } = c.tcp;
  let clamp = c.settings.windowClamp > 0 ? c.settings.windowClamp : 65_535 << WINDOW_SCALE_MAX;
  // Who listens takes the route's word for more than the buffer holds, too (tcp_openreq_init_rwin).
  const full = most !== undefined && c.state === STATE.LISTEN ? Math.max(fullSpace(c), most * mss) : fullSpace(c);
  let space = Math.min(full, clamp);
  if (space > mss) space -= space % mss;
  let scale = 0;
  if (config.windowScaling.number !== 0) {
    const largest = c.settings.receiveBufferLocked ? space : Math.max(space, config.rmem.numbers[2]!, 212_992);
    scale = Math.min(WINDOW_SCALE_MAX, Math.max(0, 31 - Math.clz32(Math.min(largest, clamp)) - 15));
  }
  clamp = Math.min(65_535 * (1 << scale), clamp);
  return { window: most === undefined ? space : Math.min(space, most * mss), clamp, scale };
}

/** Once both sides are known: the clamp that the buffer gives, and where auto-tuning starts. */
export function initBuffers(c: ControlBlock): void {
  if (!c.settings.sendBufferLocked) expandSendBuffer(c);
  const most = fullSpace(c);
  if (c.windowClamp >= most) c.windowClamp = most;
  if (c.windowClamp > 2 * c.advertisedMss && c.windowClamp + c.advertisedMss > most) {
    c.windowClamp = Math.max(2 * c.advertisedMss, most - c.advertisedMss);
  }
  c.rcvSsthresh = Math.min(c.rcvSsthresh, c.windowClamp);
  c.spaceAt = now(c);
  c.spaceSeq = c.copiedSeq;
  c.space = Math.min(c.rcvSsthresh, c.rcvWnd, INITIAL_WINDOW_SEGMENTS * c.advertisedMss);
}

export function initReceiveMss(c: ControlBlock): void {
  const hint = Math.min(c.advertisedMss, c.mss, c.rcvWnd >> 1, MSS_DEFAULT);
  c.rcvMss = Math.max(hint, MSS_MIN_RECEIVE);
}

/** The window that the buffer allows now, before the rule that it must not shrink. */
export function candidateWindow(c: ControlBlock): number {
  const allowed = fullSpace(c);
  let free = freeSpace(c);
  const full = Math.min(c.windowClamp, allowed);
  const mss = Math.min(c.rcvMss, full);
  if (mss <= 0) return 0;
  if (mayShrink(c)) return shrunkWindow(c, free, full, allowed, mss);
  if (free < full >> 1) {
    c.quickAcks = 0;
    free = (free >>> c.rcvScale) << c.rcvScale;
    if (free < allowed >> 4 || free < mss) return 0;
  }
  if (free > c.rcvSsthresh) free = c.rcvSsthresh;
  if (c.rcvScale > 0) return alignUp(free, c.rcvScale);
  let window = c.rcvWnd;
  if (window <= free - mss || window > free) window = free - (free % mss);
  else if (mss === full && free > window + (full >> 1)) window = free;
  return window;
}

/** net.ipv4.tcp_shrink_window: memory before promises, where the scale lets a window be told exactly. */
function mayShrink(c: ControlBlock): boolean {
  return c.rcvScale > 0 && c.tcp.config.shrinkWindow.number !== 0;
}

function shrunkWindow(c: ControlBlock, free: number, full: number, allowed: number, mss: number): number {
  const unit = 1 << c.rcvScale;
  const whole = free - (free % unit);
  if (whole < full >> 1) {
    c.quickAcks = 0;
    if (whole < allowed >> 4 || whole < mss || whole < unit) return 0;
  }
  return whole > c.rcvSsthresh ? alignUp(c.rcvSsthresh, c.rcvScale) : whole;
}

function alignUp(value: number, scale: number): number {
  const unit = 1 << scale;
  return Math.ceil(value / unit) * unit;
}

/** Settles the window that this segment advertises; answers its header field. */
export function selectWindow(c: ControlBlock): number {
  if (c.outOfMemory) {
    // What just came had to be dropped: nothing more for now, whatever was promised (tcp_select_window).
    c.outOfMemory = false;
    c.rcvWnd = 0;
    c.rcvWup = c.rcvNxt;
    return 0;
  }
  const current = receiveWindow(c);
  let window = candidateWindow(c);
  if (window < current && !mayShrink(c)) window = alignUp(current, c.rcvScale); // RFC 9293 SHLD-14: do not take back what was offered
  c.rcvWnd = window;
  c.rcvWup = c.rcvNxt;
  const most = 65_535 * (1 << c.rcvScale);
  return Math.min(window, most) >>> c.rcvScale;
}

/**
 * Lets the window follow a sender that fills it: two segments more per segment received, if buffers of its size are worth it (tcp_grow_window). `ahead`:
 * what the segment itself was charged with, where it came ahead of its turn, which Linux charges after this.
 */
export function growWindow(c: ControlBlock, length: number, ahead = 0): void {
  const room = Math.min(c.windowClamp, freeSpace(c, ahead)) - c.rcvSsthresh;
  if (room <= 0) return;
  const share = windowFromSpace(c, segmentMemory(sizeOf(c, length)));
  const step = share <= length ? 2 * c.advertisedMss : stepForSmall(c, length, share);
  if (step === 0) return;
  c.rcvSsthresh += Math.min(room, Math.max(step, 2 * length));
  c.quickAcks |= 1;
}

/** Segments that waste memory make the window grow only while it is far below what the largest buffer would allow. */
function stepForSmall(c: ControlBlock, length: number, share: number): number {
  share >>= 1;
  let window = windowFromSpace(c, c.tcp.config.rmem.numbers[2]!) >> 1;
  while (c.rcvSsthresh <= window) {
    if (share <= length) return 2 * c.rcvMss;
    share >>= 1;
    window >>= 1;
  }
  return 0;
}

/** Receiver-side round trip by time stamps: how long an echo took to come back with a full segment. */
export function measureReceiveRtt(c: ControlBlock, length: number): void {
  if (!c.sawTimestamp || c.lastTsEcr === 0 || c.lastTsEcr === c.rcvRttEcho) return;
  c.rcvRttEcho = c.lastTsEcr;
  if (length < c.rcvMss) return;
  const elapsedMs = (Math.floor(now(c) / 1_000_000) + c.tsOffset - c.lastTsEcr) >>> 0;
  if (elapsedMs > 1_000_000) return;
  smoothReceiveRtt(c, Math.max(1, elapsedMs) * 1000, false);
}

/** The same without time stamps: one window is received per round trip. */
export function measureReceiveRttByWindow(c: ControlBlock): void {
  const at = now(c);
  if (c.rcvRttAt !== 0) {
    if (seqDiff(c.rcvNxt, c.rcvRttSeq) < 0) return;
    smoothReceiveRtt(c, Math.max(1, Math.floor((at - c.rcvRttAt) / US)), true);
  }
  c.rcvRttSeq = (c.rcvNxt + c.rcvWnd) | 0;
  c.rcvRttAt = at;
}

function smoothReceiveRtt(c: ControlBlock, sampleUs: number, byWindow: boolean): void {
  const old = c.rcvRttUs;
  if (old === 0) c.rcvRttUs = sampleUs * 8;
  else if (!byWindow) c.rcvRttUs = old + sampleUs - Math.floor(old / 8);
  else if (sampleUs * 8 < old) c.rcvRttUs = sampleUs * 8;
}

/** Dynamic right-sizing: after each round trip, twice what the program read in it should fit (tcp_rcv_space_adjust). */
export function tuneReceiveBuffer(c: ControlBlock): void {
  if (c.rcvRttUs === 0) return;
  const at = now(c);
  if (at - c.spaceAt < (c.rcvRttUs >> 3) * US) return;
  const unread = (c.rcvNxt - c.copiedSeq) >>> 0;
  const copied = ((c.copiedSeq - c.spaceSeq) >>> 0) - unread;
  if (copied > c.space) growReceiveBuffer(c, copied);
  c.bytesMeasured += (c.copiedSeq - c.spaceSeq) >>> 0;
  c.spaceSeq = c.copiedSeq;
  c.spaceAt = at;
}

/** `copied` bytes were read in a round trip: the sender may double that, and what waits behind a hole takes room too (tcp_rcvbuf_grow). */
export function growReceiveBuffer(c: ControlBlock, copied: number): void {
  const before = c.space;
  c.space = copied;
  if (c.tcp.config.moderateReceiveBuffer.number === 0 || c.settings.receiveBufferLocked) return;
  let window = copied * 2;
  if (before > 0) window += 2 * Math.floor((window * (copied - before)) / before);
  if (c.reassembly !== undefined) window += Math.max(0, seqDiff(c.reassembly.end, c.rcvNxt));
  const buffer = Math.min(spaceFromWindow(c, window), c.tcp.config.rmem.numbers[2]!);
  if (buffer <= c.receiveBuffer) return;
  c.receiveBuffer = buffer;
  c.windowClamp = windowFromSpace(c, buffer);
}

/** Room for twice the congestion window in the send buffer (tcp_sndbuf_expand): what Linux charges per segment is a power of two plus its descriptor. */
export function expandSendBuffer(c: ControlBlock): void {
  let perSegment = 512;
  while (perSegment < Math.max(c.peerMss, c.mss) + 576) perSegment *= 2;
  const segments = Math.max(INITIAL_WINDOW_SEGMENTS, c.cwnd, c.reordering + 1);
  const wanted = 2 * segments * (perSegment + 256);
  if (wanted > c.sendBuffer) c.sendBuffer = Math.min(wanted, c.tcp.config.wmem.numbers[2]!);
}

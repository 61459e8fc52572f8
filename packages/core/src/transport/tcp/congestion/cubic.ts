/**
 * CUBIC (RFC 9438) with HyStart, in integers as Linux computes it: C = 0.4 as 410/1024, beta = 717/1024, time in units of 1/1024 s read from a
 * clock of 250 ticks a second. Departs from Linux only in the cube root, which is exact here and within 0.2 % there.
 */
import { seqGt } from '../../../base/sequence.ts';
import { JIFFY_NS, SECOND } from '../../../time/instant.ts';
import { CA } from '../constants.ts';
import type { ControlBlock } from '../control-block.ts';
import { inSlowStart, isCwndLimited } from '../cwnd.ts';
import type { CongestionControl } from './interface.ts';
import { additiveIncrease, slowStart } from './reno.ts';

const HZ = SECOND / JIFFY_NS;
const BETA = 717;
const BETA_SCALE = 1024;
/** 8 (1 + beta) / (3 (1 - beta)): packets that a Reno flow of the same share needs per increase, times 8 (RFC 9438 section 4.3). */
const FRIENDLY_SCALE = 15;
const CUBE_RTT_SCALE = 410;
const CUBE_SHIFT = 0x100_0000_0000; // 2^40
const CUBE_FACTOR = Math.floor(CUBE_SHIFT / CUBE_RTT_SCALE);

const HYSTART_LOW_WINDOW = 16;
const HYSTART_MIN_SAMPLES = 8;
const HYSTART_ACK_DELTA_US = 2000;
const HYSTART_DELAY_MIN_US = 4000;
const HYSTART_DELAY_MAX_US = 16_000;

class CubicState {
  /** Increase the window by one per so many acknowledged packets. */
  count = 0;
  lastMaxCwnd = 0;
  lastCwnd = 0;
  lastTime = 0;
  originPoint = 0;
  /** Time from the epoch's start to the origin point, 1/1024 s. */
  k = 0;
  delayMinUs = 0;
  epochStart = 0;
  ackCount = 0;
  tcpCwnd = 0;
  // HyStart
  roundStartUs = 0;
  endSeq = 0;
  lastAckUs = 0;
  currentRttUs = Number.POSITIVE_INFINITY;
  samples = 0;
  found = false;

  reset(): void {
    this.count = this.lastMaxCwnd = this.lastCwnd = this.lastTime = this.originPoint = 0;
    this.k = this.delayMinUs = this.epochStart = this.ackCount = this.tcpCwnd = 0;
    this.found = false;
  }
}

function stateOf(c: ControlBlock): CubicState {
  if (c.congestionState instanceof CubicState) return c.congestionState;
  const state = new CubicState();
  c.congestionState = state;
  resetRound(c, state);
  return state;
}

/** Ticks since the start of the world, plus one so that zero can mean "none". */
function jiffies(c: ControlBlock): number {
  return Math.floor(c.tcp.queue.now / JIFFY_NS) + 1;
}

function nowUs(c: ControlBlock): number {
  return Math.floor(c.tcp.queue.now / 1000);
}

/** floor of the cube root, by Newton's method in whole numbers from above. */
export function cubeRoot(value: number): number {
  if (value < 8) return value < 1 ? 0 : 1;
  let x = 1;
  while (x * x * x < value) x *= 2;
  for (;;) {
    const next = Math.floor((2 * x + Math.floor(value / (x * x))) / 3);
    if (next >= x) return x;
    x = next;
  }
}

/** RFC 9438 section 4.2 to 4.4: how many acknowledgements the next increase takes. */
function update(c: ControlBlock, s: CubicState, acked: number): void {
  const now = jiffies(c);
  s.ackCount += acked;
  if (s.lastCwnd === c.cwnd && now - s.lastTime <= HZ >> 5) return;
  if (s.epochStart === 0 || now !== s.lastTime) {
    s.lastCwnd = c.cwnd;
    s.lastTime = now;
    if (s.epochStart === 0) beginEpoch(c, s, now, acked);
    followCubic(c, s, now);
  }
  followReno(c, s);
  s.count = Math.max(s.count, 2); // never faster than slow start's half
}

function beginEpoch(c: ControlBlock, s: CubicState, now: number, acked: number): void {
  s.epochStart = now;
  s.ackCount = acked;
  s.tcpCwnd = c.cwnd;
  if (s.lastMaxCwnd <= c.cwnd) {
    s.k = 0;
    s.originPoint = c.cwnd;
  } else {
    s.k = cubeRoot(CUBE_FACTOR * (s.lastMaxCwnd - c.cwnd));
    s.originPoint = s.lastMaxCwnd;
  }
}

function followCubic(c: ControlBlock, s: CubicState, now: number): void {
  const ticks = now - s.epochStart + Math.ceil((s.delayMinUs * 1000) / JIFFY_NS);
  const t = Math.floor((ticks * 1024) / HZ);
  const offset = t < s.k ? s.k - t : t - s.k;
  const delta = Math.floor((CUBE_RTT_SCALE * offset * offset * offset) / CUBE_SHIFT);
  const target = t < s.k ? s.originPoint - delta : s.originPoint + delta;
  s.count = target > c.cwnd ? Math.floor(c.cwnd / (target - c.cwnd)) : 100 * c.cwnd;
  // Nothing is known of the path yet: at least five per cent a round trip.
  if (s.lastMaxCwnd === 0 && s.count > 20) s.count = 20;
}

/** The Reno-friendly region (RFC 9438 section 4.3). */
function followReno(c: ControlBlock, s: CubicState): void {
  const perIncrease = (c.cwnd * FRIENDLY_SCALE) >> 3;
  while (s.ackCount > perIncrease) {
    s.ackCount -= perIncrease;
    s.tcpCwnd++;
  }
  if (s.tcpCwnd > c.cwnd) s.count = Math.min(s.count, Math.floor(c.cwnd / (s.tcpCwnd - c.cwnd)));
}

function resetRound(c: ControlBlock, s: CubicState): void {
  s.roundStartUs = s.lastAckUs = nowUs(c);
  s.endSeq = c.sndNxt;
  s.currentRttUs = Number.POSITIVE_INFINITY;
  s.samples = 0;
}

/** HyStart: leave slow start when the ACKs of one round spread over half a round trip, or the round trip grows by an eighth. */
function hystart(c: ControlBlock, s: CubicState, delayUs: number): void {
  if (seqGt(c.sndUna, s.endSeq)) resetRound(c, s);
  if (c.cwnd < HYSTART_LOW_WINDOW) return;
  const now = nowUs(c);
  if (now - s.lastAckUs <= HYSTART_ACK_DELTA_US) {
    s.lastAckUs = now;
    if (now - s.roundStartUs > (s.delayMinUs + ackDelayUs(c)) / 2) exitSlowStart(c, s);
  }
  if (delayUs < s.currentRttUs) s.currentRttUs = delayUs;
  if (s.samples < HYSTART_MIN_SAMPLES) {
    s.samples++;
    return;
  }
  const margin = Math.min(Math.max(s.delayMinUs >> 3, HYSTART_DELAY_MIN_US), HYSTART_DELAY_MAX_US);
  if (!s.found && s.currentRttUs > s.delayMinUs + margin) exitSlowStart(c, s);
}

/** What large send units add to the spread of ACKs: four of them at twice the current rate, at most 1 ms. */
function ackDelayUs(c: ControlBlock): number {
  const srttUs = c.srttUs8 >> 3;
  if (srttUs === 0) return 0;
  return Math.min(1000, Math.floor((65_536 * 4 * srttUs) / (2 * c.cwnd * c.mss)));
}

function exitSlowStart(c: ControlBlock, s: CubicState): void {
  if (s.found) return;
  s.found = true;
  c.ssthresh = c.cwnd;
  c.tcp.report.recovery(c, 'slow-start-exit');
}

export const cubic: CongestionControl = {
  name: 'cubic',
  init() {
    return undefined;
  },
  onAck(c, _ack, acked) {
    if (!isCwndLimited(c)) return;
    if (inSlowStart(c)) {
      acked = slowStart(c, acked);
      if (acked === 0) return;
    }
    const s = stateOf(c);
    update(c, s, acked);
    additiveIncrease(c, s.count, acked);
  },
  /** RFC 9438 section 4.6 and 4.7: multiplicative decrease, and fast convergence where the last maximum was not reached. */
  ssthresh(c) {
    const s = stateOf(c);
    s.epochStart = 0;
    s.lastMaxCwnd = c.cwnd < s.lastMaxCwnd ? Math.floor((c.cwnd * (BETA_SCALE + BETA)) / (2 * BETA_SCALE)) : c.cwnd;
    return Math.max(Math.floor((c.cwnd * BETA) / BETA_SCALE), 2);
  },
  undo(c) {
    return Math.max(c.cwnd, c.priorCwnd);
  },
  onSample(c, _acked, rttUs) {
    if (rttUs < 0) return;
    const s = stateOf(c);
    // Samples right after a recovery still see its queue.
    if (s.epochStart > 0 && jiffies(c) - s.epochStart < HZ) return;
    const delayUs = Math.max(1, rttUs);
    if (s.delayMinUs === 0 || delayUs < s.delayMinUs) s.delayMinUs = delayUs;
    if (!s.found && inSlowStart(c)) hystart(c, s, delayUs);
  },
  onStateChange(c, state) {
    if (state !== CA.LOSS) return;
    const s = stateOf(c);
    s.reset();
    resetRound(c, s);
  },
  /** Idle time does not count as time of growth (RFC 9438 section 4.2). */
  onStart(c) {
    if (!(c.congestionState instanceof CubicState) || c.congestionState.epochStart === 0) return;
    const s = c.congestionState;
    const now = jiffies(c);
    const idle = now - (Math.floor(c.lastSentAt / JIFFY_NS) + 1);
    if (idle > 0) s.epochStart = Math.min(s.epochStart + idle, now);
  },
};

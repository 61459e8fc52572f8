/**
 * Round-trip times and the retransmission time-out (RFC 6298), with Linux's arithmetic: srtt times 8 and mdev times 4 in microseconds, a
 * variance that falls at most once per window, a deviation that shrinking round trips raise only by an eighth (so that a sudden drop in RTT does not
 * widen the time-out), and a floor of 200 ms on the variance instead of RFC 6298's 1 s on the sum.
 */
import { seqGt } from '../../base/sequence.ts';
import { SECOND, US } from '../../time/instant.ts';
import { type ControlBlock, now } from './control-block.ts';
import { rtoMinUs } from './route-metrics.ts';

const RTO_FALLBACK_US = 3_000_000;

/** Takes one sample in (RFC 6298 section 2.2 and 2.3). */
function estimate(c: ControlBlock, sampleUs: number): void {
  c.tcp.report.roundTrip(c, sampleUs);
  let m = sampleUs;
  if (c.srttUs8 === 0) {
    c.srttUs8 = m << 3;
    c.mdevUs4 = m << 1;
    c.rttvarUs = Math.max(c.mdevUs4, rtoMinUs(c));
    c.mdevMaxUs = c.rttvarUs;
    c.rttSeq = c.sndNxt;
  } else {
    m -= c.srttUs8 >> 3;
    c.srttUs8 += m;
    if (m < 0) {
      m = -m - (c.mdevUs4 >> 2);
      if (m > 0) m >>= 3;
    } else m -= c.mdevUs4 >> 2;
    c.mdevUs4 += m;
    if (c.mdevUs4 > c.mdevMaxUs) {
      c.mdevMaxUs = c.mdevUs4;
      if (c.mdevMaxUs > c.rttvarUs) c.rttvarUs = c.mdevMaxUs;
    }
    if (seqGt(c.sndUna, c.rttSeq)) {
      if (c.mdevMaxUs < c.rttvarUs) c.rttvarUs -= (c.rttvarUs - c.mdevMaxUs) >> 2;
      c.rttSeq = c.sndNxt;
      c.mdevMaxUs = rtoMinUs(c);
    }
  }
  if (c.srttUs8 < 1) c.srttUs8 = 1;
}

/** The time-out without backoff (RFC 6298 equation 2.3). */
export function computeRto(c: ControlBlock): void {
  c.rtoNs = Math.min(((c.srttUs8 >> 3) + c.rttvarUs) * US, c.tcp.config.rtoMaxNs);
}

/** The smallest round trip of the last five minutes (net.ipv4.tcp_min_rtt_wlen). */
function trackMinimum(c: ControlBlock, sampleUs: number, maybeDelayed: boolean): void {
  const at = now(c);
  if (c.minRttUs !== 0 && maybeDelayed && sampleUs > c.minRttUs) return;
  if (c.minRttUs === 0 || sampleUs <= c.minRttUs || at - c.minRttAt > c.tcp.config.minRttWindow.number * SECOND) {
    c.minRttUs = Math.max(1, sampleUs);
    c.minRttAt = at;
  }
}

/** Each value in microseconds, -1 where there is none: from segments acknowledged in order, from SACKed ones, for the minimum. */
export interface RttSamples {
  sequence: number;
  sack: number;
  congestion: number;
}

/**
 * Picks a sample as RFC 6298 section 3 (Karn) allows: never from a retransmitted segment, unless its time stamp tells which copy was
 * answered (RFC 7323 section 4.1). True where the estimators took one.
 */
export function updateRtt(c: ControlBlock, samples: RttSamples, dataAcked: boolean, maybeDelayed: boolean): boolean {
  let sample = samples.sequence >= 0 ? samples.sequence : samples.sack;
  if (sample < 0 && dataAcked && c.timestampsOn && c.sawTimestamp && c.lastTsEcr !== 0) {
    const elapsedMs = (Math.floor(now(c) / 1_000_000) + c.tsOffset - c.lastTsEcr) >>> 0;
    if (elapsedMs < 0x7fff_ffff / 1000) sample = samples.congestion = Math.max(1, elapsedMs) * 1000;
  }
  if (sample < 0) return false;
  trackMinimum(c, samples.congestion >= 0 ? samples.congestion : sample, maybeDelayed);
  estimate(c, sample);
  computeRto(c);
  c.backoff = 0; // RFC 6298 section 5, after a new measurement
  return true;
}

/** A sample known beforehand (SYN-ACK of a passive open). */
export function firstRtt(c: ControlBlock, rttNs: number): void {
  const us = Math.max(1, Math.floor(rttNs / US));
  trackMinimum(c, us, false);
  estimate(c, us);
  computeRto(c);
}

/** RFC 6298 section 5.7: the handshake gave no sample, as its SYN was repeated; be patient with the first data. */
export function noFirstRtt(c: ControlBlock): void {
  c.rttvarUs = c.mdevUs4 = c.mdevMaxUs = RTO_FALLBACK_US;
  c.rtoNs = RTO_FALLBACK_US * US;
}

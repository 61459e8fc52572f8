/**
 * Path-MTU discovery without ICMP (RFC 4821) as Linux does it: segments begin at net.ipv4.tcp_base_mss; now and then one larger segment goes out, half
 * way up to what the path's MTU allows; if it is acknowledged it becomes the size, if it alone is lost the search goes on below it, and the window is
 * not reduced. net.ipv4.tcp_mtu_probing: 0 never, 1 once a black hole is suspected (the retransmissions of tcp_retries1 went unanswered), 2 always.
 */
import { type Seq, seqDiff, seqGt } from '../../base/sequence.ts';
import { SECOND } from '../../time/instant.ts';
import { CA, IP_AND_TCP_HEADER } from './constants.ts';
import { type ControlBlock, now, windowEnd } from './control-block.ts';
import { currentSsthresh, inFlight } from './cwnd.ts';
import { currentMss, mssForMtu, syncMss } from './output.ts';
import { sendNext } from './send.ts';
import { unsentBytes } from './send-buffer.ts';
import { timestampBytes } from './timestamps.ts';

const MODE = { NEVER: 0, BLACK_HOLE: 1, ALWAYS: 2 } as const;
/** Fewer would not tell the loss of a probe from congestion. */
const CWND_MIN = 11;

export class MtuProbe {
  /** MTU that is known to pass, and the largest that may. */
  low = 0;
  high = 0;
  /** MTU of the probe that is out; 0 for none. */
  size = 0;
  start: Seq = 0;
  end: Seq = 0;
  since = 0;
}

/** What a segment of so many bytes of payload takes on the path (tcp_mss_to_mtu). */
function mtuForMss(c: ControlBlock, mss: number): number {
  return mss + IP_AND_TCP_HEADER + timestampBytes(c);
}

function begin(c: ControlBlock): MtuProbe {
  const probe = new MtuProbe();
  probe.low = mtuForMss(c, c.tcp.config.baseMss.number);
  probe.high = Math.min(c.peerMss + IP_AND_TCP_HEADER, c.pathMtu);
  probe.since = now(c);
  c.mtuProbe = probe;
  return probe;
}

/** At an active open before the segment size is settled, and once more when the connection is open; Linux lets a passive one begin at full size. */
export function startMtuProbing(c: ControlBlock): void {
  if (c.tcp.config.mtuProbing.number >= MODE.ALWAYS) begin(c);
}

/** Nothing came back for the retransmissions of tcp_retries1: perhaps they are too large for a router that does not say so (tcp_mtu_probing). */
export function suspectBlackHole(c: ControlBlock): void {
  const { config } = c.tcp;
  if (config.mtuProbing.number === MODE.NEVER) return;
  const probe = c.mtuProbe;
  if (probe === undefined) begin(c);
  else {
    const half = Math.min(config.baseMss.number, mssForMtu(c, probe.low) >> 1);
    probe.low = mtuForMss(c, Math.max(half, config.mtuProbeFloor.number, config.minSendMss.number));
  }
  syncMss(c, c.pathMtu);
}

export const PROBED = { NOT_NOW: 0, WAIT: 1, SENT: 2 } as const;
type Probed = (typeof PROBED)[keyof typeof PROBED];

/** Sends a probe if it is time for one (tcp_mtu_probe); WAIT: the window is to drain for it first. */
export function tryMtuProbe(c: ControlBlock, probe: MtuProbe): Probed {
  const reporting = c.dsackLeft !== c.dsackRight || (c.reassembly !== undefined && !c.reassembly.empty);
  if (probe.size > 0 || c.caState !== CA.OPEN || c.cwnd < CWND_MIN || reporting) return PROBED.NOT_NOW;
  const mss = currentMss(c);
  const size = mssForMtu(c, (probe.high + probe.low) >> 1);
  const needed = size + (c.reordering + 1) * c.mss;
  const threshold = Math.max(1, c.tcp.config.probeThreshold.number);
  if (size > mssForMtu(c, probe.high) || probe.high - probe.low < threshold) {
    searchAgain(c, probe, mss);
    return PROBED.NOT_NOW;
  }
  if (unsentBytes(c) < needed || c.sndWnd < needed) return PROBED.NOT_NOW;
  if (seqDiff(windowEnd(c), c.sndNxt) < needed) return PROBED.WAIT;
  const flight = inFlight(c);
  if (flight + 2 > c.cwnd) return flight === 0 ? PROBED.NOT_NOW : PROBED.WAIT;
  if (c.sendQueue!.recordLength < size) return PROBED.NOT_NOW;
  probe.start = c.sndNxt;
  sendNext(c, size, mss, false);
  probe.end = c.sndNxt;
  probe.size = mtuForMss(c, size);
  c.cwnd--; // it counts for two
  return PROBED.SENT;
}

/** RFC 4821 section 7.4: the path may have changed; after net.ipv4.tcp_probe_interval the search begins anew above what is known. */
function searchAgain(c: ControlBlock, probe: MtuProbe, mss: number): void {
  if (now(c) - probe.since < c.tcp.config.probeInterval.number * SECOND) return;
  probe.high = c.peerMss + IP_AND_TCP_HEADER;
  probe.low = mtuForMss(c, mss);
  probe.since = now(c);
}

/** Something was acknowledged: was it the probe? Then its size is the segments' (tcp_mtup_probe_success), and the window keeps its bytes. */
export function noteAcknowledged(c: ControlBlock, probe: MtuProbe): void {
  if (probe.size === 0 || seqGt(probe.end, c.sndUna)) return;
  c.priorSsthresh = currentSsthresh(c);
  c.cwnd = Math.max(1, Math.floor((c.cwnd * mtuForMss(c, c.mss)) / probe.size));
  c.cwndCount = 0;
  c.cwndStamp = now(c);
  c.ssthresh = currentSsthresh(c);
  probe.low = probe.size;
  probe.size = 0;
  syncMss(c, c.pathMtu);
}

/** A loss begins at the probe: it was too large, and says nothing about congestion (RFC 4821 section 7.6.2). */
export function probeWasLost(c: ControlBlock): boolean {
  const probe = c.mtuProbe;
  if (probe === undefined || probe.size === 0 || c.caState >= CA.CWR || c.sndUna !== probe.start) return false;
  probe.high = probe.size - 1;
  probe.size = 0;
  c.cwnd++;
  return true;
}

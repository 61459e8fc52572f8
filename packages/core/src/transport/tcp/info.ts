/** TCP_INFO and the timer that `ss -o` shows: read from the connection, nothing kept for it. Names are those of `struct tcp_info`. */
import { MS, US } from '../../time/instant.ts';
import type { TcpInfo, TimerInfo } from './api.ts';
import { pacingRate } from './burst.ts';
import { settleBusy } from './chronograph.ts';
import { PENDING, STATE } from './constants.ts';
import { type ControlBlock, now } from './control-block.ts';
import { ECN } from './ecn.ts';

const TOLD_OF_LISTENERS: ReadonlySet<string> = new Set([
  'state',
  'pacing_rate',
  'max_pacing_rate',
  'reordering',
  'snd_cwnd',
]);
/** All ones in 64 bits, as near as a number comes to it. */
const NO_LIMIT = 0x1_0000_0000 * 0x1_0000_0000;
const WRAP = 0x1_0000_0000;

export function tcpInfo(c: ControlBlock): TcpInfo {
  const info = connectionInfo(c);
  const { listener } = c;
  if (listener === undefined) return info;
  // tcp_get_info: of a listener the queue and the queue's room are told, and what its connections begin with.
  const isUntold = ([name, value]: [string, number | string | boolean]): boolean =>
    typeof value === 'number' && !TOLD_OF_LISTENERS.has(name);
  const rest = Object.entries(info).map((entry) => (isUntold(entry) ? ([entry[0], 0] as const) : entry));
  return { ...Object.fromEntries(rest), unacked: listener.accepted.length, sacked: listener.backlog };
}

function connectionInfo(c: ControlBlock): TcpInfo {
  const at = now(c);
  settleBusy(c);
  const since = (when: number): number => Math.floor((at - when) / MS);
  const begun = c.segmentsOut > 0 || c.segmentsIn > 0;
  return {
    state: c.state,
    ca_state: c.caState,
    retransmits: c.retransmits,
    probes: c.probesOut,
    backoff: c.backoff,
    timestamps: c.timestampsOn,
    sack: c.sackOn,
    wscale: c.scalingOn,
    ecn: c.ecn !== 0,
    ecn_seen: (c.ecn & ECN.SEEN) !== 0,
    snd_wscale: c.sndScale,
    rcv_wscale: c.rcvScale,
    rto: Math.floor(c.rtoNs / US),
    ato: Math.floor(c.atoNs / US),
    snd_mss: c.mss,
    rcv_mss: begun ? c.rcvMss : 0,
    unacked: c.packetsOut,
    sacked: c.sackedOut,
    lost: c.lostOut,
    retrans: c.retransOut,
    last_data_sent: since(c.lastSentAt),
    last_data_recv: since(c.lastReceivedAt),
    last_ack_recv: since(c.lastAckReceivedAt),
    pmtu: c.pathMtu,
    rcv_ssthresh: c.rcvSsthresh,
    rtt: c.srttUs8 >> 3,
    rttvar: c.mdevUs4 >> 2,
    snd_ssthresh: c.ssthresh,
    snd_cwnd: c.cwnd,
    advmss: begun ? c.advertisedMss : 0,
    reordering: c.reordering,
    rcv_rtt: c.rcvRttUs >> 3,
    rcv_space: c.space,
    total_retrans: c.totalRetransmissions,
    pacing_rate: pacingRate(c),
    // SO_MAX_PACING_RATE is not here, so there is no limit.
    max_pacing_rate: NO_LIMIT,
    segs_out: c.segmentsOut,
    segs_in: c.segmentsIn,
    data_segs_out: c.dataSegmentsOut,
    data_segs_in: c.dataSegmentsIn,
    bytes_sent: c.bytesSent,
    bytes_retrans: c.bytesRetransmitted,
    dsack_dups: c.duplicatesReported,
    reord_seen: c.reorderSeen,
    rcv_ooopack: c.outOfOrderSegments,
    total_rto: c.totalTimeouts,
    busy_time: Math.floor((c.chronograph?.busyNs ?? 0) / US),
    rwnd_limited: Math.floor((c.chronograph?.windowLimitedNs ?? 0) / US),
    sndbuf_limited: Math.floor((c.chronograph?.bufferLimitedNs ?? 0) / US),
    notsent_bytes: (c.writeSeq - c.sndNxt) >>> 0,
    min_rtt: c.minRttUs,
    delivered: c.delivered,
    delivered_ce: c.deliveredCe,
    bytes_acked: bytesAcked(c),
    bytes_received: bytesReceived(c),
    rcv_wnd: c.rcvWnd,
    snd_wnd: c.sndWnd,
    ca_name: c.congestion.name,
  };
}

/**
 * In 64 bits, which sequence numbers do not have: what was sent and is not out any more, FIN and SYN aside, says how often they have come round. Exact in
 * the lower 32.
 */
function bytesAcked(c: ControlBlock): number {
  const about = c.bytesSent - c.bytesRetransmitted - ((c.sndNxt - c.sndUna) >>> 0);
  return unwrapped((c.sndUna - c.ackedFrom) >>> 0, about);
}

/** The same of what came: read in the measured round trips, and since. */
function bytesReceived(c: ControlBlock): number {
  if (c.rcvNxt === c.irs) return 0;
  const low = (c.rcvNxt - c.irs - 1) >>> 0;
  if (c.bytesMeasured === 0) return low;
  return unwrapped(low, c.bytesMeasured + ((c.rcvNxt - c.spaceSeq) >>> 0));
}

/** The number with these lower 32 bits that lies nearest to `about`. */
function unwrapped(low: number, about: number): number {
  return low + Math.max(0, Math.round((about - low) / WRAP)) * WRAP;
}

/** The timer with its time left; on a connection with none running, keep-alive if that is on. */
export function timerInfo(c: ControlBlock): TimerInfo | undefined {
  if (c.state === STATE.LISTEN || c.state === STATE.CLOSED) return undefined;
  const at = now(c);
  if (c.pending !== PENDING.NONE && c.sendTimer?.running === true) {
    const kind = c.pending === PENDING.PROBE ? 'persist' : 'on';
    return {
      kind,
      expiresNs: c.sendTimer.deadline - at,
      retransmits: kind === 'persist' ? c.probesOut : c.retransmits,
    };
  }
  if (c.slowTimer?.running === true) {
    return { kind: 'keepalive', expiresNs: c.slowTimer.deadline - at, retransmits: c.probesOut };
  }
  return undefined;
}

/**
 * A connection's variables (RFC 9293 section 3.3.1), grouped as the files that change them. Counts of packets and microsecond estimators follow
 * Linux's `tcp_sock`, because its arithmetic decides when things happen. No queue exists before there is data to put into it, so that an idle
 * connection stays small.
 * Instants and durations that may pass two seconds begin with START or NEVER (`time/instant.ts` says why; worth 9 % of the CPU time of a hundred
 * flows).
 */
import { IPV4_ANY, type IpAddress } from '../../base/address.ts';
import type { Errno } from '../../base/errno.ts';
import type { Seq } from '../../base/sequence.ts';
import { type DurationNs, type Instant, NEVER, START } from '../../time/instant.ts';
import type { Timer } from '../../time/timer.ts';
import type { FlowEntry } from '../demux.ts';
import type { Path } from '../ip-output.ts';
import type { PortHolder } from '../ports.ts';
import type { TcpOwner } from './api.ts';
import type { Chronograph } from './chronograph.ts';
import type { CongestionControl } from './congestion/interface.ts';
import {
  CA,
  type CaState,
  INITIAL_WINDOW_SEGMENTS,
  MSS_DEFAULT,
  PENDING,
  type Pending,
  RTO_INITIAL_NS,
  SSTHRESH_INFINITE,
  STATE,
  type State,
} from './constants.ts';
import type { Listener } from './listener.ts';
import type { MtuProbe } from './mtu-probe.ts';
import type { Notices } from './notices.ts';
import type { ReassemblyQueue } from './reassembly.ts';
import type { ReceiveQueue } from './receive-queue.ts';
import type { SendQueue } from './send-queue.ts';
import type { Sent } from './sent.ts';
import type { Settings } from './settings.ts';
import type { Tcp } from './tcp.ts';

/** Linux's socket states (SS_UNCONNECTED and so on): connecting until a call of connect(2) has told how it ended, disconnecting after a shutdown in between. */
export const PHASE = { UNCONNECTED: 0, CONNECTING: 1, CONNECTED: 2, DISCONNECTING: 3 } as const;
export type Phase = (typeof PHASE)[keyof typeof PHASE];

/** Shutdown bits (sk_shutdown). */
export const SHUT = { READ: 1, WRITE: 2, BOTH: 3 } as const;

/** What the owner is to be told when the packet or call at hand is done with. */
export const WAKE = { READ: 1, WRITE: 2, URGENT: 4, ERROR: 8, STATE: 16 } as const;

export abstract class ControlBlock implements FlowEntry, PortHolder {
  hashNext: FlowEntry | undefined = undefined;
  // Identity
  localAddress: IpAddress = IPV4_ANY;
  localPort = 0;
  remoteAddress: IpAddress = IPV4_ANY;
  remotePort = 0;
  uid = 0;
  owner: TcpOwner | undefined = undefined;
  state: State = STATE.CLOSED;
  path: Path | undefined = undefined;
  /** SO_REUSEADDR, SO_REUSEPORT and all other options that a program may set; shared until one is changed. */
  settings: Settings;
  /** bind named or chose the port, which stays for another connection then. */
  boundByProgram = false;
  /** The port comes from bind or listen, here or at the listener: connect does not choose it. */
  portFromBind = false;
  boundAddress = false;
  inTable = false;
  listener: Listener | undefined = undefined;
  /** The listener that a passive connection came from, until it is established. */
  parent: Listener | undefined = undefined;
  /** The program's last reference is gone (SOCK_DEAD). */
  orphan = false;
  /** Counts among the host's orphans (net.ipv4.tcp_max_orphans). */
  countedOrphan = false;
  /** The end of the stream was seen (SOCK_DONE). */
  done = false;
  shutdown = 0;
  pendingError: Errno | undefined = undefined;
  softError: Errno | undefined = undefined;
  wakes = 0;
  /** The state that the owner was told last. */
  toldState: State = STATE.CLOSED;
  /** How far `connect` is with the program, whatever became of the connection since. */
  phase: Phase = PHASE.UNCONNECTED;

  // Sending (RFC 9293 figure 3)
  iss: Seq = 0;
  /** Where counting acknowledged bytes began. */
  ackedFrom: Seq = 0;
  sndUna: Seq = 0;
  sndNxt: Seq = 0;
  sndWnd = 0;
  sndWl1: Seq = 0;
  sndUp: Seq = 0;
  sndScale = 0;
  /** End of the last byte queued by the program, FIN included. */
  writeSeq: Seq = 0;
  /** A FIN follows the queue. */
  finQueued = false;
  pushedSeq: Seq = 0;
  /** End of the last segment that was smaller than the MSS (Minshall's Nagle). */
  sndSmall: Seq = 0;
  maxWindow = 0;
  /** Segment size now, and what it comes from. */
  mss = MSS_DEFAULT;
  peerMss = MSS_DEFAULT;
  advertisedMss = MSS_DEFAULT;
  pathMtu = 0;
  /** The search for a larger segment size (RFC 4821), where one is on. */
  mtuProbe: MtuProbe | undefined = undefined;
  nagle = 0;
  sendQueue: SendQueue | undefined = undefined;
  sendBuffer: number;
  noSpace = false;
  writerWaits = false;
  lastSentAt: Instant = START;
  /** Identification of the next datagram: Linux's connections count on their own. */
  ipId = 0;
  /** Of the last segment of any kind. */
  transmittedAt: Instant = START;

  /** What the program wants to be told of bytes that it sent. */
  notices: Notices | undefined = undefined;

  // Sent and unacknowledged
  rtxHead: Sent | undefined = undefined;
  rtxTail: Sent | undefined = undefined;
  timedHead: Sent | undefined = undefined;
  timedTail: Sent | undefined = undefined;
  retransmitHint: Sent | undefined = undefined;
  sackHint: Sent | undefined = undefined;
  packetsOut = 0;
  sackedOut = 0;
  lostOut = 0;
  retransOut = 0;
  /** Sequence number right after the highest SACKed segment; meaningful while `sackedOut` > 0. */
  highestSack: Seq = 0;
  delivered = 0;
  /** Of these, what acknowledgements with a congestion echo brought. */
  deliveredCe = 0;
  lost = 0;
  totalRetransmissions = 0;

  // Receiving
  irs: Seq = 0;
  rcvNxt: Seq = 0;
  /** rcvNxt and window when the last window was advertised. */
  rcvWup: Seq = 0;
  rcvWnd = 0;
  rcvScale = 0;
  copiedSeq: Seq = 0;
  windowClamp = 0;
  /** A segment in order was dropped for want of memory: the next acknowledgement closes the window. */
  outOfMemory = false;
  /** How much of the receive buffer's memory is payload, in 256ths: half, until the peer's segments are known. */
  payloadRatio = 128;
  rcvSsthresh = 0;
  rcvMss = MSS_DEFAULT;
  receiveBuffer: number;
  receiveQueue: ReceiveQueue | undefined = undefined;
  reassembly: ReassemblyQueue | undefined = undefined;
  urgentSeq: Seq = 0;
  /** 0: none; 1: announced; 2: the byte is here; 3: it was read. */
  urgentState = 0;
  urgentByte = 0;
  /** D-SACK to report, left and right; none when equal (RFC 2883). */
  dsackLeft: Seq = 0;
  dsackRight: Seq = 0;
  spaceSeq: Seq = 0;
  spaceAt: Instant = START;
  space = 0;
  rcvRttUs = 0;
  rcvRttEcho: Seq = 0;
  rcvRttSeq: Seq = 0;
  rcvRttAt: Instant = START;
  /** Data came ahead of its turn, and since then no data in order found the buffer with room: Linux's fast path is off (tcp_fast_path_check). */
  slowPath = false;

  // Acknowledging
  ackScheduled = false;
  ackTimerOn = false;
  ackNow = false;
  ackPushed = 0;
  quickAcks = 0;
  pingpong = 0;
  atoNs = 0;
  lastReceivedAt: Instant = START;
  lastSegmentLength = 0;
  /** SACK compression: acknowledgements held back, and duplicates told since RCV.NXT last moved. */
  heldAcks = 0;
  heldSince: Seq = 0;
  duplicatesTold = 0;
  holdTimer: Timer | undefined = undefined;
  lastAckReceivedAt: Instant = START;
  outOfWindowAckAt: Instant = NEVER;

  // Options in use
  timestampsOn = false;
  sackOn = false;
  scalingOn = false;
  tsRecent: Seq = 0;
  tsRecentAt: Instant = NEVER;
  tsOffset: Seq = 0;
  lastTsEcr: Seq = 0;
  sawTimestamp = false;
  lastTsVal: Seq = 0;
  /** `ECN` bits of `ecn.ts`. */
  ecn = 0;

  // Round trips and timer (RFC 6298)
  srttUs8 = 0;
  mdevUs4 = 1_000_000; // of RTO_INITIAL_NS, until there is a sample
  mdevMaxUs = 0;
  rttvarUs = 0;
  rttSeq: Seq = 0;
  rtoNs: DurationNs = START;
  backoff = 0;
  retransmits = 0;
  totalTimeouts = 0;
  probesOut = 0;
  probesSince: Instant = NEVER;
  minRttUs = 0;
  minRttAt: Instant = START;
  /** When the first of the present retransmissions was sent; -1 for none. */
  retransStamp: Instant = NEVER;
  retransTs: Seq = 0;
  pending: Pending = PENDING.NONE;
  sendTimer: Timer | undefined = undefined;
  ackTimer: Timer | undefined = undefined;
  slowTimer: Timer | undefined = undefined;
  /** What is stamped now was so much earlier, by the clock that the connection reads (`icmp.ts`). */
  clockBehindNs: DurationNs = START;

  // Congestion
  congestion: CongestionControl;
  congestionState: unknown = undefined;
  caState: CaState = CA.OPEN;
  cwnd: number = INITIAL_WINDOW_SEGMENTS;
  ssthresh: number = SSTHRESH_INFINITE;
  cwndCount = 0;
  cwndUsed = 0;
  cwndStamp: Instant = START;
  cwndLimited = false;
  cwndUsageSeq: Seq = 0;
  maxPacketsOut = 0;
  priorCwnd = 0;
  priorSsthresh = 0;
  highSeq: Seq = 0;
  prrDelivered = 0;
  prrOut = 0;
  /** Buffers that hold what is out (`SENT.JOINED`). */
  buffersOut = 0;
  /** 0 with `undoOn` false: no reduction that could be undone. */
  undoMarker: Seq = 0;
  undoOn = false;
  undoRetrans = 0;
  frto = false;
  reneging = false;

  // RACK-TLP (RFC 8985)
  reordering: number;
  reorderSeen = 0;
  rackSentAt: Instant = START;
  rackEndSeq: Seq = 0;
  rackRttNs: DurationNs = START;
  rackAdvanced = false;
  rackSteps = 1;
  rackPersist = 0;
  rackDsackSeen = false;
  rackLastDelivered = 0;
  tlpHighSeq: Seq = 0;
  tlpOn = false;
  tlpRetransmitted = false;

  // What TCP_INFO counts, and nothing else reads
  segmentsOut = 0;
  segmentsIn = 0;
  dataSegmentsOut = 0;
  dataSegmentsIn = 0;
  bytesSent = 0;
  bytesRetransmitted = 0;
  duplicatesReported = 0;
  outOfOrderSegments = 0;
  /** `BUSY` of `chronograph.ts`. */
  busy: number = 0;
  chronograph: Chronograph | undefined = undefined;
  /** Read in the round trips measured so far (`spaceSeq`), in more bits than sequence numbers have. */
  bytesMeasured = 0;

  /** The packet being processed, or the last one: the cause of replies. */
  lastPacket = 0;

  constructor(
    readonly id: number,
    readonly tcp: Tcp,
    settings: Settings,
  ) {
    this.settings = settings;
    this.sendBuffer = tcp.config.wmem.numbers[1]!;
    this.receiveBuffer = tcp.config.rmem.numbers[1]!;
    this.reordering = tcp.config.reordering.number;
    this.congestion = tcp.defaultCongestion();
    this.rtoNs = RTO_INITIAL_NS;
  }

  abstract get listening(): boolean;
  get reuseAddress(): boolean {
    return this.settings.reuseAddress;
  }
  get reusePort(): boolean {
    return this.settings.reusePort;
  }
  get boundCard(): string | undefined {
    return this.settings.boundCard;
  }
}

/** Bytes of the window that was advertised and is not yet used. */
export function receiveWindow(c: ControlBlock): number {
  const window = c.rcvWnd - ((c.rcvNxt - c.rcvWup) >>> 0);
  return Math.max(window, 0);
}

/** First sequence number beyond the peer's window. */
export function windowEnd(c: ControlBlock): Seq {
  return (c.sndUna + c.sndWnd) | 0;
}

export function now(c: ControlBlock): Instant {
  return c.tcp.queue.now;
}

/** The TCP timestamp clock: milliseconds, from an offset that differs per pair of hosts (RFC 7323 section 5.4). */
export function timestampNow(c: ControlBlock): number {
  return (Math.floor((c.tcp.queue.now - c.clockBehindNs) / 1_000_000) + c.tsOffset) >>> 0;
}

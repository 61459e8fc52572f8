/** Numbers that Linux's TCP compiles in, with the RFC each comes from. Durations in nanoseconds. */
import { MS, SECOND } from '../../time/instant.ts';

/** States of RFC 9293 section 3.3.2, with the numbers that TCP_INFO and /proc/net/tcp show. */
export const STATE = {
  ESTABLISHED: 1,
  SYN_SENT: 2,
  SYN_RECEIVED: 3,
  FIN_WAIT_1: 4,
  FIN_WAIT_2: 5,
  TIME_WAIT: 6,
  CLOSED: 7,
  CLOSE_WAIT: 8,
  LAST_ACK: 9,
  LISTEN: 10,
  CLOSING: 11,
} as const;
export type State = (typeof STATE)[keyof typeof STATE];

/** Congestion states as TCP_INFO numbers them (ca_state). */
export const CA = { OPEN: 0, DISORDER: 1, CWR: 2, RECOVERY: 3, LOSS: 4 } as const;
export type CaState = (typeof CA)[keyof typeof CA];

/** What the transmission timer is running for; one timer, as in Linux. */
export const PENDING = { NONE: 0, RETRANSMIT: 1, PROBE: 3, LOSS_PROBE: 5, REORDER: 6 } as const;
export type Pending = (typeof PENDING)[keyof typeof PENDING];

/** Bits of a sent segment in the scoreboard. */
/**
 * END_OF_RECORD: the segment ends a record (MSG_EOR), and is not sent together with what follows. JOINED: it lies in one buffer with the segment before it,
 * and shares all other marks with that.
 */
export const SENT = {
  SACKED: 1,
  RETRANSMITTED: 2,
  LOST: 4,
  END_OF_RECORD: 8,
  JOINED: 0x10,
  EVER_RETRANSMITTED: 0x80,
} as const;
export const ANY_RETRANSMISSION = SENT.RETRANSMITTED | SENT.EVER_RETRANSMITTED;

export const RTO_INITIAL_NS = SECOND; // RFC 6298 section 2.1
/** Shortest loss probe and reorder timer: two ticks of a 1000 Hz kernel. */
export const TIMEOUT_MIN_NS = 2 * MS;
export const DELACK_MIN_NS = 40 * MS;
export const DELACK_MAX_NS = 200 * MS; // RFC 9293 SHLD-18 asks for less than 500 ms
export const ATO_MIN_NS = 40 * MS;
export const RESOURCE_PROBE_NS = 500 * MS;
export const TIME_WAIT_NS = 60 * SECOND; // Linux's TCP_TIMEWAIT_LEN; RFC 9293 section 3.4.1 would be 2 x 2 min
export const QUICK_ACKS_MAX = 16;
export const INITIAL_WINDOW_SEGMENTS = 10; // RFC 6928
export const MSS_DEFAULT = 536; // RFC 9293 MUST-15
export const MSS_MIN_RECEIVE = 88;
export const WINDOW_SCALE_MAX = 14; // RFC 7323 section 2.3
export const PAWS_WINDOW = 1;
export const PAWS_STALE_NS = 24 * 86_400 * SECOND; // RFC 7323 section 5.5
export const SSTHRESH_INFINITE = 0x7fff_ffff;
export const DUP_ACK_THRESHOLD = 3; // RFC 5681 section 3.2
export const IP_AND_TCP_HEADER = 40;
export const TIMESTAMP_OPTION_BYTES = 12;
/** Segments that one large send-queue entry holds at most, as generic segmentation offload does: 65,536 less headers. */
export const GSO_MAX_BYTES = 65_536 - 1 - 320;

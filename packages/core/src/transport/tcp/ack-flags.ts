/** What an arriving acknowledgement turned out to mean: bits collected by `ack.ts` and `sack.ts`, read by recovery. */
export const ACKED = {
  /** The segment carried data. */
  DATA: 0x1,
  WINDOW_UPDATE: 0x2,
  DATA_ACKED: 0x4,
  /** A segment that had been retransmitted was acknowledged. */
  RETRANSMITTED: 0x8,
  SYN_ACKED: 0x10,
  DATA_SACKED: 0x20,
  /** A congestion echo (RFC 3168). */
  ECHO: 0x40,
  LOST_RETRANSMISSION: 0x80,
  SLOW_PATH: 0x100,
  /** Something never retransmitted was (S)ACKed: a time-out may have been spurious (RFC 5682). */
  ORIGINAL_ACKED: 0x200,
  UNA_ADVANCED: 0x400,
  DSACK: 0x800,
  SET_TIMER: 0x1000,
  RENEGING: 0x2000,
  UPDATE_TS: 0x4000,
  NO_CHALLENGE: 0x8000,
  MAYBE_DELAYED: 0x1_0000,
  DSACK_TLP: 0x2_0000,
  /** Anything but a duplicate ACK (RFC 5681 section 2). */
  NOT_DUPLICATE: 0x1 | 0x2 | 0x4 | 0x10,
  /** Data was acknowledged, cumulatively or selectively. */
  PROGRESS: 0x4 | 0x10 | 0x20,
  ALERT: 0x20 | 0x40 | 0x800,
} as const;

/**
 * What a sender's time goes to (TCP_INFO's busy_time, rwnd_limited and sndbuf_limited): while anything is unsent or unacknowledged the connection is
 * busy; of that time, what the peer's window or the own send buffer held up is counted apart. The most telling reason wins, as in Linux.
 */
import { type DurationNs, type Instant, START } from '../../time/instant.ts';
import { type ControlBlock, now } from './control-block.ts';

export const BUSY = { NO: 0, SENDING: 1, PEER_WINDOW: 2, SEND_BUFFER: 3 } as const;
type Busy = (typeof BUSY)[keyof typeof BUSY];

/** What was counted; a connection that never sent anything has none, and is 88 bytes smaller. */
export class Chronograph {
  since: Instant = START;
  busyNs: DurationNs = START;
  windowLimitedNs: DurationNs = START;
  bufferLimitedNs: DurationNs = START;
}

function change(c: ControlBlock, to: Busy): void {
  const at = now(c);
  const counted = (c.chronograph ??= new Chronograph());
  if (c.busy !== BUSY.NO) {
    const spent = at - counted.since;
    counted.busyNs += spent;
    if (c.busy === BUSY.PEER_WINDOW) counted.windowLimitedNs += spent;
    else if (c.busy === BUSY.SEND_BUFFER) counted.bufferLimitedNs += spent;
  }
  c.busy = to;
  counted.since = at;
}

export function startBusy(c: ControlBlock, reason: Busy): void {
  if (reason > c.busy) change(c, reason);
}

/** The reason is over: nothing is left to do, or it is sending as ever. */
export function stopBusy(c: ControlBlock, reason: Busy): void {
  const idle = c.rtxHead === undefined && c.sndNxt === c.writeSeq;
  if (idle) {
    if (c.busy !== BUSY.NO) change(c, BUSY.NO);
  } else if (reason === c.busy) change(c, BUSY.SENDING);
}

/** Counts up to now, for whoever asks. */
export function settleBusy(c: ControlBlock): void {
  if (c.busy !== BUSY.NO) change(c, c.busy as Busy);
}

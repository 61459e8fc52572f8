/**
 * What a sender's time goes to (TCP_INFO's busy_time, rwnd_limited and sndbuf_limited): while anything is unsent or unacknowledged the connection is
 * busy; of that time, what the peer's window or the own send buffer held up is counted apart. The most telling reason wins, as in Linux.
 */
import { type ControlBlock, now } from './control-block.ts';

export const BUSY = { NO: 0, SENDING: 1, PEER_WINDOW: 2, SEND_BUFFER: 3 } as const;
type Busy = (typeof BUSY)[keyof typeof BUSY];

function change(c: ControlBlock, to: Busy): void {
  const at = now(c);
  if (c.busy !== BUSY.NO) {
    const spent = at - c.busySince;
    c.busyNs += spent;
    if (c.busy === BUSY.PEER_WINDOW) c.windowLimitedNs += spent;
    else if (c.busy === BUSY.SEND_BUFFER) c.bufferLimitedNs += spent;
  }
  c.busy = to;
  c.busySince = at;
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

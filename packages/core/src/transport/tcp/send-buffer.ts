/**
 * What occupies the send buffer (SO_SNDBUF): bytes, the buffers that hold them, whole pages of zero-copy calls. From it follows whether a write finds room,
 * whether poll(2) says so, and when a waiting writer is told.
 */
import type { TcpSegment } from '../../wire/packet.ts';
import { EMPTY_BUFFER, PAGE_BYTES, segmentMemory } from './buffer-memory.ts';
import { BUSY, stopBusy } from './chronograph.ts';
import { type ControlBlock, WAKE } from './control-block.ts';
import { inFlight } from './cwnd.ts';
import { wake } from './outcome.ts';
import { timestampBytes } from './timestamps.ts';
import { expandSendBuffer } from './windows.ts';

/** Sent segments and unsent bytes together: what occupies the send buffer. */
export function queuedBytes(c: ControlBlock): number {
  return (c.writeSeq - c.sndUna) >>> 0;
}

export function unsentBytes(c: ControlBlock): number {
  return c.sendQueue === undefined ? 0 : c.sendQueue.length;
}

/**
 * Bytes of the send buffer that are taken (sk_wmem_queued): those that are queued, and the buffers that hold them (socket(7)). A segment alone in its buffer
 * is charged whole until it is acknowledged whole, or sent again without what was acknowledged (tcp_trim_head).
 */
function chargedBytes(c: ControlBlock): number {
  const from = c.rtxHead === undefined ? c.sndUna : c.rtxHead.seq;
  const unsent = c.sendQueue === undefined ? 0 : c.sendQueue.groups;
  const pages = c.notices === undefined ? 0 : c.notices.pageBytes;
  return ((c.writeSeq - from) >>> 0) + EMPTY_BUFFER * (c.buffersOut + unsent) + pages;
}

/**
 * Memory is given to a socket by the page, and what of it nobody uses is taken back by the page: a segment that came needs more where its buffer is larger than
 * what is left of the last one (sk_forward_alloc). The pages of zero-copy calls are the program's own.
 */
export function asksForMemory(c: ControlBlock, { payload }: TcpSegment): boolean {
  const own = c.notices === undefined ? 0 : c.notices.ownMemory;
  const used = chargedBytes(c) - own + (c.receiveQueue === undefined ? 0 : c.receiveQueue.memory);
  const left = (PAGE_BYTES - (used % PAGE_BYTES)) % PAGE_BYTES;
  return segmentMemory(payload.length + timestampBytes(c)) > left;
}

function notSentLowat(c: ControlBlock): number {
  return c.settings.notSentLowat > 0 ? c.settings.notSentLowat : c.tcp.config.notSentLowat.number;
}

export function hasSendSpace(c: ControlBlock): boolean {
  return chargedBytes(c) < c.sendBuffer && unsentBytes(c) < notSentLowat(c);
}

/** Room enough to tell a waiting writer: a third of the buffer is free (sk_stream_is_writeable). */
export function isWritable(c: ControlBlock): boolean {
  const bytes = queuedBytes(c);
  if (c.sendBuffer - bytes < bytes >> 1 || unsentBytes(c) * 2 >= notSentLowat(c)) return false;
  const charged = chargedBytes(c);
  return c.sendBuffer - charged >= charged >> 1;
}

/** A writer waits, and something was acknowledged or sent: the buffer may grow, and have room (tcp_check_space). */
export function checkSpace(c: ControlBlock): void {
  if (!c.settings.sendBufferLocked && inFlight(c) < c.cwnd) expandSendBuffer(c);
  if (tellOfSpace(c)) stopBusy(c, BUSY.SEND_BUFFER);
}

/** Writers are told where there is room (sk_stream_write_space). */
export function tellOfSpace(c: ControlBlock): boolean {
  if (!isWritable(c)) return false;
  c.noSpace = false;
  wake(c, WAKE.WRITE);
  return true;
}

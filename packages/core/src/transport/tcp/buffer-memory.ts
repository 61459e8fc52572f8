/**
 * What buffers take of a host's memory, as Linux on x86-64 lays them out (`truesize`): SO_RCVBUF and SO_SNDBUF are charged with it, beside or in place of the
 * bytes.
 */

/** What Linux's buffer for a segment takes beside its payload: headers, head room, shared info. */
const HEAD_BYTES = 424;
const DESCRIPTOR_BYTES = 256;
export const PAGE_BYTES = 4096;
/** Payload that lies in a buffer of one page; what is more lies in pages of its own. */
const LINEAR_BYTES = PAGE_BYTES - HEAD_BYTES;

/** What is kept behind the bytes of any buffer (struct skb_shared_info). */
const SHARED_BYTES = 320;
/** Bytes that a buffer holds which was made to copy others into it, one page less what stands behind them. */
export const COPIED_MAX = PAGE_BYTES - SHARED_BYTES;
const LINE_BYTES = 64;

/** The allocator's size for a segment's buffer. */
function bufferSize(length: number): number {
  return allocated(length + HEAD_BYTES);
}

/** The same for a buffer without room for headers. */
function copiedSize(length: number): number {
  return allocated(Math.ceil(length / LINE_BYTES) * LINE_BYTES + SHARED_BYTES);
}

function allocated(needed: number): number {
  if (needed <= 576) return 576;
  if (needed <= 1024) return 1024;
  return needed <= 2048 ? 2048 : PAGE_BYTES;
}

/**
 * What a segment of so many bytes, TCP options included, is charged with, as a TUN device makes it: descriptor, buffer, and pages for what does not fit
 * (`truesize`).
 */
export function segmentMemory(length: number): number {
  const beyond = length > LINEAR_BYTES ? Math.ceil((length - LINEAR_BYTES) / PAGE_BYTES) * PAGE_BYTES : 0;
  return DESCRIPTOR_BYTES + bufferSize(length) + beyond;
}

/** The same of one without data, whose bytes lie in pages of their own (SKB_TRUESIZE). */
export const EMPTY_BUFFER = segmentMemory(0);

/** Bytes that fit behind a segment's own in its buffer. */
export function tailRoom(length: number): number {
  return length > LINEAR_BYTES ? 0 : bufferSize(length) - HEAD_BYTES - length;
}

/** What bytes are charged with that were copied together, and the room behind them (tcp_collapse). */
export function copiedMemory(length: number): number {
  return DESCRIPTOR_BYTES + copiedSize(length);
}

export function copiedRoom(length: number): number {
  return copiedSize(length) - SHARED_BYTES - length;
}

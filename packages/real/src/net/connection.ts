/**
 * The two directions of one connected stream (TCP or Unix) over a Node socket: bytes that have come wait here until they are read, and when too many wait
 * the peer is held back; bytes to be sent go to Node's queue, which takes no more when it is full.
 */
import { writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Errno } from '@netarium/core/base/errno.ts';
import { READY } from '@netarium/core/kernel/readiness.ts';
import { ANY_EVENT } from '@netarium/core/kernel/wait-queue.ts';
import { errnoOf } from '../errno-of.ts';
import { ByteQueue } from './byte-queue.ts';

/** What waits unread before the peer is held back, and unsent before a writer is. */
const RECEIVE_BUFFER_BYTES = 262_144;
const SEND_BUFFER_BYTES = 262_144;

export type Changed = (mask: number) => void;

export class Connection {
  readonly received = new ByteQueue();
  /** The peer has sent its last byte. */
  ended = false;
  /** Both directions are over. */
  closed = false;
  writeShut = false;
  readShut = false;
  private failure: Errno | undefined;

  constructor(
    readonly socket: Socket,
    private readonly changed: Changed,
  ) {
    socket.on('data', (chunk: Uint8Array) => this.arrived(chunk));
    socket.on('end', () => this.end());
    socket.on('drain', () => changed(READY.OUT));
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => this.close());
  }

  private arrived(chunk: Uint8Array): void {
    if (this.readShut) return;
    this.received.push(chunk);
    if (this.received.length >= RECEIVE_BUFFER_BYTES) this.socket.pause();
    this.changed(READY.IN);
  }

  private end(): void {
    this.ended = true;
    this.changed(ANY_EVENT);
  }

  private fail(error: unknown): void {
    // Node's `close` comes a moment later; the connection is over now.
    this.failure ??= errnoOf(error);
    this.close();
  }

  private close(): void {
    this.ended = true;
    this.closed = true;
    this.changed(ANY_EVENT);
  }

  /** The connection's error, told once (SO_ERROR). */
  takeError(): Errno | undefined {
    const { failure } = this;
    this.failure = undefined;
    return failure;
  }

  get failed(): boolean {
    return this.failure !== undefined;
  }

  get atEnd(): boolean {
    return this.ended || this.readShut;
  }

  /** What may be written now. */
  get room(): number {
    return Math.max(0, SEND_BUFFER_BYTES - this.socket.writableLength);
  }

  get writable(): boolean {
    return this.writeShut || this.closed || this.room > 0;
  }

  readiness(): number {
    const { atEnd } = this;
    return (
      (this.received.length > 0 || atEnd || this.failed ? READY.IN : 0) |
      (atEnd ? READY.RDHUP : 0) |
      (this.writable ? READY.OUT : 0) |
      (this.failed ? READY.ERR : 0) |
      (this.closed || (atEnd && this.writeShut) ? READY.HUP : 0)
    );
  }

  take(length: number): Uint8Array {
    const data = this.received.take(length);
    if (this.received.length < RECEIVE_BUFFER_BYTES && this.socket.isPaused()) this.socket.resume();
    return data;
  }

  /** Takes over as many bytes as there is room for. */
  send(data: Uint8Array): number {
    const count = Math.min(data.length, this.room);
    const bytes = count === data.length ? data : data.subarray(0, count);
    const gone = this.sendAtOnce(bytes);
    // The program may use its buffer again, so what waits is a copy.
    if (gone < count) this.socket.write(Buffer.from(bytes.subarray(gone)));
    return count;
  }

  /** What the operating system takes now, past Node's queue if that is empty: no copy, and half the work. Where Node names no descriptor (Windows), none. */
  private sendAtOnce(bytes: Uint8Array): number {
    const { socket } = this;
    const fd = (socket as { _handle?: { fd?: number } })._handle?.fd ?? -1;
    if (fd < 0 || socket.writableLength > 0 || bytes.length === 0) return 0;
    try {
      return writeSync(fd, bytes);
    } catch {
      // EAGAIN; or the connection is broken, which Node will find out and tell.
      return 0;
    }
  }

  shutdown(how: 'read' | 'write' | 'both'): void {
    if (how !== 'write') {
      this.readShut = true;
      this.received.clear();
      this.socket.resume();
    }
    if (how !== 'read' && !this.writeShut) {
      this.writeShut = true;
      this.socket.end();
    }
    this.changed(ANY_EVENT);
  }

  /** close(2): what is unsent still goes out, unless the connection is to be reset. Bytes that nobody read reset a TCP connection (RFC 2525, 2.17). */
  release(reset: boolean, isTcp: boolean): void {
    const { socket } = this;
    const unread = this.received.length > 0;
    this.readShut = true;
    this.received.clear();
    if (isTcp && (reset || unread)) socket.resetAndDestroy();
    else {
      // What still comes has no reader: taken and dropped, so that the end is seen.
      socket.resume();
      socket.destroySoon();
    }
  }
}

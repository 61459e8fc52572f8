/** Unix sockets (unix(7)): streams and datagrams within a host, by path in the file system. */
import { concatBytes } from '../base/bytes.ts';
import { E, Errno } from '../base/errno.ts';
import type { Call } from '../kernel/call.ts';
import { BLOCKED, type Outcome } from '../kernel/outcome.ts';
import { READY } from '../kernel/readiness.ts';
import type { Clock } from '../record/recorder.ts';
import { numberOf, SocketFile, type SocketIdentity } from './socket-file.ts';
import type { MessageFlags, OptionValue, Received, SockAddr, SocketLevel } from './types.ts';

const BUFFER_BYTES = 212_992;
const EMPTY = new Uint8Array(0);

/** Where bound names live: the host's file system. */
export interface UnixNames {
  bind(path: string, socket: UnixSocket): Errno | undefined;
  find(path: string): UnixSocket | Errno;
}

interface Message {
  data: Uint8Array;
  readonly from: string;
}

export class UnixSocket extends SocketFile {
  readonly family = 'unix';
  private path = '';
  private peer: UnixSocket | undefined;
  private queue: Message[] = [];
  private queuedBytes = 0;
  private backlog = -1;
  private readonly waiting: UnixSocket[] = [];
  private readShut = false;
  private writeShut = false;
  private everConnected = false;
  /** Told by the next call that finds nothing to read, or by SO_ERROR, once. */
  private pendingError: Errno | undefined;

  constructor(
    readonly type: 'stream' | 'dgram',
    private readonly names: UnixNames,
    private readonly clock: Clock,
    private readonly identify: () => SocketIdentity,
    identity: SocketIdentity,
  ) {
    super(identity);
  }

  readiness(): number {
    if (this.backlog >= 0) return this.waiting.length > 0 ? READY.IN : 0;
    const ended =
      this.readShut ||
      (this.everConnected && this.type === 'stream' && (this.peer === undefined || this.peer.writeShut));
    const gone = this.everConnected && this.type === 'stream' && this.peer === undefined;
    const room = this.type === 'dgram' || (this.peer !== undefined && this.peer.queuedBytes < BUFFER_BYTES) || gone;
    return (
      (this.queue.length > 0 || ended ? READY.IN : 0) |
      (room ? READY.OUT : 0) |
      (ended ? READY.RDHUP : 0) |
      (this.pendingError === undefined ? 0 : READY.ERR) |
      (gone ? READY.HUP : 0)
    );
  }

  bind(address: SockAddr): Errno | undefined {
    if (address.family !== 'unix') return E.EINVAL;
    if (this.path !== '') return E.EINVAL;
    const failed = this.names.bind(address.path, this);
    if (failed === undefined) this.path = address.path;
    return failed;
  }

  override listen(backlog: number): Errno | undefined {
    if (this.type !== 'stream') return E.EOPNOTSUPP;
    if (this.path === '') return E.EINVAL;
    this.backlog = Math.max(0, backlog);
    return undefined;
  }

  connect(call: Call, address: SockAddr): Outcome<undefined> {
    if (address.family !== 'unix') return E.EINVAL;
    const target = this.names.find(address.path);
    if (target instanceof Errno) return target;
    if (target.type !== this.type) return E.EPROTOTYPE;
    if (this.type === 'dgram') {
      this.peer = target;
      return undefined;
    }
    if (this.peer !== undefined) return E.EISCONN;
    if (target.backlog < 0 || target.held === 0) return E.ECONNREFUSED;
    if (target.waiting.length > target.backlog) {
      const waited = this.wait(call, {}, this.sendTimeoutNs, this.clock.now);
      if (waited === BLOCKED) call.waitOn(target.waiters);
      return waited;
    }
    const far = new UnixSocket('stream', this.names, this.clock, this.identify, this.identify());
    far.path = target.path;
    join(this, far);
    target.waiting.push(far);
    target.waiters.wake(READY.IN);
    return undefined;
  }

  override accept(call: Call): Outcome<SocketFile> {
    if (this.backlog < 0) return E.EINVAL;
    const socket = this.waiting.shift();
    if (socket === undefined) return this.waitExclusively(call, {}, this.receiveTimeoutNs, this.clock.now);
    this.waiters.wake();
    return socket;
  }

  localAddress(): SockAddr {
    return { family: 'unix', path: this.path };
  }

  peerAddress(): SockAddr | Errno {
    return this.peer === undefined ? E.ENOTCONN : { family: 'unix', path: this.peer.path };
  }

  send(call: Call, data: Uint8Array, to: SockAddr | undefined, flags: MessageFlags): Outcome<number> {
    if (this.writeShut) return E.EPIPE;
    if (this.type === 'dgram') return this.sendDatagram(call, data, to, flags);
    const { peer } = this;
    if (peer === undefined) return this.everConnected ? E.EPIPE : E.ENOTCONN;
    if (peer.readShut) return E.EPIPE;
    let sent = (call.progress as number | undefined) ?? 0;
    const room = BUFFER_BYTES - peer.queuedBytes;
    if (room > 0 && sent < data.length) {
      const part = data.slice(sent, sent + room);
      peer.push({ data: part, from: this.path });
      sent += part.length;
    }
    if (sent === data.length) return sent;
    call.progress = sent;
    const waited = this.wait(call, flags, this.sendTimeoutNs, this.clock.now);
    return waited === E.EAGAIN && sent > 0 ? sent : waited;
  }

  private sendDatagram(call: Call, data: Uint8Array, to: SockAddr | undefined, flags: MessageFlags): Outcome<number> {
    if (to !== undefined && to.family !== 'unix') return E.EINVAL;
    const target = to === undefined ? this.peer : this.names.find(to.path);
    if (target === undefined) return E.ENOTCONN;
    if (target instanceof Errno) return target;
    if (target.type !== 'dgram') return E.EPROTOTYPE;
    if (target.held === 0) return E.ECONNREFUSED;
    if (data.length > BUFFER_BYTES) return E.EMSGSIZE;
    if (target.queuedBytes + data.length > BUFFER_BYTES) {
      const waited = this.wait(call, flags, this.sendTimeoutNs, this.clock.now);
      if (waited === BLOCKED) call.waitOn(target.waiters);
      return waited;
    }
    target.push({ data: data.slice(), from: this.path });
    return data.length;
  }

  private push(message: Message): void {
    if (message.data.length === 0 && this.type === 'stream') return;
    this.queue.push(message);
    this.queuedBytes += message.data.length;
    this.waiters.wake(READY.IN);
  }

  receive(call: Call, length: number, flags: MessageFlags): Outcome<Received> {
    if (this.type === 'stream') return this.receiveStream(call, length, flags);
    const head = this.queue[0];
    if (head === undefined) {
      if (this.readShut) return this.received(EMPTY, '');
      return this.wait(call, flags, this.receiveTimeoutNs, this.clock.now);
    }
    if (flags.peek !== true) this.taken(this.queue.shift()!.data.length);
    return this.received(head.data.slice(0, length), head.from, head.data.length);
  }

  /** Messages have no boundaries here: a read takes what is there, with MSG_WAITALL until all is there or the stream has ended. */
  private receiveStream(call: Call, length: number, flags: MessageFlags): Outcome<Received> {
    const peek = flags.peek === true;
    const before = (call.progress as Uint8Array | undefined) ?? EMPTY;
    const here = peek ? this.look(length) : this.take(length - before.length);
    const data = before.length === 0 ? here : concatBytes([before, here]);
    const from = this.peer?.path ?? '';
    if (data.length >= (flags.waitall === true && !peek ? length : 1) || length === 0) return this.received(data, from);
    // unix_stream_read_generic: an error or the end only when the queue is empty, and after what was read.
    if (this.pendingError !== undefined && data.length === 0) return this.takeError()!;
    if (this.readShut || this.pendingError !== undefined || this.ended) return this.received(data, from);
    if (!this.everConnected) return E.EINVAL;
    const waited = this.wait(call, flags, this.receiveTimeoutNs, this.clock.now);
    if (waited === E.EAGAIN && data.length > 0) return this.received(data, from);
    call.progress = data;
    return waited;
  }

  /** The peer of a stream will send no more. */
  private get ended(): boolean {
    return this.everConnected && (this.peer === undefined || this.peer.writeShut);
  }

  private takeError(): Errno | undefined {
    const error = this.pendingError;
    this.pendingError = undefined;
    return error;
  }

  private look(length: number): Uint8Array {
    const parts: Uint8Array[] = [];
    let left = length;
    for (const { data } of this.queue) {
      if (left <= 0) break;
      parts.push(data.subarray(0, left));
      left -= data.length;
    }
    return concatBytes(parts);
  }

  private take(length: number): Uint8Array {
    const data = this.look(length);
    for (let left = data.length; left > 0; ) {
      const head = this.queue[0]!;
      const part = Math.min(left, head.data.length);
      if (part === head.data.length) this.queue.shift();
      else head.data = head.data.subarray(part);
      left -= part;
    }
    if (data.length > 0) this.taken(data.length);
    return data;
  }

  /** There is room again. */
  private taken(bytes: number): void {
    this.queuedBytes -= bytes;
    this.waiters.wake(READY.OUT);
    this.peer?.waiters.wake(READY.OUT);
  }

  private received(data: Uint8Array, from: string, length = data.length): Received {
    return {
      data,
      from: { family: 'unix', path: from },
      truncated: length > data.length,
      length,
      atNs: this.clock.now,
    };
  }

  shutdown(how: 'read' | 'write' | 'both'): Errno | undefined {
    if (this.peer === undefined) return E.ENOTCONN;
    if (how !== 'write') this.readShut = true;
    if (how !== 'read') this.writeShut = true;
    this.waiters.wake();
    this.peer.waiters.wake();
    return undefined;
  }

  /** Not here, though the kernel has it. */
  protected override get withoutPeekOffset(): Errno {
    return E.ENOPROTOOPT;
  }

  setOption(level: SocketLevel, name: string, value: OptionValue): Errno | undefined {
    const generic = this.setGeneric(level, name, value);
    if (generic !== false) return generic;
    return level === 'socket' &&
      (name === 'SO_REUSEADDR' || name === 'SO_SNDBUF' || name === 'SO_RCVBUF') &&
      numberOf(value) !== undefined
      ? undefined
      : E.ENOPROTOOPT;
  }

  getOption(level: SocketLevel, name: string): OptionValue | Errno {
    if (level !== 'socket') return E.ENOPROTOOPT;
    if (name === 'SO_ERROR') return this.takeError()?.number ?? 0;
    if (name === 'SO_TYPE') return this.type === 'stream' ? 1 : 2;
    return this.getGeneric(level, name) ?? E.ENOPROTOOPT;
  }

  meet(other: UnixSocket): void {
    this.peer = other;
    this.everConnected = true;
  }

  protected release(): void {
    for (const socket of this.waiting) socket.leave(true);
    this.leave(false);
  }

  /** unix_release_sock: who was never accepted, or has not read all, leaves its peer ECONNRESET. */
  private leave(neverAccepted: boolean): void {
    const { peer } = this;
    this.peer = undefined;
    if (peer?.peer === this && this.type === 'stream') {
      peer.peer = undefined;
      if (neverAccepted || this.queue.length > 0) peer.pendingError = E.ECONNRESET;
      peer.waiters.wake();
    }
  }
}

/** Makes each the other's peer: connect(2) with accept(2), and socketpair(2). */
export function join(a: UnixSocket, b: UnixSocket): void {
  a.meet(b);
  b.meet(a);
}

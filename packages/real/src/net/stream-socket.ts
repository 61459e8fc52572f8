/**
 * Stream sockets on the machine's own kernel: TCP and Unix, over Node's. Two things differ from the system calls beneath Node: `bind` lets the operating
 * system listen at once (a connection that comes before `listen` waits instead of being refused), and a client that was bound gives its port up
 * for an instant before it connects from it.
 */
import { connect as connectSocket, type ListenOptions, type Socket, type TcpNetConnectOpts } from 'node:net';
import { E, type Errno } from '@netarium/core/base/errno.ts';
import type { Call } from '@netarium/core/kernel/call.ts';
import { BLOCKED, type Outcome } from '@netarium/core/kernel/outcome.ts';
import { READY } from '@netarium/core/kernel/readiness.ts';
import type { Clock } from '@netarium/core/record/recorder.ts';
import { SocketFile, type SocketIdentity } from '@netarium/core/socket/socket-file.ts';
import type { MessageFlags, OptionValue, Received, SockAddr, SocketLevel } from '@netarium/core/socket/types.ts';
import { errnoOf } from '../errno-of.ts';
import { Connection } from './connection.ts';
import { Listener } from './listener.ts';
import { getStreamOption, type StreamOptions, setStreamOption } from './stream-options.ts';

const EMPTY = new Uint8Array(0);
const BACKLOG = 4096;
const ANY_ADDRESS: SockAddr = { family: 'inet', address: '0.0.0.0', port: 0 };

export class RealStreamSocket extends SocketFile {
  readonly type = 'stream';
  private listener: Listener | undefined;
  private connection: Connection | undefined;
  /** Under way: not yet a connection. */
  private connecting: Socket | undefined;
  private connectError: Errno | undefined;
  private boundTo: SockAddr | undefined;
  private failedBefore = false;
  private connectTold = false;
  private peerPath = '';
  readonly options: StreamOptions = {
    nodelay: false,
    keepalive: false,
    keepidleMs: 7_200_000,
    resetOnClose: false,
    reuseaddr: false,
  };

  constructor(
    readonly family: 'inet' | 'unix',
    private readonly clock: Clock,
    private readonly identify: () => SocketIdentity,
    identity: SocketIdentity,
    accepted?: Socket,
    /** The name of the listener that accepted it, for Unix sockets. */
    private readonly acceptedAt = '',
  ) {
    super(identity);
    if (accepted === undefined) return;
    this.connection = this.connected(accepted);
    this.connectTold = true;
  }

  private readonly changed = (mask: number): void => {
    this.waiters.wake(mask);
  };

  private connected(socket: Socket): Connection {
    const connection = new Connection(socket, this.changed);
    socket.setNoDelay(this.options.nodelay);
    if (this.options.keepalive) socket.setKeepAlive(true, this.options.keepidleMs);
    socket.resume();
    return connection;
  }

  readiness(): number {
    if (this.listener?.open === true) return this.listener.ready ? READY.IN : 0;
    if (this.connection !== undefined) return this.connection.readiness();
    if (this.connecting !== undefined) return 0;
    const failed = this.connectError === undefined ? 0 : READY.ERR | READY.IN;
    return READY.OUT | READY.HUP | failed;
  }

  /** EADDRINUSE and EADDRNOTAVAIL come from here, as from bind(2): Node knows them when it listens. */
  bind(address: SockAddr, call: Call): Outcome<undefined> {
    if (address.family !== this.family) return E.EAFNOSUPPORT;
    if (call.progress === undefined) {
      if (this.listener !== undefined || this.connection !== undefined) return E.EINVAL;
      call.progress = 'binding';
      this.boundTo = address;
      this.listener = new Listener(listenOptions(address), this.changed);
    }
    return this.awaitBound(call);
  }

  private awaitBound(call: Call): Outcome<undefined> {
    const { failure, bound } = this.listener!;
    if (bound) return undefined;
    if (failure === undefined) return this.waitAnyway(call);
    this.listener = undefined;
    this.boundTo = undefined;
    return failure;
  }

  /** Node answers later what the system call would have answered at once: also a non-blocking socket waits for it. */
  private waitAnyway(call: Call): typeof BLOCKED {
    call.waitOn(this.waiters);
    return BLOCKED;
  }

  override listen(backlog: number, call: Call): Outcome<undefined> {
    if (this.connection !== undefined || this.connecting !== undefined) return E.EINVAL;
    if (!Number.isInteger(backlog)) return E.EINVAL;
    if (this.listener === undefined) {
      if (this.family === 'unix') return E.EINVAL;
      this.listener = new Listener(listenOptions(ANY_ADDRESS), this.changed);
    }
    const outcome = this.awaitBound(call);
    if (outcome !== undefined) return outcome;
    this.listener.open = true;
    this.waiters.wake(READY.IN);
    return undefined;
  }

  override accept(call: Call): Outcome<SocketFile> {
    if (this.listener?.open !== true) return E.EINVAL;
    const socket = this.listener.next();
    if (socket === undefined) return this.waitExclusively(call, {}, this.receiveTimeoutNs, this.clock.now);
    return new RealStreamSocket(this.family, this.clock, this.identify, this.identify(), socket, this.path);
  }

  connect(call: Call, address: SockAddr): Outcome<undefined> {
    if (address.family !== this.family) return E.EAFNOSUPPORT;
    if (call.progress === undefined) {
      if (this.listener?.open === true) return E.EOPNOTSUPP;
      if (this.connection !== undefined) return this.tellConnected();
      if (this.connecting !== undefined) return E.EALREADY;
      // What came of a connect that went on by itself is the outcome of the next one (connect(2)); only then another may begin.
      const failed = this.takeConnectError();
      if (failed !== undefined) return failed;
      call.progress = 'connecting';
      this.begin(address);
      if (this.nonblock) return this.family === 'unix' ? this.waitAnyway(call) : E.EINPROGRESS;
    }
    if (this.connection !== undefined) return this.tellConnected();
    if (this.connecting === undefined) return this.takeConnectError() ?? E.ECONNREFUSED;
    if (this.nonblock) return this.waitAnyway(call);
    const waited = this.wait(call, {}, this.sendTimeoutNs, this.clock.now);
    return waited === E.EAGAIN ? E.EINPROGRESS : waited;
  }

  /** A connect that went on by itself is told once that it is done; others are told that it was. */
  private tellConnected(): Errno | undefined {
    if (this.connectTold) return E.EISCONN;
    this.connectTold = true;
    return undefined;
  }

  private begin(address: SockAddr): void {
    if (address.family === 'unix') this.peerPath = address.path;
    const { boundTo } = this;
    this.listener?.release(false);
    this.listener = undefined;
    const socket = connectSocket(connectOptions(address, boundTo));
    this.connecting = socket;
    const failed = (error: unknown): void => {
      this.connecting = undefined;
      this.connectError = errnoOf(error);
      this.failedBefore = true;
      this.waiters.wake();
    };
    socket.once('error', failed);
    socket.once('connect', () => {
      socket.off('error', failed);
      this.connecting = undefined;
      this.connection = this.connected(socket);
      this.waiters.wake();
    });
  }

  private takeConnectError(): Errno | undefined {
    const { connectError } = this;
    this.connectError = undefined;
    return connectError;
  }

  /** SO_ERROR: told once. */
  takeError(): Errno | undefined {
    return this.takeConnectError() ?? this.connection?.takeError();
  }

  private get path(): string {
    return this.boundTo?.family === 'unix' ? this.boundTo.path : this.acceptedAt;
  }

  localAddress(): SockAddr {
    const socket = this.connection?.socket ?? this.connecting;
    const listening = this.listener?.address();
    if (this.family === 'unix') return { family: 'unix', path: this.path };
    if (typeof listening === 'object' && listening !== null)
      return { family: 'inet', address: listening.address, port: listening.port };
    return { family: 'inet', address: socket?.localAddress ?? '0.0.0.0', port: socket?.localPort ?? 0 };
  }

  peerAddress(): SockAddr | Errno {
    const { connection } = this;
    if (connection === undefined) return E.ENOTCONN;
    if (this.family === 'unix') return { family: 'unix', path: this.peerPath };
    const { remoteAddress, remotePort } = connection.socket;
    if (remoteAddress === undefined) return E.ENOTCONN;
    return { family: 'inet', address: remoteAddress, port: remotePort ?? 0 };
  }

  send(call: Call, data: Uint8Array, to: SockAddr | undefined, flags: MessageFlags): Outcome<number> {
    if (to !== undefined) return E.EISCONN;
    if (flags.oob === true || flags.eor === true) return E.EOPNOTSUPP;
    const { connection } = this;
    // A TCP socket without a connection has nowhere to write (tcp_sendmsg); a Unix one says what is missing.
    if (connection === undefined) return this.family === 'inet' || this.failedBefore ? E.EPIPE : E.ENOTCONN;
    let sent = (call.progress as number | undefined) ?? 0;
    const error = connection.takeError();
    if (error !== undefined) return sent > 0 ? sent : error;
    if (connection.writeShut || connection.closed) return sent > 0 ? sent : E.EPIPE;
    sent += connection.send(sent === 0 ? data : data.subarray(sent));
    if (sent === data.length) return sent;
    call.progress = sent;
    const waited = this.wait(call, flags, this.sendTimeoutNs, this.clock.now);
    return waited === E.EAGAIN && sent > 0 ? sent : waited;
  }

  receive(call: Call, length: number, flags: MessageFlags): Outcome<Received> {
    if (flags.oob === true || flags.errqueue === true) return E.EOPNOTSUPP;
    const { connection } = this;
    if (connection === undefined) return this.takeConnectError() ?? E.ENOTCONN;
    const { received } = connection;
    const wanted = flags.waitall === true && flags.peek !== true ? length : 1;
    if (received.length < wanted && !connection.atEnd && !connection.failed) {
      const waited = this.wait(call, flags, this.receiveTimeoutNs, this.clock.now);
      if (waited === BLOCKED || received.length === 0) return waited;
    }
    if (received.length === 0) {
      const error = connection.takeError();
      return error ?? this.message(EMPTY);
    }
    return this.message(flags.peek === true ? received.peek(length) : connection.take(length));
  }

  private message(data: Uint8Array): Received {
    const { clock } = this;
    return { data, from: undefined, truncated: false, length: data.length, atNs: clock.now };
  }

  shutdown(how: 'read' | 'write' | 'both'): Errno | undefined {
    if (this.connection === undefined) return E.ENOTCONN;
    this.connection.shutdown(how);
    return undefined;
  }

  setOption(level: SocketLevel, name: string, value: OptionValue): Errno | undefined {
    return setStreamOption(this, this.connection?.socket, level, name, value);
  }

  getOption(level: SocketLevel, name: string): OptionValue | Errno {
    return getStreamOption(this, this.listener?.open === true, level, name);
  }

  protected release(): void {
    this.listener?.release(this.family === 'inet');
    this.connecting?.destroy();
    this.connection?.release(this.options.resetOnClose, this.family === 'inet');
  }
}

function listenOptions(address: SockAddr): ListenOptions {
  if (address.family === 'unix') return { path: address.path };
  const { address: host, port } = address as { address: string; port: number };
  return { host, port, backlog: BACKLOG };
}

function connectOptions(address: SockAddr, boundTo: SockAddr | undefined): TcpNetConnectOpts | { path: string } {
  if (address.family === 'unix') return { path: address.path, allowHalfOpen: true } as { path: string };
  const { address: host, port } = address as { address: string; port: number };
  const local = boundTo?.family === 'inet' ? { localAddress: boundTo.address, localPort: boundTo.port } : {};
  return { host, port, ...local, allowHalfOpen: true, autoSelectFamily: false };
}

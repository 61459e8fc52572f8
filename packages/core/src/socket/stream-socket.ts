/** TCP sockets: the blocking rules and errno of the socket calls over a `TcpEndpoint` that never waits (tcp(7), socket(7)). */
import { type IpAddress, parseIp } from '../base/address.ts';
import { concatBytes } from '../base/bytes.ts';
import { E, Errno } from '../base/errno.ts';
import type { Call } from '../kernel/call.ts';
import { BLOCKED, type Outcome } from '../kernel/outcome.ts';
import { READY } from '../kernel/readiness.ts';
import { END_OF_STREAM, type ReceiveFlags, type TcpEndpoint, type TcpOwner } from '../transport/tcp/api.ts';
import type { Payload } from '../wire/payload.ts';
import { AT_ONCE, inherited, UNUSED, withTypeOfService } from './generic-options.ts';
import { lingerOf, numberOf, SocketFile, type SocketIdentity, type SocketServices } from './socket-file.ts';
import { isTcpOption } from './stream-options.ts';
import type { MessageFlags, OptionValue, Received, SockAddr, SocketLevel } from './types.ts';

const EMPTY = new Uint8Array(0);
const PEEK: ReceiveFlags = { peek: true };

interface SendProgress {
  readonly payload: Payload;
  sent: number;
}

export class StreamSocket extends SocketFile implements TcpOwner {
  readonly family = 'inet';
  readonly type = 'stream';
  private lingering = false;
  /** TCP_INQ */
  private tellsQueue = false;

  constructor(
    readonly endpoint: TcpEndpoint,
    private readonly services: SocketServices,
    private readonly identify: () => SocketIdentity,
    identity: SocketIdentity,
  ) {
    super(identity);
    endpoint.owner = this;
    endpoint.uid = identity.uid;
  }

  // TcpOwner: every change means "look again".
  readable(): void {
    this.waiters.wake(READY.IN | READY.RDHUP);
  }

  writable(): void {
    this.waiters.wake(READY.OUT);
  }

  urgent(): void {
    this.waiters.wake(READY.PRI);
  }

  stateChanged(): void {
    this.waiters.wake();
  }

  error(): void {
    this.waiters.wake();
  }

  readiness(): number {
    return this.endpoint.readiness();
  }

  override poll(): number {
    const bits = this.endpoint.readiness();
    if ((bits & READY.OUT) === 0) this.endpoint.awaitSpace();
    return bits;
  }

  bind(address: SockAddr): Errno | undefined {
    const parsed = inetAddress(address);
    return parsed instanceof Errno ? parsed : this.endpoint.bind(parsed.address, parsed.port);
  }

  override listen(backlog: number): Errno | undefined {
    return Number.isInteger(backlog) ? this.endpoint.listen(backlog) : E.EINVAL;
  }

  connect(call: Call, address: SockAddr): Outcome<undefined> {
    const parsed = inetAddress(address);
    if (parsed instanceof Errno) return parsed;
    const outcome = this.endpoint.connect(parsed.address, parsed.port);
    if (outcome !== E.EINPROGRESS && outcome !== E.EALREADY) return outcome;
    if (this.nonblock || this.sendTimeoutNs === AT_ONCE) return outcome;
    // A blocking connect() that timed out by SO_SNDTIMEO answers EINPROGRESS (socket(7)).
    if (call.expired) return E.EINPROGRESS;
    if (this.sendTimeoutNs > 0) call.expireAt(this.services.clock.now + this.sendTimeoutNs);
    call.waitOn(this.waiters);
    return BLOCKED;
  }

  override accept(call: Call): Outcome<SocketFile> {
    const child = this.endpoint.accept();
    if (child === undefined) return this.waitExclusively(call, {}, this.receiveTimeoutNs, this.services.clock.now);
    if (child instanceof Errno) return child;
    const socket = new StreamSocket(child, this.services, this.identify, this.identify());
    socket.generic = inherited(this.generic);
    return socket;
  }

  localAddress(): SockAddr {
    return { family: 'inet', address: String(this.endpoint.localAddress), port: this.endpoint.localPort };
  }

  peerAddress(): SockAddr | Errno {
    const { stateName, remoteAddress, remotePort } = this.endpoint;
    if (stateName === 'CLOSED' || stateName === 'LISTEN' || stateName === 'SYN-SENT') return E.ENOTCONN;
    return { family: 'inet', address: String(remoteAddress), port: remotePort };
  }

  send(call: Call, data: Uint8Array, _to: SockAddr | undefined, flags: MessageFlags): Outcome<number> {
    const outcome = this.sendPieces(call, data, flags);
    if (outcome !== BLOCKED && (outcome !== data.length || flags.zerocopy === true)) this.endpoint.sendReturned();
    return outcome;
  }

  private sendPieces(call: Call, data: Uint8Array, flags: MessageFlags): Outcome<number> {
    let progress = call.progress as SendProgress | undefined;
    if (progress === undefined) {
      progress = { payload: this.services.store.copy(data), sent: 0 };
      call.progress = progress;
    }
    const { payload } = progress;
    while (progress.sent < payload.length || payload.length === 0) {
      // sk_stream_error: the error is for the call that moved nothing.
      if (progress.sent > 0 && this.endpoint.pendingError !== undefined) return progress.sent;
      const part = progress.sent === 0 ? payload : payload.slice(progress.sent, payload.length);
      const taken = this.endpoint.send(part, progress.sent === 0 ? flags : { ...flags, continued: true });
      if (taken instanceof Errno) return progress.sent > 0 ? progress.sent : taken;
      if (taken === undefined) {
        const waited = this.wait(call, flags, this.sendTimeoutNs, this.services.clock.now);
        this.endpoint.writerWaits = waited === BLOCKED;
        return waited === E.EAGAIN && progress.sent > 0 ? progress.sent : waited;
      }
      progress.sent += taken;
      // Who does not wait is not asked whether there is room again (sk_stream_wait_memory).
      if (payload.length === 0 || (taken < part.length && (this.nonblock || flags.dontwait === true))) break;
    }
    return progress.sent;
  }

  receive(call: Call, length: number, flags: MessageFlags): Outcome<Received> {
    if (flags.errqueue === true) return this.receiveNotice(length);
    if (flags.oob === true) return this.receiveUrgent(flags);
    // Who asks for nothing waits for something all the same (tcp_recvmsg_locked).
    if (length === 0 && this.endpoint.readableLength > 0) return this.received(EMPTY);
    const wanted = flags.peek === true ? Math.min(1, length) : flags.waitall === true ? length : this.leastOf(length);
    const parts = (call.progress as Uint8Array[] | undefined) ?? [];
    let have = parts.reduce((sum, part) => sum + part.length, 0);
    for (;;) {
      // The urgent mark ends a read that has brought something, however much was asked for (tcp_recvmsg_locked).
      if (have > 0 && this.endpoint.atMark) return this.received(join(parts));
      const { pendingError } = this.endpoint;
      const data = this.endpoint.receive(length - have, flags.peek === true ? this.peeking : undefined);
      if (data instanceof Uint8Array) {
        this.movePeekOffset(flags.peek === true ? data.length : -data.length);
        if (have === 0 && data.length >= wanted) return this.received(data);
        parts.push(data);
        have += data.length;
        if (have >= wanted) return this.received(join(parts));
        continue;
      }
      if (data === END_OF_STREAM) return this.received(join(parts));
      if (data instanceof Errno) {
        if (have === 0) return data;
        this.endpoint.pendingError = pendingError;
        return this.received(join(parts));
      }
      const waited = this.wait(call, flags, this.receiveTimeoutNs, this.services.clock.now);
      if (waited === E.EAGAIN && have > 0) return this.received(join(parts));
      call.progress = parts;
      return waited;
    }
  }

  /** A look begins where the last one ended, where the program has set SO_PEEK_OFF. */
  private get peeking(): ReceiveFlags {
    const { peekOffset } = this.generic;
    return peekOffset > 0 ? { peek: true, offset: peekOffset } : PEEK;
  }

  /** What a read waits for: SO_RCVLOWAT, or all that it asks for where that is less (sock_rcvlowat). */
  private leastOf(length: number): number {
    return Math.min(length, this.endpoint.receiveLowat);
  }

  private receiveNotice(length: number): Outcome<Received> {
    const notice = this.endpoint.takeNotice();
    if (notice === undefined) return E.EAGAIN;
    // One is taken, and more are there: that is told anew (sock_dequeue_err_skb).
    if (this.endpoint.hasNotice) this.waiters.wake(READY.ERR);
    const { errno, origin, code, info, data, stampNs } = notice;
    const bytes = notice.payload?.bytes() ?? EMPTY;
    return {
      ...this.plain(bytes.slice(0, length)),
      length: bytes.length,
      truncated: bytes.length > length,
      stampNs,
      error: { errno, origin, type: 0, code, info, data, offender: '0.0.0.0' },
    };
  }

  private receiveUrgent(flags: MessageFlags): Outcome<Received> {
    const byte = this.endpoint.receiveUrgent(flags.peek);
    if (byte === undefined) return E.EAGAIN;
    return byte instanceof Errno ? byte : this.received(Uint8Array.of(byte));
  }

  private plain(data: Uint8Array): Received {
    return { data, from: undefined, truncated: false, length: data.length, atNs: this.services.clock.now };
  }

  private received(data: Uint8Array): Received {
    const told = this.plain(data);
    if (!this.tellsQueue) return told;
    const atEnd = (this.endpoint.readiness() & READY.RDHUP) !== 0;
    return { ...told, inQueue: this.endpoint.receiveQueueLength || (atEnd ? 1 : 0) };
  }

  shutdown(how: 'read' | 'write' | 'both'): Errno | undefined {
    const failed = this.endpoint.shut(how);
    // Whoever polls looks again, whatever became of it (inet_shutdown).
    this.waiters.wake();
    return failed;
  }

  setOption(level: SocketLevel, name: string, value: OptionValue): Errno | undefined {
    const { endpoint } = this;
    if (level === 'tcp' && name === 'TCP_CONGESTION')
      return typeof value === 'string' ? endpoint.setCongestion(value) : E.EINVAL;
    const generic = this.setGeneric(level, name, value);
    if (generic !== false) return generic;
    if (level === 'socket' && name === 'SO_LINGER') return this.setLinger(value);
    if (level === 'tcp' && name === 'TCP_INQ') {
      if (value !== 0 && value !== 1) return E.EINVAL;
      this.tellsQueue = value === 1;
      return undefined;
    }
    if (level === 'socket' && name === 'SO_BINDTODEVICE') return this.bindToCard(value, endpoint);
    const number = numberOf(value);
    const unused = this.setUnused(UNUSED.stream, `${level} ${name}`, number);
    if (unused !== false) return unused;
    if (level === 'ip' && (name === 'IP_MULTICAST_IF' || name === 'IP_MULTICAST_TTL')) return E.EINVAL;
    if (!isTcpOption(level, name)) return E.ENOPROTOOPT;
    if (number === undefined) return E.EINVAL;
    const before = name === 'IP_TOS' ? endpoint.getOption(name) : undefined;
    const failed = endpoint.setOption(name, number);
    const after = before === undefined ? undefined : endpoint.getOption('IP_TOS');
    if (typeof after === 'number' && after !== before) this.generic = withTypeOfService(this.generic, after);
    return failed;
  }

  private setLinger(value: OptionValue): Errno | undefined {
    const asked = lingerOf(value);
    if (asked === undefined) return E.EINVAL;
    const { linger } = this.endpoint;
    this.endpoint.setLinger({ onoff: asked.onoff !== 0, seconds: asked.onoff === 0 ? linger.seconds : asked.linger });
    return undefined;
  }

  getOption(level: SocketLevel, name: string): OptionValue | Errno {
    const { endpoint } = this;
    if (level === 'tcp' && name === 'TCP_INFO') return endpoint.info();
    if (level === 'tcp' && name === 'TCP_INQ') return this.tellsQueue ? 1 : 0;
    if (level === 'tcp' && name === 'TCP_CONGESTION') return endpoint.congestionName;
    if (level === 'socket') {
      if (name === 'SO_ERROR') return endpoint.takeAnyError()?.number ?? 0;
      if (name === 'SO_TYPE') return 1;
      if (name === 'SO_DOMAIN') return 2;
      if (name === 'SO_PROTOCOL') return 6;
      if (name === 'SO_BINDTODEVICE') return endpoint.boundCard ?? '';
      if (name === 'SO_ACCEPTCONN') return endpoint.stateName === 'LISTEN' ? 1 : 0;
      if (name === 'SO_LINGER') return { onoff: endpoint.linger.onoff ? 1 : 0, linger: endpoint.linger.seconds };
    }
    const kept = this.getGeneric(level, name) ?? this.getUnused(UNUSED.stream, `${level} ${name}`);
    if (kept !== undefined) return kept;
    if (level === 'ip' && name === 'IP_HDRINCL') return 0;
    if (level === 'ip' && name === 'IP_MULTICAST_TTL') return 1;
    return isTcpOption(level, name) ? endpoint.getOption(name) : E.ENOPROTOOPT;
  }

  /** SO_LINGER with a time: the last close waits until all is acknowledged, or the time is over, O_NONBLOCK or not (inet_release). */
  override linger(call: Call): Outcome<undefined> {
    const { onoff, seconds } = this.endpoint.linger;
    if (!onoff || seconds === 0) return undefined;
    if (!this.lingering) {
      this.lingering = true;
      this.endpoint.close();
      if (seconds > 0) call.expireAt(this.services.clock.now + seconds * 1_000_000_000);
    }
    if (this.endpoint.lingerDone || call.expired) return undefined;
    call.waitOn(this.waiters);
    return BLOCKED;
  }

  protected release(): void {
    this.endpoint.owner = undefined;
    if (!this.lingering) this.endpoint.close();
  }
}

/** EAFNOSUPPORT for other families; EINVAL for an address or a port that is none. */
export function inetAddress(address: SockAddr): { readonly address: IpAddress; readonly port: number } | Errno {
  if (address.family !== 'inet') return E.EAFNOSUPPORT;
  const parsed = parseIp(address.address);
  if (parsed === undefined || !Number.isInteger(address.port) || address.port < 0 || address.port > 65535)
    return E.EINVAL;
  return { address: parsed, port: address.port };
}

/** What came in one piece is not copied. */
function join(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 ? parts[0]! : concatBytes(parts);
}

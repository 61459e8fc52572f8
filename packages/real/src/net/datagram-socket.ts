/** UDP sockets on the machine's own kernel, over Node's dgram. A socket that was never bound is bound by its first datagram, as udp(7) has it. */
import { createSocket, type Socket } from 'node:dgram';
import { E, Errno } from '@netarium/core/base/errno.ts';
import type { Call } from '@netarium/core/kernel/call.ts';
import { BLOCKED, type Outcome } from '@netarium/core/kernel/outcome.ts';
import { READY } from '@netarium/core/kernel/readiness.ts';
import type { Clock } from '@netarium/core/record/recorder.ts';
import { numberOf, SocketFile, type SocketIdentity } from '@netarium/core/socket/socket-file.ts';
import type {
  MessageFlags,
  OptionValue,
  Received,
  SockAddr,
  SockAddrIn,
  SocketLevel,
} from '@netarium/core/socket/types.ts';
import { errnoOf, failureOf } from '../errno-of.ts';
import { setTimeLimit, timeLimit } from './stream-options.ts';

/** net.core.rmem_default: what arrives beyond it is lost. */
const RECEIVE_BUFFER_BYTES = 212_992;
const EMPTY = new Uint8Array(0);

interface Datagram {
  readonly data: Uint8Array;
  readonly from: SockAddrIn;
  readonly atNs: number;
}

/** What an operation of Node, begun by the first attempt of a call, has come to. */
interface Operation {
  done: boolean;
  failure: Errno | undefined;
}

export class RealDatagramSocket extends SocketFile {
  readonly family = 'inet';
  readonly type = 'dgram';
  private socket: Socket | undefined;
  private bound = false;
  private peer: SockAddrIn | undefined;
  private reuse = false;
  private broadcast = false;
  private readonly queue: Datagram[] = [];
  private queuedBytes = 0;
  private failure: Errno | undefined;
  private readShut = false;

  constructor(
    private readonly clock: Clock,
    identity: SocketIdentity,
  ) {
    super(identity);
  }

  private open(): Socket {
    if (this.socket !== undefined) return this.socket;
    const socket = createSocket({ type: 'udp4', reuseAddr: this.reuse });
    socket.on('message', (data, { address, port }) => this.arrived(data, { family: 'inet', address, port }));
    socket.on('error', (error) => {
      this.failure = errnoOf(error);
      this.waiters.wake();
    });
    this.socket = socket;
    return socket;
  }

  private arrived(data: Uint8Array, from: SockAddrIn): void {
    if (this.queuedBytes + data.length > RECEIVE_BUFFER_BYTES) return;
    this.queue.push({ data, from, atNs: this.clock.now });
    this.queuedBytes += data.length;
    this.waiters.wake(READY.IN);
  }

  readiness(): number {
    return (
      READY.OUT |
      (this.queue.length > 0 || this.readShut ? READY.IN : 0) |
      (this.failure === undefined ? 0 : READY.ERR | READY.IN)
    );
  }

  /** Begins an operation of Node at a call's first attempt, and waits for what it comes to. */
  private operate(
    call: Call,
    begin: (done: (error?: Error | null) => void) => void,
  ): Errno | typeof BLOCKED | undefined {
    let operation = call.progress as Operation | undefined;
    if (operation === undefined) {
      const begun: Operation = { done: false, failure: undefined };
      operation = begun;
      call.progress = begun;
      const failed = failureOf(() =>
        begin((error) => {
          begun.done = true;
          if (error) begun.failure = errnoOf(error);
          this.waiters.wake();
        }),
      );
      if (failed !== undefined) return failed;
    }
    if (operation.done) return operation.failure;
    call.waitOn(this.waiters);
    return BLOCKED;
  }

  private bindTo(call: Call, address: string, port: number): Errno | typeof BLOCKED | undefined {
    const outcome = this.operate(call, (done) => {
      const socket = this.open();
      socket.once('error', done);
      socket.bind({ address, port, exclusive: true }, () => {
        socket.off('error', done);
        done();
      });
    });
    if (outcome === BLOCKED) return outcome;
    if (outcome !== undefined) {
      this.failure = undefined;
      this.socket?.close();
      this.socket = undefined;
      return outcome;
    }
    this.bound = true;
    if (this.broadcast) this.socket!.setBroadcast(true);
    call.progress = undefined;
    return undefined;
  }

  bind(address: SockAddr, call: Call): Outcome<undefined> {
    if (address.family !== 'inet') return E.EAFNOSUPPORT;
    if (this.bound) return E.EINVAL;
    return this.bindTo(call, address.address, address.port);
  }

  connect(call: Call, address: SockAddr): Outcome<undefined> {
    if (address.family !== 'inet') return E.EAFNOSUPPORT;
    const outcome = this.operate(call, (done) => {
      const socket = this.open();
      if (this.peer !== undefined) socket.disconnect();
      socket.once('error', done);
      socket.connect(address.port, address.address, () => {
        socket.off('error', done);
        done();
      });
    });
    if (outcome === BLOCKED || outcome instanceof Errno) return outcome;
    this.bound = true;
    this.peer = address;
    return undefined;
  }

  localAddress(): SockAddr {
    if (!this.bound) return { family: 'inet', address: '0.0.0.0', port: 0 };
    const { address, port } = this.socket!.address();
    return { family: 'inet', address, port };
  }

  peerAddress(): SockAddr | Errno {
    return this.peer ?? E.ENOTCONN;
  }

  send(call: Call, data: Uint8Array, to: SockAddr | undefined, flags: MessageFlags): Outcome<number> {
    if (flags.oob === true || flags.more === true || flags.eor === true) return E.EOPNOTSUPP;
    if (to !== undefined && to.family !== 'inet') return E.EAFNOSUPPORT;
    const target = (to as SockAddrIn | undefined) ?? this.peer;
    if (target === undefined) return E.EDESTADDRREQ;
    if (call.progress === undefined) {
      const error = this.takeError();
      if (error !== undefined) return error;
    }
    const outcome = this.operate(call, (done) => {
      const socket = this.open();
      const copy = Buffer.from(data);
      const sent = (error: Error | null): void => {
        this.bound = true;
        done(error);
      };
      // A connected socket of Node's takes no address; another one than its peer's would have to leave by a second socket.
      if (this.peer === undefined) socket.send(copy, target.port, target.address, sent);
      else if (to === undefined || (target.address === this.peer.address && target.port === this.peer.port))
        socket.send(copy, sent);
      else done(Object.assign(new Error('connected'), { code: 'EISCONN' }));
    });
    return outcome ?? data.length;
  }

  receive(call: Call, length: number, flags: MessageFlags): Outcome<Received> {
    if (flags.errqueue === true || flags.oob === true) return E.EOPNOTSUPP;
    if (!this.bound && this.socket === undefined && call.progress === undefined) {
      const bound = this.bindTo(call, '0.0.0.0', 0);
      if (bound !== undefined) return bound;
    }
    const head = this.queue[0];
    if (head === undefined) {
      const error = this.takeError();
      if (error !== undefined) return error;
      if (this.readShut) return this.message({ data: EMPTY, from: this.peer!, atNs: this.clock.now }, 0);
      return this.waitExclusively(call, flags, this.receiveTimeoutNs, this.clock.now);
    }
    if (flags.peek !== true) {
      this.queue.shift();
      this.queuedBytes -= head.data.length;
    }
    return this.message(head, length);
  }

  private message({ data, from, atNs }: Datagram, length: number): Received {
    const truncated = data.length > length;
    return { data: truncated ? data.subarray(0, length) : data, from, truncated, length: data.length, atNs };
  }

  private takeError(): Errno | undefined {
    const { failure } = this;
    this.failure = undefined;
    return failure;
  }

  shutdown(how: 'read' | 'write' | 'both'): Errno | undefined {
    if (this.peer === undefined) return E.ENOTCONN;
    if (how === 'write') return E.EOPNOTSUPP;
    this.readShut = true;
    this.waiters.wake();
    return undefined;
  }

  setOption(level: SocketLevel, name: string, value: OptionValue): Errno | undefined {
    if (level === 'socket' && (name === 'SO_RCVTIMEO' || name === 'SO_SNDTIMEO'))
      return setTimeLimit(this, name, value);
    if (level === 'ip' && (name === 'IP_ADD_MEMBERSHIP' || name === 'IP_DROP_MEMBERSHIP'))
      return this.membership(name === 'IP_ADD_MEMBERSHIP', value);
    const number = numberOf(value);
    if (number === undefined) return E.EINVAL;
    switch (`${level} ${name}`) {
      case 'socket SO_REUSEADDR':
        if (this.socket !== undefined) return E.EINVAL;
        this.reuse = number !== 0;
        return undefined;
      case 'socket SO_BROADCAST':
        this.broadcast = number !== 0;
        return this.bound ? failureOf(() => this.socket!.setBroadcast(this.broadcast)) : undefined;
      case 'ip IP_TTL':
        return this.bound ? failureOf(() => this.socket!.setTTL(number)) : E.EOPNOTSUPP;
      case 'ip IP_MULTICAST_TTL':
        return this.bound ? failureOf(() => this.socket!.setMulticastTTL(number)) : E.EOPNOTSUPP;
      case 'ip IP_MULTICAST_LOOP':
        return this.bound ? failureOf(() => this.socket!.setMulticastLoopback(number !== 0)) : E.EOPNOTSUPP;
      default:
        return E.ENOPROTOOPT;
    }
  }

  private membership(join: boolean, value: OptionValue): Errno | undefined {
    const { multiaddr, interface: card } = value as { multiaddr?: string; interface?: string };
    if (typeof multiaddr !== 'string') return E.EINVAL;
    if (!this.bound) return E.EOPNOTSUPP;
    return failureOf(() =>
      join ? this.socket!.addMembership(multiaddr, card) : this.socket!.dropMembership(multiaddr, card),
    );
  }

  getOption(level: SocketLevel, name: string): OptionValue | Errno {
    switch (`${level} ${name}`) {
      case 'socket SO_ERROR':
        return this.takeError()?.number ?? 0;
      case 'socket SO_TYPE':
        return 2;
      case 'socket SO_REUSEADDR':
        return this.reuse ? 1 : 0;
      case 'socket SO_BROADCAST':
        return this.broadcast ? 1 : 0;
      case 'socket SO_RCVTIMEO':
      case 'socket SO_SNDTIMEO':
        return timeLimit(this, name);
      default:
        return E.ENOPROTOOPT;
    }
  }

  protected release(): void {
    this.socket?.close();
  }
}

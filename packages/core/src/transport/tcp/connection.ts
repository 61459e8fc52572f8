/**
 * A TCP endpoint as the socket layer holds it (`api.ts`): the calls of RFC 9293 section 3.9.1, each a few lines that hand the work to the file that
 * does it. One class serves active, passive and listening endpoints, as a socket may become any of them.
 */
import type { IpAddress } from '../../base/address.ts';
import { E, Errno } from '../../base/errno.ts';
import type { Payload } from '../../wire/payload.ts';
import { READY } from '../readiness.ts';
import type {
  EndOfStream,
  Linger,
  ReceiveFlags,
  SendFlags,
  TcpEndpoint,
  TcpInfo,
  TcpNotice,
  TcpOptionName,
  TcpStateName,
  TimerInfo,
} from './api.ts';
import { bind, claimConnect } from './claims.ts';
import { abort, close, shutdown } from './close.ts';
import { congestionNamed } from './congestion/registry.ts';
import { STATE } from './constants.ts';
import { ControlBlock, PHASE, SHUT } from './control-block.ts';
import { startConnect } from './handshake.ts';
import { tcpInfo, timerInfo } from './info.ts';
import { accept, listen } from './listener.ts';
import { Notices } from './notices.ts';
import { flushWakes, stateName } from './outcome.ts';
import { hasData, readData, readInto } from './receive.ts';
import { pushQueued, queueData, takesData } from './send.ts';
import { isWritable, queuedBytes, unsentBytes } from './send-buffer.ts';
import { checkAsked } from './send-stamps.ts';
import { getTcpOption, setTcpOption } from './socket-options.ts';
import { atMark, forgetPassedMark, readableLength, readUrgent, URGENT } from './urgent.ts';

export class TcpConnection extends ControlBlock implements TcpEndpoint {
  get stateName(): TcpStateName {
    return stateName(this.state);
  }

  get listening(): boolean {
    return this.state === STATE.LISTEN;
  }

  bind(address: IpAddress, port: number): Errno | undefined {
    return bind(this.tcp, this, address, port);
  }

  /** __inet_stream_connect for a caller that does not wait: EINPROGRESS at first, then EALREADY until the outcome is known and told. */
  connect(address: IpAddress, port: number): Errno | undefined {
    if (this.phase === PHASE.CONNECTED) return E.EISCONN;
    if (this.phase === PHASE.DISCONNECTING) return E.EINVAL;
    let answer: Errno = E.EALREADY;
    if (this.phase === PHASE.UNCONNECTED) {
      if (this.state !== STATE.CLOSED) return E.EISCONN;
      const failed = this.open(address, port);
      if (failed !== undefined) return failed;
      this.phase = PHASE.CONNECTING;
      answer = E.EINPROGRESS;
    }
    if (this.state === STATE.SYN_SENT || this.state === STATE.SYN_RECEIVED) return answer;
    if (this.state === STATE.CLOSED) return this.connectFailed();
    this.phase = PHASE.CONNECTED;
    return undefined;
  }

  /** Refused, timed out, reset: told once, ECONNABORTED where another call was told; the socket may try again. */
  private connectFailed(): Errno {
    const error = this.takeError() ?? E.ECONNABORTED;
    this.tcp.resetForReuse(this);
    return error;
  }

  private open(address: IpAddress, port: number): Errno | undefined {
    // What is left of an earlier connection goes; the port too, where it was not the program's choice.
    if (this.sndNxt !== 0) this.tcp.resetForReuse(this);
    const failed = claimConnect(this.tcp, this, address, port);
    if (failed !== undefined) return failed;
    startConnect(this);
    return undefined;
  }

  listen(backlog: number): Errno | undefined {
    return this.phase === PHASE.UNCONNECTED ? listen(this, backlog) : E.EINVAL;
  }

  accept(): TcpConnection | Errno | undefined {
    const child = accept(this);
    if (child === undefined || child instanceof Errno) return child;
    const connection = child as TcpConnection;
    connection.phase = PHASE.CONNECTED;
    return connection;
  }

  send(payload: Payload, flags?: SendFlags): number | Errno | undefined {
    if (this.pendingError !== undefined || this.shutdown & SHUT.WRITE) return this.takeError() ?? E.EPIPE;
    if (this.state !== STATE.ESTABLISHED && this.state !== STATE.CLOSE_WAIT) {
      if (this.state !== STATE.SYN_SENT && this.state !== STATE.SYN_RECEIVED) return E.EPIPE;
      this.noSpace = true; // waits for the handshake
      return undefined;
    }
    if (payload.length === 0) return 0;
    const asks = flags !== undefined && (flags.zerocopy === true || flags.stamping !== undefined);
    if (asks || this.notices !== undefined) {
      const invalid = this.beginNotices(payload.length, flags);
      if (invalid !== undefined) return invalid;
    }
    const taken = queueData(this, payload, flags?.more === true, flags?.oob === true, flags?.eor === true);
    if (taken < payload.length) this.noSpace = true;
    flushWakes(this);
    return taken === 0 ? undefined : taken;
  }

  /** What the call wants to be told of; MSG_ZEROCOPY is nothing without SO_ZEROCOPY. A call that finds no room has not begun. */
  private beginNotices(size: number, flags: SendFlags | undefined): Errno | undefined {
    const invalid = checkAsked(flags?.stamping);
    if (invalid !== undefined) return invalid;
    if (this.notices === undefined && flags?.stamping === undefined && !this.settings.zeroCopy) return undefined;
    this.notices ??= new Notices(this);
    const full = this.notices.checkMemory(size, unsentBytes(this) > 0, flags);
    if (full !== undefined) return full;
    if (takesData(this)) this.notices.begin(size, unsentBytes(this) > 0, flags);
    return undefined;
  }

  endMore(): void {
    if (unsentBytes(this) === 0) return;
    pushQueued(this);
    flushWakes(this);
  }

  sendReturned(): void {
    if (this.notices === undefined) return;
    this.notices.returned();
    flushWakes(this);
  }

  takeNotice(): TcpNotice | undefined {
    return this.notices?.take();
  }

  get receiveLowat(): number {
    return this.settings.receiveLowat;
  }

  get hasNotice(): boolean {
    return this.notices?.waiting === true;
  }

  receive(max: number, flags?: ReceiveFlags): Uint8Array | EndOfStream | Errno | undefined {
    const result = readData(this, max, flags?.peek === true, flags?.offset);
    forgetPassedMark(this);
    return result;
  }

  receiveInto(buffer: Uint8Array, flags?: ReceiveFlags): number | EndOfStream | Errno | undefined {
    const result = readInto(this, buffer, flags?.peek === true);
    forgetPassedMark(this);
    return result;
  }

  receiveUrgent(peek = false): number | Errno | undefined {
    return readUrgent(this, peek);
  }

  get atMark(): boolean {
    return atMark(this);
  }

  shut(how: 'read' | 'write' | 'both'): Errno | undefined {
    if (this.phase === PHASE.CONNECTING) {
      const open = this.state !== STATE.CLOSED && this.state !== STATE.SYN_SENT && this.state !== STATE.SYN_RECEIVED;
      this.phase = open ? PHASE.CONNECTED : PHASE.DISCONNECTING;
    }
    return shutdown(this, how === 'read' ? SHUT.READ : how === 'write' ? SHUT.WRITE : SHUT.BOTH);
  }

  close(): void {
    close(this);
  }

  abort(): void {
    abort(this);
  }

  get lingerDone(): boolean {
    return this.state !== STATE.FIN_WAIT_1 && this.state !== STATE.CLOSING && this.state !== STATE.LAST_ACK;
  }

  /** tcp_poll: what poll(2) would report now. */
  readiness(): number {
    if (this.listener !== undefined) return this.listener.accepted.length > 0 ? READY.IN : 0;
    let bits = 0;
    if (this.pendingError !== undefined || this.hasNotice) bits |= READY.ERR;
    if (this.shutdown === SHUT.BOTH || this.state === STATE.CLOSED) bits |= READY.HUP;
    if (this.shutdown & SHUT.READ) bits |= READY.IN | READY.RDHUP;
    // A socket that never connected reports OUT | HUP, as on Linux.
    if (this.state === STATE.SYN_SENT) return bits;
    if (hasData(this)) bits |= READY.IN;
    if (this.shutdown & SHUT.WRITE || isWritable(this)) bits |= READY.OUT;
    if (this.urgentState === URGENT.HERE) bits |= READY.PRI;
    return bits;
  }

  awaitSpace(): void {
    if (this.listener === undefined && this.state !== STATE.SYN_SENT) this.noSpace = true;
  }

  takeError(): Errno | undefined {
    const error = this.pendingError;
    this.pendingError = undefined;
    return error;
  }

  takeAnyError(): Errno | undefined {
    const error = this.takeError();
    if (error !== undefined) return error;
    const soft = this.softError;
    this.softError = undefined;
    return soft;
  }

  get receiveQueueLength(): number {
    if (this.listener !== undefined) return this.listener.accepted.length;
    return this.receiveQueue === undefined ? 0 : this.receiveQueue.length;
  }

  get readableLength(): number {
    return readableLength(this);
  }

  get sendQueueLength(): number {
    return this.listener !== undefined ? this.listener.backlog : queuedBytes(this);
  }

  timer(): TimerInfo | undefined {
    return timerInfo(this);
  }

  info(): TcpInfo {
    return tcpInfo(this);
  }

  setOption(name: TcpOptionName, value: number): Errno | undefined {
    const failed = setTcpOption(this, name, value);
    flushWakes(this);
    return failed;
  }

  getOption(name: TcpOptionName): number | Errno {
    return getTcpOption(this, name);
  }

  get linger(): Linger {
    return { onoff: this.settings.lingers, seconds: this.settings.lingerSeconds };
  }

  setLinger({ onoff, seconds }: Linger): void {
    this.settings = this.settings.copy();
    this.settings.lingers = onoff;
    this.settings.lingerSeconds = seconds;
  }

  bindToCard(name: string | undefined): Errno | undefined {
    if (name !== undefined && this.tcp.ip.cardOf(name) === undefined) return E.ENODEV;
    this.settings = this.settings.copy();
    this.settings.boundCard = name;
    this.tcp.cardsMatter ||= name !== undefined;
    // The way is looked up anew (sk_dst_reset).
    const path =
      this.path === undefined ? undefined : this.tcp.routeFor(this.settings, this.remoteAddress, this.localAddress);
    if (!(path instanceof Errno)) this.path = path;
    return undefined;
  }

  setCongestion(name: string): Errno | undefined {
    const algorithm = congestionNamed(name);
    if (algorithm === undefined) return E.ENOENT;
    this.congestion = algorithm;
    if (this.state !== STATE.CLOSED) this.congestionState = algorithm.init(this);
    return undefined;
  }

  get congestionName(): string {
    return this.congestion.name;
  }
}

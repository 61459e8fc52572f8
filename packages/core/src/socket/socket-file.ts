/** What all sockets have in common: the operations of the socket calls, each refused by name where a kind of socket does not have it. */
import { E, Errno } from '../base/errno.ts';
import type { Call } from '../kernel/call.ts';
import { type FileStatus, OpenFile } from '../kernel/open-file.ts';
import { BLOCKED, type Outcome } from '../kernel/outcome.ts';
import type { Clock } from '../record/recorder.ts';
import type { PayloadStore } from '../wire/payload.ts';
import { GENERIC, type Generic, isGeneric, optionOf, withOption } from './generic-options.ts';
import type { MessageFlags, OptionValue, Received, SockAddr, SocketFamily, SocketLevel, SocketType } from './types.ts';

/** What a host gives to all of its sockets. */
export interface SocketServices {
  readonly clock: Clock;
  /** Where sent bytes are copied to, once. */
  readonly store: PayloadStore;
}

export interface SocketIdentity {
  readonly ino: number;
  readonly uid: number;
  readonly wallNs: number;
}

/** A transport's end that can be bound to one card. */
interface Bound {
  readonly boundCard: string | undefined;
  bindToCard(name: string | undefined): Errno | undefined;
}

const NO_FLAGS: MessageFlags = {};
const EMPTY = new Uint8Array(0);

export abstract class SocketFile extends OpenFile {
  readonly what = 'sock';
  abstract readonly family: SocketFamily;
  abstract readonly type: SocketType;
  readonly ino: number;
  readonly uid: number;
  private readonly createdNs: number;
  protected generic: Generic = GENERIC;
  /** Values of `UNUSED` options that a program has set. */
  private unused: Map<string, number> | undefined = undefined;

  constructor(identity: SocketIdentity) {
    super();
    this.ino = identity.ino;
    this.uid = identity.uid;
    this.createdNs = identity.wallNs;
  }

  status(): FileStatus {
    return {
      type: 'socket',
      mode: 0o777,
      uid: this.uid,
      gid: 0,
      size: 0,
      ino: this.ino,
      nlink: 1,
      mtimeNs: this.createdNs,
    };
  }

  abstract bind(address: SockAddr, call: Call): Outcome<undefined>;
  abstract connect(call: Call, address: SockAddr): Outcome<undefined>;
  abstract localAddress(): SockAddr;
  abstract peerAddress(): SockAddr | Errno;
  abstract send(call: Call, data: Uint8Array, to: SockAddr | undefined, flags: MessageFlags): Outcome<number>;
  abstract receive(call: Call, length: number, flags: MessageFlags): Outcome<Received>;
  abstract shutdown(how: 'read' | 'write' | 'both'): Errno | undefined;
  abstract setOption(level: SocketLevel, name: string, value: OptionValue): Errno | undefined;
  abstract getOption(level: SocketLevel, name: string): OptionValue | Errno;

  listen(_backlog: number, _call: Call): Outcome<undefined> {
    return E.EOPNOTSUPP;
  }

  accept(_call: Call): Outcome<SocketFile> {
    return E.EOPNOTSUPP;
  }

  override read(call: Call, length: number): Outcome<Uint8Array> {
    if (length === 0) return EMPTY; // sock_read_iter
    const received = this.receive(call, length, NO_FLAGS);
    return 'data' in received ? received.data : received;
  }

  override write(call: Call, data: Uint8Array): Outcome<number> {
    return this.send(call, data, undefined, NO_FLAGS);
  }

  /** SO_RCVTIMEO and SO_SNDTIMEO; 0 waits for ever, less not at all. */
  get receiveTimeoutNs(): number {
    return this.generic.receiveTimeoutNs;
  }

  get sendTimeoutNs(): number {
    return this.generic.sendTimeoutNs;
  }

  /** What SO_PEEK_OFF answers where a look has no offset. */
  protected get withoutPeekOffset(): Errno | undefined {
    return undefined;
  }

  /** False where the option is not one that all sockets keep. */
  setGeneric(level: SocketLevel, name: string, value: OptionValue): Errno | undefined | false {
    if (!isGeneric(level, name)) return false;
    if (name === 'SO_PEEK_OFF' && this.withoutPeekOffset !== undefined) return this.withoutPeekOffset;
    const generic = withOption(this.generic, name, value, this.uid);
    if (generic instanceof Errno) return generic;
    this.generic = generic;
    return undefined;
  }

  getGeneric(level: SocketLevel, name: string): OptionValue | Errno | undefined {
    if (!isGeneric(level, name)) return undefined;
    return (name === 'SO_PEEK_OFF' ? this.withoutPeekOffset : undefined) ?? optionOf(this.generic, name);
  }

  /** False where the option is not one that sockets of this kind only keep. */
  protected setUnused(
    options: ReadonlyMap<string, number>,
    key: string,
    number: number | undefined,
  ): Errno | undefined | false {
    if (!options.has(key)) return false;
    if (number === undefined) return E.EINVAL;
    (this.unused ??= new Map()).set(key, number === 0 ? 0 : 1);
    return undefined;
  }

  protected getUnused(options: ReadonlyMap<string, number>, key: string): number | undefined {
    return this.unused?.get(key) ?? options.get(key);
  }

  /** SO_BINDTODEVICE: a name, up to its NUL; only who administers the network changes a card that is set (sock_bindtoindex_locked). */
  protected bindToCard(value: OptionValue, endpoint: Bound): Errno | undefined {
    if (typeof value !== 'string') return E.EINVAL;
    if (endpoint.boundCard !== undefined && this.uid !== 0) return E.EPERM;
    const [name = ''] = value.split('\0');
    return endpoint.bindToCard(name === '' ? undefined : name);
  }

  /** SO_PEEK_OFF goes with what was looked at or, by less than 0, read (sk_peek_offset_fwd, sk_peek_offset_bwd). */
  protected movePeekOffset(bytes: number): void {
    const { peekOffset } = this.generic;
    if (peekOffset < 0 || bytes === 0) return;
    this.generic = { ...this.generic, peekOffset: Math.max(peekOffset + bytes, 0) };
  }

  /** Waits like `block`, for at most `timeoutNs` (SO_RCVTIMEO, SO_SNDTIMEO: EAGAIN afterwards). */
  protected wait(call: Call, flags: MessageFlags, timeoutNs: number, now: number): Errno | typeof BLOCKED {
    if (!this.maySleep(call, flags, timeoutNs, now)) return E.EAGAIN;
    call.waitOn(this.waiters);
    return BLOCKED;
  }

  /** The same where one of the waiting calls takes what comes: accept(2), and receivers of datagrams. */
  protected waitExclusively(call: Call, flags: MessageFlags, timeoutNs: number, now: number): Errno | typeof BLOCKED {
    if (!this.maySleep(call, flags, timeoutNs, now)) return E.EAGAIN;
    call.waitExclusivelyOn(this.waiters);
    return BLOCKED;
  }

  private maySleep(call: Call, flags: MessageFlags, timeoutNs: number, now: number): boolean {
    if (this.nonblock || flags.dontwait === true || call.expired || timeoutNs < 0) return false;
    if (timeoutNs > 0) call.expireAt(now + timeoutNs);
    return true;
  }
}

/** The C truth of an option value; undefined where it is no number. */
export function numberOf(value: OptionValue): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}

/** A `struct linger`; undefined where it is none. Seconds are unsigned: fewer than none are for ever. */
export function lingerOf(value: OptionValue): { readonly onoff: number; readonly linger: number } | undefined {
  if (typeof value !== 'object' || value instanceof Uint8Array) return undefined;
  const { onoff, linger } = value as { onoff?: unknown; linger?: unknown };
  if (typeof onoff !== 'number' || typeof linger !== 'number') return undefined;
  return { onoff, linger };
}

/**
 * A listening endpoint: SYNs become half-open connections, completed ones wait for `accept`. Linux's rules: the accept queue takes backlog + 1
 * connections; while it is full, new SYNs and the third segments of open handshakes are dropped (or reset, net.ipv4.tcp_abort_on_overflow), and the
 * SYN-ACK is repeated; the SYN queue is bounded by the backlog. Beyond it SYN cookies are sent (net.ipv4.tcp_syncookies), or SYNs dropped.
 */
import { E, Errno } from '../../base/errno.ts';
import { seqAdd } from '../../base/sequence.ts';
import type { TcpStateReason } from '../../record/catalogue.ts';
import { type Ipv4Packet, TCP_FLAG, type TcpSegment } from '../../wire/packet.ts';
import { startListening } from './claims.ts';
import { MSS_DEFAULT, STATE, TIMESTAMP_OPTION_BYTES, WINDOW_SCALE_MAX } from './constants.ts';
import { type ControlBlock, WAKE } from './control-block.ts';
import { asksForEcn } from './ecn.ts';
import { finish, flushWakes, setState, wake } from './outcome.ts';
import { sendReset } from './output.ts';
import { offeredMss } from './route-metrics.ts';
import { COOKIE_VALID_NS, NO_STAMP, readStamp } from './syn-cookies.ts';
import { HalfOpen, type SynOffer } from './syn-queue.ts';
import { initialWindow } from './windows.ts';

export class Listener {
  readonly accepted: ControlBlock[] = [];
  readonly halfOpen = new Set<HalfOpen>();
  /** When a SYN last found the queue full; only then may a cookie be out. */
  private overflowAt = -1;

  constructor(
    private readonly c: ControlBlock,
    public backlog: number,
  ) {}

  get acceptFull(): boolean {
    return this.accepted.length > this.backlog;
  }

  /** LISTEN, a segment for no known connection (RFC 9293 section 3.10.7.2). True where RST is the answer. */
  receive(segment: TcpSegment, packet: Ipv4Packet, isn: number): boolean {
    if (segment.has(TCP_FLAG.rst)) return false;
    if (segment.has(TCP_FLAG.ack)) return true;
    if (!segment.has(TCP_FLAG.syn) || segment.has(TCP_FLAG.fin)) {
      this.c.tcp.report.packetDrop(this.c.id, packet, segment.seq, 'tcp-flags-invalid');
      return false;
    }
    this.open(segment, packet, isn);
    return false;
  }

  private open(segment: TcpSegment, packet: Ipv4Packet, isn: number): void {
    const { tcp } = this.c;
    const mode = tcp.config.synCookies.number;
    let cookie = false;
    // A SYN that follows TIME-WAIT comes from a real peer: it needs no room.
    if (isn === 0 && (mode === 2 || this.halfOpen.size >= this.backlog)) {
      if (mode === 0) {
        tcp.report.packetDrop(this.c.id, packet, segment.seq, 'tcp-syn-queue-full');
        return;
      }
      cookie = true;
      this.overflowAt = tcp.queue.now;
    }
    if (this.acceptFull) {
      tcp.report.packetDrop(this.c.id, packet, segment.seq, 'tcp-backlog-full');
      return;
    }
    const most = tcp.config.maxSynBacklog.number;
    if (mode === 0 && isn === 0 && most - this.halfOpen.size < most >> 2) {
      tcp.report.packetDrop(this.c.id, packet, segment.seq, 'tcp-syn-queue-full');
      return;
    }
    const offer = readOffer(this.c, segment, cookie);
    const iss = isn !== 0 ? isn : cookie ? this.cookieFor(segment, packet, offer) : undefined;
    const request = this.request(segment, packet, offer, segment.seq, iss);
    if (request === undefined) return;
    if (cookie) {
      request.sendCookie(packet);
      return;
    }
    this.halfOpen.add(request);
    tcp.flows.add(request);
    tcp.report.state(request, STATE.LISTEN, STATE.SYN_RECEIVED, 'syn-received');
    request.start(packet);
  }

  private cookieFor(segment: TcpSegment, packet: Ipv4Packet, offer: SynOffer): number {
    const { tcp } = this.c;
    return tcp.cookies.make(pairOf(segment, packet), segment.seq, offer.peerMss, tcp.queue.now);
  }

  /** The half-open connection that a third segment proves by its cookie; undefined where it proves none. */
  private redeem(segment: TcpSegment, packet: Ipv4Packet): HalfOpen | undefined {
    const { tcp } = this.c;
    const { config, queue } = tcp;
    if (config.synCookies.number === 0 || this.overflowAt < 0 || queue.now - this.overflowAt > COOKIE_VALID_NS)
      return undefined;
    if (segment.has(TCP_FLAG.syn)) return undefined;
    const irs = seqAdd(segment.seq, -1);
    const iss = seqAdd(segment.ack, -1);
    const peerMss = tcp.cookies.check(pairOf(segment, packet), irs, iss, queue.now);
    if (peerMss === undefined) return undefined;
    const stamped = segment.tsVal >= 0;
    const offset = tcp.sequences.timestampOffset(packet.dst, packet.src);
    const options = stamped ? readStamp((segment.tsEcr - offset) >>> 0) : NO_STAMP;
    const offer = { peerMss, window: segment.window, tsVal: stamped ? segment.tsVal : -1, ...options };
    // The window is worked out anew, in segments of the peer's size where the SYN-ACK had ours (cookie_v4_check).
    return this.request(segment, packet, offer, irs, iss, peerMss);
  }

  private request(
    segment: TcpSegment,
    packet: Ipv4Packet,
    offer: SynOffer,
    irs: number,
    isn: number | undefined,
    windowMss?: number,
  ): HalfOpen | undefined {
    const { tcp } = this.c;
    const path = tcp.routeFor(this.c.settings, packet.src, packet.dst);
    if (path instanceof Errno) return undefined;
    const mss = offeredMss(path, this.c.settings.userMss);
    const { initrwnd, ecn } = path.metrics ?? {};
    const unit = windowMss ?? mss - (offer.tsVal >= 0 ? TIMESTAMP_OPTION_BYTES : 0);
    const initial = initialWindow(this.c, unit, initrwnd);
    const iss = isn ?? tcp.sequences.initial(packet.dst, segment.dstPort, packet.src, segment.srcPort, tcp.queue.now);
    return new HalfOpen(
      this.c,
      packet.dst,
      packet.src,
      segment.dstPort,
      segment.srcPort,
      iss,
      irs,
      ecn === true && asksForEcn(segment, tcp.arrivedEcn) ? { ...offer, ecn } : offer,
      tcp.sequences.timestampOffset(packet.dst, packet.src),
      initial.window,
      initial.clamp,
      initial.scale,
      mss,
      // The service class of the SYN comes back where the host is told so (net.ipv4.tcp_reflect_tos).
      tcp.config.reflectTos.number === 0 ? this.c.settings.tos : packet.tos & 0xfc,
    );
  }

  /** An ACK for no known connection: the third segment of one that only its cookie remembers? The connection, or why there is none. */
  receiveCookie(segment: TcpSegment, packet: Ipv4Packet): ControlBlock | 'full' | 'abort' | undefined {
    const request = this.redeem(segment, packet);
    if (request === undefined) return undefined;
    request.sentAt = -1;
    this.c.tcp.report.state(request, STATE.LISTEN, STATE.SYN_RECEIVED, 'syn-cookie');
    const child = this.complete(request, packet);
    // Who came by a cookie is not told that there is no room (tcp_get_cookie_sock).
    return child === 'abort' ? 'full' : child;
  }

  /** The third segment is good: a connection, if there is room. */
  complete(request: HalfOpen, packet: Ipv4Packet): ControlBlock | 'full' | 'abort' {
    const { tcp } = this.c;
    if (this.acceptFull) {
      tcp.report.packetDrop(request.id, packet, seqAdd(request.irs, 1), 'tcp-backlog-full');
      if (tcp.config.abortOnOverflow.number !== 0) {
        this.drop(request, 'overflow');
        return 'abort';
      }
      request.acked = true;
      return 'full';
    }
    this.forget(request);
    const child = tcp.childOf(this.c, request, (packet.payload as TcpSegment).window);
    child.parent = this;
    this.accepted.push(child);
    return child;
  }

  /** A new connection became established: the program may accept it. */
  announce(): void {
    wake(this.c, WAKE.READ);
    flushWakes(this.c);
  }

  /** Ends a half-open connection. */
  drop(request: HalfOpen, reason: TcpStateReason): void {
    this.forget(request);
    this.c.tcp.report.state(request, STATE.SYN_RECEIVED, STATE.CLOSED, reason);
  }

  private forget(request: HalfOpen): void {
    request.timer.dispose();
    this.halfOpen.delete(request);
    this.c.tcp.flows.remove(request);
  }
}

function pairOf(segment: TcpSegment, packet: Ipv4Packet) {
  return { local: packet.dst, localPort: segment.dstPort, remote: packet.src, remotePort: segment.srcPort };
}

/** A SYN cookie without time stamps has no place for options. */
function readOffer(c: ControlBlock, segment: TcpSegment, cookie: boolean): SynOffer {
  const { config } = c.tcp;
  const options = segment.options;
  // RFC 9293 MUST-15: 536 where no MSS option came.
  const offered = options?.mss === undefined || options.mss === 0 ? MSS_DEFAULT : options.mss;
  const peerMss = c.settings.userMss > 0 ? Math.min(c.settings.userMss, offered) : offered;
  const tsVal = config.timestamps.number !== 0 ? segment.tsVal : -1;
  const bare = cookie && tsVal < 0;
  const scale = bare ? undefined : options?.windowScale;
  return {
    peerMss,
    ecn: !bare && config.ecn.number !== 0 && asksForEcn(segment, c.tcp.arrivedEcn),
    window: segment.window,
    windowScale:
      scale === undefined || config.windowScaling.number === 0 ? undefined : Math.min(scale, WINDOW_SCALE_MAX),
    sack: !bare && options?.sackPermitted === true && config.sack.number !== 0,
    tsVal,
  };
}

/** listen(2). */
export function listen(c: ControlBlock, backlog: number): Errno | undefined {
  const most = c.tcp.config.somaxconn.number;
  // A negative backlog is a huge unsigned one: the bound.
  const limit = backlog < 0 || backlog > most ? most : backlog;
  if (c.listener !== undefined) {
    c.listener.backlog = limit;
    return undefined;
  }
  if (c.state !== STATE.CLOSED || c.done) return E.EINVAL;
  const failed = startListening(c.tcp, c);
  if (failed !== undefined) return failed;
  c.listener = new Listener(c, limit);
  setState(c, STATE.LISTEN, 'listen');
  // Told now: later it would wake all who wait for a caller.
  flushWakes(c);
  return undefined;
}

export function accept(c: ControlBlock): ControlBlock | Errno | undefined {
  if (c.listener === undefined) return E.EINVAL;
  return c.listener.accepted.shift();
}

/** Nobody will accept: half-open connections vanish, waiting ones are reset (RFC 9293 section 3.10.4, LISTEN). */
export function closeListener(c: ControlBlock): void {
  const { listener } = c;
  if (listener === undefined) return;
  for (const request of [...listener.halfOpen]) listener.drop(request, 'listener-closed');
  for (const child of listener.accepted.splice(0)) {
    child.orphan = true;
    if (child.state !== STATE.CLOSED) {
      sendReset(child);
      finish(child, 'listener-closed');
    }
  }
  c.listener = undefined;
}

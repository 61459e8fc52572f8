/**
 * Segments leave here, whatever made them: header fields, options in use, the window, and what sending an acknowledgement settles.
 */
import { Errno } from '../../base/errno.ts';
import { seqGt, seqLt } from '../../base/sequence.ts';
import { type CauseKind, IP_PROTOCOL, PacketId, TCP_FLAG, type TcpOptions, TcpSegment } from '../../wire/packet.ts';
import { EMPTY_PAYLOAD, type Payload } from '../../wire/payload.ts';
import { ATO_MIN_NS, MSS_DEFAULT } from './constants.ts';
import { type ControlBlock, timestampNow, windowEnd } from './control-block.ts';
import { carriesEct, ECT_0, ecnFlags } from './ecn.ts';
import { settleHeld } from './sack-compression.ts';
import { timestampBytes } from './timestamps.ts';
import { selectWindow } from './windows.ts';

const NO_OPTIONS_BYTES = 40;

/** Resolves the route again where the old one went stale; the error is soft, as for any lost packet. */
export function currentPath(c: ControlBlock): ControlBlock['path'] {
  const { path } = c;
  if (path?.valid) return path;
  const fresh = c.tcp.routeFor(c.settings, c.remoteAddress, c.localAddress);
  if (fresh instanceof Errno) {
    c.softError = fresh;
    return undefined;
  }
  c.path = fresh;
  return fresh;
}

/** SACK blocks that go into the next segment, D-SACK first (RFC 2883 section 4); `undefined` for none. */
export function sackBlocks(c: ControlBlock): TcpOptions['sack'] {
  if (!c.sackOn) return undefined;
  const dsack = c.dsackLeft !== c.dsackRight;
  const queued = c.reassembly === undefined ? [] : c.reassembly.sackBlocks;
  if (!dsack && queued.length === 0) return undefined;
  const room = Math.floor((NO_OPTIONS_BYTES - timestampBytes(c) - 4) / 8);
  const blocks = dsack ? [[c.dsackLeft, c.dsackRight] as const, ...queued] : queued;
  return blocks.length > room ? blocks.slice(0, room) : blocks;
}

/** Bytes that SACK blocks will take away from the segment's payload. */
export function sackOptionBytes(c: ControlBlock): number {
  if (c.dsackLeft === c.dsackRight && (c.reassembly === undefined || c.reassembly.empty)) return 0;
  const blocks = sackBlocks(c);
  return blocks === undefined ? 0 : 4 + 8 * blocks.length;
}

/** Sends one segment of a synchronised connection. ACK is always set (RFC 9293 section 3.4). The urgent pointer counts from `urgentFrom`, where its buffer begins. */
export function transmit(
  c: ControlBlock,
  seq: number,
  flags: number,
  payload: Payload,
  ident: PacketId,
  urgentFrom = seq,
): Errno | undefined {
  const window = selectWindow(c);
  let options: TcpOptions | undefined;
  if (c.sackOn && (c.dsackLeft !== c.dsackRight || c.reassembly !== undefined)) {
    const sack = sackBlocks(c);
    if (sack !== undefined) options = { sack };
  }
  let urgent = 0;
  // RFC 9293 section 3.8.5: the pointer is sent while it lies ahead of this segment, as far as 16 bits reach.
  if (seqLt(c.sndUna, c.sndUp) && seqLt(urgentFrom, c.sndUp)) {
    const distance = (c.sndUp - urgentFrom) >>> 0;
    if (distance <= 0xffff) {
      urgent = distance;
      flags |= TCP_FLAG.urg;
    } else if (seqGt(urgentFrom + 0xffff, c.sndNxt)) {
      // Still unsent: it is announced as far as the pointer reaches.
      urgent = 0xffff;
      flags |= TCP_FLAG.urg;
    }
  }
  let ect = false;
  if (c.ecn !== 0) {
    ect = carriesEct(c, seq, payload.length);
    flags |= ecnFlags(c, ect);
  }
  const segment = new TcpSegment(
    c.localPort,
    c.remotePort,
    seq,
    c.rcvNxt,
    flags | TCP_FLAG.ack,
    window,
    urgent,
    c.timestampsOn ? timestampNow(c) : -1,
    c.timestampsOn ? c.tsRecent : 0,
    options,
    payload,
  );
  settleAck(c);
  if (payload.length > 0) {
    c.dataSegmentsOut++;
    c.bytesSent += payload.length;
  }
  c.transmittedAt = c.tcp.queue.now;
  return deliver(c, segment, ident, ect ? ECT_0 : 0);
}

/** Hands a segment to the network layer. */
function deliver(c: ControlBlock, segment: TcpSegment, ident: PacketId, ecnField = 0): Errno | undefined {
  const path = currentPath(c);
  if (path === undefined) return c.softError;
  c.segmentsOut++;
  const identification = c.ipId;
  c.ipId = (identification + 1) & 0xffff;
  const options = c.tcp.sendOptions(path, c.settings, ident, identification, ecnField);
  const failed = c.tcp.ip.output(path, segment, IP_PROTOCOL.tcp, options);
  if (c.notices !== undefined && failed === undefined) c.notices.left(segment, options);
  return failed;
}

/** An acknowledgement is on its way: nothing is owed any more (tcp_event_ack_sent). */
function settleAck(c: ControlBlock): void {
  if (c.heldAcks > 0) settleHeld(c);
  if (c.quickAcks > 0) {
    const used = c.ackScheduled ? 1 : 0;
    if (used >= c.quickAcks) {
      c.quickAcks = 0;
      c.atoNs = ATO_MIN_NS;
    } else c.quickAcks -= used;
  }
  c.ackScheduled = false;
  c.ackTimerOn = false;
  c.ackNow = false;
  c.ackPushed = 0;
  if (c.ackTimer !== undefined) c.ackTimer.clear();
  c.dsackLeft = c.dsackRight = 0;
}

/**
 * The sequence number of a segment without data: SND.NXT, or the window's end where a peer took its window back, so that the peer still
 * accepts it (Linux's tcp_acceptable_seq).
 */
export function acceptableSeq(c: ControlBlock): number {
  const end = windowEnd(c);
  const beyond = (c.sndNxt - end) | 0;
  if (beyond <= 0 || (c.scalingOn && beyond < 1 << c.rcvScale)) return c.sndNxt;
  return end;
}

export function ident(c: ControlBlock, cause: CauseKind = 'origin', of = 0): PacketId {
  return new PacketId(c.tcp.context.ids.next(), cause, of);
}

/** A pure acknowledgement, now. */
export function sendAck(c: ControlBlock): void {
  transmit(c, acceptableSeq(c), 0, EMPTY_PAYLOAD, ident(c, c.lastPacket === 0 ? 'origin' : 'reply', c.lastPacket));
}

/** RST on a connection of ours that ends (RFC 9293 section 3.10.4 and 3.10.5). */
export function sendReset(c: ControlBlock): void {
  transmit(c, acceptableSeq(c), TCP_FLAG.rst, EMPTY_PAYLOAD, ident(c));
}

/** SYN, or SYN-ACK on a simultaneous open, with the options that we offer (RFC 9293 section 3.7.1, RFC 7323, RFC 2018). */
export function transmitSyn(c: ControlBlock, flags: number, id: PacketId): Errno | undefined {
  const withAck = (flags & TCP_FLAG.ack) !== 0;
  const options: { mss: number; windowScale?: number; sackPermitted?: boolean } = {
    // What segments may carry without time stamps, whether or not they turned out to be used.
    mss: c.advertisedMss + timestampBytes(c),
  };
  // The SYN-ACK of a simultaneous open repeats the offers of our SYN, as Linux does; what the peer did not offer stays unused.
  const { config } = c.tcp;
  const timestamps = config.timestamps.number !== 0;
  if (config.windowScaling.number !== 0) options.windowScale = c.rcvScale;
  if (config.sack.number !== 0) options.sackPermitted = true;
  const segment = new TcpSegment(
    c.localPort,
    c.remotePort,
    c.iss,
    withAck ? c.rcvNxt : 0,
    flags,
    Math.min(c.rcvWnd, 65_535), // never scaled in a SYN (RFC 7323 section 2.2)
    0,
    timestamps ? timestampNow(c) : -1,
    timestamps ? c.tsRecent : 0,
    options,
    EMPTY_PAYLOAD,
  );
  return deliver(c, segment, id);
}

/** Payload that a segment of so many bytes on the path carries, as far as the peer takes it (tcp_mtu_to_mss). */
export function mssForMtu(c: ControlBlock, mtu: number): number {
  const mss = Math.max(Math.min(mtu - 40, c.peerMss), c.tcp.config.minSendMss.number);
  return mss - timestampBytes(c);
}

/** MSS for this path and these options (tcp_sync_mss): also at most half of the largest window that the peer ever offered, and what probes have proven. */
export function syncMss(c: ControlBlock, pathMtu: number): void {
  c.pathMtu = pathMtu;
  let mss = boundToHalfWindow(c, mssForMtu(c, pathMtu));
  const probe = c.mtuProbe;
  if (probe !== undefined) {
    if (probe.high > pathMtu) probe.high = pathMtu;
    mss = Math.min(mss, mssForMtu(c, probe.low));
  }
  c.mss = mss;
}

export function boundToHalfWindow(c: ControlBlock, size: number): number {
  const cutoff = c.maxWindow > MSS_DEFAULT ? c.maxWindow >> 1 : c.maxWindow;
  if (cutoff > 0 && size > cutoff) return Math.max(cutoff, 68 - 20 - timestampBytes(c));
  return size;
}

/** The MSS of the next data segment: follows path-MTU changes, and leaves room for SACK blocks (RFC 9293 MUST-16, RFC 6691). */
export function currentMss(c: ControlBlock): number {
  const path = c.path;
  if (path !== undefined && path.mtu !== c.pathMtu && path.valid) syncMss(c, path.mtu);
  const extra = sackOptionBytes(c);
  return extra === 0 ? c.mss : c.mss - extra;
}

/** Options of a TCP socket by name, with the bounds and errno of tcp(7), socket(7) and ip(7). */
import { E, type Errno } from '../../base/errno.ts';
import { MS, SECOND } from '../../time/instant.ts';
import { doubledReceiveBuffer, doubledSendBuffer, FORCED_MAX } from '../datagram.ts';
import type { TcpOptionName } from './api.ts';
import { STATE } from './constants.ts';
import { type ControlBlock, WAKE } from './control-block.ts';
import { deferRounds, deferSeconds } from './defer-accept.ts';
import { ackAfterRead } from './delayed-ack.ts';
import { armSlowTimer, idleNs, keepIdleNs, startKeepalive, stopKeepalive } from './keepalive.ts';
import { Notices } from './notices.ts';
import { wake } from './outcome.ts';
import { currentPath } from './output.ts';
import { hasData } from './receive.ts';
import { isPingpong, NAGLE, setNagle } from './send.ts';
import { tellOfSpace } from './send-buffer.ts';
import { checkStamping, STAMPING } from './send-stamps.ts';
import { mtuDiscovery, type Settings } from './settings.ts';
import { makeSpaceFor, setWindowClamp } from './windows.ts';

function setSendBuffer(c: ControlBlock, value: number, most: number): undefined {
  own(c).sendBufferLocked = true;
  c.sendBuffer = doubledSendBuffer(value, most);
  limitChanged(c);
}

function setReceiveBuffer(c: ControlBlock, value: number, most: number): undefined {
  own(c).receiveBufferLocked = true;
  c.receiveBuffer = doubledReceiveBuffer(value, most);
}

/** Another limit may mean that there is room now. */
function limitChanged(c: ControlBlock): void {
  if (c.state !== STATE.CLOSED && c.state !== STATE.LISTEN) tellOfSpace(c);
}

interface Option {
  get(c: ControlBlock): number | Errno;
  set(c: ControlBlock, value: number): Errno | undefined;
}

/** Settings are shared until one is changed. */
function own(c: ControlBlock): Settings {
  c.settings = c.settings.copy();
  return c.settings;
}

function flag(get: (s: Settings) => boolean, set: (s: Settings, on: boolean) => void): Option {
  return {
    get: (c) => (get(c.settings) ? 1 : 0),
    set(c, value) {
      set(own(c), value !== 0);
      return undefined;
    },
  };
}

function bounded(
  low: number,
  high: number,
  get: (c: ControlBlock) => number,
  set: (c: ControlBlock, s: Settings, value: number) => void,
): Option {
  return {
    get,
    set(c, value) {
      if (value < low || value > high) return E.EINVAL;
      set(c, own(c), value);
      return undefined;
    },
  };
}

const OPTIONS: Readonly<Record<TcpOptionName, Option>> = {
  TCP_NODELAY: {
    get: (c) => (c.nagle & NAGLE.OFF ? 1 : 0),
    set(c, value) {
      setNagle(c, NAGLE.OFF, value !== 0);
      return undefined;
    },
  },
  TCP_CORK: {
    get: (c) => (c.nagle & NAGLE.CORK ? 1 : 0),
    set(c, value) {
      setNagle(c, NAGLE.CORK, value !== 0);
      return undefined;
    },
  },
  TCP_QUICKACK: {
    get: (c) => (isPingpong(c) ? 0 : 1),
    set(c, value) {
      if (value === 0) c.pingpong = 1;
      else {
        c.pingpong = 0;
        const open = c.state === STATE.ESTABLISHED || c.state === STATE.CLOSE_WAIT;
        if (open && c.ackScheduled) {
          c.ackPushed = Math.max(1, c.ackPushed);
          ackAfterRead(c, 1);
          if ((value & 1) === 0) c.pingpong = 1;
        }
      }
      return undefined;
    },
  },
  TCP_MAXSEG: {
    get: (c) => (c.state === STATE.CLOSED || c.state === STATE.LISTEN ? c.settings.userMss || c.mss : c.mss),
    set(c, value) {
      if (value !== 0 && (value < 88 || value > 32_767)) return E.EINVAL;
      own(c).userMss = value;
      return undefined;
    },
  },
  TCP_KEEPIDLE: {
    get: (c) => Math.floor(keepIdleNs(c) / SECOND),
    set(c, value) {
      if (value < 1 || value > 32_767) return E.EINVAL;
      own(c).keepIdleNs = value * SECOND;
      if (c.settings.keepalive && c.state !== STATE.CLOSED && c.state !== STATE.LISTEN) {
        armSlowTimer(c, Math.max(0, c.settings.keepIdleNs - idleNs(c)));
      }
      return undefined;
    },
  },
  TCP_KEEPINTVL: bounded(
    1,
    32_767,
    (c) => (c.settings.keepIntervalNs > 0 ? c.settings.keepIntervalNs / SECOND : c.tcp.config.keepaliveInterval.number),
    (_c, s, v) => {
      s.keepIntervalNs = v * SECOND;
    },
  ),
  TCP_KEEPCNT: bounded(
    1,
    127,
    (c) => c.settings.keepProbes || c.tcp.config.keepaliveProbes.number,
    (_c, s, v) => {
      s.keepProbes = v;
    },
  ),
  TCP_SYNCNT: bounded(
    1,
    127,
    (c) => c.settings.synRetries || c.tcp.config.synRetries.number,
    (_c, s, v) => {
      s.synRetries = v;
    },
  ),
  TCP_LINGER2: {
    get: (c) =>
      c.settings.finWait2Ns < 0 ? -1 : Math.floor((c.settings.finWait2Ns || c.tcp.config.finTimeoutNs) / SECOND),
    set(c, value) {
      own(c).finWait2Ns = value < 0 ? -1 : Math.min(value, 120) * SECOND;
      return undefined;
    },
  },
  TCP_DEFER_ACCEPT: {
    get: (c) => deferSeconds(c.settings.deferRounds),
    set(c, value) {
      own(c).deferRounds = deferRounds(value);
      return undefined;
    },
  },
  TCP_WINDOW_CLAMP: {
    get: (c) => (c.state === STATE.CLOSED || c.state === STATE.LISTEN ? c.settings.windowClamp : c.windowClamp),
    set(c, value) {
      if (value === 0 && c.state !== STATE.CLOSED) return E.EINVAL;
      const clamp = value === 0 ? 0 : Math.max(value, 1152); // SOCK_MIN_RCVBUF / 2
      own(c).windowClamp = clamp;
      if (c.state !== STATE.CLOSED && c.state !== STATE.LISTEN) setWindowClamp(c, clamp);
      return undefined;
    },
  },
  TCP_USER_TIMEOUT: bounded(
    0,
    0x7fff_ffff,
    (c) => c.settings.userTimeoutNs / MS,
    (_c, s, v) => {
      s.userTimeoutNs = v * MS;
    },
  ),
  /** An unsigned number under the int of the call; 0 is net.ipv4.tcp_notsent_lowat. */
  TCP_NOTSENT_LOWAT: {
    get: (c) => c.settings.notSentLowat | 0,
    set(c, value) {
      own(c).notSentLowat = value >>> 0;
      limitChanged(c);
      return undefined;
    },
  },
  TCP_THIN_LINEAR_TIMEOUTS: bounded(
    0,
    1,
    (c) => (c.settings.thinLinearTimeouts ? 1 : 0),
    (_c, s, v) => {
      s.thinLinearTimeouts = v === 1;
    },
  ),
  SO_KEEPALIVE: {
    get: (c) => (c.settings.keepalive ? 1 : 0),
    set(c, value) {
      const was = c.settings.keepalive;
      own(c).keepalive = value !== 0;
      if (value === 0) stopKeepalive(c);
      else if (!was) startKeepalive(c);
      return undefined;
    },
  },
  SO_REUSEADDR: flag(
    (s) => s.reuseAddress,
    (s, on) => {
      s.reuseAddress = on;
    },
  ),
  SO_REUSEPORT: flag(
    (s) => s.reusePort,
    (s, on) => {
      s.reusePort = on;
    },
  ),
  SO_SNDBUF: {
    get: (c) => c.sendBuffer,
    set: (c, value) => setSendBuffer(c, value, c.tcp.buffers.wmemMax.number),
  },
  SO_RCVBUF: {
    get: (c) => c.receiveBuffer,
    set: (c, value) => setReceiveBuffer(c, value, c.tcp.buffers.rmemMax.number),
  },
  // Beyond net.core.wmem_max and rmem_max, for who administers the network (socket(7)).
  SO_SNDBUFFORCE: {
    get: () => E.ENOPROTOOPT,
    set: (c, value) => (c.uid === 0 ? setSendBuffer(c, Math.max(0, value), FORCED_MAX) : E.EPERM),
  },
  SO_RCVBUFFORCE: {
    get: () => E.ENOPROTOOPT,
    set: (c, value) => (c.uid === 0 ? setReceiveBuffer(c, Math.max(0, value), FORCED_MAX) : E.EPERM),
  },
  SO_RCVLOWAT: {
    get: (c) => c.settings.receiveLowat,
    set: setReceiveLowat,
  },
  SO_OOBINLINE: flag(
    (s) => s.outOfBandInline,
    (s, on) => {
      s.outOfBandInline = on;
    },
  ),
  SO_ZEROCOPY: bounded(
    0,
    1,
    (c) => (c.settings.zeroCopy ? 1 : 0),
    (_c, s, v) => {
      s.zeroCopy = v === 1;
    },
  ),
  SO_DONTROUTE: flag(
    (s) => s.dontRoute,
    (s, on) => {
      s.dontRoute = on;
    },
  ),
  SO_TIMESTAMPING: {
    get: (c) => c.settings.stamping,
    set: setStamping,
  },
  /** A byte of any int (__ip_sock_set_tos); the two lowest bits are ECN's and not the program's on a stream socket (ip(7)). */
  IP_TOS: {
    get: (c) => c.settings.tos,
    set(c, value) {
      own(c).tos = value & 0xfc;
      return undefined;
    },
  },
  IP_TTL: {
    get: (c) => c.settings.ttl || c.tcp.ip.defaultTtl,
    set(c, value) {
      if (value !== -1 && (value < 1 || value > 255)) return E.EINVAL;
      own(c).ttl = value === -1 ? 0 : value;
      return undefined;
    },
  },
  IP_FREEBIND: flag(
    (s) => s.freebind,
    (s, on) => {
      s.freebind = on;
    },
  ),
  IP_RECVERR: flag(
    (s) => s.receiveErrors,
    (s, on) => {
      s.receiveErrors = on;
    },
  ),
  /** Of the path, while there is a peer (ip(7)); nobody sets it. */
  IP_MTU: {
    get: (c) => (c.remotePort === 0 ? undefined : currentPath(c)?.mtu) ?? E.ENOTCONN,
    set: () => E.ENOPROTOOPT,
  },
  IP_MTU_DISCOVER: bounded(
    0,
    5,
    (c) => mtuDiscovery(c.tcp, c.settings),
    (_c, s, v) => {
      s.mtuDiscover = v;
    },
  ),
};

/** tcp_set_rcvlowat: no more than half of the buffer, which grows so that a window of that size fits unless the program has set it. */
function setReceiveLowat(c: ControlBlock, value: number): undefined {
  const settings = own(c);
  const locked = settings.receiveBufferLocked;
  const most = (locked ? c.receiveBuffer : c.tcp.config.rmem.numbers[2]!) >> 1;
  const mark = Math.min(value < 0 ? most : value, most);
  settings.receiveLowat = Math.max(1, mark);
  if (hasData(c)) wake(c, WAKE.READ);
  if (!locked) makeSpaceFor(c, mark);
}

/** sock_set_timestamping: bytes are counted from here on where OPT_ID is new, which needs a connection. */
function setStamping(c: ControlBlock, value: number): Errno | undefined {
  const failed = checkStamping(value);
  if (failed !== undefined) return failed;
  if ((value & ~c.settings.stamping & STAMPING.OPT_ID) !== 0) {
    if (c.state === STATE.CLOSED || c.state === STATE.LISTEN) return E.EINVAL;
    c.notices ??= new Notices(c);
    c.notices.countFrom((value & STAMPING.OPT_ID_TCP) !== 0 ? c.writeSeq : c.sndUna);
  } else if (value !== 0) c.notices ??= new Notices(c);
  own(c).stamping = value;
  return undefined;
}

export function setTcpOption(c: ControlBlock, name: TcpOptionName, value: number): Errno | undefined {
  const option = OPTIONS[name];
  if (option === undefined) return E.ENOPROTOOPT;
  if (!Number.isSafeInteger(value)) return E.EINVAL;
  return option.set(c, value);
}

export function getTcpOption(c: ControlBlock, name: TcpOptionName): number | Errno {
  const option = OPTIONS[name];
  return option === undefined ? E.ENOPROTOOPT : option.get(c);
}

/** Ports and places in the table: what bind, listen and an active open take, and when they may not (tcp(7), socket(7)). */
import { IPV4_ANY, type IpAddress } from '../../base/address.ts';
import { E, Errno } from '../../base/errno.ts';
import { seqAdd } from '../../base/sequence.ts';
import { mayBind } from '../ip-output.ts';
import type { TcpConnection } from './connection.ts';
import { STATE } from './constants.ts';
import { ControlBlock } from './control-block.ts';
import type { Tcp } from './tcp.ts';
import { TimeWait } from './timewait.ts';

/** From the last number of a connection in TIME-WAIT to the first of the next (tcp_twsk_unique). */
const NUMBERS_BETWEEN = 65_537;

/** bind(2): EADDRNOTAVAIL for a foreign address, EINVAL where there is a port already, EACCES, EADDRINUSE. */
export function bind(tcp: Tcp, c: TcpConnection, address: IpAddress, port: number): Errno | undefined {
  if (!mayBind(tcp.ip, address, c.settings.freebind)) return E.EADDRNOTAVAIL;
  // A port that connect or listen chose, or that accept gave, went with its connection.
  if (c.state !== STATE.CLOSED || (c.localPort !== 0 && c.boundByProgram)) return E.EINVAL;
  c.localAddress = address;
  const taken = port === 0 ? tcp.ports.anyForBind(c) : (tcp.ports.take(port, c) ?? port);
  if (taken instanceof Errno) {
    c.localAddress = IPV4_ANY;
    return taken;
  }
  c.localPort = taken;
  c.boundByProgram = c.portFromBind = true;
  c.boundAddress = !address.isUnspecified;
  return undefined;
}

/**
 * A place among the listeners of the port; a port is chosen where none was bound. Sockets with SO_REUSEADDR may share a port, but only one may listen, unless
 * all have SO_REUSEPORT (socket(7)); connections that an earlier listener accepted hold it too (inet_csk_listen_start).
 */
export function startListening(tcp: Tcp, c: ControlBlock): Errno | undefined {
  if (c.localPort === 0) {
    const port = tcp.ports.anyForBind(c);
    if (port instanceof Errno) return port;
    c.localPort = port;
    c.portFromBind = true;
  } else if (tcp.ports.inConflict(c.localPort, c)) return E.EADDRINUSE;
  const list = tcp.listeners.get(c.localPort);
  if (list === undefined) tcp.listeners.set(c.localPort, [c as TcpConnection]);
  else list.push(c as TcpConnection);
  return undefined;
}

/** Route, source address, port and place in the table for an active open. */
export function claimConnect(tcp: Tcp, c: TcpConnection, address: IpAddress, port: number): Errno | undefined {
  // connect(2) to the wildcard reaches this host, as on Linux.
  // A group or a broadcast that is bound says nothing about the source (__inet_bind).
  const { localAddress } = c;
  const anySource = localAddress.isUnspecified || localAddress.isMulticast || tcp.ip.isBroadcast(localAddress);
  const path = tcp.routeFor(c.settings, address, anySource ? undefined : localAddress);
  if (path instanceof Errno) return path;
  // RFC 9293 MUST-57 and section 3.9.2.3: one peer, no groups.
  if (path.kind === 'broadcast' || path.kind === 'multicast') return E.ENETUNREACH;
  const local = anySource ? path.src : localAddress;
  if (c.localPort === 0) {
    const chosen = tcp.ports.anyForConnect(local, path.dst, port, (candidate, held) =>
      connectable(c, local, candidate, path.dst, port, held),
    );
    if (chosen instanceof Errno) return chosen;
    c.localPort = chosen;
    tcp.ports.hold(chosen, c);
  } else if (!tupleFree(c, local, c.localPort, path.dst, port, true)) return E.EADDRNOTAVAIL;
  c.localAddress = local;
  c.remoteAddress = path.dst;
  c.remotePort = port;
  c.path = path;
  c.ipId = tcp.sequences.identification();
  tcp.flows.add(c);
  c.inTable = true;
  return undefined;
}

/** A port that a program bound is not for connects; one that only connects use is, towards another peer. */
function connectable(
  c: ControlBlock,
  local: IpAddress,
  candidate: number,
  remote: IpAddress,
  port: number,
  held: boolean,
): boolean {
  if (!held) return true;
  for (const holder of c.tcp.ports.at(candidate)) {
    if ((holder instanceof ControlBlock || holder instanceof TimeWait) && holder.portFromBind) return false;
  }
  return tupleFree(c, local, candidate, remote, port, false);
}

/** TIME-WAIT gives way where time stamps tell the incarnations apart: at once to who `bound` the port, else as net.ipv4.tcp_tw_reuse says (RFC 6191, tcp_twsk_unique). */
function tupleFree(
  c: ControlBlock,
  local: IpAddress,
  localPort: number,
  remote: IpAddress,
  remotePort: number,
  bound: boolean,
): boolean {
  const { tcp } = c;
  const entry = tcp.flows.find(local, localPort, remote, remotePort);
  if (entry === undefined) return true;
  if (!(entry instanceof TimeWait) || entry.state !== STATE.TIME_WAIT) return false;
  const mode = tcp.config.twReuse.number;
  const allowed = bound ? entry.timestampsOn : (mode === 1 || (mode === 2 && remote.isLoopback)) && entry.stampsMovedOn;
  if (!allowed || (!bound && tcp.config.timestamps.number === 0)) return false;
  // What follows is told from what went before: by its numbers, and by stamps that go on.
  c.iss = seqAdd(entry.sndNxt, NUMBERS_BETWEEN);
  c.tsRecent = entry.tsRecent;
  c.tsRecentAt = tcp.queue.now;
  entry.kill('reused');
  return true;
}

/** The sockets of a host with their owners, for `ss`: those behind descriptors, and TCP connections that outlive theirs. */
import type { OpenFile } from '../kernel/open-file.ts';
import { DatagramSocketFile } from '../socket/datagram-socket.ts';
import { PacketSocket } from '../socket/packet-socket.ts';
import { SocketFile } from '../socket/socket-file.ts';
import { StreamSocket } from '../socket/stream-socket.ts';
import type { TcpStateName } from '../transport/tcp/api.ts';
import type { Kernel } from './kernel.ts';
import type { SocketInfo, SocketStateName } from './netlink.ts';
import type { TcpSummary } from './network-admin.ts';

const STATE_NAMES = new Map<TcpStateName, SocketStateName>([
  ['ESTABLISHED', 'ESTAB'],
  ['SYN-SENT', 'SYN-SENT'],
  ['SYN-RECEIVED', 'SYN-RECV'],
  ['FIN-WAIT-1', 'FIN-WAIT-1'],
  ['FIN-WAIT-2', 'FIN-WAIT-2'],
  ['TIME-WAIT', 'TIME-WAIT'],
  ['CLOSED', 'UNCONN'],
  ['CLOSE-WAIT', 'CLOSE-WAIT'],
  ['LAST-ACK', 'LAST-ACK'],
  ['LISTEN', 'LISTEN'],
  ['CLOSING', 'CLOSING'],
]);

type Owner = SocketInfo['owners'][number];

export function listSockets(kernel: Kernel): readonly SocketInfo[] {
  const owners = new Map<OpenFile, Owner[]>();
  for (const process of kernel.processes.all()) {
    for (const [fd, file] of process.descriptors.entries()) {
      if (!(file instanceof SocketFile)) continue;
      const list = owners.get(file) ?? [];
      list.push({ pid: process.pid, name: process.name, fd });
      owners.set(file, list);
    }
  }
  const infos: SocketInfo[] = [];
  for (const [file, list] of owners) {
    const info = describeSocket(file as SocketFile, list);
    if (info !== undefined) infos.push(info);
  }
  for (const endpoint of kernel.network.detachedTcp()) infos.push(describeTcp(endpoint, [], 0, endpoint.uid));
  return infos;
}

function describeSocket(file: SocketFile, owners: readonly Owner[]): SocketInfo | undefined {
  if (file instanceof StreamSocket) {
    // An unbound, unconnected stream socket is in no hash table of the kernel, and in no dump.
    if (file.endpoint.stateName === 'CLOSED' && file.endpoint.localPort === 0) return undefined;
    return describeTcp(file.endpoint, owners, file.ino, file.uid);
  }
  const base = { uid: file.uid, inode: file.ino, owners, sendQueue: 0, state: 'UNCONN' as const };
  if (file instanceof DatagramSocketFile) {
    const { endpoint } = file;
    return {
      ...base,
      family: 'inet',
      protocol: file.protocol,
      state: endpoint.connected ? 'ESTAB' : 'UNCONN',
      receiveQueue: endpoint.receiveQueueLength,
      local: { address: String(endpoint.localAddress), port: endpoint.localPort },
      peer: { address: String(endpoint.remoteAddress), port: endpoint.remotePort },
    };
  }
  if (file instanceof PacketSocket) {
    const local = file.localAddress();
    const ifindex = local.family === 'packet' ? local.ifindex : 0;
    return {
      ...base,
      family: 'packet',
      protocol: 'packet',
      receiveQueue: 0,
      local: { address: '*', port: 0, ifindex },
      peer: { address: '*', port: 0 },
    };
  }
  const local = file.localAddress();
  return {
    ...base,
    family: 'unix',
    protocol: 'unix',
    receiveQueue: 0,
    local: { address: local.family === 'unix' && local.path !== '' ? local.path : '*', port: file.ino },
    peer: { address: '*', port: 0 },
  };
}

function describeTcp(endpoint: TcpSummary, owners: readonly Owner[], inode: number, uid: number): SocketInfo {
  const timer = endpoint.timer();
  const info = endpoint.info();
  return {
    family: 'inet',
    protocol: 'tcp',
    state: STATE_NAMES.get(endpoint.stateName) ?? 'UNCONN',
    receiveQueue: endpoint.receiveQueueLength,
    sendQueue: endpoint.sendQueueLength,
    local: { address: String(endpoint.localAddress), port: endpoint.localPort },
    peer: { address: String(endpoint.remoteAddress), port: endpoint.remotePort },
    uid,
    inode,
    owners,
    ...(timer === undefined ? {} : { timer }),
    ...(info === undefined ? {} : { tcpInfo: info }),
  };
}

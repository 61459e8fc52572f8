/** Sockets of a simulated host, without a process around them. */
import { Errno } from '../../packages/core/src/base/errno.ts';
import type { Testbed } from '../../packages/core/src/check/packetscript/testbed.ts';
import type { SocketFile } from '../../packages/core/src/socket/socket-file.ts';
import { SocketLayer } from '../../packages/core/src/socket/socket-layer.ts';

const TYPES = {
  TCP: ['stream', 6],
  UDP: ['dgram', 17],
  raw: ['raw', 1],
} as const;
type Kind = keyof typeof TYPES;
export const KINDS = Object.keys(TYPES) as readonly Kind[];

/** Makes a new socket of a kind, of the superuser. */
export function socketsOf(bed: Testbed): (kind: Kind) => SocketFile {
  const sockets = new SocketLayer(bed.ctx, bed.network);
  let ino = 1;
  const identify = () => ({ ino: ino++, uid: 0, wallNs: 0 });
  const names = { bind: () => undefined, find: () => noUnixSockets() };
  return (kind) => {
    const [type, protocol] = TYPES[kind];
    const socket = sockets.create('inet', type, protocol, identify(), identify, names);
    if (socket instanceof Errno) throw new Error(`a ${kind} socket: ${socket.code}`);
    return socket;
  };
}

function noUnixSockets(): never {
  throw new Error('no Unix sockets here');
}

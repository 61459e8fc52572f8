/** What cases about sockets begin with. */
import type { SockAddr, SockAddrIn, SocketType, Sys } from '@netarium/core/syscall/sys.ts';
import { Broken, LOOPBACK } from './suite.ts';

export const inet = (port: number, address = LOOPBACK): SockAddrIn => ({ family: 'inet', address, port });

export function asInet(address: SockAddr | undefined): SockAddrIn {
  if (address?.family !== 'inet') throw new Broken(`an internet address, not ${JSON.stringify(address)}`);
  return address;
}

/** A socket bound to a free port of the loopback address. */
export async function bound(sys: Sys, type: SocketType): Promise<{ fd: number; at: SockAddrIn }> {
  const fd = await sys.socket('inet', type);
  await sys.bind(fd, inet(0));
  return { fd, at: asInet(await sys.getsockname(fd)) };
}

export async function listening(sys: Sys, backlog = 16): Promise<{ fd: number; at: SockAddrIn }> {
  const socket = await bound(sys, 'stream');
  await sys.listen(socket.fd, backlog);
  return socket;
}

/** Both ends of a connection. */
export async function connected(sys: Sys): Promise<{ client: number; server: number; listener: number }> {
  const { fd: listener, at } = await listening(sys);
  const client = await sys.socket('inet', 'stream');
  await sys.connect(client, at);
  const { fd: server } = await sys.accept(listener);
  return { client, server, listener };
}

/** An address at which nobody listens: its port was free a moment ago. */
export async function nobody(sys: Sys, type: SocketType): Promise<SockAddrIn> {
  const { fd, at } = await bound(sys, type);
  await sys.close(fd);
  return at;
}

/**
 * A TCP connection as Python's `socket` gives it to HTTP clients (socket.create_connection, 3.11): names resolved by the host, every address tried in turn,
 * a time-out for each single wait, errors as Python's exceptions. The descriptor is all there is to it, so that a pool can hand it to another thread.
 */
import { parseIpv4 } from '@netarium/core/base/address.ts';
import { E, SysError } from '@netarium/core/base/errno.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import {
  ClientConnection,
  type Established,
  isFailure,
  type NetFailure,
  NO_DEADLINE,
} from '../../http/client/connection.ts';
import { resolveHost } from '../../lib/resolver.ts';
import { osErrorOf } from '../os-error.ts';
import { nanoseconds } from '../threading/python.ts';
import { GaiError, SocketTimeout } from './errors.ts';

export class Socket {
  /** Seconds that one wait may take; undefined waits for ever. */
  timeout: number | undefined;

  constructor(
    private readonly sys: Sys,
    private readonly connection: ClientConnection,
    timeout?: number,
  ) {
    this.timeout = timeout;
  }

  /** socket.create_connection: gaierror, TimeoutError, or the OSError of the last address. */
  static async connect(sys: Sys, host: string, port: number, timeout?: number): Promise<Socket> {
    let failure: unknown;
    for (const address of await addressesOf(sys, host)) {
      const remote = { family: 'inet', address, port } as const;
      const connection = await ClientConnection.connect(sys, remote, await deadline(sys, timeout));
      if (!isFailure(connection)) return new Socket(sys, connection, timeout);
      failure = pythonError(connection);
    }
    throw failure;
  }

  /** The handle of a connection that another thread made. */
  static adopt(sys: Sys, established: Established): Socket {
    return new Socket(sys, ClientConnection.adopt(sys, established));
  }

  get established(): Established {
    const { fd, remote } = this.connection;
    return { fd, remote };
  }

  async sendall(bytes: Uint8Array): Promise<void> {
    const failed = await this.connection.send(bytes, await deadline(this.sys, this.timeout));
    if (failed !== undefined) throw pythonError(failed);
  }

  /** Empty at the end of the stream. */
  async recv(max: number): Promise<Uint8Array> {
    const bytes = await this.connection.receive(max, await deadline(this.sys, this.timeout));
    if (isFailure(bytes)) throw pythonError(bytes);
    return bytes;
  }

  /** Readable though nothing was asked: the server has closed it, or speaks out of turn (urllib3's is_connection_dropped). */
  dropped(): Promise<boolean> {
    return this.connection.dead();
  }

  close(): Promise<void> {
    return this.connection.close();
  }
}

async function addressesOf(sys: Sys, host: string): Promise<readonly string[]> {
  if (parseIpv4(host)) return [host];
  const found = await resolveHost(sys, host);
  if (found.kind === 'error') throw new GaiError(found.number, found.text);
  return found.addresses;
}

async function deadline(sys: Sys, timeout: number | undefined): Promise<number> {
  return timeout === undefined ? NO_DEADLINE : (await sys.clock_gettime('monotonic')) + nanoseconds(timeout);
}

function pythonError(failure: NetFailure): Error {
  if (failure.failure === 'timeout') return new SocketTimeout();
  return osErrorOf(new SysError(E[failure.code], 'socket'))!;
}

/** A TCP connection of an HTTP client: non-blocking, every wait bounded by a deadline on the monotonic clock. */
import type { ErrnoCode } from '@netarium/core/base/errno.ts';
import { POLL, type SockAddrIn, type Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf, errorText } from '../../lib/failure.ts';

export const NO_DEADLINE = Number.MAX_SAFE_INTEGER;

/** What a wait can end with besides success. */
export type NetFailure =
  | { readonly failure: 'timeout' }
  | { readonly failure: 'errno'; readonly code: ErrnoCode; readonly text: string; readonly immediate: boolean };

export function isFailure(value: unknown): value is NetFailure {
  return typeof value === 'object' && value !== null && 'failure' in value;
}

function errnoFailure(error: unknown, immediate = false): NetFailure {
  return { failure: 'errno', code: errnoOf(error), text: errorText(error), immediate };
}

/** Waits for readiness and answers its bits; 0 when the deadline passes first. */
export async function waitFor(sys: Sys, fd: number, events: number, deadlineNs: number): Promise<number> {
  for (;;) {
    let timeoutNs = -1;
    if (deadlineNs !== NO_DEADLINE) timeoutNs = Math.max(0, deadlineNs - (await sys.clock_gettime('monotonic')));
    try {
      const ready = await sys.poll([{ fd, events }], timeoutNs);
      if (ready.length > 0) return ready[0]!.revents;
      if (deadlineNs !== NO_DEADLINE && (await sys.clock_gettime('monotonic')) >= deadlineNs) return 0;
    } catch (error) {
      if (errnoOf(error) !== 'EINTR') throw error;
    }
  }
}

/** What makes a connection: all that another thread needs to use it. */
export type Established = {
  readonly fd: number;
  readonly remote: SockAddrIn;
};

export class ClientConnection implements Established {
  /** What came last was less than there was room for: nothing more is here, so the next call waits before it asks. */
  private drained = true;

  private constructor(
    private readonly sys: Sys,
    readonly fd: number,
    readonly remote: SockAddrIn,
  ) {}

  static async connect(sys: Sys, remote: SockAddrIn, deadlineNs: number): Promise<ClientConnection | NetFailure> {
    const fd = await sys.socket('inet', 'stream', 'tcp', { nonblock: true, cloexec: true });
    const failed = await connectSocket(sys, fd, remote, deadlineNs);
    if (failed) {
      await sys.close(fd);
      return failed;
    }
    // Requests are written whole, so Nagle's wait can only cost (what curl and browsers do).
    await sys.setsockopt(fd, 'tcp', 'TCP_NODELAY', 1);
    return new ClientConnection(sys, fd, remote);
  }

  /** The handle of a connection that stands already: one that another thread made. */
  static adopt(sys: Sys, { fd, remote }: Established): ClientConnection {
    return new ClientConnection(sys, fd, remote);
  }

  /** Sends everything; undefined is success. */
  async send(bytes: Uint8Array, deadlineNs: number): Promise<NetFailure | undefined> {
    for (let at = 0; at < bytes.length; ) {
      try {
        at += await this.sys.send(this.fd, at === 0 ? bytes : bytes.subarray(at), { nosignal: true });
      } catch (error) {
        const code = errnoOf(error);
        if (code === 'EINTR') continue;
        if (code !== 'EAGAIN') return errnoFailure(error);
        if ((await waitFor(this.sys, this.fd, POLL.OUT, deadlineNs)) === 0) return { failure: 'timeout' };
      }
    }
    return undefined;
  }

  /** The next bytes; empty at the end of the stream. */
  async receive(max: number, deadlineNs: number): Promise<Uint8Array | NetFailure> {
    for (;;) {
      if (this.drained && (await waitFor(this.sys, this.fd, POLL.IN, deadlineNs)) === 0) return { failure: 'timeout' };
      try {
        const bytes = await this.sys.recv(this.fd, max);
        this.drained = bytes.length < max;
        return bytes;
      } catch (error) {
        const code = errnoOf(error);
        if (code === 'EINTR') continue;
        if (code !== 'EAGAIN') return errnoFailure(error);
        this.drained = true;
      }
    }
  }

  /** True when an idle connection was closed, broken or spoken on by the server: it must not be used again. */
  async dead(): Promise<boolean> {
    const ready = await this.sys.poll([{ fd: this.fd, events: POLL.IN }], 0);
    return ready.length > 0;
  }

  async close(): Promise<void> {
    await this.sys.close(this.fd);
  }
}

/** connect(2) with EINPROGRESS, then the outcome: POLLOUT alone, or an error too (poll(2)). */
async function connectSocket(
  sys: Sys,
  fd: number,
  remote: SockAddrIn,
  deadlineNs: number,
): Promise<NetFailure | undefined> {
  try {
    await sys.connect(fd, remote);
    return undefined;
  } catch (error) {
    if (errnoOf(error) !== 'EINPROGRESS') return errnoFailure(error, true);
  }
  const ready = await waitFor(sys, fd, POLL.OUT, deadlineNs);
  if (ready === 0) return { failure: 'timeout' };
  if ((ready & (POLL.ERR | POLL.HUP)) === 0) return undefined;
  // A second connect(2) reports what SO_ERROR holds, as an errno with its text (connect(2), EISCONN once established).
  try {
    await sys.connect(fd, remote);
  } catch (error) {
    if (errnoOf(error) !== 'EISCONN') return errnoFailure(error);
  }
  return undefined;
}

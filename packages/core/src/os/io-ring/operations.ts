/** What a ring's requests do: the work of the calls of the same names, attempted until it is done. */
import { E, Errno } from '../../base/errno.ts';
import type { Call } from '../../kernel/call.ts';
import type { OpenFile } from '../../kernel/open-file.ts';
import { BLOCKED, type Outcome } from '../../kernel/outcome.ts';
import { ALWAYS_REPORTED } from '../../kernel/readiness.ts';
import { SocketFile } from '../../socket/socket-file.ts';
import type { SockAddr } from '../../socket/types.ts';

export type RingOperation =
  | { readonly op: 'nop' }
  /** Fills the buffer from its start. */
  | { readonly op: 'read' | 'recv'; readonly fd: number; readonly buffer: Uint8Array }
  | { readonly op: 'write' | 'send'; readonly fd: number; readonly data: Uint8Array }
  /** The result is the new descriptor. */
  | { readonly op: 'accept'; readonly fd: number }
  | { readonly op: 'connect'; readonly fd: number; readonly address: SockAddr }
  /** The result is the poll bits. */
  | { readonly op: 'poll'; readonly fd: number; readonly events: number }
  /** Completes with -ETIME after so long. */
  | { readonly op: 'timeout'; readonly ns: number }
  /** Ends another request with -ECANCELED. */
  | { readonly op: 'cancel'; readonly userData: number };

/** What requests need of the process that made the ring. */
export interface RingHost {
  readonly now: number;
  file(fd: number): OpenFile | Errno;
  install(file: OpenFile): number | Errno;
}

export function attemptOperation(
  host: RingHost,
  call: Call,
  operation: RingOperation,
  file: OpenFile | undefined,
): Outcome<number> {
  switch (operation.op) {
    case 'nop':
      return 0;
    case 'timeout':
      if (call.expired) return E.ETIME;
      call.expireAt(host.now + operation.ns);
      return BLOCKED;
    case 'read':
      return fill(operation.buffer, file!.read(call, operation.buffer.length));
    case 'write':
      return file!.write(call, operation.data);
    case 'poll': {
      const revents = file!.poll() & (operation.events | ALWAYS_REPORTED);
      if (revents === 0) call.waitOn(file!.waiters);
      return revents === 0 ? BLOCKED : revents;
    }
    case 'recv':
    case 'send':
    case 'accept':
    case 'connect':
      return file instanceof SocketFile ? attemptSocket(host, call, operation, file) : E.ENOTSOCK;
    default:
      return E.EINVAL;
  }
}

function attemptSocket(host: RingHost, call: Call, operation: RingOperation, socket: SocketFile): Outcome<number> {
  if (operation.op === 'recv') {
    const received = socket.receive(call, operation.buffer.length, {});
    return fill(operation.buffer, 'data' in received ? received.data : received);
  }
  if (operation.op === 'send') {
    // As much as there is room for: a short send completes (io_uring_prep_send(3)).
    const sent = socket.send(call, operation.data, undefined, { dontwait: true, nosignal: true });
    if (sent !== E.EAGAIN || socket.nonblock) return sent;
    call.waitOn(socket.waiters);
    return BLOCKED;
  }
  if (operation.op === 'connect') return done(socket.connect(call, operation.address));
  const accepted = socket.accept(call);
  if (accepted === BLOCKED || accepted instanceof Errno) return accepted as Outcome<number>;
  const fd = host.install(accepted as SocketFile);
  if (fd instanceof Errno) (accepted as SocketFile).hold().drop();
  return fd;
}

function fill(buffer: Uint8Array, outcome: Outcome<Uint8Array>): Outcome<number> {
  if (!(outcome instanceof Uint8Array)) return outcome;
  buffer.set(outcome);
  return outcome.length;
}

function done(outcome: Outcome<undefined>): Outcome<number> {
  return outcome === undefined ? 0 : outcome;
}

/** The socket calls: socket(2) to getsockopt(2). */
import { E, Errno } from '../../base/errno.ts';
import { BLOCKED, type Outcome } from '../../kernel/outcome.ts';
import { SocketFile, type SocketIdentity } from '../../socket/socket-file.ts';
import { join, UnixSocket } from '../../socket/unix-socket.ts';
import type { CallHost, CallThread } from '../call-host.ts';
import type { SharedCallTable } from '../call-table.ts';
import type { MessageFlags, OptionValue, SocketFlags } from '../sys.ts';
import { withSigpipe } from './open-file.ts';

/** EPIPE comes with SIGPIPE on streams alone (sk_stream_error). */
function isSilent(socket: SocketFile, flags: MessageFlags): boolean {
  return flags.nosignal === true || socket.type !== 'stream';
}

function identify(kernel: CallHost, thread: CallThread): SocketIdentity {
  return { ino: kernel.nextIno(), uid: thread.process.uid, wallNs: kernel.wallNs() };
}

function withSocket<T>(
  kernel: CallHost,
  thread: CallThread,
  fd: number,
  use: (socket: SocketFile) => Outcome<T>,
): Outcome<T> {
  const file = kernel.file(thread, fd);
  if (file instanceof Errno) return file;
  return file instanceof SocketFile ? use(file) : E.ENOTSOCK;
}

function install(thread: CallThread, socket: SocketFile, flags: SocketFlags | undefined): number | Errno {
  if (flags?.nonblock === true) socket.nonblock = true;
  return thread.process.descriptors.install(socket, flags?.cloexec ?? false);
}

const NO_FLAGS = {};

function socketPair(
  kernel: CallHost,
  thread: CallThread,
  type: 'stream' | 'dgram',
  flags: SocketFlags | undefined,
): readonly [number, number] | Errno {
  if (type !== 'stream' && type !== 'dgram') return E.ESOCKTNOSUPPORT;
  const names = kernel.unixNames(thread);
  const make = () =>
    new UnixSocket(type, names, kernel.clock, () => identify(kernel, thread), identify(kernel, thread));
  const [one, other] = [make(), make()];
  const first = install(thread, one, flags);
  if (first instanceof Errno) return first;
  const second = install(thread, other, flags);
  if (second instanceof Errno) {
    thread.process.descriptors.close(first);
    return second;
  }
  join(one, other);
  return [first, second];
}

export const socketCalls = {
  socket(kernel, thread, _call, family, type, protocol, flags) {
    const socket = kernel.sockets.create(
      family,
      type,
      protocol,
      identify(kernel, thread),
      () => identify(kernel, thread),
      kernel.unixNames(thread),
    );
    return socket instanceof Errno ? socket : install(thread, socket, flags);
  },
  socketpair: (kernel, thread, _call, type, flags) => socketPair(kernel, thread, type, flags),
  bind: (kernel, thread, call, fd, address) => withSocket(kernel, thread, fd, (socket) => socket.bind(address, call)),
  listen: (kernel, thread, call, fd, backlog) =>
    withSocket(kernel, thread, fd, (socket) => socket.listen(backlog, call)),
  accept: (kernel, thread, call, fd, flags) =>
    withSocket<{ fd: number; peer: ReturnType<SocketFile['localAddress']> }>(kernel, thread, fd, (listener) => {
      const socket = listener.accept(call);
      if (socket instanceof Errno || socket === BLOCKED) return socket as Errno | typeof BLOCKED;
      const accepted = socket as SocketFile;
      const number = install(thread, accepted, flags);
      if (number instanceof Errno) {
        accepted.hold().drop();
        return number;
      }
      const peer = accepted.peerAddress();
      return { fd: number, peer: peer instanceof Errno ? accepted.localAddress() : peer };
    }),
  connect: (kernel, thread, call, fd, address) =>
    withSocket(kernel, thread, fd, (socket) => socket.connect(call, address)),
  send: (kernel, thread, call, fd, data, flags = NO_FLAGS) =>
    withSocket(kernel, thread, fd, (socket) =>
      withSigpipe(kernel, thread, socket.send(call, data, undefined, flags), isSilent(socket, flags)),
    ),
  sendto: (kernel, thread, call, fd, data, to, flags = NO_FLAGS) =>
    withSocket(kernel, thread, fd, (socket) =>
      withSigpipe(kernel, thread, socket.send(call, data, to, flags), isSilent(socket, flags)),
    ),
  recv: (kernel, thread, call, fd, length, flags = NO_FLAGS) =>
    withSocket(kernel, thread, fd, (socket) => {
      const received = socket.receive(call, length, flags);
      return 'data' in received ? received.data : received;
    }),
  recvfrom: (kernel, thread, call, fd, length, flags = NO_FLAGS) =>
    withSocket(kernel, thread, fd, (socket) => socket.receive(call, length, flags)),
  shutdown: (kernel, thread, _call, fd, how) => withSocket(kernel, thread, fd, (socket) => socket.shutdown(how)),
  getsockname: (kernel, thread, _call, fd) => withSocket(kernel, thread, fd, (socket) => socket.localAddress()),
  getpeername: (kernel, thread, _call, fd) => withSocket(kernel, thread, fd, (socket) => socket.peerAddress()),
  setsockopt: (kernel, thread, _call, fd, level, name, value) =>
    withSocket(kernel, thread, fd, (socket) => socket.setOption(level, name, value)),
  getsockopt: (kernel, thread, _call, fd, level, name) =>
    withSocket<OptionValue>(kernel, thread, fd, (socket) => socket.getOption(level, name)),
} satisfies Partial<SharedCallTable>;

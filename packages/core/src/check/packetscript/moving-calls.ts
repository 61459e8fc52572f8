/**
 * Bytes that go from descriptor to descriptor: pipe(2), open(2), splice(2) between pipes and sockets, sendfile(2) from a file. Each is two calls of our
 * kernel: one that takes the bytes, one that gives them. Left out, and refused by name: bytes of a pipe that a socket does not take whole (Linux leaves
 * the rest in the pipe), and a wait for room in a full pipe.
 */
import { E, Errno } from '../../base/errno.ts';
import { PipeReader, PipeWriter } from '../../os/pipe.ts';
import { StreamSocket } from '../../socket/stream-socket.ts';
import type { Received } from '../../socket/types.ts';
import type { Expression } from './ast.ts';
import type { CallContext, Plan } from './calls.ts';
import { CannotRun } from './problem.ts';
import { lengthOf, namesOf, numberOf } from './values.ts';

const SPLICE_F = { NONBLOCK: 2, MORE: 4 } as const;
/** What C returns: what the last call gave, or 0 where the first had nothing. */
const moved = (outcome: unknown): number => (typeof outcome === 'number' ? outcome : 0);

const OPEN_FLAGS = new Map<string, Readonly<Record<string, true>>>([
  ['O_RDONLY', { read: true }],
  ['O_WRONLY', { write: true }],
  ['O_RDWR', { read: true, write: true }],
  ['O_CREAT', { create: true }],
  ['O_EXCL', { exclusive: true }],
  ['O_TRUNC', { truncate: true }],
  ['O_APPEND', { append: true }],
  ['O_CLOEXEC', { cloexec: true }],
]);

/** `open("/tmp/file", O_RDWR|O_CREAT, 0644) = 5`, on the host's own file tree. */
export function openCall(args: readonly Expression[], { line }: CallContext): Plan {
  const [path, flags, mode] = args;
  if (path?.kind !== 'string' || flags === undefined) throw new CannotRun(line, 'syntax: open needs a path and flags');
  const names = namesOf(flags);
  const asked = names.map((name) => {
    const found = OPEN_FLAGS.get(name);
    if (found === undefined) throw new CannotRun(line, `the flag ${name} of open`);
    return found;
  });
  const all = Object.assign({}, ...asked, mode === undefined ? {} : { mode: numberOf(mode) });
  return { name: 'open', args: [path.value, all], value: (fd: number) => fd, opens: true };
}

/** `pipe([5, 6]) = 0` names both ends. */
export function pipeCall(args: readonly Expression[], { line, fds }: CallContext): Plan {
  const [ends] = args;
  if (ends?.kind !== 'list' || ends.items.length !== 2)
    throw new CannotRun(line, 'syntax: pipe needs [reader, writer]');
  const [reader, writer] = ends.items.map(numberOf);
  return {
    name: 'pipe',
    args: [],
    opened: ([r, w]: readonly [number, number]) => {
      fds.note(reader!, r);
      fds.note(writer!, w);
    },
  };
}

/** `splice(4, NULL, 6, NULL, 1000, 0) = 1000`. */
export function spliceCall(args: readonly Expression[], { line, fds }: CallContext): Plan {
  const [inArg, inOffset, outArg, outOffset, lengthArg, flagsArg] = args;
  if (inArg === undefined || outArg === undefined || lengthArg === undefined || flagsArg === undefined)
    throw new CannotRun(line, 'syntax: splice needs six arguments');
  const [from, to, length, flags] = [fds.liveOf(inArg), fds.liveOf(outArg), lengthOf(lengthArg), flagBits(flagsArg)];
  // do_splice: nothing to do is done before the descriptors are looked at.
  if (length === 0) return { run: () => 0, value: moved };
  const [source, target] = [fds.fileOf(from), fds.fileOf(to)];
  if (source === undefined || target === undefined) return { run: () => E.EBADF };
  if (isGiven(inOffset) || isGiven(outOffset)) return { run: () => E.ESPIPE };
  if (source instanceof PipeReader && target instanceof StreamSocket) {
    if (source.pipe.used === 0 && source.pipe.writerOpen && (flags & SPLICE_F.NONBLOCK) !== 0)
      return { run: () => E.EAGAIN };
    const more = (flags & SPLICE_F.MORE) !== 0;
    return {
      name: 'read',
      args: [from, length],
      value: moved,
      next: (data: Uint8Array) => {
        const sent = (taken: number): void => {
          if (taken < data.length) throw new CannotRun(line, 'a splice that the socket takes in part');
        };
        return data.length === 0 ? undefined : send(to, data, more, sent);
      },
    };
  }
  if (source instanceof StreamSocket && target instanceof PipeWriter) {
    const room = target.pipe.roomFor(length);
    if (room === 0 && (flags & SPLICE_F.NONBLOCK) !== 0) return { run: () => E.EAGAIN };
    if (room === 0) throw new CannotRun(line, 'a wait for room in the pipe');
    return {
      name: 'recvfrom',
      args: [from, room, {}],
      value: moved,
      next: ({ data }: Received) => (data.length === 0 ? undefined : { name: 'write', args: [to, data] }),
    };
  }
  // One of the two must be a pipe (splice(2)).
  if (source instanceof StreamSocket && target instanceof StreamSocket) return { run: () => E.EINVAL };
  throw new CannotRun(line, 'splice between other than a pipe and a TCP socket');
}

/** `sendfile(4, 5, [0], 3000) = 3000`; without an offset from the file's own position, which then moves. */
export function sendfileCall(args: readonly Expression[], { line, fds }: CallContext): Plan {
  const [outArg, inArg, offset, countArg] = args;
  if (outArg === undefined || inArg === undefined || offset === undefined || countArg === undefined)
    throw new CannotRun(line, 'syntax: sendfile needs four arguments');
  const [to, from, count] = [fds.liveOf(outArg), fds.liveOf(inArg), lengthOf(countArg)];
  const [file, target] = [fds.fileOf(from), fds.fileOf(to)];
  if (file === undefined || target === undefined) return { run: () => E.EBADF };
  if (!(target instanceof StreamSocket)) throw new CannotRun(line, 'sendfile to other than a TCP socket');
  const position = file.seek(0, 'cur');
  if (position instanceof Errno) return { run: () => (isGiven(offset) ? E.ESPIPE : E.EINVAL) };
  if (isGiven(offset)) {
    const refused = file.seek(numberOf(offset), 'set');
    if (refused instanceof Errno) return { run: () => refused };
  }
  return {
    name: 'read',
    args: [from, count],
    value: moved,
    next: (data: Uint8Array) => {
      const move = (taken: number): void => {
        file.seek(isGiven(offset) ? position : position + taken, 'set');
      };
      move(0);
      if (data.length === 0) return undefined;
      // A file that ends before `count` could have more: the end of the file is told apart (splice_direct_to_actor).
      const ends = data.length < count;
      return send(to, data, ends, (taken) => {
        move(taken);
        if (ends) target.endpoint.endMore();
      });
    },
  };
}

/** `sent` is told how much the socket took. */
function send(fd: number, data: Uint8Array, more: boolean, sent: (taken: number) => void): Plan {
  return {
    name: 'send',
    args: [fd, data, { more }],
    next: (taken: number) => {
      sent(taken);
      return undefined;
    },
  };
}

function flagBits(e: Expression): number {
  if (e.kind === 'number') return e.value;
  return namesOf(e).reduce((sum, name) => {
    const bit = SPLICE_FLAGS.get(name);
    if (bit === undefined) throw new CannotRun(e.line, `the flag ${name} of splice`);
    return sum | bit;
  }, 0);
}

/** MOVE and GIFT are hints without an effect (splice(2)). */
const SPLICE_FLAGS = new Map<string, number>([
  ['SPLICE_F_MOVE', 1],
  ['SPLICE_F_NONBLOCK', SPLICE_F.NONBLOCK],
  ['SPLICE_F_MORE', SPLICE_F.MORE],
  ['SPLICE_F_GIFT', 8],
]);

function isGiven(offset: Expression | undefined): boolean {
  const none = offset === undefined || (offset.kind === 'name' && offset.value === 'NULL');
  return !none && !(offset.kind === 'number' && offset.value === 0);
}

/**
 * Calls as strace(1) writes them. The calls of `sys` that have a Linux system call of the same meaning are written as that one, with its arguments in
 * C's notation; the others under their own names with their own arguments.
 */
import type { TracedValue } from '@netarium/core/syscall/sys.ts';
import {
  actionText,
  address,
  dataText,
  events,
  fieldsOf,
  isBytes,
  listOf,
  messageFlags,
  milliseconds,
  openFlags,
  plain,
  pollList,
  signalSet,
  socketKind,
  statText,
  timespec,
  waitOptions,
  waitStatus,
} from './values.ts';

export interface TracedCall {
  readonly name: string;
  readonly args: readonly TracedValue[];
  readonly result?: TracedValue;
  readonly errno?: string;
}

/** A call in Linux's words: its name, its arguments, and what it answers where that is no number. */
interface Linux {
  readonly name: string;
  readonly args: (call: TracedCall) => string;
  readonly result?: (call: TracedCall) => string;
}

const path =
  (name: string): Linux['args'] =>
  ({ args }) =>
    `${name}${plain(args[0])}`;
const numbers: Linux['args'] = ({ args }) => args.map(plain).join(', ');
const failed = ({ errno }: TracedCall): boolean => errno !== undefined;
const lengthOf = (value: TracedValue | undefined): string => (isBytes(value) ? String(value.length) : plain(value));

const statOf = (call: TracedCall): string => (failed(call) ? 'NULL' : statText(call.result));

const CALLS: ReadonlyMap<string, Linux> = new Map<string, Linux>([
  ['open', { name: 'openat', args: ({ args }) => `AT_FDCWD, ${plain(args[0])}, ${openFlags(args[1])}` }],
  [
    'read',
    {
      name: 'read',
      args: (call) => `${call.args[0]}, ${failed(call) ? '0x0' : dataText(call.result)}, ${call.args[1]}`,
      result: ({ result }) => lengthOf(result),
    },
  ],
  ['write', { name: 'write', args: ({ args }) => `${args[0]}, ${dataText(args[1])}, ${lengthOf(args[1])}` }],
  [
    'recv',
    {
      name: 'recvfrom',
      args: (call) =>
        `${call.args[0]}, ${failed(call) ? '0x0' : dataText(call.result)}, ${call.args[1]}, ${messageFlags(call.args[2])}, NULL, NULL`,
      result: ({ result }) => lengthOf(result),
    },
  ],
  [
    'recvfrom',
    {
      name: 'recvfrom',
      args: (call) => {
        const { data, from } = fieldsOf(call.result);
        const peer = from === undefined || from === null ? 'NULL, NULL' : address(from).replace(/, (\d+)$/, ', [$1]');
        return `${call.args[0]}, ${failed(call) ? '0x0' : dataText(data)}, ${call.args[1]}, ${messageFlags(call.args[2])}, ${peer}`;
      },
      result: ({ result }) => lengthOf(fieldsOf(result).data),
    },
  ],
  [
    'send',
    {
      name: 'sendto',
      args: ({ args }) => `${args[0]}, ${dataText(args[1])}, ${lengthOf(args[1])}, ${messageFlags(args[2])}, NULL, 0`,
    },
  ],
  [
    'sendto',
    {
      name: 'sendto',
      args: ({ args }) =>
        `${args[0]}, ${dataText(args[1])}, ${lengthOf(args[1])}, ${messageFlags(args[3])}, ${address(args[2])}`,
    },
  ],
  ['socket', { name: 'socket', args: ({ args }) => socketKind(args) }],
  ['bind', { name: 'bind', args: ({ args }) => `${args[0]}, ${address(args[1])}` }],
  ['connect', { name: 'connect', args: ({ args }) => `${args[0]}, ${address(args[1])}` }],
  ['listen', { name: 'listen', args: numbers }],
  [
    'accept',
    {
      name: 'accept4',
      args: (call) => {
        const peer = failed(call) ? 'NULL, NULL' : address(fieldsOf(call.result).peer).replace(/, (\d+)$/, ', [$1]');
        return `${call.args[0]}, ${peer}, ${fieldsOf(call.args[1]).nonblock === true ? 'SOCK_NONBLOCK' : '0'}`;
      },
      result: ({ result }) => plain(fieldsOf(result).fd),
    },
  ],
  [
    'shutdown',
    {
      name: 'shutdown',
      args: ({ args }) => `${args[0]}, SHUT_${{ read: 'RD', write: 'WR', both: 'RDWR' }[String(args[1])]}`,
    },
  ],
  ['pipe', { name: 'pipe2', args: ({ result }) => `${plain(result)}, 0`, result: () => '0' }],
  ['nanosleep', { name: 'clock_nanosleep', args: ({ args }) => `CLOCK_REALTIME, 0, ${timespec(args[0])}, NULL` }],
  [
    'poll',
    {
      name: 'poll',
      args: ({ args }) => `${pollList(args[0], false)}, ${listOf(args[0]).length}, ${milliseconds(args[1])}`,
      result: ({ result }) => {
        const ready = listOf(result);
        return ready.length === 0 ? '0 (Timeout)' : `${ready.length} (${pollList(result, true)})`;
      },
    },
  ],
  [
    'epoll_wait',
    {
      name: 'epoll_wait',
      args: ({ args, result }) => {
        const found = listOf(result).map(
          (entry) => `{events=${events(fieldsOf(entry).revents, 'EPOLL')}, data=${fieldsOf(entry).fd}}`,
        );
        return `${args[0]}, [${found.join(', ')}], ${args[1]}, ${milliseconds(args[2])}`;
      },
      result: ({ result }) => String(listOf(result).length),
    },
  ],
  [
    'epoll_ctl',
    {
      name: 'epoll_ctl',
      args: ({ args }) => {
        const op = `EPOLL_CTL_${String(args[1]).toUpperCase()}`;
        const event = args[1] === 'del' ? 'NULL' : `{events=${events(args[3], 'EPOLL')}, data=${args[2]}}`;
        return `${args[0]}, ${op}, ${args[2]}, ${event}`;
      },
    },
  ],
  ['epoll_create', { name: 'epoll_create1', args: () => '0' }],
  [
    'waitpid',
    {
      name: 'wait4',
      args: (call) =>
        `${call.args[0]}, ${failed(call) ? 'NULL' : waitStatus(call.result)}, ${waitOptions(call.args[1])}, NULL`,
      result: ({ result }) => (result === null ? '0' : plain(fieldsOf(result).pid)),
    },
  ],
  ['kill', { name: 'kill', args: ({ args }) => `${args[0]}, ${args[1]}` }],
  ['exit', { name: 'exit_group', args: ({ args }) => `${Number(args[0]) & 0xff}` }],
  [
    'sigprocmask',
    {
      name: 'rt_sigprocmask',
      args: (call) =>
        `SIG_${String(call.args[0]).toUpperCase()}, ${signalSet(call.args[1])}, ${failed(call) ? 'NULL' : signalSet(call.result)}, 8`,
      result: () => '0',
    },
  ],
  [
    'sigaction',
    {
      name: 'rt_sigaction',
      args: (call) =>
        `${call.args[0]}, ${actionText(call.args[1])}, ${failed(call) ? 'NULL' : actionText(call.result)}, 8`,
      result: () => '0',
    },
  ],
  [
    'stat',
    { name: 'newfstatat', args: (call) => `AT_FDCWD, ${plain(call.args[0])}, ${statOf(call)}, 0`, result: () => '0' },
  ],
  [
    'lstat',
    {
      name: 'newfstatat',
      args: (call) => `AT_FDCWD, ${plain(call.args[0])}, ${statOf(call)}, AT_SYMLINK_NOFOLLOW`,
      result: () => '0',
    },
  ],
  [
    'fstat',
    { name: 'newfstatat', args: (call) => `${call.args[0]}, "", ${statOf(call)}, AT_EMPTY_PATH`, result: () => '0' },
  ],
  ['unlink', { name: 'unlink', args: path('') }],
  ['chdir', { name: 'chdir', args: path('') }],
]);

/** The name under which strace counts and selects a call. */
export function linuxName(name: string): string {
  return CALLS.get(name)?.name ?? name;
}

/** `read(3, "abc", 4096)`. */
export function callText(call: TracedCall): string {
  const linux = CALLS.get(call.name);
  if (linux === undefined) return `${call.name}(${call.args.map(plain).join(', ')})`;
  return `${linux.name}(${linux.args(call)})`;
}

/** What stands after the equals sign. */
export function resultText(call: TracedCall & { readonly text?: string }): string {
  if (call.errno !== undefined) return `-1 ${call.errno} (${call.text ?? ''})`;
  const { result } = call;
  const linux = CALLS.get(call.name);
  if (linux?.result !== undefined) return linux.result(call);
  return result === null || result === undefined ? '0' : plain(result);
}

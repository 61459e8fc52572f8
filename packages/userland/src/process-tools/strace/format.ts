/**
 * Calls as strace(1) writes them. The calls of `sys` that have a Linux system call of the same meaning are written as that one, with its arguments in
 * C's notation; the others under their own names with their own arguments.
 */
import { POLL, type TracedValue } from '@netarium/core/syscall/sys.ts';

export interface TracedCall {
  readonly name: string;
  readonly args: readonly TracedValue[];
  readonly result?: TracedValue;
  readonly errno?: string;
}

type Fields = { readonly [name: string]: TracedValue };

const DATA_SHOWN = 32;
const ESCAPES = new Map([
  [9, '\\t'],
  [10, '\\n'],
  [11, '\\v'],
  [12, '\\f'],
  [13, '\\r'],
  [34, '\\"'],
  [92, '\\\\'],
]);

function fieldsOf(value: TracedValue | undefined): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function listOf(value: TracedValue | undefined): readonly TracedValue[] {
  return Array.isArray(value) ? (value as readonly TracedValue[]) : [];
}

function isBytes(value: TracedValue | undefined): value is { readonly bytes: string; readonly length: number } {
  return 'bytes' in fieldsOf(value);
}

/** A C string; three dots where there is more. */
export function quoted(text: string, more = false): string {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const digit = /[0-7]/.test(text[i + 1] ?? '');
    out +=
      ESCAPES.get(code) ?? (code < 32 || code > 126 ? `\\${code.toString(8).padStart(digit ? 3 : 1, '0')}` : text[i]!);
  }
  return `"${out}"${more ? '...' : ''}`;
}

function dataText(value: TracedValue | undefined): string {
  if (!isBytes(value)) return plain(value);
  return quoted(value.bytes, value.length > DATA_SHOWN);
}

/** Anything, in our own notation. */
function plain(value: TracedValue | undefined): string {
  if (value === undefined || value === null) return 'NULL';
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object') return String(value);
  if (isBytes(value)) return dataText(value);
  if (Array.isArray(value)) return `[${(value as readonly TracedValue[]).map(plain).join(', ')}]`;
  const fields = fieldsOf(value);
  if (typeof fields.function === 'string') return fields.function === '' ? 'function' : fields.function;
  return `{${Object.entries(fields)
    .map(([name, entry]) => `${name}=${plain(entry)}`)
    .join(', ')}}`;
}

function address(value: TracedValue | undefined): string {
  const { family, address: host, port, path } = fieldsOf(value);
  if (family === 'inet') return `{sa_family=AF_INET, sin_port=htons(${port}), sin_addr=inet_addr("${host}")}, 16`;
  if (family === 'unix') return `{sa_family=AF_UNIX, sun_path=${plain(path)}}, ${String(path).length + 3}`;
  return `${plain(value)}, 20`;
}

function timespec(ns: TracedValue | undefined): string {
  const total = Number(ns);
  const seconds = Math.floor(total / 1e9);
  return `{tv_sec=${seconds}, tv_nsec=${total - seconds * 1e9}}`;
}

/** Milliseconds of a time-out, -1 for none. */
function milliseconds(ns: TracedValue | undefined): string {
  return Number(ns) < 0 ? '-1' : String(Math.floor(Number(ns) / 1e6));
}

function openFlags(value: TracedValue | undefined): string {
  const given = fieldsOf(value);
  const write = given.write === true;
  const access = write ? (given.read === true ? 'O_RDWR' : 'O_WRONLY') : 'O_RDONLY';
  const names = [
    ['create', 'O_CREAT'],
    ['exclusive', 'O_EXCL'],
    ['truncate', 'O_TRUNC'],
    ['append', 'O_APPEND'],
    ['nonblock', 'O_NONBLOCK'],
    ['directory', 'O_DIRECTORY'],
    ['cloexec', 'O_CLOEXEC'],
  ] as const;
  const more = names.filter(([name]) => given[name] === true).map(([, flag]) => `|${flag}`);
  const mode = given.create === true ? `, 0${Number(given.mode ?? 0o666).toString(8)}` : '';
  return `${access}${more.join('')}${mode}`;
}

function socketKind([family, type, protocol, flags]: readonly TracedValue[]): string {
  const given = fieldsOf(flags);
  const more = `${given.cloexec === true ? '|SOCK_CLOEXEC' : ''}${given.nonblock === true ? '|SOCK_NONBLOCK' : ''}`;
  const number =
    protocol === undefined || protocol === null
      ? '0'
      : typeof protocol === 'string'
        ? `IPPROTO_${protocol.toUpperCase()}`
        : plain(protocol);
  return `AF_${String(family).toUpperCase()}, SOCK_${String(type).toUpperCase()}${more}, ${number}`;
}

function messageFlags(value: TracedValue | undefined): string {
  const names = Object.entries(fieldsOf(value)).filter(([, on]) => on === true);
  return names.length === 0 ? '0' : names.map(([name]) => `MSG_${name.toUpperCase()}`).join('|');
}

const EVENTS = ['IN', 'PRI', 'OUT', 'ERR', 'HUP', 'NVAL', 'RDHUP'] as const;
const EPOLL_ONLY = ['EXCLUSIVE', 'ONESHOT', 'ET'] as const;

function events(value: TracedValue | undefined, prefix: string): string {
  const bits = Number(value ?? 0);
  const names = [...EVENTS, ...(prefix === 'EPOLL' ? EPOLL_ONLY : [])].filter((name) => (bits & POLL[name]) !== 0);
  return names.length === 0 ? '0' : names.map((name) => `${prefix}${name}`).join('|');
}

function pollList(value: TracedValue | undefined, withRevents: boolean): string {
  const entries = listOf(value).map((entry) => {
    const { fd, events: asked, revents } = fieldsOf(entry);
    return withRevents
      ? `{fd=${fd}, revents=${events(revents, 'POLL')}}`
      : `{fd=${fd}, events=${events(asked, 'POLL')}}`;
  });
  return `[${entries.join(', ')}]`;
}

function waitStatus(value: TracedValue | undefined): string {
  const { code, signal, stopped, continued } = fieldsOf(value);
  if (code !== undefined) return `[{WIFEXITED(s) && WEXITSTATUS(s) == ${code}}]`;
  if (signal !== undefined) return `[{WIFSIGNALED(s) && WTERMSIG(s) == ${signal}}]`;
  if (stopped !== undefined) return `[{WIFSTOPPED(s) && WSTOPSIG(s) == ${stopped}}]`;
  return continued === true ? '[{WIFCONTINUED(s)}]' : 'NULL';
}

function waitOptions(value: TracedValue | undefined): string {
  const given = fieldsOf(value);
  const names = [
    ['nohang', 'WNOHANG'],
    ['untraced', 'WSTOPPED'],
    ['continued', 'WCONTINUED'],
  ] as const;
  const set = names.filter(([name]) => given[name] === true).map(([, flag]) => flag);
  return set.length === 0 ? '0' : set.join('|');
}

function signalSet(value: TracedValue | undefined): string {
  return `[${listOf(value)
    .map((name) => String(name).slice(3))
    .join(' ')}]`;
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
    { name: 'newfstatat', args: (call) => `AT_FDCWD, ${plain(call.args[0])}, ${statText(call)}, 0`, result: () => '0' },
  ],
  [
    'lstat',
    {
      name: 'newfstatat',
      args: (call) => `AT_FDCWD, ${plain(call.args[0])}, ${statText(call)}, AT_SYMLINK_NOFOLLOW`,
      result: () => '0',
    },
  ],
  [
    'fstat',
    { name: 'newfstatat', args: (call) => `${call.args[0]}, "", ${statText(call)}, AT_EMPTY_PATH`, result: () => '0' },
  ],
  ['unlink', { name: 'unlink', args: path('') }],
  ['chdir', { name: 'chdir', args: path('') }],
]);

function actionText(action: TracedValue | undefined): string {
  if (action === undefined || action === null) return 'NULL';
  const handler = typeof action === 'string' ? (action === 'ignore' ? 'SIG_IGN' : 'SIG_DFL') : 'handler';
  const { mask, restart } = fieldsOf(action);
  return `{sa_handler=${handler}, sa_mask=${signalSet(mask)}, sa_flags=${restart === true ? 'SA_RESTART' : '0'}}`;
}

function statText(call: TracedCall): string {
  if (failed(call)) return 'NULL';
  const { type, mode, size } = fieldsOf(call.result);
  const kinds: Readonly<Record<string, string>> = {
    file: 'S_IFREG',
    directory: 'S_IFDIR',
    symlink: 'S_IFLNK',
    fifo: 'S_IFIFO',
    socket: 'S_IFSOCK',
    chardev: 'S_IFCHR',
  };
  return `{st_mode=${kinds[String(type)]}|0${Number(mode).toString(8)}, st_size=${size}, ...}`;
}

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

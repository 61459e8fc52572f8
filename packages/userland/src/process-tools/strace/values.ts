/** Values of traced calls in C's notation: data, addresses, flags and structures as strace(1) shows them; what has no such notation in ours. */
import { POLL, type TracedValue } from '@netarium/core/syscall/sys.ts';

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

export function fieldsOf(value: TracedValue | undefined): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function listOf(value: TracedValue | undefined): readonly TracedValue[] {
  return Array.isArray(value) ? (value as readonly TracedValue[]) : [];
}

export function isBytes(value: TracedValue | undefined): value is { readonly bytes: string; readonly length: number } {
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

export function dataText(value: TracedValue | undefined): string {
  if (!isBytes(value)) return plain(value);
  return quoted(value.bytes, value.length > DATA_SHOWN);
}

/** Anything, in our own notation. */
export function plain(value: TracedValue | undefined): string {
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

export function address(value: TracedValue | undefined): string {
  const { family, address: host, port, path } = fieldsOf(value);
  if (family === 'inet') return `{sa_family=AF_INET, sin_port=htons(${port}), sin_addr=inet_addr("${host}")}, 16`;
  if (family === 'unix') return `{sa_family=AF_UNIX, sun_path=${plain(path)}}, ${String(path).length + 3}`;
  return `${plain(value)}, 20`;
}

export function timespec(ns: TracedValue | undefined): string {
  const total = Number(ns);
  const seconds = Math.floor(total / 1e9);
  return `{tv_sec=${seconds}, tv_nsec=${total - seconds * 1e9}}`;
}

/** Milliseconds of a time-out, -1 for none. */
export function milliseconds(ns: TracedValue | undefined): string {
  return Number(ns) < 0 ? '-1' : String(Math.floor(Number(ns) / 1e6));
}

export function openFlags(value: TracedValue | undefined): string {
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

export function socketKind([family, type, protocol, flags]: readonly TracedValue[]): string {
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

export function messageFlags(value: TracedValue | undefined): string {
  const names = Object.entries(fieldsOf(value)).filter(([, on]) => on === true);
  return names.length === 0 ? '0' : names.map(([name]) => `MSG_${name.toUpperCase()}`).join('|');
}

const EVENTS = ['IN', 'PRI', 'OUT', 'ERR', 'HUP', 'NVAL', 'RDHUP'] as const;
const EPOLL_ONLY = ['EXCLUSIVE', 'ONESHOT', 'ET'] as const;

export function events(value: TracedValue | undefined, prefix: string): string {
  const bits = Number(value ?? 0);
  const names = [...EVENTS, ...(prefix === 'EPOLL' ? EPOLL_ONLY : [])].filter((name) => (bits & POLL[name]) !== 0);
  return names.length === 0 ? '0' : names.map((name) => `${prefix}${name}`).join('|');
}

export function pollList(value: TracedValue | undefined, withRevents: boolean): string {
  const entries = listOf(value).map((entry) => {
    const { fd, events: asked, revents } = fieldsOf(entry);
    return withRevents
      ? `{fd=${fd}, revents=${events(revents, 'POLL')}}`
      : `{fd=${fd}, events=${events(asked, 'POLL')}}`;
  });
  return `[${entries.join(', ')}]`;
}

export function waitStatus(value: TracedValue | undefined): string {
  const { code, signal, stopped, continued } = fieldsOf(value);
  if (code !== undefined) return `[{WIFEXITED(s) && WEXITSTATUS(s) == ${code}}]`;
  if (signal !== undefined) return `[{WIFSIGNALED(s) && WTERMSIG(s) == ${signal}}]`;
  if (stopped !== undefined) return `[{WIFSTOPPED(s) && WSTOPSIG(s) == ${stopped}}]`;
  return continued === true ? '[{WIFCONTINUED(s)}]' : 'NULL';
}

export function waitOptions(value: TracedValue | undefined): string {
  const given = fieldsOf(value);
  const names = [
    ['nohang', 'WNOHANG'],
    ['untraced', 'WSTOPPED'],
    ['continued', 'WCONTINUED'],
  ] as const;
  const set = names.filter(([name]) => given[name] === true).map(([, flag]) => flag);
  return set.length === 0 ? '0' : set.join('|');
}

export function signalSet(value: TracedValue | undefined): string {
  return `[${listOf(value)
    .map((name) => String(name).slice(3))
    .join(' ')}]`;
}

export function actionText(action: TracedValue | undefined): string {
  if (action === undefined || action === null) return 'NULL';
  const handler = typeof action === 'string' ? (action === 'ignore' ? 'SIG_IGN' : 'SIG_DFL') : 'handler';
  const { mask, restart } = fieldsOf(action);
  return `{sa_handler=${handler}, sa_mask=${signalSet(mask)}, sa_flags=${restart === true ? 'SA_RESTART' : '0'}}`;
}

const FILE_TYPES = new Map([
  ['file', 'S_IFREG'],
  ['directory', 'S_IFDIR'],
  ['symlink', 'S_IFLNK'],
  ['fifo', 'S_IFIFO'],
  ['socket', 'S_IFSOCK'],
  ['chardev', 'S_IFCHR'],
]);

/** struct stat, as far as strace shows it. */
export function statText(result: TracedValue | undefined): string {
  const { type, mode, size } = fieldsOf(result);
  return `{st_mode=${FILE_TYPES.get(String(type))}|0${Number(mode).toString(8)}, st_size=${size}, ...}`;
}

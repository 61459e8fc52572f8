/** lsof(8): open files of processes, from /proc/<pid>/fd and the host's table of sockets. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { SocketInfo } from '@netarium/core/syscall/netlink.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { ToolError, tool } from '../coreutils/tool.ts';
import { type Account, nameOf, readUsers } from '../coreutils/users.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { print, readText } from '../lib/stdio.ts';
import { readTasks, type Task } from './read-proc.ts';

export const options: ProgramOptions = {
  name: 'lsof',
  usage: 'lsof [-n] [-P] [-a] [-p pids] [-c name] [-u user] [-i[tcp|udp][@address][:port]] [-t] [file]...',
  options: [
    { names: ['-n'], help: 'addresses as numbers, as is done anyway' },
    { names: ['-P'], help: 'ports as numbers, as is done anyway' },
    { names: ['-a'], help: 'files that all selections name, not any' },
    { names: ['-p'], value: 'pids', help: 'of these processes' },
    { names: ['-c'], value: 'name', help: 'of programs whose names begin so' },
    { names: ['-u'], value: 'users', help: 'of these users' },
    { names: ['-i'], value: 'sockets', help: 'internet sockets: tcp, udp, @address, :port; all for an empty one' },
    { names: ['-t'], help: 'process ids only' },
  ],
};

/** One line of lsof. */
interface OpenFile {
  readonly task: Task;
  readonly fd: string;
  readonly type: string;
  readonly device: string;
  readonly size: string;
  readonly node: string;
  readonly name: string;
  readonly path: string;
  readonly socket: SocketInfo | undefined;
}

const MODES = ['r', 'w', 'u'] as const;
/** The anonymous, the pipe and the root file system, as numbers of devices. */
const DEVICES = {
  file: '254,0',
  pipe: '0,15',
  anonymous: '0,16',
  null: '1,3',
  terminal: '136,0',
  socket: '0,8',
} as const;

/** lsof's words for states that it does not call as the kernel does. */
const STATES = new Map([
  ['ESTAB', 'ESTABLISHED'],
  ['SYN-SENT', 'SYN_SENT'],
  ['SYN-RECV', 'SYN_RECV'],
  ['FIN-WAIT-1', 'FIN_WAIT1'],
  ['FIN-WAIT-2', 'FIN_WAIT2'],
  ['TIME-WAIT', 'TIME_WAIT'],
  ['CLOSE-WAIT', 'CLOSE_WAIT'],
  ['LAST-ACK', 'LAST_ACK'],
]);

function endpointText({ address, port }: { readonly address: string; readonly port: number }): string {
  return `${address === '0.0.0.0' ? '*' : address}:${port === 0 ? '*' : port}`;
}

function socketName(socket: SocketInfo): string {
  const { protocol, state, local, peer } = socket;
  const both = peer.port === 0 ? endpointText(local) : `${endpointText(local)}->${endpointText(peer)}`;
  return protocol === 'tcp' ? `${both} (${STATES.get(state) ?? state})` : `${both} `;
}

type Rest = Omit<OpenFile, 'task' | 'fd' | 'path'>;

function describeSocket(inode: string, sockets: ReadonlyMap<number, SocketInfo>): Rest {
  const socket = sockets.get(Number(inode));
  const common = { size: '0t0', socket };
  if (socket === undefined)
    return { ...common, type: 'sock', device: DEVICES.socket, node: inode, name: 'protocol: TCP' };
  if (socket.family === 'inet')
    return { ...common, type: 'IPv4', device: inode, node: socket.protocol.toUpperCase(), name: socketName(socket) };
  if (socket.family === 'packet') return { ...common, type: 'pack', device: inode, node: 'ALL', name: 'type=SOCK_RAW' };
  const path = socket.local.address === '*' ? '' : `${socket.local.address} `;
  return { ...common, type: 'unix', device: '0x0000000000000000', node: inode, name: `${path}type=STREAM` };
}

async function describeFile(sys: Sys, path: string): Promise<Rest> {
  const status = await sys.stat(path).catch((error: unknown) => {
    if (!(error instanceof SysError)) throw error;
    return undefined;
  });
  const node = String(status?.ino ?? 0);
  const name = status === undefined ? `${path} (deleted)` : path;
  const base = { node, name, socket: undefined };
  if (path.startsWith('/dev/pts/')) return { ...base, type: 'CHR', device: DEVICES.terminal, size: '0t0' };
  if (status?.type === 'chardev') return { ...base, type: 'CHR', device: DEVICES.null, size: '0t0' };
  const type = status?.type === 'directory' ? 'DIR' : 'REG';
  return { ...base, type, device: DEVICES.file, size: String(status?.size ?? 0) };
}

async function describeLink(sys: Sys, link: string, sockets: ReadonlyMap<number, SocketInfo>): Promise<Rest> {
  const special = /^(socket|pipe|anon_inode):\[(.+)\]$/.exec(link);
  if (special === null) return describeFile(sys, link);
  const [, kind, inside] = special;
  if (kind === 'socket') return describeSocket(inside!, sockets);
  if (kind === 'pipe')
    return { type: 'FIFO', device: DEVICES.pipe, size: '0t0', node: inside!, name: 'pipe', socket: undefined };
  return {
    type: 'a_inode',
    device: DEVICES.anonymous,
    size: '0',
    node: '1038',
    name: `[${inside}]`,
    socket: undefined,
  };
}

/** A process's current directory and descriptors; nothing where it has ended meanwhile. */
async function filesOf(sys: Sys, task: Task, sockets: ReadonlyMap<number, SocketInfo>): Promise<OpenFile[]> {
  const files: OpenFile[] = [];
  try {
    const cwd = await sys.readlink(`/proc/${task.pid}/cwd`);
    files.push({ task, fd: 'cwd ', path: cwd, ...(await describeFile(sys, cwd)) });
    for (const { name } of await sys.readdir(`/proc/${task.pid}/fd`)) {
      const link = await sys.readlink(`/proc/${task.pid}/fd/${name}`);
      const flags = /^flags:\s*(\d+)/m.exec(await readText(sys, `/proc/${task.pid}/fdinfo/${name}`))?.[1] ?? '0';
      const mode = MODES[Number.parseInt(flags, 8) & 3] ?? 'u';
      files.push({ task, fd: `${name}${mode}`, path: link, ...(await describeLink(sys, link, sockets)) });
    }
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
  }
  return files;
}

/** `tcp@10.0.0.1:80`, `:80`, `udp`; undefined selects all. */
function socketFilter(text: string): (socket: SocketInfo) => boolean {
  const match = /^(tcp|udp)?(?:@([0-9.]+))?(?::([0-9,-]+))?$/i.exec(text);
  if (match === null) throw new ToolError(`unacceptable Internet address: ${text}`);
  const [, protocol, address, ports] = match;
  const ranges = ports?.split(',').map((range) => range.split('-').map(Number));
  return (socket) => {
    if (socket.family !== 'inet' || (protocol !== undefined && socket.protocol !== protocol.toLowerCase()))
      return false;
    const ends = [socket.local, socket.peer];
    if (address !== undefined && !ends.some((end) => end.address === address)) return false;
    return (
      ranges === undefined ||
      ends.some((end) => ranges.some(([low, high = low]) => end.port >= low! && end.port <= high!))
    );
  };
}

function table(files: readonly OpenFile[], users: readonly Account[]): string {
  const cells = files.map(({ task, fd, type, device, size, node, name }) => [
    task.name.slice(0, 9),
    String(task.pid),
    nameOf(users, task.uid),
    fd.length < 4 || fd.endsWith(' ') ? fd.padStart(4) : fd,
    type,
    device,
    size,
    node,
    name,
  ]);
  const headers = ['COMMAND', 'PID', 'USER', 'FD', 'TYPE', 'DEVICE', 'SIZE/OFF', 'NODE', 'NAME'];
  const widths = headers.map((header, at) => Math.max(header.length, ...cells.map((row) => row[at]!.length)));
  // The letter after a descriptor is a column of its own, whose header is empty.
  const leftAligned = new Set([0, 2]);
  const line = (row: readonly string[], header: boolean): string =>
    row
      .map((cell, at) => {
        if (at === row.length - 1) return cell;
        if (at === 3) return header ? cell.padStart(widths[at]! - 1).padEnd(widths[at]!) : cell.padStart(widths[at]!);
        return leftAligned.has(at) ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!);
      })
      .join(' ');
  return [line(headers, true), ...cells.map((row) => line(row, false))].map((row) => `${row}\n`).join('');
}

const program = tool(options, async ({ sys, options: given, operands }) => {
  const users = await readUsers(sys);
  const sockets = new Map((await sys.netlink({ get: 'sockets' })).map((socket) => [socket.inode, socket]));
  const selections = selectionsOf(given, operands, users);
  const wanted = (file: OpenFile): boolean =>
    selections.length === 0 || (given.has('-a') ? selections.every((s) => s(file)) : selections.some((s) => s(file)));
  const files: OpenFile[] = [];
  for (const task of await readTasks(sys)) files.push(...(await filesOf(sys, task, sockets)).filter(wanted));
  if (files.length === 0) return 1;
  if (given.has('-t')) await print(sys, [...new Set(files.map(({ task }) => `${task.pid}\n`))].join(''));
  else await print(sys, table(files, users));
  return 0;
});

type Selection = (file: OpenFile) => boolean;

function selectionsOf(
  given: { values(name: string): readonly string[] },
  paths: readonly string[],
  users: readonly Account[],
): readonly Selection[] {
  const found: Selection[] = [];
  const pids = given.values('-p').flatMap((list) => list.split(',').map(Number));
  if (pids.length > 0) found.push(({ task }) => pids.includes(task.pid));
  const names = given.values('-c');
  if (names.length > 0) found.push(({ task }) => names.some((name) => task.name.startsWith(name)));
  const owners = given.values('-u').flatMap((list) => list.split(','));
  if (owners.length > 0)
    found.push(({ task }) => owners.includes(nameOf(users, task.uid)) || owners.includes(String(task.uid)));
  const filters = given.values('-i').map(socketFilter);
  if (filters.length > 0) found.push(({ socket }) => socket !== undefined && filters.some((filter) => filter(socket)));
  if (paths.length > 0) found.push(({ path }) => paths.includes(path));
  return found;
}

/** `-i` may stand without a value, or have it at once: `-i`, `-i :80`, `-i:80`, `-itcp`. */
export const main: typeof program = (sys, argv) => {
  const words = argv.flatMap((word, at) => {
    if (word !== '-i') return [word];
    const next = argv[at + 1];
    return next !== undefined && /^(tcp|udp|@|:)/i.test(next) ? [word] : ['-i', ''];
  });
  return program(sys, words);
};

/** /proc: processes, sysctl variables, uptime, the sockets of /proc/net. What a file shows is made when it is read (proc(5)). */
import { E, Errno } from '../base/errno.ts';
import { type DirectoryContents, type Inode, Symlink, SyntheticDirectory, SyntheticFile } from '../os/files/inode.ts';
import type { Process } from '../os/process.ts';
import { decimal } from '../time/instant.ts';
import type { Kernel } from './kernel.ts';

const FIXED: ReadonlyMap<string, (kernel: Kernel) => Inode> = new Map<string, (kernel: Kernel) => Inode>([
  ['sys', (kernel) => sysctlDirectory(kernel, '')],
  [
    'uptime',
    (kernel) =>
      new SyntheticFile(kernel, () => `${centiseconds(kernel.ctx.queue.now)} ${centiseconds(kernel.ctx.queue.now)}\n`),
  ],
  ['version', (kernel) => new SyntheticFile(kernel, () => 'Linux version 6.1.0-netarium\n')],
]);

export function mountProc(kernel: Kernel): void {
  kernel.files.root.link('proc', new SyntheticDirectory(kernel, new ProcRoot(kernel)));
}

/** Every host has one: no closures, no table of its own. */
class ProcRoot implements DirectoryContents {
  constructor(private readonly kernel: Kernel) {}

  find(name: string): Inode | undefined {
    const { kernel } = this;
    const fixed = FIXED.get(name);
    if (fixed !== undefined) return fixed(kernel);
    const process = /^\d+$/.test(name) ? kernel.processes.get(Number(name)) : undefined;
    return process === undefined ? undefined : processDirectory(kernel, process);
  }

  list(): readonly string[] {
    return [...[...this.kernel.processes.all()].map((process) => String(process.pid)), ...FIXED.keys()];
  }
}

function centiseconds(ns: number): string {
  const [whole, fraction = ''] = decimal(ns, 1_000_000_000).split('.');
  return `${whole}.${fraction.padEnd(2, '0').slice(0, 2)}`;
}

/** /proc/sys/net/ipv4/tcp_syn_retries and its like: dots are slashes. */
function sysctlDirectory(kernel: Kernel, prefix: string): SyntheticDirectory {
  const names = (): Set<string> => {
    const found = new Set<string>();
    for (const key of kernel.ctx.sysctl.keys())
      if (key.startsWith(prefix)) found.add(key.slice(prefix.length).split('.')[0]!);
    return found;
  };
  return new SyntheticDirectory(kernel, {
    find: (name) => {
      const cell = kernel.ctx.sysctl.get(prefix + name);
      if (cell !== undefined) {
        return new SyntheticFile(
          kernel,
          () => `${cell.text}\n`,
          (text) => (cell.set(text) ? undefined : E.EINVAL),
        );
      }
      return names().has(name) ? sysctlDirectory(kernel, `${prefix}${name}.`) : undefined;
    },
    list: names,
  });
}

function processDirectory(kernel: Kernel, process: Process): SyntheticDirectory {
  const files = new Map<string, () => Inode>([
    ['stat', () => new SyntheticFile(kernel, () => statLine(process))],
    ['status', () => new SyntheticFile(kernel, () => statusText(process))],
    ['cmdline', () => new SyntheticFile(kernel, () => process.argv.map((word) => `${word}\0`).join(''))],
    ['comm', () => new SyntheticFile(kernel, () => `${process.name}\n`)],
    ['cwd', () => new Symlink(kernel, process.uid, process.cwd)],
    ['fd', () => descriptorDirectory(kernel, process)],
  ]);
  return new SyntheticDirectory(kernel, { find: (name) => files.get(name)?.(), list: () => files.keys() });
}

function descriptorDirectory(kernel: Kernel, process: Process): SyntheticDirectory {
  return new SyntheticDirectory(kernel, {
    find: (name) => {
      const file = /^\d+$/.test(name) ? process.descriptors.get(Number(name)) : E.EBADF;
      if (file instanceof Errno) return undefined;
      const { type, ino } = file.status();
      return new Symlink(
        kernel,
        process.uid,
        type === 'socket' ? `socket:[${ino}]` : type === 'fifo' ? `pipe:[${ino}]` : `inode:[${ino}]`,
      );
    },
    list: () => [...process.descriptors.entries()].map(([fd]) => String(fd)),
  });
}

/** R running, S waiting, T stopped, Z zombie. */
export function stateLetter(process: Process): string {
  if (process.exitStatus !== undefined) return 'Z';
  if (process.stopped) return 'T';
  return process.threads.some((thread) => thread.call === undefined && !thread.ended) ? 'R' : 'S';
}

const TICK_NS = 10_000_000;

function statLine(process: Process): string {
  const ticks = Math.floor(process.cpuNs / TICK_NS);
  const start = Math.floor(process.startedAt / TICK_NS);
  return `${process.pid} (${process.name}) ${stateLetter(process)} ${process.ppid} ${process.pgid} ${process.pgid} 0 -1 0 0 0 0 0 ${ticks} 0 0 0 20 0 ${process.threads.length} 0 ${start} 0 0\n`;
}

function statusText(process: Process): string {
  return [
    `Name:\t${process.name}`,
    `State:\t${stateLetter(process)}`,
    `Pid:\t${process.pid}`,
    `PPid:\t${process.ppid}`,
    `Uid:\t${process.uid}\t${process.uid}\t${process.uid}\t${process.uid}`,
    `Threads:\t${process.threads.length}`,
    '',
  ].join('\n');
}

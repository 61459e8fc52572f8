/** /proc: processes, sysctl variables, uptime, the sockets of /proc/net. What a file shows is made when it is read (proc(5)). */
import { E, Errno } from '../base/errno.ts';
import { type Inode, Symlink, SyntheticDirectory, SyntheticFile } from '../os/files/inode.ts';
import type { Process } from '../os/process.ts';
import { decimal } from '../time/instant.ts';
import type { Kernel } from './kernel.ts';

export function mountProc(kernel: Kernel): void {
  const fixed = new Map<string, () => Inode>([
    ['sys', () => sysctlDirectory(kernel, '')],
    [
      'uptime',
      () =>
        new SyntheticFile(
          kernel,
          () => `${centiseconds(kernel.ctx.queue.now)} ${centiseconds(kernel.ctx.queue.now)}\n`,
        ),
    ],
    ['version', () => new SyntheticFile(kernel, () => 'Linux version 6.1.0-netarium\n')],
  ]);
  const root = new SyntheticDirectory(
    kernel,
    (name) => {
      const entry = fixed.get(name);
      if (entry !== undefined) return entry();
      const process = /^\d+$/.test(name) ? kernel.processes.get(Number(name)) : undefined;
      return process === undefined ? undefined : processDirectory(kernel, process);
    },
    () => [...[...kernel.processes.all()].map((process) => String(process.pid)), ...fixed.keys()],
  );
  kernel.files.root.link('proc', root);
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
  return new SyntheticDirectory(
    kernel,
    (name) => {
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
    names,
  );
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
  return new SyntheticDirectory(
    kernel,
    (name) => files.get(name)?.(),
    () => files.keys(),
  );
}

function descriptorDirectory(kernel: Kernel, process: Process): SyntheticDirectory {
  return new SyntheticDirectory(
    kernel,
    (name) => {
      const file = /^\d+$/.test(name) ? process.descriptors.get(Number(name)) : E.EBADF;
      if (file instanceof Errno) return undefined;
      const { type, ino } = file.status();
      return new Symlink(
        kernel,
        process.uid,
        type === 'socket' ? `socket:[${ino}]` : type === 'fifo' ? `pipe:[${ino}]` : `inode:[${ino}]`,
      );
    },
    () => [...process.descriptors.entries()].map(([fd]) => String(fd)),
  );
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

/** /proc: processes, sysctl variables, uptime, the sockets of /proc/net. What a file shows is made when it is read (proc(5)). */
import { E } from '../base/errno.ts';
import { type DirectoryContents, type Inode, Symlink, SyntheticDirectory, SyntheticFile } from '../os/files/inode.ts';
import { decimal } from '../time/instant.ts';
import type { Kernel } from './kernel.ts';
import { processDirectory, TICK_NS } from './proc-process.ts';

const FIXED: ReadonlyMap<string, (kernel: Kernel) => Inode> = new Map<string, (kernel: Kernel) => Inode>([
  ['sys', (kernel) => sysctlDirectory(kernel, '')],
  [
    'uptime',
    (kernel) =>
      new SyntheticFile(kernel, () => `${centiseconds(kernel.ctx.queue.now)} ${centiseconds(kernel.ctx.queue.now)}\n`),
  ],
  ['stat', (kernel) => new SyntheticFile(kernel, () => cpuLines(kernel))],
  [
    'version',
    (kernel) => new SyntheticFile(kernel, () => `${kernel.profile.sysname} version ${kernel.profile.release}\n`),
  ],
]);

export function mountProc(kernel: Kernel): void {
  kernel.files.root.link('proc', new SyntheticDirectory(kernel, new ProcRoot(kernel)));
}

/** /proc/stat as far as cores are concerned: ticks of user and idle time; a simulated core spends none in other states. */
function cpuLines(kernel: Kernel): string {
  const { now } = kernel.ctx.queue;
  const rows = kernel.cpu.cores.map(({ number, busyNs }) => {
    const busy = Math.min(Math.floor(busyNs / TICK_NS), Math.floor(now / TICK_NS));
    return { name: `cpu${number}`, busy, idle: Math.floor(now / TICK_NS) - busy };
  });
  const sum = (pick: (row: (typeof rows)[number]) => number): number =>
    rows.reduce((total, row) => total + pick(row), 0);
  const line = (name: string, busy: number, idle: number): string => `${name} ${busy} 0 0 ${idle} 0 0 0 0 0 0\n`;
  const all = line(
    'cpu ',
    sum(({ busy }) => busy),
    sum(({ idle }) => idle),
  );
  return all + rows.map(({ name, busy, idle }) => line(name, busy, idle)).join('');
}

/** Every host has one: no closures, no table of its own. */
class ProcRoot implements DirectoryContents {
  constructor(private readonly kernel: Kernel) {}

  find(name: string): Inode | undefined {
    const { kernel } = this;
    const fixed = FIXED.get(name);
    if (fixed !== undefined) return fixed(kernel);
    if (name === 'self') return new Symlink(kernel, 0, String(kernel.caller?.pid ?? 0));
    const process = /^\d+$/.test(name) ? kernel.processes.get(Number(name)) : undefined;
    return process === undefined ? undefined : processDirectory(kernel, process);
  }

  list(): readonly string[] {
    return [...[...this.kernel.processes.all()].map((process) => String(process.pid)), 'self', ...FIXED.keys()];
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

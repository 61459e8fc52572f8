/**
 * What a benchmark file exports. It is run twice in a fresh process, started on one bundled file by plain node: what is measured
 * is what a user's `netarium` executes, with no transpiler between.
 */

/**
 * `default`: strict headers, real payload, digest on. `headers`: the headers of every frame captured besides, once for each hop. `full`: every header
 * encoded, every checksum made and checked and all bytes captured at every hop.
 */
export type Mode = 'default' | 'headers' | 'full';

export interface Workload {
  run(mode: Mode, variant: Variant): Result | Promise<Result>;
}

/** What tells the relatives of one workload apart, such as `{ cc: 'cubic' }` or `{ pending: 1000 }`. */
export type Variant = Readonly<Record<string, string | number>>;

export interface Result {
  /** Frames fully received at the far end of one link; for the raw scheduler, events held. */
  hops: number;
  /** What a reader wants to see beside it: drops, goodput, digest. Shown, never compared. */
  details?: Readonly<Record<string, string | number>>;
}

export interface Definition {
  /** File in bench/workloads. */
  file: string;
  variant?: Variant;
  modes: readonly Mode[];
  /** Program of bench/rivals/ns3 and its options, per mode of ours. */
  rival: Partial<Record<Mode, readonly string[]>>;
  /** Known beforehand where the rival counts no hops. */
  rivalHops?: number;
}

const NS3_NAMES = { newreno: 'TcpNewReno', cubic: 'TcpCubic' } as const;

const tcp = (file: string, program: string, cc: keyof typeof NS3_NAMES, send = 'sendfile'): Definition => {
  const command = [program, `--cc=${NS3_NAMES[cc]}`];
  return {
    file,
    variant: { cc, send },
    modes: ['default', 'headers', 'full'],
    rival: { default: command, headers: command, full: [...command, '--checksum=1'] },
  };
};

const star = (kind: 'router' | 'switch'): Definition => ({
  file: 'b-udp-star.ts',
  variant: { kind },
  modes: ['default', 'full'],
  rival: { default: ['b_udp_star', `--kind=${kind}`], full: ['b_udp_star', `--kind=${kind}`, '--checksum=1'] },
});

const hold = (pending: number, holds: number): Definition => ({
  file: 'e-hold.ts',
  variant: { pending, holds },
  modes: ['default'],
  rival: { default: ['e_hold', `--pending=${pending}`, `--holds=${holds}`] },
  rivalHops: holds,
});

/** Three frames open a connection. */
const connections = (state: string, hops: number): Definition => ({
  file: 'd-connections.ts',
  variant: { connections: 10_000, state },
  modes: ['default'],
  rival: state === 'open' ? { default: ['d_idle', '--conns=10000'] } : {},
  rivalHops: hops,
});

export const workloads: Readonly<Record<string, Definition>> = {
  A: tcp('a-bulk.ts', 'a_bulk', 'newreno'),
  'A-cubic': tcp('a-bulk.ts', 'a_bulk', 'cubic'),
  'A-write': tcp('a-bulk.ts', 'a_bulk', 'newreno', 'write'),
  'B-switch': star('switch'),
  'B-router': star('router'),
  C: tcp('c-dumbbell.ts', 'c_dumbbell', 'newreno'),
  'C-cubic': tcp('c-dumbbell.ts', 'c_dumbbell', 'cubic'),
  'C-write': tcp('c-dumbbell.ts', 'c_dumbbell', 'newreno', 'write'),
  D: connections('open', 30_000),
  'D-idle': connections('idle', 30_000),
  'D-half-open': connections('half-open', 20_000),
  'D-time-wait': connections('time-wait', 70_000),
  'E-1k': hold(1_000, 5_000_000),
  'E-100k': hold(100_000, 5_000_000),
  'E-1M': hold(1_000_000, 5_000_000),
};

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(half)] as number)
    : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
}

/** `A,E` to ids: a name stands for itself, or for the family that begins with it. */
export function select(names: string): string[] {
  return names.split(',').flatMap((name) => {
    const family = Object.hasOwn(workloads, name)
      ? [name]
      : Object.keys(workloads).filter((id) => id.startsWith(`${name}-`));
    if (family.length === 0) throw new Error(`no workload ${name}; there are ${Object.keys(workloads).join(', ')}`);
    return family;
  });
}

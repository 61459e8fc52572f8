/**
 * Resource limits (getrlimit(2)). A process carries one immutable table, its children share it until one of them changes it. Limits on memory cannot
 * be held, because programs' memory is not simulated: to set one is an error.
 */

/** No limit. */
export const INFINITY = -1;

const RESOURCES = [
  'RLIMIT_NOFILE',
  'RLIMIT_NPROC',
  'RLIMIT_CPU',
  'RLIMIT_FSIZE',
  'RLIMIT_CORE',
  'RLIMIT_SIGPENDING',
  'RLIMIT_NICE',
  'RLIMIT_AS',
  'RLIMIT_DATA',
  'RLIMIT_STACK',
  'RLIMIT_RSS',
  'RLIMIT_MEMLOCK',
  'RLIMIT_LOCKS',
  'RLIMIT_RTPRIO',
] as const;

export type Resource = (typeof RESOURCES)[number];

/** Soft and hard, -1 for none. RLIMIT_CPU in seconds, RLIMIT_FSIZE in bytes. */
export interface Limit {
  readonly soft: number;
  readonly hard: number;
}

export type Limits = Readonly<Record<Resource, Limit>>;

const NONE: Limit = { soft: INFINITY, hard: INFINITY };

/** As a login on Debian finds them; a core file is never written. */
export const DEFAULT_LIMITS: Limits = {
  RLIMIT_NOFILE: { soft: 1024, hard: 1_048_576 },
  RLIMIT_NPROC: { soft: 31_431, hard: 31_431 },
  RLIMIT_CPU: NONE,
  RLIMIT_FSIZE: NONE,
  RLIMIT_CORE: { soft: 0, hard: INFINITY },
  RLIMIT_SIGPENDING: { soft: 31_431, hard: 31_431 },
  RLIMIT_NICE: { soft: 0, hard: 0 },
  RLIMIT_AS: NONE,
  RLIMIT_DATA: NONE,
  RLIMIT_STACK: { soft: 8_388_608, hard: INFINITY },
  RLIMIT_RSS: NONE,
  RLIMIT_MEMLOCK: { soft: 1_048_576, hard: 1_048_576 },
  RLIMIT_LOCKS: NONE,
  RLIMIT_RTPRIO: { soft: 0, hard: 0 },
};

/** fs.nr_open: no hard limit on descriptors is above it. */
export const MOST_FILES = 1_048_576;

/** Those that a host holds its processes to. */
export const HELD: ReadonlySet<Resource> = new Set<Resource>([
  'RLIMIT_NOFILE',
  'RLIMIT_NPROC',
  'RLIMIT_CPU',
  'RLIMIT_FSIZE',
  'RLIMIT_SIGPENDING',
]);

export function isResource(name: unknown): name is Resource {
  return (RESOURCES as readonly unknown[]).includes(name);
}

/** The one is no more than the other, where -1 is more than everything. */
export function within(value: number, limit: number): boolean {
  return limit === INFINITY || (value !== INFINITY && value <= limit);
}

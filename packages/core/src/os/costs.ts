/**
 * What the operating system's own work costs, in nanoseconds of CPU time: a declared model, given per host. The defaults are round figures of a
 * present-day server; profiles measured on a real machine replace them. A cost of 0 is allowed everywhere.
 */
export interface CostModel {
  /** Entry into the kernel and back (getpid(2)). */
  readonly syscallNs: number;
  /** Costs of calls are summed and applied to the clock in portions of this size, or when the thread blocks. */
  readonly portionNs: number;
  /** A new process from spawn or exec, until its program runs. */
  readonly spawnNs: number;
  /** A new process by fork, until its entry runs. */
  readonly forkNs: number;
  /** A new thread, until its entry runs. */
  readonly threadNs: number;
  /** A core changes from one thread to another. */
  readonly contextSwitchNs: number;
  /** More of it where the two belong to different processes (page tables). */
  readonly pageTableSwitchNs: number;
  /** One load, store or atomic operation on a shared cell. */
  readonly cellNs: number;
  /** From the wake of a thread that sleeps on a lock until it runs (futex(2)). */
  readonly wakeUpNs: number;
  /** That takes longer by up to this much, evenly drawn for each wake. */
  readonly wakeUpJitterNs: number;
}

/** Design: 500 ns for each call, applied in portions of 10 us. */
export const DEFAULT_COSTS: CostModel = {
  syscallNs: 500,
  portionNs: 10_000,
  spawnNs: 500_000,
  forkNs: 250_000,
  threadNs: 20_000,
  contextSwitchNs: 1_500,
  pageTableSwitchNs: 500,
  cellNs: 20,
  wakeUpNs: 8_000,
  wakeUpJitterNs: 10_000,
};

/** A machine whose operating system takes no time: packet scripts and scheduling examples out of a textbook. */
export const NO_COSTS: CostModel = {
  syscallNs: 0,
  portionNs: 1,
  spawnNs: 0,
  forkNs: 0,
  threadNs: 0,
  contextSwitchNs: 0,
  pageTableSwitchNs: 0,
  cellNs: 0,
  wakeUpNs: 0,
  wakeUpJitterNs: 0,
};

/**
 * A virtual machine with two cores of a server processor, Linux 6.18, as `scripts/os-costs.c` measured it (medians, 2026-11-21). The jitter of wake-ups is not
 * measured by it: a quarter of the latency.
 */
const VIRTUAL_MACHINE: CostModel = {
  syscallNs: 370,
  portionNs: 10_000,
  spawnNs: 1_079_424,
  forkNs: 347_374,
  threadNs: 64_903,
  contextSwitchNs: 4_699,
  pageTableSwitchNs: 1_697,
  cellNs: 4,
  wakeUpNs: 39_780,
  wakeUpJitterNs: 10_000,
};

/** By the names that a host's `cpu: { costs }` may give. */
export const COST_PROFILES: ReadonlyMap<string, CostModel> = new Map([
  ['default', DEFAULT_COSTS],
  ['none', NO_COSTS],
  ['virtual-machine', VIRTUAL_MACHINE],
]);

/** The probes of one trace as plain values: when each was sent, who answered, and how long to wait for those that did not. */
export interface Probe {
  readonly index: number;
  readonly ttl: number;
  sentNs: number | undefined;
  receivedNs: number | undefined;
  /** Answered, or given up. */
  done: boolean;
  /** The destination, or an error that no farther hop can better. */
  final: boolean;
  from: string | undefined;
  /** `!H` and the like. */
  mark: string;
}

export interface WaitTimes {
  readonly maxNs: number;
  /** Times the answer of the same hop; 0 switches it off. */
  readonly here: number;
  /** Times the answer of a farther hop; 0 switches it off. */
  readonly near: number;
}

/** So much is added to a measured time before it is multiplied: clocks and links have their own grain. */
const GRAIN_NS = 1_000_000;

export function newProbes(maxHops: number, perHop: number): Probe[] {
  return Array.from({ length: maxHops * perHop }, (_, index) => ({
    index,
    ttl: Math.floor(index / perHop) + 1,
    sentNs: undefined,
    receivedNs: undefined,
    done: false,
    final: false,
    from: undefined,
    mark: '',
  }));
}

function tripNs(probe: Probe): number | undefined {
  return probe.done && probe.receivedNs !== undefined ? probe.receivedNs - probe.sentNs! : undefined;
}

/** How long this probe is waited for: by its neighbours' answers where there are some, the maximum else (traceroute(8), -w). */
export function waitNs(probes: readonly Probe[], probe: Probe, perHop: number, times: WaitTimes): number {
  const bound = (trip: number, factor: number) => Math.min((trip + GRAIN_NS) * factor, times.maxNs);
  const first = probe.index - (probe.index % perHop);
  if (times.here > 0) {
    const answered = probes.slice(first, first + perHop).find((other) => tripNs(other) !== undefined);
    if (answered) return bound(tripNs(answered)!, times.here);
  }
  if (times.near > 0) {
    for (let i = probe.index + 1; i < probes.length && probes[i]!.sentNs !== undefined; i++) {
      const trip = tripNs(probes[i]!);
      if (trip !== undefined) return bound(trip, times.near);
    }
  }
  return times.maxNs;
}

const MARKS: ReadonlyMap<number, string> = new Map([
  [0, '!N'],
  [1, '!H'],
  [2, '!P'],
  [5, '!S'],
  [6, '!U'],
  [7, '!W'],
  [8, '!I'],
  [9, '!A'],
  [10, '!Z'],
  [11, '!Q'],
  [12, '!T'],
  [13, '!X'],
  [14, '!V'],
  [15, '!C'],
]);

/** An ICMP error taken as the end of a probe: only an exceeded TTL lets the trace go on. */
export function applyIcmpError(probe: Probe, type: number, code: number, info: number): void {
  if (type === 11) {
    if (code !== 0) probe.mark = `!<${type}-${code}>`;
    probe.final = code !== 0;
    return;
  }
  probe.final = true;
  if (type !== 3) probe.mark = `!<${type}-${code}>`;
  else if (code === 4) probe.mark = `!F-${info}`;
  // A closed UDP port is what the destination is known by.
  else if (code !== 3) probe.mark = MARKS.get(code) ?? `!<${code}>`;
}

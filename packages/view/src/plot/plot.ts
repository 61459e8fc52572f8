/** Curves of a run over virtual time: plain data, made by `PlotLog`, drawn by `terminal.ts` and `svg.ts`, printed as JSON. */

export type PlotKind = 'cwnd' | 'rtt' | 'goodput' | 'queue';
export const PLOT_KINDS: readonly PlotKind[] = ['cwnd', 'rtt', 'goodput', 'queue'];

/** Nanoseconds of virtual time, and the value from then on. */
export type Point = readonly [atNs: number, value: number];

export interface Curve {
  readonly name: string;
  readonly points: readonly Point[];
  /** What bounds the value: of a congestion window its slow-start threshold, as far as there is one; of goodput the throughput. */
  readonly bound?: readonly Point[];
  /** What of the value is in use: of a congestion window the segments in flight. */
  readonly used?: readonly Point[];
  /** Single measurements that the value is made of: of a smoothed round-trip time. */
  readonly samples?: readonly Point[];
}

export interface Range {
  readonly fromNs: number;
  readonly toNs: number;
  /** The axis begins at zero. */
  readonly most: number;
}

export function rangeOf(curves: readonly Curve[]): Range {
  let fromNs = Number.POSITIVE_INFINITY;
  let toNs = 0;
  let most = 0;
  for (const { points, bound = [], used = [], samples = [] } of curves)
    for (const list of [points, bound, used, samples])
      for (const [atNs, value] of list) {
        fromNs = Math.min(fromNs, atNs);
        toNs = Math.max(toNs, atNs);
        most = Math.max(most, value);
      }
  return { fromNs: Math.min(fromNs, toNs), toNs: Math.max(toNs, Math.min(fromNs, toNs) + 1), most: roundUp(most) };
}

/** The next 1, 2 or 5 times a power of ten. */
export function roundUp(value: number): number {
  if (!(value > 0)) return 1;
  let unit = 1;
  while (unit * 10 <= value) unit *= 10;
  while (unit > value) unit /= 10;
  return [1, 2, 5, 10].map((factor) => factor * unit).find((each) => each >= value) ?? value;
}

/** At most three decimals, none that are zero. */
export function valueText(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

/** Bytes that arrived at instants, as a rate (Mbit/s) in intervals of the same length, the empty ones included. */
export function rateOf(bytes: readonly Point[], fromNs: number, toNs: number, intervals = 60): Point[] {
  const lengthNs = Math.max(1_000_000, roundUp((toNs - fromNs) / intervals));
  const startNs = Math.floor(fromNs / lengthNs) * lengthNs;
  const sums = new Array<number>(Math.floor((toNs - startNs) / lengthNs) + 1).fill(0);
  for (const [atNs, count] of bytes) {
    const i = Math.floor((atNs - startNs) / lengthNs);
    sums[i] = (sums[i] ?? 0) + count;
  }
  // Bits per nanosecond are gigabits per second.
  const points: Point[] = sums.map((sum, i) => [startNs + i * lengthNs, (sum * 8 * 1000) / lengthNs]);
  return [...points, [startNs + sums.length * lengthNs, 0]];
}

/** The value that holds at an instant; undefined before the first point. */
export function valueAt({ points }: Curve, atNs: number): number | undefined {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (points[middle]![0] <= atNs) low = middle + 1;
    else high = middle;
  }
  return points[low - 1]?.[1];
}

/** Values hold until the next point: only changes are kept, and of one instant the last. */
export function changed(points: Point[], at: number, value: number): void {
  const last = points.at(-1);
  if (last !== undefined && last[1] === value) return;
  if (last !== undefined && last[0] === at) points.pop();
  if (points.at(-1)?.[1] !== value) points.push([at, value]);
}

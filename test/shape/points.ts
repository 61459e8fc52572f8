/** The paths on which our TCP's window and throughput are compared with the kernel's: delay, rate, queue and loss, for Reno and CUBIC. */
import { Stream } from '@netarium/core/random/random.ts';

export interface Path {
  readonly delayMs: number;
  readonly rateMbit: number;
  readonly queuePackets: number;
  readonly lossPpm: number;
}

export interface Point {
  readonly algorithm: 'reno' | 'cubic';
  readonly path: Path;
  /** Bits per second, and one-way delay, of both directions. */
  readonly rate: number;
  readonly delayNs: number;
  readonly queuePackets: number;
  /** Numbers of the data sender's packets that are lost at the far end of the cable, counted from 1: the same ones in both arms. */
  readonly lost: readonly number[];
  readonly seconds: number;
}

export const PATHS: readonly Path[] = [
  { delayMs: 10, rateMbit: 5, queuePackets: 20, lossPpm: 0 },
  { delayMs: 10, rateMbit: 20, queuePackets: 40, lossPpm: 5000 },
  { delayMs: 25, rateMbit: 10, queuePackets: 40, lossPpm: 0 },
  { delayMs: 25, rateMbit: 20, queuePackets: 100, lossPpm: 1000 },
  { delayMs: 50, rateMbit: 5, queuePackets: 50, lossPpm: 10_000 },
  { delayMs: 50, rateMbit: 20, queuePackets: 100, lossPpm: 200 },
];

const PACKETS_MAX = 200_000;
const PPM = 1_000_000;

/** Both algorithms on every path; `seed` chooses the packets that are lost. */
export function points(seed: number, seconds: number): readonly Point[] {
  return PATHS.flatMap((path, number) => {
    const random = new Stream(seed, `lost packets of path ${number}`);
    const lost: number[] = [];
    for (let i = 1; path.lossPpm > 0 && i <= PACKETS_MAX; i++) if (random.below(PPM) < path.lossPpm) lost.push(i);
    const { delayMs, rateMbit, queuePackets } = path;
    const common = { path, rate: rateMbit * 1_000_000, delayNs: delayMs * 1_000_000, queuePackets, lost, seconds };
    return (['reno', 'cubic'] as const).map((algorithm) => ({ algorithm, ...common }));
  });
}

export function pathName({ delayMs, rateMbit, queuePackets, lossPpm }: Path): string {
  return `${delayMs} ms, ${rateMbit} Mbit/s, queue ${queuePackets}, loss ${lossPpm / 10_000} %`;
}

/** What the sender's TCP_INFO said: nanoseconds since the connection was there, congestion window, bytes acknowledged. */
export type Sample = readonly [atNs: number, cwnd: number, ackedBytes: number];

/** Many uploads over one cable: `flows` of them, of which one more begins every EVERY_NS. */
export interface Crowd extends Point {
  readonly flows: number;
}

export const EVERY_NS = 10_000_000;

/** What TCP_INFO said of one of them at the end: bytes acknowledged, segments sent again. */
export type Share = readonly [ackedBytes: number, sentAgain: number];

/** As in the benchmark's dumbbell (`bench/workloads/c-dumbbell.ts`), a connection's share of path and queue is four to five packets. */
export const crowd = (algorithm: Point['algorithm'], seconds: number): Crowd => ({
  algorithm,
  path: { delayMs: 12, rateMbit: 40, queuePackets: 100, lossPpm: 0 },
  rate: 40_000_000,
  delayNs: 12_000_000,
  queuePackets: 100,
  lost: [],
  seconds,
  flows: 40,
});

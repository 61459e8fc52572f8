/** The congestion controls that this stack has, by the names of net.ipv4.tcp_congestion_control; the first is the default. */
import { cubic } from './cubic.ts';
import type { CongestionControl } from './interface.ts';
import { reno } from './reno.ts';

const ALL: readonly CongestionControl[] = [cubic, reno];

export const CONGESTION_NAMES: readonly string[] = ALL.map((algorithm) => algorithm.name);

export function congestionNamed(name: string): CongestionControl | undefined {
  return ALL.find((algorithm) => algorithm.name === name);
}

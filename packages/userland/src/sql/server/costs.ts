/**
 * What statements cost on the simulated kernel, where the engine itself takes no virtual time: per statement, per row that was looked at,
 * per row that was written. Measured by `npx tsx bench/micro/sql-costs.ts` (Node 20.20, 2 shared cores, 2026-11-21) and rounded.
 */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import type { Work } from '../engine/work.ts';

export interface Costs {
  readonly statementNs: number;
  readonly rowNs: number;
  readonly writtenNs: number;
}

export const MEASURED_COSTS: Costs = { statementNs: 200_000, rowNs: 1_500, writtenNs: 30_000 };
export const NO_COSTS: Costs = { statementNs: 0, rowNs: 0, writtenNs: 0 };

export async function spend(
  sys: Sys,
  { statementNs, rowNs, writtenNs }: Costs,
  { statements, rows, written }: Work,
): Promise<void> {
  const ns = statements * statementNs + rows * rowNs + written * writtenNs;
  if (ns > 0) await sys.cpu(ns);
}

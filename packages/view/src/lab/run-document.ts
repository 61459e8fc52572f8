/** A finished run as one document, for machines to read. */
import type { LabRun, Verdict } from '@netarium/core/check/lab-run.ts';
import { type Language, textIn } from '../language.ts';

export interface RunDocument {
  readonly lab: string;
  /** Version of the engine: it belongs to what makes a run reproducible. */
  readonly engine: string;
  readonly seed: number;
  readonly wireDigest: string;
  readonly runDigest: string;
  readonly virtualNs: number;
  readonly events: number;
  readonly packets: number;
  readonly checks: readonly {
    readonly id: string;
    readonly row: number | null;
    readonly verdict: Verdict;
    readonly text: string;
    readonly atNs: number | null;
    readonly packet: number | null;
  }[];
  /** Only where something was left over or crashed: it fails the run. */
  readonly problems?: readonly string[];
}

export function runDocument(run: LabRun, engine: string, language: Language): RunDocument {
  const { lab, seed, wireDigest, runDigest, virtualNs, events, packets, problems } = run;
  const checks = run.checks.map(({ id, row, verdict, text, atNs, packet }) => ({
    id,
    row: row ?? null,
    verdict,
    text: textIn(text, language),
    atNs: atNs < 0 ? null : atNs,
    packet: packet === 0 ? null : packet,
  }));
  const document = { lab, engine, seed, wireDigest, runDigest, virtualNs, events, packets, checks };
  return problems.length === 0 ? document : { ...document, problems };
}

export type Outcome = 'met' | 'not met' | 'could not be judged';

/** The run as a whole: one failure decides, then one doubt. */
export function outcomeOf(run: LabRun): Outcome {
  if (run.problems.length > 0 || run.checks.some(({ verdict }) => verdict === 'not met')) return 'not met';
  return run.checks.some(({ verdict }) => verdict === 'could not be judged') ? 'could not be judged' : 'met';
}

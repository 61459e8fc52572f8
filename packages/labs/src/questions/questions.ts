/** The notes' questions with their answers, and the claims that they touch. Data in `questions.json` and `claims.json`; never a file name of the notes. */
import type { Text } from '@netarium/core/check/lab.ts';
import claimTable from './claims.json' with { type: 'json' };
import questionTable from './questions.json' with { type: 'json' };

export interface Question {
  readonly id: string;
  readonly kind: string;
  /** Its numbers in the notes; none for a topic without one. */
  readonly numbers: readonly number[];
  /** Rows of the list of systems that it is about. */
  readonly rows: readonly number[];
  readonly claims: readonly string[];
  readonly question: Text;
  readonly answer: Text;
  /** When to use it and when not. */
  readonly use: Text;
  /** What many answer wrongly. */
  readonly trap: Text;
}

export interface Claim {
  readonly id: string;
  readonly verdict: string;
  readonly claim: Text;
  /** What holds, with the document that says so. */
  readonly truth: Text;
}

export const questions: readonly Question[] = questionTable;
export const claims: ReadonlyMap<string, Claim> = new Map(claimTable.map((claim) => [claim.id, claim]));

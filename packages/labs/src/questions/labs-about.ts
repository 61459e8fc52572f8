/** Which labs show what one of the notes' questions is about. */
import type { LabDefinition } from '@netarium/core/check/lab.ts';
import type { Question } from './questions.ts';

/** Labs whose checks name one of the question's rows, in their order; then those that judge one of its claims. */
export type LabsAbout = (question: Pick<Question, 'rows' | 'claims'>) => string[];

export function labsAbout(labs: readonly LabDefinition[]): LabsAbout {
  const about = labs.map((lab) => ({ id: lab.id, rows: rowsOf(lab), claims: claimsOf(lab) }));
  return ({ rows, claims }) => {
    const showing = rows.flatMap((row) => about.filter((lab) => lab.rows.includes(row)));
    const judging = about.filter((lab) => lab.claims.some((claim) => claims.includes(claim)));
    return [...new Set([...showing, ...judging].map(({ id }) => id))];
  };
}

/** Rows of the list of systems that the lab's checks name. */
export function rowsOf({ checks = {} }: LabDefinition): number[] {
  const rows = Object.values(checks).flatMap(({ row }) => row ?? []);
  return [...new Set(rows)].sort((a, b) => a - b);
}

function claimsOf({ checks = {} }: LabDefinition): string[] {
  return Object.values(checks).flatMap(({ claim }) => claim ?? []);
}

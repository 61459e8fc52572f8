/** Which labs show what one of the notes' questions is about. */
import type { LabDefinition } from '@netarium/core/check/lab.ts';
import { itemsOf } from '../quizzes/select.ts';
import { rowsOf } from '../systems/rows-of.ts';
import type { Question } from './questions.ts';

/** Labs whose checks name one of the question's rows, in their order; those that judge one of its claims; those that decide a prediction about it. */
export type LabsAbout = (question: Pick<Question, 'id' | 'rows' | 'claims'>) => string[];

export function labsAbout(labs: readonly LabDefinition[]): LabsAbout {
  const about = labs.map((lab) => ({ id: lab.id, rows: rowsOf(lab), claims: claimsOf(lab) }));
  return ({ id: question, rows, claims }) => {
    const showing = rows.flatMap((row) => about.filter((lab) => lab.rows.includes(row)));
    const judging = about.filter((lab) => lab.claims.some((claim) => claims.includes(claim)));
    const deciding = itemsOf({ id: question, rows }).map(({ lab }) => ({ id: lab }));
    return [...new Set([...showing, ...judging, ...deciding].map(({ id }) => id))];
  };
}

function claimsOf({ checks = {} }: LabDefinition): string[] {
  return Object.values(checks).flatMap(({ claim }) => claim ?? []);
}

/**
 * The notes' questions with their answers, what is asked next, and the claims that they touch. Data in `questions.json`, `follow-ups.json` and
 * `claims.json`; never a file name of the notes.
 */
import type { Text } from '@netarium/core/check/lab.ts';
import claimTable from './claims.json' with { type: 'json' };
import followUpTable from './follow-ups.json' with { type: 'json' };
import { jobListings } from './listings/jobs.ts';
import type { Listing } from './listings/listing.ts';
import { socketListings } from './listings/sockets.ts';
import { threadListings } from './listings/threads.ts';
import questionTable from './questions.json' with { type: 'json' };
import { type Table, tables } from './tables.ts';

export interface FollowUp {
  readonly question: Text;
  readonly answer: Text;
}

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
  /** A comparison, where the question asks for one. */
  readonly table: Table | undefined;
  /** Code, where the question asks for some; where it helps otherwise. */
  readonly listings: readonly Listing[];
  /** What an interviewer asks after the answer. In its texts `…` marks what is typed. */
  readonly next: readonly FollowUp[];
  /** How it is looked at on a machine, or what it means in practice. */
  readonly atWork: Text;
  /** All of that beside question, answer and trap, with its claims: what a search looks through. */
  readonly more: Text;
}

export interface Claim {
  readonly id: string;
  readonly verdict: string;
  readonly claim: Text;
  /** What holds, with the document that says so. */
  readonly truth: Text;
}

export const claims: ReadonlyMap<string, Claim> = new Map(claimTable.map((claim) => [claim.id, claim]));

const followUps = new Map(followUpTable.map((entry) => [entry.id, entry]));
const listings = new Map([...socketListings, ...threadListings, ...jobListings]);

export const questions: readonly Question[] = questionTable.map((question) => {
  const { next, atWork } = followUps.get(question.id)!;
  const table = tables.get(question.id);
  const about = question.claims.flatMap((id) => claims.get(id) ?? []);
  const texts = [
    ...[question.use, atWork],
    ...next.flatMap((each) => [each.question, each.answer]),
    ...(table?.rows.flat() ?? []),
    ...about.flatMap(({ claim, truth }) => [claim, truth]),
  ];
  const more = { en: texts.map(({ en }) => en).join('\n'), zh: texts.map(({ zh }) => zh).join('\n') };
  return { ...question, table, listings: listings.get(question.id) ?? [], next, atWork, more };
});

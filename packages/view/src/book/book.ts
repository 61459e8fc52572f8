/** What the handbook is made of, in one language: everything already chosen, run and translated; the pages only lay it out. */
import type { Language } from '../language.ts';
import type { Messages } from '../messages/messages.ts';

export interface BookClaim {
  readonly id: string;
  readonly verdict: string;
  readonly claim: string;
  readonly truth: string;
}

export interface BookLab {
  readonly id: string;
  readonly title: string;
  /** Its viewer, relative to the book's folder; without one the command is shown. */
  readonly page: string | undefined;
}

export interface BookEvidence {
  readonly at: string;
  readonly text: string;
  /** The same in every language: a packet's line, a program's output. */
  readonly verbatim: boolean;
  /** The lab's viewer at that moment, relative to the book's folder. */
  readonly page: string | undefined;
}

/** A predict-first question whose answer a run gave while the book was written. */
export interface BookItem {
  readonly id: string;
  readonly area: string;
  readonly kind: 'one' | 'several' | 'order' | 'number';
  readonly question: string;
  readonly choices: readonly { readonly letter: string; readonly text: string }[];
  readonly unit: string;
  /** Letters, or the number; empty where the run did not decide. */
  readonly answer: readonly string[];
  readonly tolerance: number;
  readonly evidence: readonly BookEvidence[];
  readonly why: string;
  readonly command: string;
  readonly lab: BookLab;
}

/** Rows of texts under a head; the first cell of a row names it. */
export interface BookTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface BookListing {
  readonly title: string;
  readonly text: string;
}

export interface BookQuestion {
  readonly id: string;
  /** Its numbers in the notes, `9` or `3, 2`; empty for a topic without one. */
  readonly numbers: string;
  readonly area: string;
  readonly question: string;
  readonly answer: string;
  readonly use: string;
  readonly trap: string;
  readonly table: BookTable | undefined;
  readonly listings: readonly BookListing[];
  /** What is asked next. In these texts and in `atWork` backticks mark what is typed. */
  readonly next: readonly { readonly question: string; readonly answer: string }[];
  readonly atWork: string;
  readonly rows: readonly string[];
  readonly claims: readonly BookClaim[];
  readonly labs: readonly BookLab[];
  readonly items: readonly BookItem[];
}

export interface BookTerm {
  readonly term: string;
  /** The term in the other language. */
  readonly other: string;
  readonly meaning: string;
}

export interface Book {
  readonly language: Language;
  readonly m: Messages;
  readonly version: string;
  readonly areas: readonly { readonly id: string; readonly name: string }[];
  readonly questions: readonly BookQuestion[];
  readonly items: readonly BookItem[];
  readonly terms: readonly BookTerm[];
}

/** `q028.html`. */
export function questionFile({ id }: Pick<BookQuestion, 'id'>): string {
  return `${id.toLowerCase()}.html`;
}

/** Claims that a reader may judge before the answer: the wrong ones first, since they teach most. */
export function claimsToPredict(claims: readonly BookClaim[], most: number): readonly BookClaim[] {
  const worth = ['false', 'depends', 'true'];
  return [...claims].sort((a, b) => worth.indexOf(a.verdict) - worth.indexOf(b.verdict)).slice(0, most);
}

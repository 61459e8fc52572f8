/**
 * Display filters in Wireshark's language, checked against the field tables: an unknown field is an error with its place and the
 * nearest names, and so is a value that does not fit its field. What Wireshark has and this does not (arithmetic, layers `#`, macros,
 * comparisons in a row, some functions) is refused and not ignored. Parsed once, then tested against dissections.
 */
import type { Dissection } from '../tree.ts';
import { FilterError } from './lexer.ts';
import { FilterPacket } from './packet.ts';
import { parse } from './parser.ts';
import { compileTest, type Predicate } from './predicate.ts';

export interface Filter {
  readonly text: string;
  test(packet: Dissection): boolean;
}

export interface RefusedFilter {
  readonly ok: false;
  /** What is wrong, with the names that may have been meant. */
  readonly error: string;
  /** Where, in characters: from `at` up to `end`. */
  readonly at: number;
  readonly end: number;
  readonly suggestions: readonly string[];
}

export type Compiled = { readonly ok: true; readonly filter: Filter } | RefusedFilter;

/** An empty filter lets everything through. */
export function compileFilter(text: string): Compiled {
  const parsed = parse(text);
  if (parsed instanceof FilterError) return refused(parsed);
  const predicate: Predicate | FilterError = parsed === undefined ? () => true : compileTest(parsed);
  if (predicate instanceof FilterError) return refused(predicate);
  return { ok: true, filter: { text, test: (packet) => predicate(new FilterPacket(packet)) } };
}

function refused({ message, start, end, suggestions }: FilterError): RefusedFilter {
  const meant = suggestions.length === 0 ? '' : ` (did you mean ${suggestions.join(' or ')}?)`;
  return { ok: false, error: `${message}${meant}`, at: start, end, suggestions };
}

/** The error as a terminal shows it: the message, the filter, and a mark below the place. */
export function filterErrorText(text: string, { error, at, end }: RefusedFilter): string {
  return `${error}\n  ${text}\n  ${' '.repeat(at)}${'^'.repeat(Math.max(1, end - at))}`;
}

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

export interface CompiledFilter {
  readonly ok: true;
  test(packet: Dissection): boolean;
}

export interface RefusedFilter {
  readonly ok: false;
  readonly error: FilterError;
}

/** An empty filter lets everything through. */
export function compileFilter(text: string): CompiledFilter | RefusedFilter {
  const parsed = parse(text);
  if (parsed instanceof FilterError) return { ok: false, error: parsed };
  const predicate: Predicate | FilterError = parsed === undefined ? () => true : compileTest(parsed);
  if (predicate instanceof FilterError) return { ok: false, error: predicate };
  return { ok: true, test: (packet) => predicate(new FilterPacket(packet)) };
}

/** The error as a person reads it: the message, the filter, and a mark below the place. */
export function filterErrorText(text: string, error: FilterError): string {
  const mark = ' '.repeat(error.start) + '^'.repeat(Math.max(1, error.end - error.start));
  const meant = error.suggestions.length === 0 ? '' : ` (did you mean ${error.suggestions.join(' or ')}?)`;
  return `${error.message}${meant}\n  ${text}\n  ${mark}`;
}

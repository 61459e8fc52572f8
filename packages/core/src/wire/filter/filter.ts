/**
 * Display filters in Wireshark's language, checked against the field tables: an unknown field is an error with its place and the
 * nearest names, and so is a value that does not fit its field. What Wireshark has and this does not (arithmetic, layers `#`, macros,
 * comparisons in a row, some functions) is refused and not ignored. Parsed once, then tested against dissections.
 */
import { ALL_FIELDS } from '../fields.ts';
import type { Dissection } from '../tree.ts';
import { FilterError } from './lexer.ts';
import { DissectedPacket, type FilterPacket } from './packet.ts';
import { type Operand, parse, type Test } from './parser.ts';
import { compileTest, type Predicate } from './predicate.ts';

export interface CompiledFilter {
  readonly ok: true;
  /** The fields that it names. */
  readonly fields: ReadonlySet<string>;
  test(packet: Dissection): boolean;
  /** The same of a packet that knows its fields in another way. */
  holds(packet: FilterPacket): boolean;
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
  return {
    ok: true,
    fields: parsed === undefined ? new Set() : fieldsOf(parsed),
    test: (packet) => predicate(new DissectedPacket(packet)),
    holds: predicate,
  };
}

function fieldsOf(test: Test): ReadonlySet<string> {
  const words: string[] = [];
  const operand = (each: Operand): void => {
    if (each.kind === 'word') words.push(each.text);
    else if (each.kind === 'slice' || each.kind === 'bits') operand(each.of);
    else if (each.kind === 'function') operand(each.argument);
  };
  const walk = (each: Test): void => {
    switch (each.kind) {
      case 'not':
        walk(each.test);
        break;
      case 'and':
      case 'or':
        walk(each.left);
        walk(each.right);
        break;
      case 'compare':
        operand(each.left);
        operand(each.right);
        break;
      default:
        operand(each.operand);
    }
  };
  walk(test);
  return new Set(words.filter((word) => ALL_FIELDS.has(word)));
}

/** The error as a person reads it: the message, the filter, and a mark below the place. */
export function filterErrorText(text: string, error: FilterError): string {
  const meant = error.suggestions.length === 0 ? '' : ` (did you mean ${error.suggestions.join(' or ')}?)`;
  return `${error.message}${meant}\n${markedPlace(text, error)}`;
}

/** The filter, and the mark. */
export function markedPlace(text: string, { start, end }: FilterError): string {
  const mark = ' '.repeat(start) + '^'.repeat(Math.max(1, end - start));
  return `  ${text}\n  ${mark}`;
}

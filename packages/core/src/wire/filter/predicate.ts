/** From the filter's tree to a predicate: types are checked here, once, and not for each packet. */
import { latin1 } from '../../base/utf8.ts';
import type { Field, FieldType } from '../field.ts';
import { ALL_FIELDS } from '../fields.ts';
import { FilterError } from './lexer.ts';
import { type Literal, literalFor } from './literal.ts';
import type { FilterPacket } from './packet.ts';
import type { Comparison, Operand, Place, SetEntry, Test } from './parser.ts';
import { compilePattern, PatternError } from './pattern.ts';
import { Problem } from './problem.ts';
import { error, type Source, sourceOf, type Value } from './source.ts';

export type Predicate = (packet: FilterPacket) => boolean;

export function compileTest(test: Test): Predicate | FilterError {
  switch (test.kind) {
    case 'not': {
      const inner = compileTest(test.test);
      return inner instanceof FilterError ? inner : (packet) => !inner(packet);
    }
    case 'and':
    case 'or': {
      const left = compileTest(test.left);
      if (left instanceof FilterError) return left;
      const right = compileTest(test.right);
      if (right instanceof FilterError) return right;
      if (test.kind === 'and') return (packet) => left(packet) && right(packet);
      return (packet) => left(packet) || right(packet);
    }
    case 'exists':
      return exists(test.operand);
    case 'in':
      return membership(test.operand, test.set);
    case 'compare':
      return comparison(test.operator, test.left, test.right, test.place);
  }
}

function exists(operand: Operand): Predicate | FilterError {
  if (operand.kind === 'function') return error(new Problem('function-alone', operand.name), operand);
  if (operand.kind === 'bits') {
    const source = sourceOf(operand);
    if (source instanceof FilterError) return source;
    return (packet) => source.values(packet).some((value) => value !== 0);
  }
  if (operand.kind === 'word' && ALL_FIELDS.has(operand.text)) {
    const name = operand.text;
    return (packet) => packet.nodes(name).length > 0;
  }
  const source = sourceOf(operand);
  return source instanceof FilterError ? source : (packet) => source.values(packet).length > 0;
}

type Compare = (value: Value) => boolean;

function comparison(operator: Comparison, left: Operand, right: Operand, place: Place): Predicate | FilterError {
  const source = sourceOf(left);
  if (source instanceof FilterError) return source;
  if (operator === 'matches') return matching(source, left, right);
  const other = fieldOperand(right);
  if (other instanceof FilterError) return other;
  if (other !== undefined) return pairs(operator, source, other, place);
  const literal = literalOf(source.field, right);
  if (literal instanceof FilterError) return literal;
  const compare = operator === 'contains' ? containing(source, literal, left) : comparing(operator, literal, right);
  if (compare instanceof FilterError) return compare;
  return quantified(operator, source, compare);
}

/** `!=` and `===` are about all occurrences, the others about any; without an occurrence nothing holds. */
function quantified(operator: Comparison, source: Source, compare: Compare): Predicate {
  if (operator === '!=' || operator === '===') {
    return (packet) => {
      const values = source.values(packet);
      return values.length > 0 && values.every(compare);
    };
  }
  return (packet) => source.values(packet).some(compare);
}

/** The right side where it is a field; a bare word that is none is a value. */
function fieldOperand(operand: Operand): Source | FilterError | undefined {
  if (operand.kind === 'string' || (operand.kind === 'word' && !ALL_FIELDS.has(operand.text))) return undefined;
  return sourceOf(operand);
}

function literalOf(field: Field, operand: Operand): Literal | FilterError {
  if (operand.kind !== 'word' && operand.kind !== 'string') return error(new Problem('no-value'), operand);
  const literal = literalFor(field, operand.text, operand.kind === 'string');
  return literal instanceof Problem ? error(literal, operand) : literal;
}

function comparing(operator: Comparison, literal: Literal, place: Place): Compare | FilterError {
  if (literal.kind === 'prefix') {
    const { value, mask } = literal;
    return (found) => holds(operator, Math.sign((((found as number) & mask) >>> 0) - value));
  }
  if (literal.kind === 'number')
    return (found) => typeof found === 'number' && holds(operator, Math.sign(found - literal.value));
  if (operator === 'contains' || operator === 'matches') return error(new Problem('not-comparable'), place);
  return (found) => typeof found !== 'number' && holds(operator, order(found, literal.value));
}

function holds(operator: Comparison, sign: number): boolean {
  switch (operator) {
    case '==':
    case '===':
      return sign === 0;
    case '!=':
    case '!==':
      return sign !== 0;
    case '>':
      return sign > 0;
    case '<':
      return sign < 0;
    case '>=':
      return sign >= 0;
    default:
      return sign <= 0;
  }
}

function order(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

const CONTAINERS: ReadonlySet<FieldType> = new Set(['bytes', 'string', 'none']);

function containing(source: Source, literal: Literal, place: Place): Compare | FilterError {
  if (!CONTAINERS.has(source.field.type) || literal.kind !== 'bytes') {
    return error(new Problem('not-searchable', 'contains', source.field.name), place);
  }
  // One byte per character: searching text is searching bytes.
  const wanted = latin1(literal.value);
  return (value) => typeof value !== 'number' && latin1(value).includes(wanted);
}

function matching(source: Source, left: Operand, right: Operand): Predicate | FilterError {
  if (right.kind !== 'string') return error(new Problem('no-pattern'), right);
  if (!CONTAINERS.has(source.field.type)) {
    return error(new Problem('not-searchable', 'matches', source.field.name), left);
  }
  const pattern = compilePattern(right.text);
  if (pattern instanceof PatternError) return error(new Problem('bad-pattern', pattern.message), right);
  return (packet) => source.values(packet).some((value) => typeof value !== 'number' && pattern.test(value));
}

/** Two fields: any pair, or every pair for "!=" and "===". */
function pairs(operator: Comparison, left: Source, right: Source, place: Place): Predicate | FilterError {
  if (family(left.field.type) !== family(right.field.type)) {
    return error(new Problem('different-types', left.field.name, right.field.name), place);
  }
  const fits = (a: Value, b: Value): boolean => {
    if (typeof a === 'number' || typeof b === 'number')
      return holds(operator, Math.sign((a as number) - (b as number)));
    return operator === 'contains' ? latin1(a).includes(latin1(b)) : holds(operator, order(a, b));
  };
  if (operator === 'contains' && family(left.field.type) !== 'bytes')
    return error(new Problem('numbers-contain'), place);
  const all = operator === '!=' || operator === '===';
  return (packet) => {
    const a = left.values(packet);
    const b = right.values(packet);
    if (a.length === 0 || b.length === 0) return false;
    return all ? a.every((x) => b.every((y) => fits(x, y))) : a.some((x) => b.some((y) => fits(x, y)));
  };
}

function family(type: FieldType): string {
  if (type === 'uint' || type === 'bool') return 'number';
  return CONTAINERS.has(type) ? 'bytes' : type;
}

function membership(operand: Operand, set: readonly SetEntry[]): Predicate | FilterError {
  const source = sourceOf(operand);
  if (source instanceof FilterError) return source;
  const tests: Compare[] = [];
  for (const { low, high } of set) {
    const first = literalOf(source.field, low);
    if (first instanceof FilterError) return first;
    const last = high === undefined ? undefined : literalOf(source.field, high);
    if (last instanceof FilterError) return last;
    const from = comparing(last === undefined ? '==' : '>=', first, low);
    if (from instanceof FilterError) return from;
    const to = last === undefined ? undefined : comparing('<=', last, high!);
    if (to instanceof FilterError) return to;
    tests.push((value) => from(value) && (to === undefined || to(value)));
  }
  return (packet) => source.values(packet).some((value) => tests.some((test) => test(value)));
}

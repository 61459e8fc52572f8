/** From the filter's tree to a predicate: types are checked here, once, and not for each packet. */
import { encodeUtf8, latin1 } from '../../base/utf8.ts';
import type { Field, FieldType } from '../field.ts';
import { ALL_FIELDS, nearestFields } from '../fields.ts';
import type { TreeNode } from '../treeNode.ts';
import { FilterError } from './lexer.ts';
import { integer, type Literal, literalFor } from './literal.ts';
import type { FilterPacket } from './packet.ts';
import type { Comparison, Operand, Place, SetEntry, SliceRange, Test } from './parser.ts';
import { compilePattern, PatternError } from './pattern.ts';

export type Predicate = (packet: FilterPacket) => boolean;

/** What an operand yields for a packet: one value per occurrence of its field. */
type Value = number | Uint8Array;

interface Source {
  readonly values: (packet: FilterPacket) => readonly Value[];
  /** The field that gives literals their meaning; slices and functions have one of their own. */
  readonly field: Field;
}

const SLICED: Field = { name: 'a slice', type: 'bytes', en: 'Slice', zh: '切片' };
const COUNTED: Field = { name: 'a count', type: 'uint', en: 'Count', zh: '计数' };
const TEXT: Field = { name: 'a text', type: 'string', en: 'Text', zh: '文本' };

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
  if (operand.kind === 'function') return error(`${operand.name}() alone is no test: compare it with a value`, operand);
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

function error(message: string, place: Place, suggestions: readonly string[] = []): FilterError {
  return new FilterError(message, place.start, place.end, suggestions);
}

function sourceOf(operand: Operand): Source | FilterError {
  switch (operand.kind) {
    case 'word': {
      const field = ALL_FIELDS.get(operand.text);
      if (field !== undefined)
        return { field, values: (packet) => packet.nodes(field.name).map((node) => occurrence(node, packet)) };
      return error(`${operand.text} is neither a field nor a protocol`, operand, nearestFields(operand.text));
    }
    case 'string':
      return error('a text is no field', operand);
    case 'slice':
      return sliced(operand.of, operand.ranges);
    case 'function':
      return applied(operand.name, operand.argument);
    case 'bits':
      return masked(operand.of, operand.mask);
  }
}

/** Protocols and groups count as the bytes that they cover. */
function occurrence(node: TreeNode, packet: FilterPacket): Value {
  if (node.value === undefined) return packet.bytes.subarray(node.start, node.end);
  return typeof node.value === 'string' ? encodeUtf8(node.value) : node.value;
}

const SLICEABLE: ReadonlySet<FieldType> = new Set(['bytes', 'string', 'mac', 'ipv4', 'none']);

function sliced(of: Operand, ranges: readonly SliceRange[]): Source | FilterError {
  const source = sourceOf(of);
  if (source instanceof FilterError) return source;
  const { field } = source;
  if (!SLICEABLE.has(field.type)) return error(`${field.name} is a number and cannot be sliced`, of);
  const bytes = (value: Value): Uint8Array => (typeof value === 'number' ? addressBytes(field.type, value) : value);
  const values = (packet: FilterPacket): Value[] =>
    source.values(packet).flatMap((value) => {
      const cut = cutAll(bytes(value), ranges);
      return cut === undefined ? [] : [cut];
    });
  return { field: field.type === 'string' ? TEXT : SLICED, values };
}

function addressBytes(type: FieldType, value: number): Uint8Array {
  const out = new Uint8Array(type === 'mac' ? 6 : 4);
  let rest = value;
  for (let i = out.length - 1; i >= 0; i--) {
    out[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return out;
}

/** Undefined where a range begins or ends outside the bytes: such a slice does not exist. */
function cutAll(bytes: Uint8Array, ranges: readonly SliceRange[]): Uint8Array | undefined {
  const parts: number[] = [];
  for (const { from, length, to } of ranges) {
    const start = from < 0 ? bytes.length + from : from;
    const last = to === undefined ? undefined : to < 0 ? bytes.length + to : to;
    const end = last !== undefined ? last + 1 : length === undefined ? bytes.length : start + length;
    if (start < 0 || start >= bytes.length || end > bytes.length || end < start) return undefined;
    for (let i = start; i < end; i++) parts.push(bytes[i]!);
  }
  return Uint8Array.from(parts);
}

function applied(name: string, argument: Operand): Source | FilterError {
  const source = sourceOf(argument);
  if (source instanceof FilterError) return source;
  const { field, values } = source;
  if (name === 'count') return { field: COUNTED, values: (packet) => countOf(values(packet)) };
  if (name === 'len') {
    const width = (value: Value): number => (typeof value === 'number' ? (field.size ?? 4) : value.length);
    return { field: COUNTED, values: (packet) => values(packet).map(width) };
  }
  if (field.type !== 'string') return error(`${name}() takes a text, and ${field.name} is none`, argument);
  const change = (value: Value): Value => changeCase(value as Uint8Array, name === 'upper');
  return { field: TEXT, values: (packet) => values(packet).map(change) };
}

function countOf(values: readonly Value[]): readonly number[] {
  return values.length === 0 ? [] : [values.length];
}

function changeCase(bytes: Uint8Array, up: boolean): Uint8Array {
  return bytes.map((code) =>
    up ? (code >= 97 && code <= 122 ? code - 32 : code) : code >= 65 && code <= 90 ? code + 32 : code,
  );
}

function masked(of: Operand, mask: Operand): Source | FilterError {
  const source = sourceOf(of);
  if (source instanceof FilterError) return source;
  const bits = mask.kind === 'word' ? integer(mask.text) : undefined;
  if (bits === undefined || bits < 0) return error('"&" takes a number that is not negative', mask);
  if (source.field.type !== 'uint') return error(`"&" takes a number, and ${source.field.name} is none`, of);
  return {
    field: source.field,
    values: (packet) => source.values(packet).map((value) => ((value as number) & bits) >>> 0),
  };
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
  if (operand.kind !== 'word' && operand.kind !== 'string') return error('a value is expected here', operand);
  const literal = literalFor(field, operand.text, operand.kind === 'string');
  return typeof literal === 'string' ? error(literal, operand) : literal;
}

function comparing(operator: Comparison, literal: Literal, place: Place): Compare | FilterError {
  if (literal.kind === 'prefix') {
    const { value, mask } = literal;
    return (found) => holds(operator, Math.sign((((found as number) & mask) >>> 0) - value));
  }
  if (literal.kind === 'number')
    return (found) => typeof found === 'number' && holds(operator, Math.sign(found - literal.value));
  if (operator === 'contains' || operator === 'matches') return error('this cannot be compared', place);
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
    return error(`"contains" looks into texts and bytes, and ${source.field.name} is neither`, place);
  }
  // One byte per character: searching text is searching bytes.
  const wanted = latin1(literal.value);
  return (value) => typeof value !== 'number' && latin1(value).includes(wanted);
}

function matching(source: Source, left: Operand, right: Operand): Predicate | FilterError {
  if (right.kind !== 'string') return error('"matches" takes a regular expression in quotes', right);
  if (!CONTAINERS.has(source.field.type)) {
    return error(`"matches" looks into texts and bytes, and ${source.field.name} is neither`, left);
  }
  const pattern = compilePattern(right.text);
  if (pattern instanceof PatternError) return error(`regular expression: ${pattern.message}`, right);
  return (packet) => source.values(packet).some((value) => typeof value !== 'number' && pattern.test(value));
}

/** Two fields: any pair, or every pair for "!=" and "===". */
function pairs(operator: Comparison, left: Source, right: Source, place: Place): Predicate | FilterError {
  if (family(left.field.type) !== family(right.field.type)) {
    return error(`${left.field.name} and ${right.field.name} are of different types`, place);
  }
  const fits = (a: Value, b: Value): boolean => {
    if (typeof a === 'number' || typeof b === 'number')
      return holds(operator, Math.sign((a as number) - (b as number)));
    return operator === 'contains' ? latin1(a).includes(latin1(b)) : holds(operator, order(a, b));
  };
  if (operator === 'contains' && family(left.field.type) !== 'bytes')
    return error('"contains" looks into texts and bytes', place);
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

/** Where a filter's values come from: fields, slices of them, functions and bit masks over them. */
import { encodeUtf8 } from '../../base/utf8.ts';
import type { Field, FieldType } from '../field.ts';
import { ALL_FIELDS, nearestFields } from '../fields.ts';
import type { TreeNode } from '../tree-node.ts';
import { FilterError } from './lexer.ts';
import { integer } from './literal.ts';
import type { FilterPacket } from './packet.ts';
import type { Operand, Place, SliceRange } from './parser.ts';
import { Problem } from './problem.ts';

/** What an operand yields for a packet: one value per occurrence of its field. */
export type Value = number | Uint8Array;

export interface Source {
  readonly values: (packet: FilterPacket) => readonly Value[];
  /** The field that gives literals their meaning; slices and functions have one of their own. */
  readonly field: Field;
}

const SLICED: Field = { name: 'a slice', type: 'bytes', en: 'Slice', zh: '切片' };
const COUNTED: Field = { name: 'a count', type: 'uint', en: 'Count', zh: '计数' };
const TEXT: Field = { name: 'a text', type: 'string', en: 'Text', zh: '文本' };

export function sourceOf(operand: Operand): Source | FilterError {
  switch (operand.kind) {
    case 'word': {
      const field = ALL_FIELDS.get(operand.text);
      if (field !== undefined)
        return { field, values: (packet) => packet.nodes(field.name).map((node) => occurrence(node, packet)) };
      return error(new Problem('unknown-name', operand.text), operand, nearestFields(operand.text));
    }
    case 'string':
      return error(new Problem('text-as-field'), operand);
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
  if (!SLICEABLE.has(field.type)) return error(new Problem('sliced-number', field.name), of);
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
  if (field.type !== 'string') return error(new Problem('function-of-text', name, field.name), argument);
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
  if (bits === undefined || bits < 0) return error(new Problem('negative-mask'), mask);
  if (source.field.type !== 'uint') return error(new Problem('masked-other', source.field.name), of);
  return {
    field: source.field,
    values: (packet) => source.values(packet).map((value) => ((value as number) & bits) >>> 0),
  };
}

export function error(problem: Problem, place: Place, suggestions: readonly string[] = []): FilterError {
  return new FilterError(problem, place.start, place.end, suggestions);
}

/**
 * JSON as the SQL server reads and writes it (RFC 8259; "The JSON Data Type"): a tree whose strings and numbers stay as they were written, so that nothing is lost on the way. Paths
 * are `$`, `.key`, `."key"` and `[n]`; those with wildcards or from the end are refused by name.
 */
import { unsupportedSql } from './errors.ts';

export type JsonNode =
  | { readonly k: 'object'; readonly members: readonly (readonly [key: string, value: JsonNode])[] }
  | { readonly k: 'array'; readonly items: readonly JsonNode[] }
  /** A string, a number, true, false or null. */
  | { readonly k: 'scalar'; readonly raw: string };

export type JsonPath = readonly (string | number)[];

/** So deep a document may be, as in MariaDB. */
const DEPTH_MAX = 32;

/** What stands in the way of reading a text, and where. */
export class JsonError extends Error {
  override readonly name = 'JsonError';

  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

/** Throws `JsonError`. */
export function readJson(text: string): JsonNode {
  const reader = new JsonReader(text);
  const node = reader.value(0);
  reader.end();
  return node;
}

/** Undefined where the text is no JSON. */
export function jsonOf(text: string): JsonNode | undefined {
  try {
    return readJson(text);
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}

/** Control characters of ASCII have to be escaped. */
const STRING = /"(?:(?!\p{Cc})[^"\\]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

class JsonReader {
  private at = 0;

  constructor(private readonly text: string) {}

  value(depth: number): JsonNode {
    if (depth > DEPTH_MAX) throw new JsonError('The document is nested too deep.', this.at);
    if (this.accept('{')) return { k: 'object', members: this.list('}', () => this.member(depth)) };
    if (this.accept('[')) return { k: 'array', items: this.list(']', () => this.value(depth + 1)) };
    const raw = this.match(STRING) ?? this.match(SCALAR);
    if (raw === undefined) throw new JsonError('Invalid value.', this.at);
    return { k: 'scalar', raw };
  }

  end(): void {
    this.blanks();
    if (this.at < this.text.length)
      throw new JsonError('The document root must not be followed by other values.', this.at);
  }

  private member(depth: number): readonly [string, JsonNode] {
    this.blanks();
    const key = this.match(STRING);
    if (key === undefined) throw new JsonError('Missing a name for object member.', this.at);
    if (!this.accept(':')) throw new JsonError('Missing a colon after a name of object member.', this.at);
    return [key, this.value(depth + 1)];
  }

  private list<T>(close: string, one: () => T): T[] {
    if (this.accept(close)) return [];
    const all = [one()];
    while (this.accept(',')) all.push(one());
    if (!this.accept(close)) throw new JsonError(`Missing a comma or '${close}'.`, this.at);
    return all;
  }

  private accept(sign: string): boolean {
    this.blanks();
    const found = this.text[this.at] === sign;
    if (found) this.at++;
    return found;
  }

  private blanks(): void {
    while (/[ \t\n\r]/.test(this.text[this.at] ?? '')) this.at++;
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }
}

/** With a blank behind each colon and comma, as MySQL writes it. */
export function writtenJson(node: JsonNode): string {
  switch (node.k) {
    case 'object':
      return `{${node.members.map(([key, value]) => `${key}: ${writtenJson(value)}`).join(', ')}}`;
    case 'array':
      return `[${node.items.map(writtenJson).join(', ')}]`;
    case 'scalar':
      return node.raw;
  }
}

/** The text of a JSON string. */
export function jsonString(raw: string): string {
  return JSON.parse(raw) as string;
}

const STEP = /\s*(?:\.\s*(?:"((?:[^"\\]|\\.)*)"|([^\s.["*]+))|\[\s*(\d+)\s*\])/y;

/** Undefined where a text is no path. */
export function readPath(text: string): JsonPath | undefined {
  const start = /^\s*\$/.exec(text);
  if (start === null) return undefined;
  const steps: (string | number)[] = [];
  for (let at = start[0].length; at < text.trimEnd().length; at = STEP.lastIndex) {
    STEP.lastIndex = at;
    const found = STEP.exec(text);
    if (found === null) {
      if (/^\s*(\.?\s*\*|\[\s*(\*|last|-))/.test(text.slice(at))) throw unsupportedSql(`the path ${text}`);
      return undefined;
    }
    const [, quoted, plain, index] = found;
    steps.push(index === undefined ? (plain ?? jsonString(`"${quoted}"`)) : Number(index));
  }
  return steps;
}

const named = (key: string, raw: string): boolean => jsonString(raw) === key;

/** What is no array counts as one of a single item. */
function child(node: JsonNode, step: string | number): JsonNode | undefined {
  if (typeof step === 'number') return (node.k === 'array' ? node.items : [node])[step];
  return node.k === 'object' ? node.members.find(([raw]) => named(step, raw))?.[1] : undefined;
}

export function jsonAt(node: JsonNode, path: JsonPath): JsonNode | undefined {
  return path.reduce<JsonNode | undefined>((at, step) => at && child(at, step), node);
}

/** What stands at the end of a path becomes what `change` makes of it, which gets undefined where there is nothing yet and leaves it so with undefined. */
export function changedAt(
  node: JsonNode,
  [step, ...rest]: JsonPath,
  change: (old: JsonNode | undefined) => JsonNode | undefined,
): JsonNode | undefined {
  if (step === undefined) return change(node);
  const old = child(node, step);
  if (old === undefined && rest.length > 0) return node;
  if (typeof step === 'number' && node.k !== 'array') return wrapped(node, step, rest, change);
  const value = old === undefined ? change(undefined) : changedAt(old, rest, change);
  if (node.k === 'object') return { k: 'object', members: withMember(node.members, step as string, value) };
  if (node.k === 'array' && typeof step === 'number') return { k: 'array', items: withItem(node.items, step, value) };
  return node;
}

/** As an array of a single item, which becomes one where another is added. */
function wrapped(
  node: JsonNode,
  step: number,
  rest: JsonPath,
  change: (old: JsonNode | undefined) => JsonNode | undefined,
): JsonNode | undefined {
  if (step === 0) return changedAt(node, rest, change) ?? node;
  const value = change(undefined);
  return value === undefined ? node : { k: 'array', items: [node, value] };
}

type Members = readonly (readonly [string, JsonNode])[];

function withMember(members: Members, key: string, value: JsonNode | undefined): Members {
  const at = members.findIndex(([raw]) => named(key, raw));
  if (value === undefined) return members.filter((_, i) => i !== at);
  if (at < 0) return [...members, [JSON.stringify(key), value]];
  return members.map((member, i) => (i === at ? [member[0], value] : member));
}

function withItem(items: readonly JsonNode[], at: number, value: JsonNode | undefined): readonly JsonNode[] {
  if (value === undefined) return items.filter((_, i) => i !== at);
  return at < items.length ? items.map((item, i) => (i === at ? value : item)) : [...items, value];
}

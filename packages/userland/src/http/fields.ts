/**
 * HTTP header and trailer fields (RFC 9110 section 5): an ordered list whose names compare without case. Values are text of one byte per
 * character, as they stood on the wire, without surrounding whitespace.
 */
export interface Field {
  readonly name: string;
  readonly value: string;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const FIELD_VALUE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

/** RFC 9110 section 5.6.2: method names, field names, coding names. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** RFC 9110 section 5.5: no control characters but the tab, so no CR or LF can smuggle in a second field. */
export function isFieldValue(text: string): boolean {
  return FIELD_VALUE.test(text);
}

/** Removes optional whitespace (SP and HTAB only, RFC 9110 section 5.6.3) from both ends. */
export function trimOws(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && (text[start] === ' ' || text[start] === '\t')) start++;
  while (end > start && (text[end - 1] === ' ' || text[end - 1] === '\t')) end--;
  return text.slice(start, end);
}

const NONE: readonly string[] = [];

interface Entry extends Field {
  /** The name in lower case. */
  readonly key: string;
}

export class Fields {
  private readonly list: Entry[] = [];

  constructor(fields: Iterable<readonly [name: string, value: string]> = []) {
    for (const [name, value] of fields) this.add(name, value);
  }

  get size(): number {
    return this.list.length;
  }

  add(name: string, value: string): this {
    this.list.push({ name, value, key: name.toLowerCase() });
    return this;
  }

  /** Replaces every field of that name by one, at the place of the first. */
  set(name: string, value: string): this {
    const key = name.toLowerCase();
    const at = this.list.findIndex((field) => field.key === key);
    if (at < 0) return this.add(name, value);
    this.delete(name);
    this.list.splice(at, 0, { name, value, key });
    return this;
  }

  /** Puts another value in the place of the last field's. */
  setLast(value: string): void {
    const last = this.list.pop()!;
    this.list.push({ ...last, value });
  }

  get last(): Field | undefined {
    return this.list.at(-1);
  }

  delete(name: string): boolean {
    if (!this.has(name)) return false;
    const key = name.toLowerCase();
    for (let i = this.list.length - 1; i >= 0; i--) if (this.list[i]!.key === key) this.list.splice(i, 1);
    return true;
  }

  has(name: string): boolean {
    const key = name.toLowerCase();
    for (const field of this.list) if (field.key === key) return true;
    return false;
  }

  /** All lines of that name in their order. */
  all(name: string): readonly string[] {
    const key = name.toLowerCase();
    const values: string[] = [];
    for (const field of this.list) if (field.key === key) values.push(field.value);
    return values;
  }

  /** The combined value: lines joined by a comma (RFC 9110 section 5.3). Not for Set-Cookie, which must use `all`. */
  get(name: string): string | undefined {
    const values = this.all(name);
    return values.length === 0 ? undefined : values.join(', ');
  }

  /** Members of a comma-separated list (RFC 9110 section 5.6.1), lower case, empty members dropped. */
  tokens(name: string): readonly string[] {
    const text = this.get(name);
    return text === undefined ? NONE : splitList(text).map((member) => member.toLowerCase());
  }

  [Symbol.iterator](): Iterator<Field> {
    return this.list[Symbol.iterator]();
  }
}

/** Splits at commas outside quoted strings (RFC 9110 section 5.6.4). */
export function splitList(text: string): string[] {
  const members: string[] = [];
  const push = (member: string) => {
    if (member !== '') members.push(member);
  };
  let quoted = false;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (quoted && char === '\\') i++;
    else if (char === '"') quoted = !quoted;
    else if (char === ',' && !quoted) {
      push(trimOws(text.slice(from, i)));
      from = i + 1;
    }
  }
  push(trimOws(text.slice(from)));
  return members;
}

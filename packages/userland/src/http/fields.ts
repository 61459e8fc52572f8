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

export class Fields {
  private readonly list: Field[] = [];

  constructor(fields: Iterable<readonly [name: string, value: string]> = []) {
    for (const [name, value] of fields) this.add(name, value);
  }

  get size(): number {
    return this.list.length;
  }

  add(name: string, value: string): this {
    this.list.push({ name, value });
    return this;
  }

  /** Replaces every field of that name by one, at the place of the first. */
  set(name: string, value: string): this {
    const key = name.toLowerCase();
    const at = this.list.findIndex((field) => field.name.toLowerCase() === key);
    if (at < 0) return this.add(name, value);
    this.delete(name);
    this.list.splice(at, 0, { name, value });
    return this;
  }

  delete(name: string): boolean {
    const key = name.toLowerCase();
    const before = this.list.length;
    for (let i = before - 1; i >= 0; i--) if (this.list[i]!.name.toLowerCase() === key) this.list.splice(i, 1);
    return this.list.length < before;
  }

  has(name: string): boolean {
    return this.all(name).length > 0;
  }

  /** All lines of that name in their order. */
  all(name: string): readonly string[] {
    const key = name.toLowerCase();
    return this.list.filter((field) => field.name.toLowerCase() === key).map((field) => field.value);
  }

  /** The combined value: lines joined by a comma (RFC 9110 section 5.3). Not for Set-Cookie, which must use `all`. */
  get(name: string): string | undefined {
    const values = this.all(name);
    return values.length === 0 ? undefined : values.join(', ');
  }

  /** Members of a comma-separated list (RFC 9110 section 5.6.1), lower case, empty members dropped. */
  tokens(name: string): readonly string[] {
    return splitList(this.get(name) ?? '').map((member) => member.toLowerCase());
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

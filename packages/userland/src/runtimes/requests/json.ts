/** JSON as Python's `json` writes and reads it: ASCII only, a blank after comma and colon; errors with Python's words and place. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** json.dumps(value, allow_nan=False) */
export function dumps(value: Json): string {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError('Out of range float values are not JSON compliant');
    return JSON.stringify(value);
  }
  if (typeof value === 'string') return asciiString(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(dumps).join(', ')}]`;
  const pairs = Object.entries(value as { readonly [key: string]: Json });
  return `{${pairs.map(([key, inner]) => `${asciiString(key)}: ${dumps(inner)}`).join(', ')}}`;
}

function asciiString(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (char) =>
    char === '\x7f' ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Where and why a text is no JSON, in the words of json.JSONDecodeError. */
export class JsonError extends Error {
  override readonly name = 'JSONDecodeError';
  constructor(what: string, text: string, at: number) {
    const before = text.slice(0, at);
    const line = before.split('\n').length;
    super(`${what}: line ${line} column ${at - before.lastIndexOf('\n')} (char ${at})`);
  }
}

/** Nested deeper than an interpreter goes. */
const MAX_DEPTH = 900;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const CONSTANTS: readonly (readonly [text: string, value: number | boolean | null])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
];

/** json.loads(text) */
export function loads(text: string): Json {
  if (text.startsWith('\ufeff')) throw new JsonError('Unexpected UTF-8 BOM (decode using utf-8-sig)', text, 0);
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.blanks();
  if (reader.at < text.length) throw new JsonError('Extra data', text, reader.at);
  return value;
}

class Reader {
  at = 0;

  constructor(private readonly text: string) {}

  blanks(): void {
    while (this.at < this.text.length && ' \t\n\r'.includes(this.text[this.at]!)) this.at++;
  }

  value(depth: number): Json {
    this.blanks();
    const { text, at } = this;
    const char = text[at];
    if (char === '"') return this.string();
    if (char === '{' || char === '[') {
      if (depth >= MAX_DEPTH) throw new RangeError('maximum recursion depth exceeded while decoding a JSON document');
      return char === '{' ? this.object(depth) : this.array(depth);
    }
    for (const [name, value] of CONSTANTS) {
      if (!text.startsWith(name, at)) continue;
      this.at += name.length;
      return value;
    }
    NUMBER.lastIndex = at;
    const [digits] = NUMBER.exec(text) ?? [];
    if (digits === undefined) throw new JsonError('Expecting value', text, at);
    this.at += digits.length;
    return Number(digits);
  }

  private array(depth: number): Json {
    const items: Json[] = [];
    this.at++;
    this.blanks();
    if (this.take(']')) return items;
    for (;;) {
      items.push(this.value(depth + 1));
      this.blanks();
      if (this.take(']')) return items;
      if (!this.take(',')) throw new JsonError("Expecting ',' delimiter", this.text, this.at);
    }
  }

  private object(depth: number): Json {
    const pairs: [string, Json][] = [];
    this.at++;
    this.blanks();
    if (this.take('}')) return {};
    for (;;) {
      this.blanks();
      if (this.text[this.at] !== '"')
        throw new JsonError('Expecting property name enclosed in double quotes', this.text, this.at);
      const key = this.string();
      this.blanks();
      if (!this.take(':')) throw new JsonError("Expecting ':' delimiter", this.text, this.at);
      pairs.push([key, this.value(depth + 1)]);
      this.blanks();
      if (this.take('}')) return Object.fromEntries(pairs);
      if (!this.take(',')) throw new JsonError("Expecting ',' delimiter", this.text, this.at);
    }
  }

  private take(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  private string(): string {
    const start = this.at;
    this.at++;
    let out = '';
    for (;;) {
      const char = this.text[this.at];
      if (char === undefined) throw new JsonError('Unterminated string starting at', this.text, start);
      if (char < ' ') throw new JsonError('Invalid control character at', this.text, this.at);
      this.at++;
      if (char === '"') return out;
      out += char === '\\' ? this.escape(start) : char;
    }
  }

  private escape(start: number): string {
    const { text, at } = this;
    const char = text[at];
    if (char === undefined) throw new JsonError('Unterminated string starting at', text, start);
    this.at++;
    if (char === 'u') {
      const digits = text.slice(at + 1, at + 5);
      // The quote that ends the string has to come yet: CPython complains of the escape, not of the end.
      if (!/^[0-9a-fA-F]{4}$/.test(digits) || at + 5 >= text.length)
        throw new JsonError('Invalid \\uXXXX escape', text, at);
      this.at += 4;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const place = '"\\/bfnrt'.indexOf(char);
    if (place < 0) throw new JsonError('Invalid \\escape', text, at - 1);
    return '"\\/\b\f\n\r\t'[place]!;
  }
}

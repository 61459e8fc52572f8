/** Backslash escapes of echo and printf (POSIX XBD 5, and XSI echo), on byte strings. */

const SINGLE = new Map([
  ['\\', '\\'],
  ['a', '\x07'],
  ['b', '\b'],
  ['e', '\x1b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);

/** `stop`: `\c` was met, and nothing more is to be printed. */
export interface Escaped {
  readonly text: string;
  readonly stop: boolean;
}

/** The escapes of `echo` and of `%b`: `\0ooo` and `\ooo` are octal, `\c` ends all output. */
export function echoText(text: string): Escaped {
  if (!text.includes('\\')) return { text, stop: false };
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c !== '\\' || i + 1 === text.length) {
      out += c;
      continue;
    }
    const next = text[i + 1]!;
    if (next === 'c') return { text: out, stop: true };
    const octal = /^(?:0[0-7]{0,3}|[1-7][0-7]{0,2})/.exec(text.slice(i + 1, i + 5));
    if (octal !== null) {
      out += String.fromCharCode(Number.parseInt(octal[0], 8) & 0xff);
      i += octal[0].length;
    } else {
      out += SINGLE.get(next) ?? `\\${next}`;
      i++;
    }
  }
  return { text: out, stop: false };
}

/** One escape of a printf format, at the character after the backslash: its value and how many characters it takes. */
export function formatEscape(format: string, at: number): readonly [text: string, length: number] {
  const octal = /^[0-7]{1,3}/.exec(format.slice(at, at + 3));
  if (octal !== null) return [String.fromCharCode(Number.parseInt(octal[0], 8) & 0xff), octal[0].length];
  const c = format[at] ?? '';
  const value = c === '"' ? '"' : SINGLE.get(c);
  return value === undefined ? ['\\', 0] : [value, 1];
}

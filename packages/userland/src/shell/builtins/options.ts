/** Options of built-ins: single letters before the first operand (POSIX XBD 12.2), with dash's words for a letter that it does not know. */
import { ShellError } from '../errors.ts';

export interface Letters {
  readonly letters: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
}

/** `spec` as for getopts: `ab:` knows -a and -b value. */
export function parseLetters(args: readonly string[], spec: string): Letters {
  const letters = new Set<string>();
  const values = new Map<string, string>();
  let i = 0;
  for (; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === '--') {
      i++;
      break;
    }
    if (!arg.startsWith('-') || arg === '-') break;
    for (let k = 1; k < arg.length; k++) {
      const letter = arg[k]!;
      const at = letter === ':' ? -1 : spec.indexOf(letter);
      if (at < 0) throw new ShellError(`Illegal option -${letter}`);
      letters.add(letter);
      if (spec[at + 1] !== ':') continue;
      const value = k + 1 < arg.length ? arg.slice(k + 1) : args[++i];
      if (value === undefined) throw new ShellError(`No arg for -${letter} option`);
      values.set(letter, value);
      break;
    }
  }
  return { letters, values, operands: args.slice(i) };
}

/** A number that is not negative, as `exit`, `shift` and `break` take it. */
export function parseCount(text: string): number {
  if (!/^[0-9]+$/.test(text) || Number(text) > 2147483647) throw new ShellError(`Illegal number: ${text}`);
  return Number(text);
}

/** read and getopts. */
import { SysError } from '@netarium/core/base/errno.ts';
import { ShellError } from '../errors.ts';
import { isName } from '../scanner.ts';
import type { Shell } from '../shell.ts';
import { signalNumber } from '../signals.ts';
import { checkName } from '../state.ts';
import { parseLetters } from './options.ts';
import type { Builtin } from './types.ts';

interface ReadLine {
  /** Characters, each with a mark: escaped ones are no separators. */
  readonly text: string;
  readonly escaped: readonly boolean[];
  readonly ended: 'newline' | 'end' | 'signal';
}

/** Reads byte by byte, so that what follows the line is left for whoever reads next (POSIX read). */
async function readLine(shell: Shell, raw: boolean): Promise<ReadLine> {
  let text = '';
  const escaped: boolean[] = [];
  let backslash = false;
  for (;;) {
    let bytes: Uint8Array;
    try {
      bytes = await shell.sys.read(0, 1);
    } catch (error) {
      if (error instanceof SysError && error.code === 'EINTR') {
        if (shell.pending.length === 0 && !shell.interrupted) continue;
        return { text, escaped, ended: 'signal' };
      }
      throw error;
    }
    if (bytes.length === 0) return { text, escaped, ended: 'end' };
    const c = String.fromCharCode(bytes[0]!);
    if (backslash) {
      backslash = false;
      if (c === '\n') continue;
    } else if (c === '\\' && !raw) {
      backslash = true;
      continue;
    } else if (c === '\n') return { text, escaped, ended: 'newline' };
    else if (c === '\0') continue;
    else {
      text += c;
      escaped.push(false);
      continue;
    }
    text += c;
    escaped.push(true);
  }
}

/** Splits a line among `count` variables; the last takes the rest without its trailing white space. */
function splitLine(line: ReadLine, ifs: string, count: number): string[] {
  const { text, escaped } = line;
  const isSpace = (i: number): boolean => !escaped[i] && ifs.includes(text[i]!) && ' \t\n'.includes(text[i]!);
  const isDelimiter = (i: number): boolean => !escaped[i] && ifs.includes(text[i]!) && !' \t\n'.includes(text[i]!);
  const out: string[] = [];
  let at = 0;
  while (at < text.length && isSpace(at)) at++;
  while (out.length < count - 1) {
    const from = at;
    while (at < text.length && !isSpace(at) && !isDelimiter(at)) at++;
    out.push(text.slice(from, at));
    while (at < text.length && isSpace(at)) at++;
    if (at < text.length && isDelimiter(at)) {
      at++;
      while (at < text.length && isSpace(at)) at++;
    }
  }
  out.push(lastField(text, at, isSpace, isDelimiter));
  return out;
}

function lastField(text: string, from: number, isSpace: (i: number) => boolean, isDelimiter: (i: number) => boolean) {
  let end = text.length;
  while (end > from && isSpace(end - 1)) end--;
  // One field and one delimiter behind it: the delimiter ends the field and is no part of it (POSIX 2.6.5).
  let at = from;
  while (at < end && !isSpace(at) && !isDelimiter(at)) at++;
  let gap = at;
  while (gap < end && isSpace(gap)) gap++;
  if (gap < end && isDelimiter(gap)) {
    let rest = gap + 1;
    while (rest < end && isSpace(rest)) rest++;
    if (rest === end) end = at;
  }
  return text.slice(from, end);
}

export const readBuiltin: Builtin = async ({ shell, args }) => {
  const { letters, values, operands } = parseLetters(args, 'rp:');
  if (operands.length === 0) throw new ShellError('arg count');
  for (const name of operands) checkName(name);
  const prompt = values.get('p');
  if (prompt !== undefined && (await shell.sys.isatty(0))) await shell.write(prompt, 2);
  const line = await readLine(shell, letters.has('r'));
  if (line.ended === 'signal') return shell.pending[0] === undefined ? 130 : 128 + signalNumber(shell.pending[0]);
  const fields = splitLine(line, shell.state.get('IFS') ?? ' \t\n', operands.length);
  operands.forEach((name, index) => {
    shell.state.set(name, fields[index]!);
  });
  return line.ended === 'newline' ? 0 : 1;
};

/** POSIX getopts: OPTIND is the next word to look at, the place inside a bundle of letters is the shell's own. */
export const getoptsBuiltin: Builtin = async ({ shell, args }) => {
  const { state } = shell;
  const [spec, variable] = args;
  if (spec === undefined || variable === undefined) throw new ShellError('Usage: getopts optstring var [arg]');
  if (!isName(variable)) throw new ShellError(`${variable}: bad variable name`);
  const words = args.length > 2 ? args.slice(2) : state.parameters;
  const silent = spec.startsWith(':');
  let index = Number(state.get('OPTIND') ?? '1');
  if (!Number.isInteger(index) || index < 1) index = 1;
  let offset = state.getoptsOffset;
  const finish = (letter: string, argument: string | undefined, status: number): number => {
    state.set('OPTIND', String(index));
    state.getoptsOffset = offset;
    state.set(variable, letter);
    state.set('OPTARG', argument ?? '');
    return status;
  };
  const word = words[index - 1];
  if (offset === 0) {
    if (word === undefined || word === '-' || !word.startsWith('-')) return finish('?', undefined, 1);
    if (word === '--') {
      index++;
      return finish('?', undefined, 1);
    }
    offset = 1;
  }
  const letter = word?.[offset] ?? '?';
  offset++;
  const at = letter === ':' ? -1 : spec.indexOf(letter);
  const takesValue = at >= 0 && spec[at + 1] === ':';
  if (word === undefined || offset >= word.length || takesValue) {
    index++;
    const rest = word?.slice(offset) ?? '';
    offset = 0;
    if (takesValue && rest !== '') return finish(letter, rest, 0);
  }
  if (at < 0) {
    if (silent) return finish('?', letter, 0);
    await shell.write(`Illegal option -${letter}\n`, 2);
    return finish('?', undefined, 0);
  }
  if (!takesValue) return finish(letter, undefined, 0);
  const value = words[index - 1];
  if (value !== undefined) {
    index++;
    return finish(letter, value, 0);
  }
  if (silent) return finish(':', letter, 0);
  await shell.write(`No arg for -${letter} option\n`, 2);
  return finish('?', undefined, 0);
};

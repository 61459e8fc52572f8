/** export, readonly, unset, local, set. */
import { ShellError } from '../errors.ts';
import { checkName, OPTIONS, type ShellState } from '../state.ts';
import { parseLetters } from './options.ts';
import type { Builtin } from './types.ts';

/** Text that the shell reads back as one word. */
export function quoted(text: string): string {
  // Apostrophes go between double quotes, the rest between single ones.
  return text
    .split(/('+)/)
    .filter((piece, index) => piece !== '' || (index === 0 && text === ''))
    .map((piece) => (piece.startsWith("'") ? `"${piece}"` : `'${piece}'`))
    .join('');
}

function sortedNames(state: ShellState): string[] {
  return [...state.variables.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function split(word: string): { name: string; value: string | undefined } {
  const equals = word.indexOf('=');
  const name = equals < 0 ? word : word.slice(0, equals);
  checkName(name);
  return { name, value: equals < 0 ? undefined : word.slice(equals + 1) };
}

const marking =
  (flag: 'exported' | 'readOnly'): Builtin =>
  async ({ shell, name: command, args }) => {
    const { letters, operands } = parseLetters(args, 'p');
    if (letters.has('p') || operands.length === 0) {
      const lines: string[] = [];
      for (const name of sortedNames(shell.state)) {
        const variable = shell.state.variables.get(name)!;
        if (!variable[flag]) continue;
        lines.push(`${command} ${name}${variable.value === undefined ? '' : `=${quoted(variable.value)}`}\n`);
      }
      await shell.write(lines.join(''));
      return 0;
    }
    for (const operand of operands) {
      const { name, value } = split(operand);
      if (value !== undefined) shell.state.set(name, value);
      shell.state.mark(name, flag);
    }
    return 0;
  };

export const exportBuiltin: Builtin = marking('exported');
export const readonlyBuiltin: Builtin = marking('readOnly');

export const unsetBuiltin: Builtin = ({ shell, args }) => {
  const { letters, operands } = parseLetters(args, 'vf');
  for (const name of operands) {
    if (letters.has('f')) shell.state.functions.delete(name);
    else {
      checkName(name);
      shell.state.unset(name);
    }
  }
  return 0;
};

export const localBuiltin: Builtin = ({ shell, args }) => {
  const scope = shell.state.locals.at(-1);
  if (scope === undefined) throw new ShellError('not in a function');
  for (const arg of args) {
    if (arg === '-') {
      scope.options ??= new Set(shell.state.options);
      continue;
    }
    const { name, value } = split(arg);
    shell.state.makeLocal(name);
    if (value !== undefined) shell.state.set(name, value);
  }
  return 0;
};

export const setBuiltin: Builtin = async ({ shell, args }) => {
  const { state } = shell;
  if (args.length === 0) {
    const lines: string[] = [];
    for (const name of sortedNames(state)) {
      const value = state.get(name);
      if (value !== undefined) lines.push(`${name}=${quoted(value)}\n`);
    }
    await shell.write(lines.join(''));
    return 0;
  }
  const parsed = parseSetOptions(state, args);
  if (parsed.print !== undefined) await shell.write(optionListing(state, parsed.print));
  if (parsed.operands !== undefined) state.parameters = parsed.operands;
  return 0;
};

/** The options of `set` and of `sh` itself, applied as they come. `operands` undefined: there are none and no `--`. */
export function parseSetOptions(
  state: ShellState,
  args: readonly string[],
): { readonly operands: readonly string[] | undefined; readonly print: '-' | '+' | undefined } {
  let print: '-' | '+' | undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === '--') return { operands: args.slice(i + 1), print };
    const sign = arg[0];
    if (arg === '-') {
      // Historical: a lone dash ends the options and switches tracing off.
      state.options.delete('x');
      state.options.delete('v');
      return { operands: i + 1 < args.length ? args.slice(i + 1) : undefined, print };
    }
    if ((sign !== '-' && sign !== '+') || arg === '+') return { operands: args.slice(i), print };
    for (const letter of arg.slice(1)) {
      if (letter !== 'o') {
        setOption(state, letter, sign === '-');
        continue;
      }
      const name = args[++i];
      if (name === undefined) print = sign;
      else setOption(state, letterOf(name), sign === '-');
    }
  }
  return { operands: undefined, print };
}

function letterOf(name: string): string {
  const option = OPTIONS.find(([, long]) => long === name);
  if (option === undefined) throw new ShellError(`Illegal option -o ${name}`);
  return option[0];
}

/** -i and -s describe how the shell was started and -m needs job control: they cannot be switched on here. */
const FIXED = new Set(['i', 's', 'm', 'I']);

export function setOption(state: ShellState, letter: string, on: boolean): void {
  if (!OPTIONS.some(([known]) => known === letter)) throw new ShellError(`Illegal option -${letter}`);
  if (!on) state.options.delete(letter);
  else if (FIXED.has(letter)) {
    throw new ShellError(`option -${letter} is not supported by Netarium; see docs/coverage/sh.md`);
  } else state.options.add(letter);
}

function optionListing(state: ShellState, style: '-' | '+'): string {
  const lines = OPTIONS.map(([letter, name]) => {
    const on = state.options.has(letter);
    return style === '-' ? `${name.padEnd(15)} ${on ? 'on' : 'off'}\n` : `set ${on ? '-o' : '+o'} ${name}\n`;
  });
  return `${style === '-' ? 'Current option settings\n' : ''}${lines.join('')}`;
}

/**
 * Word expansions (POSIX 2.6), in their order: tilde, parameter, command, arithmetic; field splitting; pathname expansion; quote removal.
 * Command substitutions run in a process of their own (`subshell.ts`), everything else happens here.
 */
import { SysError } from '@netarium/core/base/errno.ts';
import { readText } from '../lib/stdio.ts';
import { arithmetic } from './arithmetic.ts';
import type { ParameterPart, Part, Word } from './ast.ts';
import { toByteText } from './bytetext.ts';
import { ShellError } from './errors.ts';
import { FieldCollector } from './fields.ts';
import { expandPathname } from './glob.ts';
import { trimPattern } from './pattern.ts';
import { isName } from './scanner.ts';
import type { Shell } from './shell.ts';
import { captureCommand } from './subshell.ts';

const DEFAULT_IFS = ' \t\n';

/** Full expansion: any number of fields, pathnames included. */
export async function expandWords(shell: Shell, words: readonly Word[]): Promise<string[]> {
  const out: string[] = [];
  for (const word of words) {
    const fields = new FieldCollector(shell.state.get('IFS') ?? DEFAULT_IFS);
    await expandInto(shell, word, fields, false);
    for (const field of fields.done()) {
      const globs = field.mayBePattern() && !shell.state.options.has('f');
      const paths = globs ? await expandPathname(shell.sys, field.pattern()) : [];
      if (paths.length > 0) out.push(...paths);
      else out.push(field.text());
    }
  }
  return out;
}

/** Expansion without splitting and pathnames: assignments, redirections, `case`. */
export async function expandText(shell: Shell, word: Word): Promise<string> {
  return (await expandWhole(shell, word)).text();
}

/** As `expandText`, as a pattern in which quoted text stands for itself. */
export async function expandPattern(shell: Shell, word: Word): Promise<string> {
  return (await expandWhole(shell, word)).pattern();
}

async function expandWhole(shell: Shell, word: Word) {
  const fields = new FieldCollector(undefined);
  fields.add('', true);
  await expandInto(shell, word, fields, false);
  return fields.done()[0]!;
}

/** `inExpansion`: unquoted literals come from `${x-word}` and are split, too. */
async function expandInto(shell: Shell, word: Word, fields: FieldCollector, inExpansion: boolean): Promise<void> {
  for (const part of word) await expandPart(shell, part, fields, inExpansion);
}

async function expandPart(shell: Shell, part: Part, fields: FieldCollector, inExpansion: boolean): Promise<void> {
  switch (part.kind) {
    case 'literal':
      if (inExpansion && !part.quoted) fields.addSplit(part.text);
      else fields.add(part.text, part.quoted);
      return;
    case 'tilde':
      fields.add(await tilde(shell, part.user), true);
      return;
    case 'parameter':
      return expandParameter(shell, part, fields);
    case 'command':
      addResult(fields, await captureCommand(shell, part.body), part.quoted);
      return;
    case 'arithmetic': {
      const text = await expandText(shell, part.expression);
      const { state } = shell;
      const value = arithmetic(text, { get: (name) => state.get(name), set: (name, v) => state.set(name, v) });
      addResult(fields, value, part.quoted);
    }
  }
}

function addResult(fields: FieldCollector, text: string, quoted: boolean): void {
  if (quoted) fields.add(text, true);
  else fields.addSplit(text);
}

async function tilde(shell: Shell, user: string): Promise<string> {
  if (user === '') return shell.state.get('HOME') ?? '~';
  try {
    for (const line of (await readText(shell.sys, '/etc/passwd')).split('\n')) {
      const fields = line.split(':');
      if (toByteText(fields[0]!) === user && fields[5] !== undefined) return toByteText(fields[5]);
    }
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
  }
  return `~${user}`;
}

/** The value of a parameter that is one text; undefined when it is unset (POSIX 2.5). */
function parameterValue(shell: Shell, name: string): string | undefined {
  const { state } = shell;
  switch (name) {
    case '?':
      return String(state.status);
    case '$':
      return String(state.pid);
    case '!':
      return state.lastBackground === 0 ? undefined : String(state.lastBackground);
    case '#':
      return String(state.parameters.length);
    case '-':
      return state.optionLetters();
    case '@':
    case '*':
      return state.parameters.length === 0 ? undefined : joinParameters(shell);
  }
  if (/^[0-9]/.test(name)) return Number(name) === 0 ? state.arg0 : state.parameters[Number(name) - 1];
  return state.get(name);
}

/** `$*` in one text: joined by the first character of IFS (POSIX 2.5.2). */
function joinParameters(shell: Shell): string {
  return shell.state.parameters.join((shell.state.get('IFS') ?? DEFAULT_IFS).slice(0, 1));
}

async function expandParameter(shell: Shell, part: ParameterPart, fields: FieldCollector): Promise<void> {
  if (part.operator === 'bad') throw new ShellError('Bad substitution');
  const value = parameterValue(shell, part.name);
  const missing = value === undefined || (part.colon && value === '');
  switch (part.operator) {
    case '-':
      return missing ? expandAlternative(shell, part, fields) : addValue(shell, part, fields);
    case '+':
      if (!missing) return expandAlternative(shell, part, fields);
      return addResult(fields, '', part.quoted);
    case '=':
      if (!missing) return addValue(shell, part, fields);
      if (!isName(part.name)) throw new ShellError(`${part.name}: bad variable name`);
      shell.state.set(part.name, await expandText(shell, part.word));
      return addValue(shell, part, fields);
    case '?':
      if (!missing) return addValue(shell, part, fields);
      throw new ShellError(`${part.name}: ${await missingText(shell, part)}`);
    default:
      // POSIX 2.5.2, set -u: "$@" and "$*" without parameters are no error.
      if (value === undefined && shell.state.options.has('u') && part.name !== '@' && part.name !== '*') {
        throw new ShellError(`${part.name}: parameter not set`);
      }
      return addOperated(shell, part, value ?? '', fields);
  }
}

/** The word of `${x-word}` and `${x+word}`: between double quotes it is there even when it is empty. */
function expandAlternative(shell: Shell, part: ParameterPart, fields: FieldCollector): Promise<void> {
  addResult(fields, '', part.quoted);
  return expandInto(shell, part.word, fields, true);
}

async function missingText(shell: Shell, part: ParameterPart): Promise<string> {
  if (part.word.length > 0) return expandText(shell, part.word);
  return part.colon ? 'parameter not set or null' : 'parameter not set';
}

async function addOperated(shell: Shell, part: ParameterPart, value: string, fields: FieldCollector): Promise<void> {
  switch (part.operator) {
    case 'length':
      addResult(fields, String(value.length), part.quoted);
      return;
    case '%':
    case '%%':
    case '#':
    case '##':
      addResult(fields, trimPattern(value, await expandPattern(shell, part.word), part.operator), part.quoted);
      return;
    default:
      addValue(shell, part, fields);
  }
}

function addValue(shell: Shell, part: ParameterPart, fields: FieldCollector): void {
  const { name, quoted } = part;
  const { parameters } = shell.state;
  const separate = (name === '@' || (name === '*' && !quoted)) && fields.splits;
  if (!separate) {
    addResult(fields, parameterValue(shell, name) ?? '', quoted);
    return;
  }
  // "$@": one field for each parameter, the first joined to what is before it and the last to what follows (POSIX 2.5.2).
  parameters.forEach((text, index) => {
    if (index > 0) fields.boundary();
    addResult(fields, text, quoted);
  });
}

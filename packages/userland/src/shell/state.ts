/**
 * What a shell remembers: variables, functions, positional parameters, options (POSIX 2.12). Pure data and its rules; no system calls.
 *
 * `saveState` and `loadState` carry it into a subshell process: there is no fork that returns twice, so a subshell is a new `sh` that is
 * given its parent's state as text (see `subshell.ts`).
 */
import type { CommandNode } from './ast.ts';
import { ShellError } from './errors.ts';
import { isName } from './scanner.ts';

export interface Variable {
  /** Undefined: declared (exported or read-only) but unset. */
  readonly value: string | undefined;
  readonly exported: boolean;
  readonly readOnly: boolean;
}

/** Options by letter with their long names, in the order in which `set -o` lists them. */
export const OPTIONS: readonly (readonly [letter: string, name: string])[] = [
  ['e', 'errexit'],
  ['f', 'noglob'],
  ['I', 'ignoreeof'],
  ['i', 'interactive'],
  ['m', 'monitor'],
  ['n', 'noexec'],
  ['s', 'stdin'],
  ['x', 'xtrace'],
  ['v', 'verbose'],
  ['C', 'noclobber'],
  ['a', 'allexport'],
  ['u', 'nounset'],
];

/** A shell's text must fit into memory even when a script doubles it in a loop. */
export const MAX_TEXT = 1 << 24;

/** What a function call puts back when it returns. */
export interface LocalScope {
  readonly variables: Map<string, Variable | undefined>;
  options: ReadonlySet<string> | undefined;
}

export class ShellState {
  variables = new Map<string, Variable>();
  functions = new Map<string, CommandNode>();
  parameters: readonly string[] = [];
  options = new Set<string>();
  arg0 = 'sh';
  /** `$?` */
  status = 0;
  /** `$$`: stays the first shell's in subshells. */
  pid = 0;
  /** `$!` */
  lastBackground = 0;
  line = 1;
  loopDepth = 0;
  functionDepth = 0;
  /** Descriptors that commands inherit: 0 to 9 as far as they are open. */
  descriptors = new Set<number>([0, 1, 2]);
  /** Signals that `trap ''` made the shell ignore. */
  ignored = new Set<string>();
  /** Where `getopts` is inside a bundle of letters. */
  getoptsOffset = 0;
  locals: LocalScope[] = [];

  get(name: string): string | undefined {
    return this.variables.get(name)?.value;
  }

  set(name: string, value: string): void {
    const old = this.variables.get(name);
    if (old?.readOnly === true) throw new ShellError(`${name}: is read only`);
    if (value.length > MAX_TEXT) throw new ShellError('Out of space');
    if (name === 'OPTIND') this.getoptsOffset = 0;
    const exported = old?.exported === true || this.options.has('a');
    this.variables.set(name, { value, exported, readOnly: false });
  }

  /** `export` and `readonly`: sets a flag, keeps the value. */
  mark(name: string, flag: 'exported' | 'readOnly'): void {
    const old = this.variables.get(name) ?? { value: undefined, exported: false, readOnly: false };
    this.variables.set(name, { ...old, [flag]: true });
  }

  unset(name: string): void {
    if (this.variables.get(name)?.readOnly === true) throw new ShellError(`${name}: is read only`);
    this.variables.delete(name);
  }

  /** Makes a variable local to the running function: it keeps its value and is put back on return. */
  makeLocal(name: string): void {
    const scope = this.locals.at(-1);
    if (scope !== undefined && !scope.variables.has(name)) scope.variables.set(name, this.variables.get(name));
  }

  enterScope(): LocalScope {
    const scope: LocalScope = { variables: new Map(), options: undefined };
    this.locals.push(scope);
    return scope;
  }

  leaveScope(): void {
    const scope = this.locals.pop();
    if (scope === undefined) return;
    for (const [name, variable] of scope.variables) {
      if (variable === undefined) this.variables.delete(name);
      else this.variables.set(name, variable);
    }
    if (scope.options !== undefined) this.options = new Set(scope.options);
  }

  /** The variables that commands find in their environment. */
  environment(): Record<string, string> {
    const out: Record<string, string> = {};
    for (const [name, { value, exported }] of this.variables) if (exported && value !== undefined) out[name] = value;
    return out;
  }

  /** `$-` */
  optionLetters(): string {
    let letters = '';
    for (const [letter] of OPTIONS) if (this.options.has(letter)) letters += letter;
    return letters;
  }

  /** A copy for expansions whose effects must not reach this shell, as in one command of a pipeline. */
  copy(): ShellState {
    const copy = new ShellState();
    Object.assign(copy, this);
    copy.variables = new Map(this.variables);
    copy.options = new Set(this.options);
    copy.descriptors = new Set(this.descriptors);
    copy.ignored = new Set(this.ignored);
    copy.locals = [];
    return copy;
  }
}

export function checkName(name: string): void {
  if (!isName(name)) throw new ShellError(`${name}: bad variable name`);
}

/** The state as JSON data. */
export function saveState(state: ShellState): unknown {
  return {
    variables: [...state.variables],
    functions: [...state.functions],
    parameters: state.parameters,
    options: [...state.options].filter((letter) => letter !== 'i' && letter !== 's'),
    numbers: [state.status, state.pid, state.lastBackground, state.line, state.loopDepth, state.functionDepth],
    arg0: state.arg0,
    descriptors: [...state.descriptors],
    ignored: [...state.ignored],
    getoptsOffset: state.getoptsOffset,
  };
}

/** The inverse of `saveState`; throws on data of another shape. */
export function loadState(data: unknown): ShellState {
  const saved = data as ReturnType<typeof savedShape>;
  const state = new ShellState();
  state.variables = new Map(saved.variables);
  state.functions = new Map(saved.functions);
  state.parameters = saved.parameters;
  state.options = new Set(saved.options);
  [state.status, state.pid, state.lastBackground, state.line, state.loopDepth, state.functionDepth] = saved.numbers;
  state.arg0 = saved.arg0;
  state.descriptors = new Set(saved.descriptors);
  state.ignored = new Set(saved.ignored);
  state.getoptsOffset = saved.getoptsOffset;
  return state;
}

declare function savedShape(): {
  readonly variables: [string, Variable][];
  readonly functions: [string, CommandNode][];
  readonly parameters: string[];
  readonly options: string[];
  readonly numbers: [number, number, number, number, number, number];
  readonly arg0: string;
  readonly descriptors: number[];
  readonly ignored: string[];
  readonly getoptsOffset: number;
};

/**
 * Command-line options, declared as a table. The table is also the coverage page of its program: an option that is not in it is an error
 * that says so, never ignored.
 */
export interface OptionSpec {
  /** Spellings: `-c`, `--count`. */
  readonly names: readonly string[];
  /** Name of the value in help texts; without it the option is a flag. */
  readonly value?: string;
  readonly help: string;
}

export interface ProgramOptions {
  readonly name: string;
  readonly usage: string;
  readonly options: readonly OptionSpec[];
  /** Old-style long options with one dash (`-br`), as iproute2 has them: no bundling of letters. */
  readonly singleDashLong?: boolean;
}

/** More for the coverage page of a program than its options: configuration statements, directives, types. Exported as `coverage`. */
export interface CoverageSection {
  readonly program: string;
  readonly title: string;
  /** What is carried out, one entry each, in Markdown. */
  readonly entries: readonly string[];
}

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface ParsedOptions {
  has(name: string): boolean;
  /** How often the option was given: `-vv` is 2. */
  count(name: string): number;
  value(name: string): string | undefined;
  values(name: string): readonly string[];
  readonly operands: readonly string[];
}

/**
 * Parses `argv` (without the program's name) as getopt_long(3) does: bundled letters, `-ofile`, `--output=file`, `--` ends options.
 * Throws `UsageError` with a text ready to print for an unknown option, a missing or an unwanted value.
 */
export function parseOptions(program: ProgramOptions, argv: readonly string[], stopAtOperand = false): ParsedOptions {
  const byName = new Map<string, OptionSpec>();
  for (const spec of program.options) for (const name of spec.names) byName.set(name, spec);
  const given = new Map<OptionSpec, string[]>();
  const operands: string[] = [];
  const note = (spec: OptionSpec, value: string) => {
    const values = given.get(spec);
    if (values) values.push(value);
    else given.set(spec, [value]);
  };
  const find = (name: string): OptionSpec => {
    const spec = byName.get(name);
    if (!spec) throw new UsageError(unsupported(program.name, name));
    return spec;
  };
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === '--') {
      operands.push(...argv.slice(i + 1));
      break;
    }
    if (word === '-' || !word.startsWith('-')) {
      if (stopAtOperand) {
        operands.push(...argv.slice(i));
        break;
      }
      operands.push(word);
      continue;
    }
    const next = (name: string): string => {
      const value = argv[++i];
      if (value === undefined)
        throw new UsageError(`${program.name}: option requires an argument -- '${name.replace(/^-+/, '')}'`);
      return value;
    };
    if (word.startsWith('--') || program.singleDashLong === true) {
      const equals = word.indexOf('=');
      const name = equals < 0 ? word : word.slice(0, equals);
      const spec = find(name);
      if (spec.value === undefined && equals >= 0)
        throw new UsageError(`${program.name}: option '${name}' doesn't allow an argument`);
      note(spec, spec.value === undefined ? '' : equals < 0 ? next(name) : word.slice(equals + 1));
      continue;
    }
    for (let k = 1; k < word.length; k++) {
      const name = `-${word[k]}`;
      const spec = find(name);
      if (spec.value === undefined) {
        note(spec, '');
        continue;
      }
      note(spec, k + 1 < word.length ? word.slice(k + 1) : next(name));
      break;
    }
  }
  const valuesOf = (name: string): readonly string[] => given.get(find(name)) ?? [];
  return {
    has: (name) => valuesOf(name).length > 0,
    count: (name) => valuesOf(name).length,
    value: (name) => valuesOf(name).at(-1),
    values: valuesOf,
    operands,
  };
}

/** The one sentence for everything that the real program may know and ours does not. */
export function unsupported(program: string, what: string): string {
  return `${program}: '${what}' is not supported by Netarium; see docs/coverage/${program}.md`;
}

/** The command line of `csv`. */
import { ToolError } from '../../coreutils/tool.ts';
import { parseUrl } from '../../http/url.ts';
import { countOption, secondsOption } from '../../lib/option-values.ts';
import type { ParsedOptions, ProgramOptions } from '../../lib/options.ts';

const NAME = 'csv';

export const options: ProgramOptions = {
  name: NAME,
  usage: 'csv FILE --column NAME --print|--submit URL [OPTION...]',
  options: [
    { names: ['--column'], value: 'NAME', help: 'the column whose values are wanted, as the header has it' },
    { names: ['--print'], help: 'prints the values, one a line' },
    { names: ['--submit'], value: 'URL', help: 'submits each task by a POST, one value a line' },
    { names: ['--batch'], value: 'N', help: 'rows of a task (100)' },
    {
      names: ['--workers'],
      value: 'N',
      help: 'at most so many threads: one more starts where the others fall behind; 0 for none (8)',
    },
    { names: ['--ledger'], value: 'FILE', help: 'where it is written down what is done (FILE.ledger)' },
    { names: ['--resume'], help: 'goes on where an earlier run ended' },
    { names: ['--retries'], value: 'N', help: 'how often a submission is sent again (5)' },
    { names: ['--timeout'], value: 'S', help: 'seconds that a submission may take (30)' },
    { names: ['--keep-blanks'], help: 'takes a blank after a comma for a part of the value' },
  ],
};

export interface CsvSettings {
  readonly path: string;
  readonly column: string;
  /** Empty: print. */
  readonly url: string;
  readonly batch: number;
  readonly workers: number;
  readonly ledger: string;
  readonly resume: boolean;
  readonly retries: number;
  readonly timeoutNs: number;
  readonly blanks: 'skip' | 'keep';
}

export function settingsOf(given: ParsedOptions, operands: readonly string[]): CsvSettings {
  const [path, ...more] = operands;
  const column = given.value('--column');
  const url = given.value('--submit');
  if (path === undefined || more.length > 0 || column === undefined || given.has('--print') === (url !== undefined))
    throw new ToolError(`usage: ${options.usage}`, 2);
  if (url !== undefined) checkUrl(url);
  return {
    path,
    column,
    url: url ?? '',
    batch: countOption(NAME, given, '--batch', 100, 1, 100_000),
    workers: countOption(NAME, given, '--workers', 8, 0, 256),
    ledger: given.value('--ledger') ?? `${path}.ledger`,
    resume: given.has('--resume'),
    retries: countOption(NAME, given, '--retries', 5, 0, 1000),
    timeoutNs: secondsOption(NAME, given, '--timeout', '30', 1),
    blanks: given.has('--keep-blanks') ? 'keep' : 'skip',
  };
}

function checkUrl(text: string): void {
  const url = parseUrl(text);
  if (typeof url === 'string') throw new ToolError(`--submit ${text}: ${url}`, 2);
  if (url.scheme !== 'http') throw new ToolError(`--submit ${text}: only http is supported`, 2);
}

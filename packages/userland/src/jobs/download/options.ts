/** The command line of `download`. */
import { ToolError } from '../../coreutils/tool.ts';
import { parseSecondsNs } from '../../lib/numbers.ts';
import { countOption, secondsOption } from '../../lib/option-values.ts';
import type { ParsedOptions, ProgramOptions } from '../../lib/options.ts';
import { coroutines } from './coroutines.ts';
import { processes } from './processes.ts';
import { reactor } from './reactor.ts';
import { serial } from './serial.ts';
import { threads } from './threads.ts';
import type { TimeLimits } from './time-limits.ts';
import type { Way } from './way.ts';

const DEFAULT_TIMEOUT_NS = 30_000_000_000;

const WAYS: ReadonlyMap<string, Way> = new Map([
  ['serial', serial],
  ['threads', threads],
  ['coroutines', coroutines],
  ['reactor', reactor],
  ['processes', processes],
]);

const NAME = 'download';

export const options: ProgramOptions = {
  name: NAME,
  usage: 'download --urls FILE --out DIR [--way WAY] [OPTION...]',
  options: [
    { names: ['--urls'], value: 'FILE', help: 'a URL a line; blank lines and lines with # are passed over' },
    { names: ['--out'], value: 'DIR', help: 'where the files go; made where it is missing' },
    { names: ['--way'], value: 'WAY', help: `${[...WAYS.keys()].join(', ')} (coroutines)` },
    { names: ['--concurrency'], value: 'N', help: 'so many files at once, in every way but serial (10)' },
    { names: ['--timeout'], value: 'S', help: 'gives up an attempt after so many seconds of silence (30)' },
    { names: ['--connect-timeout'], value: 'S', help: 'gives up connecting after so many seconds (as --timeout)' },
    { names: ['--max-time'], value: 'S', help: 'gives up an attempt after so many seconds, whatever comes (no limit)' },
    { names: ['--retries'], value: 'N', help: 'how often a file is tried again (2)' },
    { names: ['--rate-per-host'], value: 'N/s', help: 'at most so many requests to one host in a second' },
    { names: ['--resume'], help: 'leaves out what is there already, and goes on with parts' },
    { names: ['--json'], help: 'tells everything at the end as one JSON object, and nothing before' },
  ],
};

export interface DownloadSettings {
  readonly urls: string;
  readonly out: string;
  readonly way: Way;
  readonly wayName: string;
  readonly concurrency: number;
  readonly limits: TimeLimits;
  readonly retries: number;
  readonly hostIntervalNs: number;
  readonly resume: boolean;
  readonly json: boolean;
}

export function settingsOf(given: ParsedOptions, operands: readonly string[]): DownloadSettings {
  const urls = given.value('--urls');
  const out = given.value('--out');
  if (urls === undefined || out === undefined || operands.length > 0) throw new ToolError(`usage: ${options.usage}`, 2);
  const wayName = given.value('--way') ?? 'coroutines';
  const way = WAYS.get(wayName);
  if (way === undefined) throw new ToolError(`--way ${wayName}: none of ${[...WAYS.keys()].join(', ')}`, 2);
  const concurrency = countOption(NAME, given, '--concurrency', 10, 1, 1024);
  return {
    urls,
    out: out.length > 1 ? out.replace(/\/+$/, '') || '/' : out,
    way,
    wayName,
    concurrency: wayName === 'serial' ? 1 : concurrency,
    limits: limitsOf(given),
    retries: countOption(NAME, given, '--retries', 2, 0, 100),
    hostIntervalNs: intervalOf(given),
    resume: given.has('--resume'),
    json: given.has('--json'),
  };
}

function limitsOf(given: ParsedOptions): TimeLimits {
  const timeoutNs = timeOf(given, '--timeout') ?? DEFAULT_TIMEOUT_NS;
  const connectTimeoutNs = timeOf(given, '--connect-timeout') ?? timeoutNs;
  return { timeoutNs, connectTimeoutNs, maxTimeNs: timeOf(given, '--max-time') ?? 0 };
}

function timeOf(given: ParsedOptions, name: string): number | undefined {
  return given.has(name) ? secondsOption(NAME, given, name, '', 1) : undefined;
}

/** `5/s`, `5` or `0.5/s`: the time between two requests; 0 without a limit. */
function intervalOf(given: ParsedOptions): number {
  const text = given.value('--rate-per-host');
  if (text === undefined) return 0;
  // As many seconds as there may be requests in one: the reciprocal is the time between two.
  const perSecond = parseSecondsNs(text.replace(/\/s$/, ''));
  if (perSecond === undefined || perSecond < 1_000_000)
    throw new ToolError(`--rate-per-host ${text}: not a rate such as 5/s, at least 0.001/s`, 2);
  return Math.ceil(1_000_000_000 / (perSecond / 1_000_000_000));
}

/** Values of options that are numbers, within bounds. Anything else is a `UsageError` that names the option and what it was given. */
import { parseCount, parseSecondsNs } from './numbers.ts';
import { type ParsedOptions, UsageError } from './options.ts';

/** A whole number: from 1 up unless told otherwise. */
export function countOption(
  program: string,
  parsed: ParsedOptions,
  name: string,
  fallback: number,
  min = 1,
  max = Number.MAX_SAFE_INTEGER,
): number {
  const text = parsed.value(name);
  if (text === undefined) return fallback;
  const value = parseCount(text, min, max);
  if (value !== undefined) return value;
  const bounds = max === Number.MAX_SAFE_INTEGER ? `from ${min} up` : `from ${min} to ${max}`;
  throw new UsageError(`${program}: ${name} ${text}: not a number ${bounds}`);
}

/** Seconds, as nanoseconds: from 0 up unless told otherwise. */
export function secondsOption(
  program: string,
  parsed: ParsedOptions,
  name: string,
  fallback: string,
  minNs = 0,
): number {
  const text = parsed.value(name) ?? fallback;
  const ns = parseSecondsNs(text);
  if (ns === undefined || ns < minNs) throw new UsageError(`${program}: ${name} ${text}: not a number of seconds`);
  return ns;
}

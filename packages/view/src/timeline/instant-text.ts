/** An instant as a person types it. */
import { parseDuration } from '@netarium/core/time/instant.ts';

/** `1.5ms`, `20 us`, or seconds without a unit: `0.25`. Undefined where it is no whole number of nanoseconds. */
export function instantFrom(text: string): number | undefined {
  return parseDuration(text) ?? parseDuration(`${text.trim()}s`);
}

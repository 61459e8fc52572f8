/** Instants and speeds as people read them. */
import { formatDuration, formatInstant } from '@netarium/core/time/instant.ts';

export function secondsText(ns: number): string {
  return formatInstant(Math.round(ns));
}

export function speedText(nsPerSecond: number): string {
  return formatDuration(nsPerSecond);
}

/** Nanoseconds of what a person typed as seconds, `0.25` or `1.5e-3`; undefined where it is no number. */
export function secondsFrom(text: string): number | undefined {
  const seconds = Number(text.trim().replace(/s$/, ''));
  return text.trim() === '' || !Number.isFinite(seconds) ? undefined : Math.round(seconds * 1e9);
}

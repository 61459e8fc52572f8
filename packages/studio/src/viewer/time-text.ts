/** Instants and speeds as people read them. */
import { formatDuration, formatInstant } from '@netarium/core/time/instant.ts';

export function secondsText(ns: number): string {
  return formatInstant(Math.round(ns));
}

export function speedText(nsPerSecond: number): string {
  return formatDuration(nsPerSecond);
}

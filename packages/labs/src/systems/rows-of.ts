/** Which rows of the list of systems a lab is about: those that its checks name. */
import type { LabDefinition } from '@netarium/core/check/lab.ts';

export function rowsOf({ checks = {} }: LabDefinition): number[] {
  const rows = Object.values(checks).flatMap(({ row }) => row ?? []);
  return [...new Set(rows)].sort((a, b) => a - b);
}

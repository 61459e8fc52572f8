/** Which machine is cabled to which: what the picture of a topology shows, as a table. */
import type { Recording } from '../recording/recording.ts';
import { machineOf } from './layout.ts';

export interface MachineLinks {
  readonly machine: string;
  /** Its own port, and the one at the other end. */
  readonly links: readonly { readonly port: string; readonly to: string }[];
}

export function linksOf({ machines, cables }: Recording): readonly MachineLinks[] {
  const links = new Map<string, { port: string; to: string }[]>(machines.map(({ name }) => [name, []]));
  for (const { a, b } of cables)
    for (const [own, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const machine = machineOf(own);
      links.get(machine)?.push({ port: own.slice(machine.length + 1), to: other });
    }
  return [...links].map(([machine, list]) => ({ machine, links: list }));
}

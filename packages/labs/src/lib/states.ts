/** What labs collect of TCP's states: every change, with host and instant. */
import type { LabTools } from '@netarium/core/check/lab-context.ts';

export interface Transition {
  readonly host: string;
  readonly atNs: number;
  readonly from: string;
  readonly to: string;
  readonly local: string;
  readonly peer: string;
}

/** All later state changes of all hosts; the answer grows while the lab runs. */
export function transitions({ on }: LabTools): readonly Transition[] {
  const found: Transition[] = [];
  on('tcp.state', ({ host, at, values: { from, to, local, peer } }) => {
    found.push({ host, atNs: at, from, to, local, peer });
  });
  return found;
}

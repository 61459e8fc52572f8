/** Whether a recording has what an address names: a link may be mistyped, or made for another run. */
import type { Recording } from './recording.ts';

export type Named =
  | { readonly kind: 'none' }
  | { readonly kind: 'packet'; readonly packet: number }
  | { readonly kind: 'machine'; readonly name: string }
  | { readonly kind: 'event'; readonly index: number };

export function has({ frames, machines, events }: Recording, named: Named): boolean {
  switch (named.kind) {
    case 'packet':
      return named.packet > 0 && frames.packets.includes(named.packet);
    case 'machine':
      return machines.some(({ name }) => name === named.name);
    case 'event':
      return named.index < events.atNs.length;
    case 'none':
      return true;
  }
}

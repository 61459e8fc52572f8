/** What a machine knows and runs, as lists of lines: each with what explains it (`explain/explanation.ts`). */
import type { TimerBar } from '../ladder/timers.ts';
import type { MachineState } from './machine-state.ts';

export const MACHINE_PARTS = ['addresses', 'carriers', 'neighbours', 'routes', 'connections', 'processes'] as const;
export type MachinePart = (typeof MACHINE_PARTS)[number];

export interface PartLine {
  readonly text: string;
  /** The identifier of its explanation. */
  readonly explains: string;
}

export interface PartWords {
  readonly up: string;
  readonly down: string;
}

/** Which event a line came from; a value that is empty names nothing. */
function by(host: string, kind: string, values: Readonly<Record<string, string | number | boolean>>): string {
  const pairs = Object.entries(values).filter(([, value]) => value !== '');
  return `by.${host} ${kind} ${pairs.map(([name, value]) => `${name}=${value}`).join(' ')}`;
}

export function partLines(
  host: string,
  now: MachineState,
  words: PartWords,
): Readonly<Record<MachinePart, readonly PartLine[]>> {
  return {
    addresses: [...now.addresses.values()].map(({ card, address }) => ({
      text: `${card} ${address}`,
      explains: by(host, 'address.change', { card, address, added: true }),
    })),
    carriers: [...now.carriers].map(([card, up]) => ({
      text: `${card} ${up ? words.up : words.down}`,
      explains: by(host, 'link.carrier', { card, up }),
    })),
    neighbours: [...now.neighbours.values()].map(({ card, address, mac, state }) => ({
      text: [address, mac, state].filter(Boolean).join(' '),
      explains: by(host, 'neighbour.state', { card, address, to: state }),
    })),
    routes: [...now.routes.values()].map(({ destination, gateway, card }) => ({
      text: gateway === '' ? `${destination} dev ${card}` : `${destination} via ${gateway} dev ${card}`,
      explains: by(host, 'route.change', { destination, gateway, card, added: true }),
    })),
    connections: [...now.connections.values()].map(({ socket, local, peer, state }) => ({
      text: `${local} → ${peer} ${state}`,
      explains: by(host, 'tcp.state', { socket, to: state }),
    })),
    processes: [...now.processes.values()].map(({ pid, argv }) => ({
      text: `${pid} ${argv}`,
      explains: by(host, 'process.start', { pid }),
    })),
  };
}

/** The timers that run on a machine at an instant, with their places among all. */
export function timersAt(
  timers: readonly TimerBar[],
  host: string,
  atNs: number,
): readonly { readonly bar: TimerBar; readonly explains: string }[] {
  return timers.flatMap((bar, i) =>
    bar.host === host && bar.fromNs <= atNs && atNs < bar.endNs ? [{ bar, explains: `timer.${i}` }] : [],
  );
}

/** What a machine knows and runs, as lists of lines: each with what explains it (`explain/explanation.ts`). */
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

/** The first lines of a part, as many as anybody reads, and how many there are. */
export interface PartLines {
  readonly lines: readonly PartLine[];
  readonly count: number;
}

/** Longer lists nobody reads, and a page that draws them at every step is slow. */
export const MOST_LINES = 50;

function firstOf<K, T>(all: ReadonlyMap<K, T>, line: (value: T, key: K) => PartLine): PartLines {
  const lines: PartLine[] = [];
  for (const [key, value] of all) {
    if (lines.length === MOST_LINES) break;
    lines.push(line(value, key));
  }
  return { lines, count: all.size };
}

export function partLines(host: string, now: MachineState, words: PartWords): Readonly<Record<MachinePart, PartLines>> {
  return {
    addresses: firstOf(now.addresses, ({ card, address }) => ({
      text: `${card} ${address}`,
      explains: by(host, 'address.change', { card, address, added: true }),
    })),
    carriers: firstOf(now.carriers, (up, card) => ({
      text: `${card} ${up ? words.up : words.down}`,
      explains: by(host, 'link.carrier', { card, up }),
    })),
    neighbours: firstOf(now.neighbours, ({ card, address, mac, state }) => ({
      text: [address, mac, state].filter(Boolean).join(' '),
      explains: by(host, 'neighbour.state', { card, address, to: state }),
    })),
    routes: firstOf(now.routes, ({ destination, gateway, card }) => ({
      text: gateway === '' ? `${destination} dev ${card}` : `${destination} via ${gateway} dev ${card}`,
      explains: by(host, 'route.change', { destination, gateway, card, added: true }),
    })),
    connections: firstOf(now.connections, ({ socket, local, peer, state }) => ({
      text: `${local} → ${peer} ${state}`,
      explains: by(host, 'tcp.state', { socket, to: state }),
    })),
    processes: firstOf(now.processes, ({ pid, argv }) => ({
      text: `${pid} ${argv}`,
      explains: by(host, 'process.start', { pid }),
    })),
  };
}

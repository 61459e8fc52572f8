/** The states of a host's TCP connections, for the head of its column; listening says nothing about a conversation. */
import type { ConnectionState } from '../machine/machine-state.ts';

export interface Badge {
  readonly state: string;
  /** Of the connection whose state it is, for its explanation. */
  readonly socket: number;
}

const MOST = 2;

/** Each state once, in the order of the connections; `more` where there are others. */
export function badgesOf(connections: ReadonlyMap<number, ConnectionState>): {
  readonly badges: readonly Badge[];
  readonly more: boolean;
} {
  const found = new Map<string, Badge>();
  for (const { state, socket } of connections.values())
    if (state !== 'LISTEN' && !found.has(state)) found.set(state, { state, socket });
  return { badges: [...found.values()].slice(0, MOST), more: found.size > MOST };
}

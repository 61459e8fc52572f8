/**
 * What a machine knows and runs at an instant: its addresses, neighbours, routes, TCP connections, processes, folded from the events of the run. Every so
 * many events the whole state is kept, so that any instant is a kept state and a few thousand events away.
 */
import type { Value } from '@netarium/core/record/catalogue.ts';
import type { Values } from '../recording/event-values.ts';
import type { Recording } from '../recording/recording.ts';
import { above } from '../timeline/timeline.ts';

export interface MachineState {
  readonly up: boolean;
  /** By card and address: `eth0 10.0.1.2/24`. */
  readonly addresses: ReadonlyMap<string, AddressState>;
  readonly carriers: ReadonlyMap<string, boolean>;
  readonly neighbours: ReadonlyMap<string, NeighbourState>;
  readonly routes: ReadonlyMap<string, RouteState>;
  readonly connections: ReadonlyMap<number, ConnectionState>;
  readonly processes: ReadonlyMap<number, ProcessState>;
}

export interface AddressState {
  readonly card: string;
  readonly address: string;
}

export interface NeighbourState {
  readonly card: string;
  readonly address: string;
  readonly state: string;
  readonly mac: string;
}

export interface RouteState {
  readonly destination: string;
  readonly gateway: string;
  readonly card: string;
  readonly metric: number;
}

export interface ConnectionState {
  readonly socket: number;
  readonly local: string;
  readonly peer: string;
  readonly state: string;
}

export interface ProcessState {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly argv: string;
}

interface Mutable {
  up: boolean;
  readonly addresses: Map<string, AddressState>;
  readonly carriers: Map<string, boolean>;
  readonly neighbours: Map<string, NeighbourState>;
  readonly routes: Map<string, RouteState>;
  readonly connections: Map<number, ConnectionState>;
  readonly processes: Map<number, ProcessState>;
}

function empty(): Mutable {
  return {
    up: true,
    addresses: new Map(),
    carriers: new Map(),
    neighbours: new Map(),
    routes: new Map(),
    connections: new Map(),
    processes: new Map(),
  };
}

function copyOf(state: Mutable): Mutable {
  return {
    up: state.up,
    addresses: new Map(state.addresses),
    carriers: new Map(state.carriers),
    neighbours: new Map(state.neighbours),
    routes: new Map(state.routes),
    connections: new Map(state.connections),
    processes: new Map(state.processes),
  };
}

const text = (value: Value): string => String(value ?? '');
const number = (value: Value): number => (typeof value === 'number' ? value : 0);

/** What each kind of event changes. */
const CHANGES: Readonly<Record<string, (state: Mutable, values: Values) => void>> = {
  'host.power': (state, { up }) => {
    const fresh = empty();
    if (up !== true) {
      for (const part of [state.neighbours, state.connections, state.processes]) part.clear();
      state.up = false;
    } else state.up = fresh.up;
  },
  'link.carrier': (state, { card, up }) => void state.carriers.set(text(card), up === true),
  'address.change': (state, { card, address, added }) => {
    const key = `${text(card)} ${text(address)}`;
    if (added === true) state.addresses.set(key, { card: text(card), address: text(address) });
    else state.addresses.delete(key);
  },
  'neighbour.state': (state, { card, address, to, mac }) => {
    const key = `${text(card)} ${text(address)}`;
    if (to === 'NONE') state.neighbours.delete(key);
    else state.neighbours.set(key, { card: text(card), address: text(address), state: text(to), mac: text(mac) });
  },
  'route.change': (state, { destination, gateway, card, metric, added }) => {
    const key = `${text(destination)} ${text(gateway)} ${text(card)} ${number(metric)}`;
    const route = { destination: text(destination), gateway: text(gateway), card: text(card), metric: number(metric) };
    if (added === true) state.routes.set(key, route);
    else state.routes.delete(key);
  },
  'tcp.state': (state, { socket, local, peer, to }) => {
    if (to === 'CLOSED' || to === 'closed') state.connections.delete(number(socket));
    else
      state.connections.set(number(socket), {
        socket: number(socket),
        local: text(local),
        peer: text(peer),
        state: text(to),
      });
  },
  'process.start': (state, { pid, parent, name, argv }) =>
    void state.processes.set(number(pid), {
      pid: number(pid),
      parent: number(parent),
      name: text(name),
      argv: text(argv),
    }),
  'process.exec': (state, { pid, name, argv }) => {
    const known = state.processes.get(number(pid));
    if (known !== undefined) state.processes.set(number(pid), { ...known, name: text(name), argv: text(argv) });
  },
  'process.exit': (state, { pid }) => void state.processes.delete(number(pid)),
};

/** Events between two kept states. */
const KEYFRAME_EVENTS = 2000;

/** The state after so many of a machine's events. */
interface Keyframe {
  readonly next: number;
  readonly state: Mutable;
}

/** A machine's events that change something, in order, with their instants; and its kept states. */
interface Known {
  readonly indices: Uint32Array;
  readonly times: Float64Array;
  readonly keyframes: Keyframe[];
  /** The last answer: the page asks for the same state, or for one a step further. */
  last: Keyframe;
}

export class MachineStates {
  private readonly known = new Map<string, Known>();
  /** Indices of the events that change something, machine by machine; and where each one's begin. */
  private readonly byHost: Uint32Array;
  private readonly first: Uint32Array;
  private readonly changes: readonly (((state: Mutable, values: Values) => void) | undefined)[];

  constructor(private readonly recording: Recording) {
    this.changes = recording.kinds.map((kind) => (Object.hasOwn(CHANGES, kind) ? CHANGES[kind] : undefined));
    const { kind, host } = recording.events;
    const changes = this.changes.map((change) => change !== undefined);
    this.first = new Uint32Array(recording.hosts.length + 1);
    for (let i = 0; i < kind.length; i++) if (changes[kind[i]!]) this.first[host[i]! + 1]!++;
    for (let i = 1; i < this.first.length; i++) this.first[i]! += this.first[i - 1]!;
    const next = this.first.slice();
    this.byHost = new Uint32Array(next.at(-1)!);
    for (let i = 0; i < kind.length; i++) if (changes[kind[i]!]) this.byHost[next[host[i]!]!++] = i;
  }

  /** The same object as long as nothing has changed. */
  at(machine: string, atNs: number): MachineState {
    const known = this.of(machine);
    const end = above(known.times, atNs);
    if (known.last.next === end) return known.last.state;
    while (known.keyframes.length * KEYFRAME_EVENTS <= end) this.keep(known);
    const keyframe = known.keyframes[Math.floor(end / KEYFRAME_EVENTS)]!;
    const from = known.last.next > keyframe.next && known.last.next < end ? known.last : keyframe;
    known.last = this.after(known, from, end);
    return known.last.state;
  }

  /** Keeps one state more, so that a later question is answered at once; false where all are kept. */
  prepare(machine: string): boolean {
    const known = this.of(machine);
    if (known.keyframes.length * KEYFRAME_EVENTS > known.indices.length) return false;
    this.keep(known);
    return true;
  }

  private of(machine: string): Known {
    let known = this.known.get(machine);
    if (known !== undefined) return known;
    const { events, hosts } = this.recording;
    const host = hosts.indexOf(machine);
    const indices = this.byHost.subarray(this.first[host] ?? 0, this.first[host + 1] ?? 0);
    const first = { next: 0, state: empty() };
    known = { indices, times: Float64Array.from(indices, (i) => events.atNs[i]!), keyframes: [first], last: first };
    this.known.set(machine, known);
    return known;
  }

  private keep(known: Known): void {
    const last = known.keyframes.at(-1)!;
    known.keyframes.push(this.after(known, last, last.next + KEYFRAME_EVENTS));
  }

  private after(known: Known, from: Keyframe, end: number): Keyframe {
    const { events } = this.recording;
    const state = copyOf(from.state);
    for (let i = from.next; i < end; i++) {
      const index = known.indices[i]!;
      this.changes[events.kind[index]!]!(state, events.values.at(index));
    }
    return { next: end, state };
  }
}

/**
 * What a machine knows and runs at an instant: its addresses, neighbours, routes, TCP connections, processes, folded from the events of the run. Every so
 * many events the whole state is kept, so that any instant is a kept state and a few thousand events away.
 */
import type { Value } from '@netarium/core/record/catalogue.ts';
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

type Values = Readonly<Record<string, Value>>;

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
    if (to === 'none' || to === '') state.neighbours.delete(key);
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

interface Keyframe {
  /** The first event that is not in it. */
  readonly next: number;
  readonly state: Mutable;
}

interface OwnEvents {
  readonly indices: number[];
  times: Float64Array;
}

const NO_EVENTS: OwnEvents = { indices: [], times: new Float64Array() };

export class MachineStates {
  /** By machine, its events' indices and instants. */
  private readonly own = new Map<string, OwnEvents>();
  private readonly keyframes = new Map<string, Keyframe[]>();
  private readonly changes: readonly (((state: Mutable, values: Values) => void) | undefined)[];

  constructor(private readonly recording: Recording) {
    const { events, hosts, kinds } = recording;
    this.changes = kinds.map((kind) => (Object.hasOwn(CHANGES, kind) ? CHANGES[kind] : undefined));
    for (let i = 0; i < events.atNs.length; i++) {
      if (this.changes[events.kind[i]!] === undefined) continue;
      const host = hosts[events.host[i]!]!;
      const list = this.own.get(host);
      if (list === undefined) this.own.set(host, { indices: [i], times: new Float64Array() });
      else list.indices.push(i);
    }
    for (const own of this.own.values()) own.times = Float64Array.from(own.indices, (i) => events.atNs[i]!);
  }

  at(machine: string, atNs: number): MachineState {
    const { indices, times } = this.own.get(machine) ?? NO_EVENTS;
    const end = above(times, atNs);
    const keyframe = this.keyframeBefore(machine, indices, end);
    const state = copyOf(keyframe.state);
    for (let i = keyframe.next; i < end; i++) this.apply(state, indices[i]!);
    return state;
  }

  private keyframeBefore(machine: string, own: readonly number[], end: number): Keyframe {
    let made = this.keyframes.get(machine);
    if (made === undefined) this.keyframes.set(machine, (made = [{ next: 0, state: empty() }]));
    while (made.length * KEYFRAME_EVENTS <= Math.min(end, own.length)) {
      const last = made.at(-1)!;
      const state = copyOf(last.state);
      for (let i = last.next; i < last.next + KEYFRAME_EVENTS; i++) this.apply(state, own[i]!);
      made.push({ next: last.next + KEYFRAME_EVENTS, state });
    }
    return made[Math.floor(end / KEYFRAME_EVENTS)]!;
  }

  private apply(state: Mutable, index: number): void {
    const { events } = this.recording;
    this.changes[events.kind[index]!]!(state, events.values[index]!);
  }
}

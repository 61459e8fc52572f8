/** What a lab's script is given: its machines by name, and the ways to act on the world and to observe it. */
import type { EventKind, SampleKind, WorldEvent } from '../record/catalogue.ts';
import type { DurationNs, Instant } from '../time/instant.ts';
import type { ParamValue } from '../world/topology.ts';
import type { Exploration } from './explore/explore.ts';
import type { Text } from './lab.ts';

/** A finished command on a host. */
export interface Finished {
  readonly pid: number;
  /** Exit status as a shell has it: the code, or 128 + the signal's number. */
  readonly status: number;
  readonly signal: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly stdoutBytes: Uint8Array;
  readonly startNs: Instant;
  readonly endNs: Instant;
}

/** A command that runs. */
export interface Running {
  readonly pid: number;
  /** What it has printed so far. */
  readonly stdout: string;
  readonly stderr: string;
  readonly finished: boolean;
  wait(): Promise<Finished>;
  kill(signal?: string): void;
}

export interface RunOptions {
  readonly stdin?: string | Uint8Array;
  readonly uid?: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A host, as the person at its keyboard (root unless `uid` says otherwise). */
export interface HostControl {
  readonly name: string;
  /** Runs a shell command line to its end. */
  sh(command: string, options?: RunOptions): Promise<Finished>;
  /** Starts a shell command line and goes on. */
  start(command: string, options?: RunOptions): Running;
  readFile(path: string): string | undefined;
  writeFile(path: string, text: string): void;
  /** Power off without a word to anybody; processes vanish, peers hear nothing. */
  crash(): void;
  /** Starts again, from its specification. */
  boot(): void;
  /** Freezes all processes and the stack, and lets them go on. */
  pause(): void;
  resume(): void;
}

export interface CableControl {
  readonly name: string;
  cut(): void;
  plug(): void;
  set(change: { readonly rate?: string; readonly delay?: string }, direction?: 'forward' | 'backward'): void;
  /** Adds a fault (as in a cable's specification); call the answer to lift it. */
  fault(spec: Readonly<Record<string, unknown>>, direction?: 'forward' | 'backward'): () => void;
}

/** A packet where a filter saw it. */
export interface SeenPacket {
  /** Number within the trace, from 1. */
  readonly number: number;
  /** The packet's identity within the run (events name it). */
  readonly packet: number;
  readonly atNs: Instant;
  readonly card: string;
  readonly direction: 'in' | 'out';
  /** A field by its filter name: `tcp.seq`, `ip.ttl`; undefined where the packet does not have it. */
  field(name: string): number | string | boolean | undefined;
  fields(name: string): readonly (number | string | boolean)[];
  readonly info: string;
  /** The headers, outermost first, with the bytes that each takes and its fields. */
  readonly layers: readonly SeenLayer[];
}

/** One header of a packet: its protocol's filter name, its byte range in the frame, its fields. */
export interface SeenLayer {
  readonly protocol: string;
  readonly start: number;
  readonly end: number;
  readonly fields: readonly { readonly name: string; readonly start: number; readonly end: number }[];
}

export interface Seen {
  readonly count: number;
  readonly packets: readonly SeenPacket[];
  readonly first: SeenPacket | undefined;
  readonly last: SeenPacket | undefined;
}

/** What a check saw. `met` undefined: could not be judged. */
export interface Observation {
  readonly met: boolean | undefined;
  readonly atNs?: Instant;
  readonly packet?: number;
  /** What was seen instead, or why it could not be judged. */
  readonly saw?: string;
}

export interface LabTools {
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly now: Instant;
  host(name: string): HostControl;
  cable(name: string): CableControl;
  /** Lets the world go on for so long. */
  sleep(duration: string | DurationNs): Promise<void>;
  /** Lets the world go on until the predicate, looked at after every event of these kinds, holds; false when the time is over. */
  until(predicate: () => boolean, limit: string | DurationNs): Promise<boolean>;
  /**
   * Packets that match a display filter. Without a card each packet counts once, where its maker sent it; with a card (`laptop.eth0`) it
   * is that card's capture, both directions.
   */
  seen(filter: string, card?: string): Seen;
  /** Events of a kind so far. */
  events<K extends EventKind>(kind: K): readonly WorldEvent<K>[];
  /** Calls `listener` at every later event (or sample) of a kind, inside the event: look, do not act. */
  on<K extends EventKind | SampleKind>(kind: K, listener: (event: WorldEvent<K>) => void): void;
  /** Calls `listener` for every later packet that matches, as it passes. */
  watch(filter: string, listener: (packet: SeenPacket) => void, card?: string): void;
  /** What came of one of the lab's explorations, all of which were run before the script. */
  explored(name: string): Exploration;
  /**
   * Judges a check: true or false, or an observation with the instant and packet that decided. `evidence` names the deciding packet of a
   * plain boolean. An exception makes it "could not be judged".
   */
  check(id: string, observe: () => boolean | Observation, evidence?: SeenPacket | { readonly atNs: Instant }): void;
  /** A figure of the lab's `measures`, as this run has it. */
  measured(name: string, value: number): void;
  /** A step of the lab's story, told as it happens; `mark` is its letter in the notes' own list. */
  say(text: Text, mark?: string): void;
}

/** The tools, and every machine of the lab by its name. */
export type LabContext<Names extends string = string> = LabTools & { readonly [N in Names]: HostControl };

/** The outcome of a lab's run, as the command line, tests and the page use it. */
import type { Cable } from '../link/cable.ts';
import type { NetworkCard } from '../link/card.ts';
import type { Recorder } from '../record/recorder.ts';
import type { Instant } from '../time/instant.ts';
import type { ParamValue } from '../world/topology.ts';
import type { CheckSpec, Text } from './lab.ts';
import type { Measurement } from './real-arm.ts';

export type Verdict = 'met' | 'not met' | 'could not be judged';

export interface CheckResult {
  readonly id: string;
  readonly text: Text;
  readonly row: number | undefined;
  readonly clause: number | undefined;
  readonly claim: string | undefined;
  readonly verdict: Verdict;
  /** The virtual time that decided; -1 where it was never judged. */
  readonly atNs: Instant;
  /** Identity of the packet that decided; 0 where there is none. */
  readonly packet: number;
  /** What was seen instead, or why it could not be judged; empty when met. */
  readonly saw: string;
}

/** A line of the lab's story. */
export interface StoryLine {
  readonly atNs: Instant;
  /** Letter in the notes' own list, or empty. */
  readonly mark: string;
  readonly text: Text;
}

export interface LabRun {
  readonly lab: string;
  readonly seed: number;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly wireDigest: string;
  readonly runDigest: string;
  /** Virtual time at the end of the script, and of the run. */
  readonly virtualNs: Instant;
  /** Events fired by the queue, and frames that went over cables. */
  readonly events: number;
  readonly packets: number;
  readonly checks: readonly CheckResult[];
  readonly story: readonly StoryLine[];
  /** In the order in which they were taken. */
  readonly measurements: readonly Measurement[];
  /** What was left over after the end (threads, connections …) and crashed programs: each fails the run. */
  readonly problems: readonly string[];
}

export type CheckSpecs = Readonly<Record<string, CheckSpec>>;

/** Hears of a run while it goes on. */
export interface RunListener {
  story?(line: StoryLine): void;
  check?(result: CheckResult): void;
  /** Virtual time goes on: told about every so many events. */
  progress?(now: Instant, events: number): void;
  /** All cards of the world, before anything happens: where captures attach. */
  cards?(cards: readonly NetworkCard[]): void;
  /** Where events and samples are subscribed to, before anything happens. */
  recorder?(recorder: Recorder): void;
  /** The cables, before anything happens. */
  cables?(cables: readonly Cable[]): void;
}

/** What a run is made of beside the lab: chosen by the caller. */
export interface RunSettings {
  readonly seed?: number;
  readonly set?: Readonly<Record<string, ParamValue>>;
  readonly untilNs?: Instant;
  readonly strict?: boolean;
  readonly listener?: RunListener;
}

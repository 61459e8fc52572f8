/**
 * A finished run as one value that a page can show without running anything: what machines and cables there are, every frame with its bytes, where it was
 * seen and how it travelled, every event, and the views that are drawn from samples (ladder, lanes, curves). Columns are parallel arrays: entry i of each
 * belongs together. Sights, hops and events stand in the order of time (hops by their start), so that whoever looks for an instant need not sort.
 */
import type { Text } from '@netarium/core/check/lab.ts';
import type { CheckResult, StoryLine } from '@netarium/core/check/lab-run.ts';
import type { ParamValue } from '@netarium/core/world/topology.ts';
import type { Ladder } from '../ladder/ladder.ts';
import type { Lanes } from '../lanes/lanes.ts';
import type { Curve, PlotKind } from '../plot/plot.ts';
import type { ProgramSource, RecordedCalls } from '../source/program-source.ts';
import type { EventValues } from './event-values.ts';

export interface RecordedMachine {
  readonly name: string;
  readonly kind: 'host' | 'router' | 'switch' | 'hub';
  /** Its cards by name, with their first addresses: `eth0 10.0.1.2/24`. */
  readonly cards: readonly string[];
}

/** A cable between ports: `laptop.eth0` and `sw.port1`. */
export interface RecordedCable {
  readonly name: string;
  readonly a: string;
  readonly b: string;
}

export interface RecordedCard {
  /** `laptop.eth0` */
  readonly name: string;
  readonly host: string;
  readonly mac: string;
}

/** Every frame once: what two cards saw of one transmission is one frame, its copy on the next link another. */
export interface RecordedFrames {
  /** Where the frame's bytes begin in `bytes`; one more entry than there are frames. */
  readonly offsets: Float64Array;
  readonly bytes: Uint8Array;
  /** Its whole length; more than its bytes where the payload was left out. */
  readonly lengths: Float64Array;
  /** Identity of the packet, 0 where the bytes are none; and the packet that it answers, repeats or is part of. */
  readonly packets: Float64Array;
  readonly of: Float64Array;
  /** Index into `causes`. */
  readonly cause: Uint8Array;
}

/** A frame as a card sent it (`out` 1) or took it. */
export interface RecordedSights {
  readonly atNs: Float64Array;
  readonly card: Uint16Array;
  readonly out: Uint8Array;
  readonly frame: Uint32Array;
}

/** A frame on its way along a cable, from its first bit to the last one's arrival. */
export interface RecordedHops {
  readonly startNs: Float64Array;
  readonly arrivalNs: Float64Array;
  readonly cable: Uint16Array;
  /** 1: from the cable's `b` to its `a`. */
  readonly back: Uint8Array;
  readonly frame: Uint32Array;
  /** 0: it arrived; else 1 + index into `dropReasons`. */
  readonly fate: Uint8Array;
}

export interface RecordedEvents {
  readonly atNs: Float64Array;
  /** Indices into `kinds` and `hosts`. */
  readonly kind: Uint16Array;
  readonly host: Uint16Array;
  readonly values: EventValues;
}

export interface Recording {
  readonly engine: string;
  readonly lab: string;
  readonly title: Text;
  readonly text: Text;
  readonly seed: number;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly wireDigest: string;
  readonly runDigest: string;
  readonly endNs: number;
  readonly machines: readonly RecordedMachine[];
  readonly cables: readonly RecordedCable[];
  readonly cards: readonly RecordedCard[];
  readonly story: readonly StoryLine[];
  readonly checks: readonly CheckResult[];
  readonly problems: readonly string[];
  readonly kinds: readonly string[];
  readonly hosts: readonly string[];
  readonly causes: readonly string[];
  readonly dropReasons: readonly string[];
  readonly ladder: Ladder;
  readonly lanes: Lanes;
  /** Of the programs that the lanes' threads ran, and which call each made when. */
  readonly source: ProgramSource;
  readonly calls: RecordedCalls;
  readonly plots: Readonly<Record<PlotKind, readonly Curve[]>>;
  readonly frames: RecordedFrames;
  readonly sights: RecordedSights;
  readonly hops: RecordedHops;
  readonly events: RecordedEvents;
}

/** The bytes of a frame. */
export function frameBytes({ frames }: Recording, frame: number): Uint8Array {
  return frames.bytes.subarray(frames.offsets[frame], frames.offsets[frame + 1]);
}

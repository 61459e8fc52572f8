/**
 * The text of the programs that a run's threads executed, as a recording keeps it: files, places in them, stacks of places, and which call each thread made when.
 * Numbers point into the lists. A recording whose run nobody watched for this has empty lists, and the page says so.
 */
import type { LoopQueues } from '@netarium/core/record/loop-queues.ts';

export interface SourceFile {
  /** `labs/src/locks/programs.ts`, or the name of the user's own file. */
  readonly name: string;
  /** In order, with lines left out between them. */
  readonly pieces: readonly SourcePiece[];
}

export interface SourcePiece {
  /** Number of its first line, from 1. */
  readonly from: number;
  readonly text: string;
}

/** A place in a program: a line on which calls are made, or awaited. */
export interface SourceFrame {
  readonly file: number;
  /** From 1. */
  readonly line: number;
  /** Empty where it has no name. */
  readonly function: string;
}

/** What was met while a run went on. A site is a text of frame numbers, the innermost first: `3 17 42`. */
export interface ProgramText {
  readonly files: readonly SourceFile[];
  readonly frames: readonly SourceFrame[];
}

/** Queues of an event loop, with numbers of stacks in place of sites. */
export interface RecordedQueues extends Omit<LoopQueues, 'coroutines'> {
  readonly coroutines: { readonly count: number; readonly first: readonly RecordedCoroutine[] };
}

export interface RecordedCoroutine {
  readonly name: string;
  readonly stack: number;
}

export interface ProgramSource extends ProgramText {
  /** Frames of each stack, the innermost first. The first stack is empty. */
  readonly stacks: readonly (readonly number[])[];
  readonly queues: readonly RecordedQueues[];
}

/** Every call of every thread with a lane, in the order of time. */
export interface RecordedCalls {
  readonly fromNs: Float64Array;
  readonly lane: Uint32Array;
  readonly stack: Uint32Array;
  /** 0: its thread runs no event loop; else 1 + index into `queues`. */
  readonly queues: Uint32Array;
}

export const NO_PROGRAM: ProgramText = { files: [], frames: [] };

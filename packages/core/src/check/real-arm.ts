/**
 * A lab's programs on the machine's own kernel: what `netarium run LAB --real` does after the simulated run. Both runs give figures under the same names
 * (`measures` of the lab), the simulated one by `measured` in its script; printed side by side they are prediction and measurement.
 */
import type { ParamValue } from '../world/topology.ts';
import type { Text } from './lab.ts';

/** A figure that both runs give. */
export interface MeasureSpec {
  readonly text: Text;
  /** `time`: nanoseconds. */
  readonly unit: 'time' | 'count' | 'bytes';
}

export interface Measurement {
  readonly name: string;
  readonly value: number;
}

/** A program that ended on the real machine. */
export interface RealFinished {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly elapsedNs: number;
}

/** A server that runs on the real machine. */
export interface RealServer {
  /** What its first line said, where `ready` asked for it. */
  readonly line: string;
  /** Ends it by SIGTERM and waits for its end. */
  stop(): Promise<RealFinished>;
}

export interface RealStage {
  readonly params: Readonly<Record<string, ParamValue>>;
  /** An empty directory of the machine, the programs' working directory, gone after the run. */
  readonly directory: string;
  /** Runs a program (an installed one, or one of the lab's) to its end, in this process of Netarium. */
  run(program: string, args: readonly string[]): Promise<RealFinished>;
  /** Starts a program in a process of its own, and goes on once it has printed a line with `ready` in it. */
  start(program: string, args: readonly string[], ready: string): Promise<RealServer>;
  writeFile(name: string, text: string): void;
  readFile(name: string): string | undefined;
  measured(name: string, value: number): void;
}

/** What every layer of one machine is given: time, chance, a recorder, identity and its sysctl variables. Nothing else comes in. */
import type { SysctlTable } from '../base/sysctl.ts';
import type { Randomness } from '../random/random.ts';
import type { EventQueue } from '../time/queue.ts';
import type { Recorder } from './recorder.ts';

/** Numbers for packets, unique within a world, in the order of their making. */
export interface IdSource {
  next(): number;
}

/** Those of a world. */
export class PacketNumbers implements IdSource {
  private last = 0;

  next(): number {
    return ++this.last;
  }
}

export interface HostContext {
  /** The machine's name in the lab: `laptop`. */
  readonly name: string;
  readonly queue: EventQueue;
  readonly random: Randomness;
  readonly recorder: Recorder;
  readonly ids: IdSource;
  readonly sysctl: SysctlTable;
  /** Behaviour that differs between systems, as data. */
  readonly profile: string;
}

/**
 * A world: one clock, one seed, one recorder, its machines and cables. Everything that happens happens in its event queue; programs run in its
 * run loop.
 */
import type { Cable } from '../link/cable.ts';
import type { NetworkCard } from '../link/card.ts';
import type { ScheduleChooser } from '../os/cpu/explored.ts';
import { type Answerer, Randomness } from '../random/random.ts';
import { type IdSource, PacketNumbers } from '../record/host-context.ts';
import { Recorder } from '../record/recorder.ts';
import type { CallSite } from '../syscall/async-sys.ts';
import type { Instant } from '../time/instant.ts';
import { EventQueue } from '../time/queue.ts';
import { PayloadStore } from '../wire/payload.ts';
import { Host } from './host.ts';
import type { Machine } from './machine.ts';
import { type MacrotaskTurn, RunLoop } from './run-loop.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly turn: MacrotaskTurn;
  readonly strict?: boolean;
  /** Notes where programs make their calls, for the report about one that waits for something foreign. */
  readonly callSite?: CallSite;
  /** Decides who runs and what is lost, where a schedule explorer or a replayed schedule does. */
  readonly choices?: Choices;
  /** Wall clock at the start, nanoseconds since the Unix epoch; 2026-01-01 00:00:00 UTC by default. */
  readonly wallStartNs?: bigint;
}

/** The choice points of a world, in other hands than the seed's. */
export interface Choices {
  readonly schedule: ScheduleChooser;
  readonly chance: Answerer;
}

export const DEFAULT_WALL_START_NS = 1_767_225_600_000_000_000n;

export class World {
  readonly queue = new EventQueue();
  readonly random: Randomness;
  readonly recorder: Recorder;
  /** Where the bytes that programs send are kept. */
  readonly payloads = new PayloadStore();
  readonly ids: IdSource = new PacketNumbers();
  readonly loop: RunLoop;
  readonly machines = new Map<string, Machine>();
  readonly cables = new Map<string, Cable>();
  readonly wallStartNs: bigint;
  /** Programs that threw something that is no exit status. */
  readonly crashes: string[] = [];

  constructor(readonly options: WorldOptions) {
    this.random = new Randomness(options.seed, options.choices?.chance);
    this.recorder = new Recorder(this.queue);
    this.loop = new RunLoop({
      queue: this.queue,
      turn: options.turn,
      ...(options.strict === undefined ? {} : { strict: options.strict }),
    });
    this.wallStartNs = options.wallStartNs ?? DEFAULT_WALL_START_NS;
  }

  get now(): Instant {
    return this.queue.now;
  }

  hosts(): Host[] {
    return [...this.machines.values()].filter((machine): machine is Host => machine instanceof Host);
  }

  /** The network cards of all hosts, in the order of machines and ifindex, loopback devices left out. */
  cards(): NetworkCard[] {
    return this.hosts().flatMap((host) => host.cards.filter((card) => !card.loopback));
  }

  /** Lets the world go on up to an instant. The clock ends there, also when nothing is left to happen. */
  async run(until: Instant): Promise<void> {
    await this.loop.run(until);
    const next = this.queue.next;
    if (this.queue.now < until && (next === undefined || next > until)) this.queue.advance(until);
  }
}

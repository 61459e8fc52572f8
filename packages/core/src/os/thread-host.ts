/** What a thread is given by its host: clock, cores, costs, the way into the kernel, and somewhere to report its state. */
import type { LoopQueues } from '../record/loop-queues.ts';
import type { EventQueue } from '../time/queue.ts';
import type { CostModel } from './costs.ts';
import type { Cpu } from './cpu/cpu.ts';
import type { CallRunner } from './front-end.ts';
import type { Turnstile } from './party.ts';
import type { Thread } from './thread.ts';

/** What lanes draw; `blocked` with what the thread waits for. */
export type LaneState = 'running' | 'ready' | 'blocked' | 'interpreter' | 'ended';

export interface ThreadHost {
  readonly queue: EventQueue;
  readonly turnstile: Turnstile;
  readonly runner: CallRunner;
  readonly cpu: Cpu;
  readonly costs: CostModel;
  /** The thread's state has changed. */
  note(thread: Thread, state: LaneState): void;
  /** It is about to make a call, from there. */
  called(thread: Thread, site: string, queues: LoopQueues | undefined): void;
  /** Its call waits: noted, and looked at for a circle of waiting threads. */
  blocked(thread: Thread): void;
}

/**
 * One core of a host. It is idle, or it does the work of one task until an instant, or it is still busy with the last work of a task that went to
 * sleep. At most one event is pending per core: the end of the work, or of the slice, whichever matters first.
 */
import type { Instant } from '../../time/instant.ts';
import type { Event } from '../../time/queue.ts';
import type { Cpu } from './cpu.ts';
import type { Task } from './task.ts';

export class Core implements Event {
  /** Who has the core: working, or in its turn at this instant. */
  task: Task | undefined = undefined;
  /** Who had it last: no switch is paid when the same comes back. */
  last: Task | undefined = undefined;
  /** The work of a task that left reaches until here. */
  freeAt: Instant = 0;
  /** When the work in progress ends; -1 where none is. */
  workEndsAt: Instant = -1;
  /** Run time is accounted up to here. */
  accountedAt: Instant = 0;
  slot = -1;
  eventAt: Instant = -1;
  /** Nanoseconds in use since the start. */
  busyNs = 0;
  switches = 0;

  constructor(
    readonly number: number,
    private readonly cpu: Cpu,
  ) {}

  get working(): boolean {
    return this.workEndsAt >= 0;
  }

  fire(): void {
    this.slot = -1;
    this.cpu.coreDue(this);
  }
}

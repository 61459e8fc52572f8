/**
 * E: the hold model on the event queue as every layer uses it. P events are pending; one hold takes the earliest and schedules one again
 * 1 .. 2^20 ns later, uniformly.
 */
import { Stream } from '@netarium/core/random/random.ts';
import { type Event, EventQueue } from '@netarium/core/time/queue.ts';
import type { Mode, Result, Variant } from '../workload.ts';

const LONGEST_NS = 0x10_0000;

class Hold implements Event {
  constructor(
    private readonly queue: EventQueue,
    private readonly stream: Stream,
  ) {}

  fire(now: number): void {
    this.queue.schedule(now + 1 + (this.stream.bits32() & (LONGEST_NS - 1)), this);
  }
}

export function run(_mode: Mode, { pending, holds }: Variant): Result {
  const queue = new EventQueue();
  const stream = new Stream(1, 'bench/hold');
  for (let i = 0; i < Number(pending); i++) new Hold(queue, stream).fire(0);
  while (queue.fired < Number(holds)) queue.step(Number.MAX_SAFE_INTEGER);
  return { hops: queue.fired, details: { virtualNs: queue.now } };
}

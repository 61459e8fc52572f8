/** Takes down where a run's threads make their calls, and what their event loops hold then. Hears something only where the run was given a `CallSite`. */
import type { LoopQueues } from '@netarium/core/record/loop-queues.ts';
import type { Recorder } from '@netarium/core/record/recorder.ts';
import type { Lanes } from '../lanes/lanes.ts';
import { Column, Names } from '../recording/columns.ts';
import type { ProgramSource, ProgramText, RecordedCalls, RecordedQueues } from './program-source.ts';

export class SourceLog {
  private readonly threads = new Names();
  /** A site that is empty is the first stack. */
  private readonly sites = new Names();
  /** By their JSON: most calls find the queues as the last one left them. */
  private readonly queues = new Names();
  private readonly calls = {
    fromNs: new Column(),
    thread: new Column(),
    site: new Column(),
    queues: new Column(),
  };

  constructor() {
    this.sites.number('');
  }

  listen(recorder: Recorder): void {
    recorder.on('thread.call', ({ host, values: { tid, fromNs, site, queues } }) => {
      this.calls.fromNs.push(fromNs);
      this.calls.thread.push(this.threads.number(threadName(host, tid)));
      this.calls.site.push(this.sites.number(site));
      this.calls.queues.push(queues === undefined ? 0 : 1 + this.queues.number(this.queuesText(queues)));
    });
  }

  private queuesText({ runtime, running, ready, timers, waiting, coroutines }: LoopQueues): string {
    const recorded: RecordedQueues = {
      runtime,
      running,
      ready,
      timers: { ...timers, first: timers.first.map(({ label, atNs }) => ({ label, atNs })) },
      waiting,
      coroutines: {
        count: coroutines.count,
        first: coroutines.first.map(({ name, site }) => ({ name, stack: this.sites.number(site) })),
      },
    };
    return JSON.stringify(recorded);
  }

  /** Once the run is over. */
  source({ files, frames }: ProgramText): ProgramSource {
    return {
      files,
      frames,
      stacks: this.sites.all.map((site) => (site === '' ? [] : site.split(' ').map(Number))),
      queues: this.queues.all.map((text) => JSON.parse(text) as RecordedQueues),
    };
  }

  /** In the order of time. A call of a thread that has no lane, since it took no time, is left out. */
  recorded(lanes: Lanes): RecordedCalls {
    const places = placesOf(lanes);
    const { fromNs, thread, site, queues } = this.calls;
    const laneOf = (call: number): number => {
      const all = places.get(this.threads.all[thread.at(call)]!) ?? [];
      return all.findLast((place) => lanes.lanes[place]!.stretches[0]!.fromNs <= fromNs.at(call)) ?? -1;
    };
    const lane = fromNs.values().map((_, call) => laneOf(call));
    const order = [...lane.keys()]
      .filter((call) => lane[call]! >= 0)
      .sort((a, b) => fromNs.at(a) - fromNs.at(b) || a - b);
    return {
      fromNs: Float64Array.from(order, (call) => fromNs.at(call)),
      lane: Uint32Array.from(order, (call) => lane[call]!),
      stack: Uint32Array.from(order, (call) => site.at(call)),
      queues: Uint32Array.from(order, (call) => queues.at(call)),
    };
  }
}

function threadName(host: string, tid: number): string {
  return `${tid} ${host}`;
}

/** Places of the lanes of each thread's id, which is given again: in the order of their beginning. */
function placesOf({ lanes }: Lanes): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  for (const [place, { host, tid }] of lanes.entries()) {
    const name = threadName(host, tid);
    const known = places.get(name);
    if (known === undefined) places.set(name, [place]);
    else known.push(place);
  }
  return places;
}

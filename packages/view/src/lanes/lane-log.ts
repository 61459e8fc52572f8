/** Takes down what a run's threads do, from its samples and events, and makes lanes of it. */
import type { Recorder } from '@netarium/core/record/recorder.ts';
import type { Deadlock, Lane, LaneState, Lanes, Stretch } from './lanes.ts';

interface OpenLane {
  readonly host: string;
  readonly pid: number;
  readonly tid: number;
  process: string;
  thread: string;
  readonly stretches: Stretch[];
  open: Omit<Stretch, 'toNs'> | undefined;
  endedNs: number;
}

/** A new program runs at the latest so long after exec. */
const EXEC_NS = 1_000_000;

/** Calls in which a thread waits for another thread's doing inside the host. */
const LOCK_CALL = /^(mutex|cond|sem|rwlock|barrier|thread_join|cell_wait|waitpid)/;

export class LaneLog {
  private readonly all: OpenLane[] = [];
  private readonly current = new Map<string, OpenLane>();
  private readonly deadlocks: Deadlock[] = [];
  /** By host and process. */
  private readonly parents = new Map<string, number>();

  listen(recorder: Recorder): void {
    recorder.on('thread.state', ({ host, values }) => {
      const at = values.fromNs;
      const lane = this.lane(host, values.pid, values.tid, at);
      lane.process = values.process;
      if (values.thread !== '') lane.thread = values.thread;
      close(lane, at);
      if (values.state === 'ended') {
        lane.endedNs = at;
        return;
      }
      lane.open = {
        fromNs: at,
        state: values.state === 'blocked' ? blockedState(values.waits) : values.state,
        core: values.core,
        waits: values.waits,
        holders: values.holders === '' ? [] : values.holders.split(' ').map(Number),
        untilNs: values.untilNs,
      };
    });
    recorder.on('process.start', ({ host, values }) => this.parents.set(`${host} ${values.pid}`, values.parent));
    recorder.on('process.exit', ({ at, host, values }) => this.dead(host, values.pid, at));
    recorder.on('process.reap', ({ at, host, values }) => {
      const lane = this.current.get(`${host} ${values.pid}`);
      if (lane !== undefined) close(lane, at);
    });
    recorder.on('thread.deadlock', ({ at, host, values }) => {
      this.deadlocks.push({ atNs: at, host, circle: values.circle });
    });
  }

  /** wait(2), notes: of a process that has ended and was not waited for something stays, a zombie; its first thread's lane shows it. */
  private dead(host: string, pid: number, at: number): void {
    const key = `${host} ${pid}`;
    const lane = this.current.get(key);
    if (lane === undefined) return;
    close(lane, at);
    const parent = this.parents.get(key);
    lane.open = {
      fromNs: Math.max(at, lane.endedNs),
      state: 'zombie',
      core: -1,
      waits: 'waitpid',
      holders: parent === undefined ? [] : [parent],
      untilNs: -1,
    };
  }

  private lane(host: string, pid: number, tid: number, at: number): OpenLane {
    const key = `${host} ${tid}`;
    const current = this.current.get(key);
    if (current !== undefined && (current.endedNs < 0 || this.replaced(current, at))) return current;
    const lane = { host, pid, tid, process: '', thread: '', stretches: [], open: undefined, endedNs: -1 };
    this.all.push(lane);
    this.current.set(key, lane);
    return lane;
  }

  /** exec ends the thread and starts another under the same id: for people it is the same. */
  private replaced(lane: OpenLane, at: number): boolean {
    if (lane.pid !== lane.tid || at - lane.endedNs > EXEC_NS) return false;
    lane.endedNs = -1;
    return true;
  }

  /** What was seen, between two instants; the whole run by default. `keep` picks lanes. */
  read(endNs: number, keep: (lane: Lane) => boolean = () => true, fromNs = 0): Lanes {
    const lanes = this.all
      .map((lane) => finished(lane, fromNs, endNs))
      .filter((lane) => lane.stretches.length > 0 && keep(lane));
    const deadlocks = this.deadlocks.filter(({ atNs }) => atNs >= fromNs && atNs <= endNs);
    return { fromNs, toNs: endNs, lanes, deadlocks };
  }
}

function close(lane: OpenLane, at: number): void {
  if (lane.open !== undefined && at > lane.open.fromNs) lane.stretches.push({ ...lane.open, toNs: at });
  lane.open = undefined;
}

function blockedState(waits: string): LaneState {
  if (waits.startsWith('nanosleep(')) return 'sleep';
  return LOCK_CALL.test(waits) ? 'lock' : 'io';
}

function finished(lane: OpenLane, fromNs: number, toNs: number): Lane {
  const { host, pid, tid, process, thread, endedNs, open } = lane;
  const all = open === undefined || open.fromNs >= toNs ? lane.stretches : [...lane.stretches, { ...open, toNs }];
  const stretches = all
    .filter((stretch) => stretch.toNs > fromNs && stretch.fromNs < toNs)
    .map((stretch) => ({ ...stretch, fromNs: Math.max(stretch.fromNs, fromNs), toNs: Math.min(stretch.toNs, toNs) }));
  const which = tid === pid ? `${pid}` : `${pid}/${tid}${thread === '' ? '' : ` ${thread}`}`;
  return { host, pid, tid, name: `${host} ${process}[${which}]`, stretches, endedNs };
}

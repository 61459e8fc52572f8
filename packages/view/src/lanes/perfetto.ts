/**
 * Lanes in Chrome's trace event format (JSON), which ui.perfetto.dev and chrome://tracing open: a host is a process of the viewer, a thread a thread, a
 * stretch a complete event; times are microseconds. Deadlocks are instant events.
 */
import type { Lanes } from './lanes.ts';

interface TraceEvent {
  readonly ph: 'X' | 'M' | 'i';
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly s?: 'g';
  readonly cat?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

export function perfettoTrace(lanes: Lanes): {
  readonly displayTimeUnit: 'ns';
  readonly traceEvents: readonly TraceEvent[];
} {
  const hosts = [...new Set(lanes.lanes.map(({ host }) => host))];
  const events: TraceEvent[] = hosts.map((host, i) => named('process_name', i + 1, 0, host));
  for (const lane of lanes.lanes) {
    const pid = hosts.indexOf(lane.host) + 1;
    events.push(named('thread_name', pid, lane.tid, lane.name));
    for (const { state, fromNs, toNs, core, waits, holders } of lane.stretches)
      events.push({
        ph: 'X',
        name: waits === '' ? state : `${state}: ${waits}`,
        cat: state,
        pid,
        tid: lane.tid,
        ts: fromNs / 1000,
        dur: (toNs - fromNs) / 1000,
        args: { ...(core < 0 ? {} : { core }), ...(holders.length === 0 ? {} : { holders }) },
      });
  }
  for (const { atNs, host, circle } of lanes.deadlocks)
    events.push({
      ph: 'i',
      name: 'deadlock',
      s: 'g',
      pid: hosts.indexOf(host) + 1,
      tid: 0,
      ts: atNs / 1000,
      args: { circle },
    });
  return { displayTimeUnit: 'ns', traceEvents: events };
}

function named(what: 'process_name' | 'thread_name', pid: number, tid: number, name: string): TraceEvent {
  return { ph: 'M', name: what, pid, tid, args: { name } };
}

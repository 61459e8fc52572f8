/**
 * Lanes in Chrome's trace event format (JSON), which ui.perfetto.dev and chrome://tracing open: a host is a process of the viewer, a thread a thread, a
 * stretch a complete event; times are microseconds. Deadlocks are instant events.
 */
import { type FilePiece, slicesOf } from '../files/file-piece.ts';
import type { Lanes, Stretch } from './lanes.ts';

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

/** Stretches of a piece: about a millisecond's work. */
const SLICE = 500;

/** The file, an event a line. */
export function* perfettoTrace(lanes: Lanes): Generator<FilePiece, void> {
  const hosts = [...new Set(lanes.lanes.map(({ host }) => host))];
  let separator = '\n';
  const lines = (events: readonly TraceEvent[]): string => {
    let text = '';
    for (const event of events) {
      text += separator + JSON.stringify(event);
      separator = ',\n';
    }
    return text;
  };
  yield { content: '{"displayTimeUnit":"ns","traceEvents":[', part: 0 };
  yield { content: lines(hosts.map((host, i) => named('process_name', i + 1, 0, host))), part: 0 };
  for (const [i, { host, tid, name, stretches }] of lanes.lanes.entries()) {
    const pid = hosts.indexOf(host) + 1;
    const part = i / lanes.lanes.length;
    yield { content: lines([named('thread_name', pid, tid, name)]), part };
    for (const [, some] of slicesOf(stretches, SLICE))
      yield { content: lines(some.map((stretch) => complete(stretch, pid, tid))), part };
  }
  const ends = lanes.deadlocks.map(({ atNs, host, circle }): TraceEvent => {
    const pid = hosts.indexOf(host) + 1;
    return { ph: 'i', name: 'deadlock', s: 'g', pid, tid: 0, ts: atNs / 1000, args: { circle } };
  });
  yield { content: `${lines(ends)}\n]}\n`, part: 1 };
}

function complete({ state, fromNs, toNs, core, waits, holders }: Stretch, pid: number, tid: number): TraceEvent {
  return {
    ph: 'X',
    name: waits === '' ? state : `${state}: ${waits}`,
    cat: state,
    pid,
    tid,
    ts: fromNs / 1000,
    dur: (toNs - fromNs) / 1000,
    args: { ...(core < 0 ? {} : { core }), ...(holders.length === 0 ? {} : { holders }) },
  };
}

function named(what: 'process_name' | 'thread_name', pid: number, tid: number, name: string): TraceEvent {
  return { ph: 'M', name: what, pid, tid, args: { name } };
}

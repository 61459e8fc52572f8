/**
 * Whether the described part of a recording is what its types say: a page draws it without asking again, so nothing of it may be missing or of another kind.
 * Long lists stand beside the description, which says how long they are. Columns and what their indices point at are the container's to check.
 */
import { TIMER_ENDS } from '../ladder/timers.ts';
import { LANE_STATES } from '../lanes/lanes.ts';
import { PLOT_KINDS } from '../plot/plot.ts';
import { CELL_TYPES } from './event-values.ts';
import type { Recording } from './recording.ts';

type Test = (value: unknown) => boolean;

const text: Test = (value) => typeof value === 'string';
const number: Test = (value) => typeof value === 'number' && Number.isFinite(value);
const yesOrNo: Test = (value) => typeof value === 'boolean';

function list(each: Test): Test {
  return (value) => Array.isArray(value) && value.every(each);
}

function oneOf(...known: readonly unknown[]): Test {
  return (value) => known.includes(value);
}

function optional(test: Test): Test {
  return (value) => value === undefined || test(value);
}

function object(fields: Readonly<Record<string, Test>>): Test {
  const tests = Object.entries(fields);
  return (value) =>
    typeof value === 'object' &&
    value !== null &&
    tests.every(([name, test]) => test((value as Readonly<Record<string, unknown>>)[name]));
}

/** Of a long list, in its place. */
const length: Test = (value) => Number.isSafeInteger(value) && Number(value) >= 0;

const pair: Test = (value) => Array.isArray(value) && value.length === 2 && value.every(number);
const both = object({ en: text, zh: text });
const stop = object({ host: text, atNs: number });
const drop = object({ host: text, atNs: number, reason: text, onTheWay: yesOrNo });
const curve = object({
  name: text,
  points: length,
  bound: optional(length),
  used: optional(length),
  samples: optional(length),
});

const row = object({
  packet: number,
  cause: text,
  of: number,
  fromNs: number,
  from: optional(text),
  through: list(stop),
  arrivals: list(stop),
  drops: list(drop),
  seq: optional(number),
  ack: optional(number),
  window: optional(number),
  sack: optional(list(pair)),
  findings: optional(list(text)),
  src: text,
  dst: text,
  srcPort: optional(number),
  dstPort: optional(number),
  text,
});

const timer = object({
  host: text,
  local: text,
  peer: text,
  timer: text,
  fromNs: number,
  setNs: number,
  restarts: number,
  untilNs: number,
  endNs: number,
  end: oneOf(...TIMER_ENDS),
});

const stretch = object({
  fromNs: number,
  toNs: number,
  state: oneOf(...LANE_STATES),
  waits: text,
  holders: list(number),
});

const queue = (entry: Test): Test => object({ count: number, first: list(entry) });
const queues = object({
  runtime: text,
  running: text,
  ready: queue(text),
  timers: queue(object({ label: text, atNs: number })),
  waiting: queue(object({ fd: number, direction: text, label: text })),
  coroutines: queue(object({ name: text, stack: number })),
});

const lane = object({ host: text, pid: number, tid: number, name: text, stretches: length });

/** What the entries of the long lists are. */
export const LONG_LISTS = {
  rows: row,
  timers: timer,
  stretches: stretch,
  points: pair,
  texts: text,
  stacks: list(number),
  queues,
} as const;
export type ListName = keyof typeof LONG_LISTS;

/** By the recording's names, and the texts of its events. */
const PARTS: Readonly<Partial<Record<keyof Recording | 'texts', Test>>> = {
  engine: text,
  lab: text,
  title: both,
  text: both,
  seed: number,
  wireDigest: text,
  runDigest: text,
  endNs: length,
  machines: list(object({ name: text, kind: oneOf('host', 'router', 'switch', 'hub'), cards: list(text) })),
  cables: list(object({ name: text, a: text, b: text })),
  cards: list(object({ name: text, host: text, mac: text })),
  story: list(object({ atNs: number, mark: text, text: both })),
  checks: list(
    object({
      id: text,
      text: both,
      verdict: oneOf('met', 'not met', 'could not be judged'),
      atNs: number,
      packet: number,
      saw: text,
    }),
  ),
  problems: list(text),
  kinds: list(text),
  hosts: list(text),
  causes: list(text),
  dropReasons: list(text),
  ladder: object({ hosts: list(text), rows: length, timers: length }),
  lanes: object({ fromNs: number, toNs: number, lanes: list(lane), deadlocks: list(stop) }),
  plots: object(Object.fromEntries(PLOT_KINDS.map((kind) => [kind, list(curve)]))),
  source: object({
    files: list(object({ name: text, pieces: list(object({ from: number, text })) })),
    frames: list(object({ file: number, line: number, function: text })),
    stacks: length,
    queues: length,
  }),
  texts: length,
};

/** The described part of what events say. */
const cellType = oneOf(...CELL_TYPES);
export const areShapes = list(
  list((cell) => Array.isArray(cell) && cell.length === 2 && text(cell[0]) && cellType(cell[1])),
);

/** The first part of a description without its long lists that is not what it should be; undefined where all are. */
export function wrongPart(description: Readonly<Record<string, unknown>>): string | undefined {
  return Object.entries(PARTS).find(([name, test]) => !test(description[name]))?.[0];
}

/** `netarium lanes`: runs a lab and draws what its threads did and waited for; totals per thread and per lock; export for trace viewers. */
import { formatDuration, formatInstant } from '@netarium/core/time/instant.ts';
import { textOf } from '@netarium/view/files/file-piece.ts';
import { LaneLog } from '@netarium/view/lanes/lane-log.ts';
import {
  LANE_LETTERS,
  LANE_STATES,
  type Lane,
  type LaneState,
  type Lanes,
  lockTotals,
  overlapOf,
  totalsOf,
  waitText,
} from '@netarium/view/lanes/lanes.ts';
import { perfettoTrace } from '@netarium/view/lanes/perfetto.ts';
import { laneDrawing } from '@netarium/view/lanes/terminal.ts';
import { titleIn } from '@netarium/view/language.ts';
import { UsageError } from '../exit.ts';
import { writeWhole } from '../files.ts';
import type { Io } from '../io.ts';
import { table } from '../output/table.ts';
import { refuse, spanOf } from '../settings.ts';
import { endOf, type WatchOptions, watchedRun } from '../watched-run.ts';

export interface LanesOptions extends WatchOptions {
  readonly host?: string;
  readonly only?: string;
  readonly from?: string;
  readonly to?: string;
  readonly waits?: boolean;
  readonly json?: boolean;
  readonly export?: string;
  readonly out?: string;
}

const PIPE_WIDTH = 120;

export async function lanesCommand(name: string, options: LanesOptions, io: Io): Promise<number> {
  const { m } = io;
  if (options.export !== undefined && options.export !== 'perfetto')
    throw new UsageError(m.lanes.noExport(options.export), 'lanes');
  if (options.export === undefined) {
    if (options.out !== undefined) throw new UsageError(m.errors.needs('--out', '--export'), 'lanes');
  } else refuse(options, ['json', 'waits'], '--export', m, 'lanes');
  const { fromNs, toNs } = spanOf(options, m, 'lanes');
  const log = new LaneLog();
  let title = name;
  const run = await watchedRun(name, 'lanes', options, io, (definition) => {
    title = titleIn(definition, io.language);
    return { recorder: (recorder) => log.listen(recorder) };
  });
  const keep = (lane: Lane): boolean =>
    (options.host === undefined || lane.host === options.host) &&
    (options.only === undefined || lane.name.includes(options.only));
  const whole = log.read(run.virtualNs, keep);
  const lanes = log.read(toNs ?? lastEnd(whole), keep, fromNs);
  if (options.export !== undefined) exportTrace(lanes, options.out ?? `${run.lab}.trace.json`, io);
  else if (options.json === true) {
    const { lab, seed, params, runDigest } = run;
    io.out(JSON.stringify({ lab, seed, params, runDigest, ...lanes, locks: lockTotals(lanes) }, undefined, 2));
  } else {
    io.out(io.colors.bold(m.run.title(title, run.seed)));
    draw(lanes, options.waits === true, io);
  }
  return endOf(run, io);
}

/** Where the last thread ended: what follows is the wind-down of an empty world. */
function lastEnd({ lanes, toNs }: Lanes): number {
  const ends = lanes.map(({ endedNs }) => endedNs);
  return ends.length === 0 || ends.includes(-1) ? toNs : Math.max(1, ...ends);
}

function exportTrace(lanes: Lanes, path: string, io: Io): void {
  writeWhole(path, textOf(perfettoTrace(lanes)), io.m);
  io.out(io.m.new.wrote(path));
}

function draw(lanes: Lanes, waits: boolean, io: Io): void {
  const { m } = io;
  if (lanes.lanes.length === 0) {
    io.out(m.lanes.none);
    return;
  }
  const width = io.stdout.isTTY === true ? (io.stdout.columns ?? PIPE_WIDTH) : PIPE_WIDTH;
  const drawing = laneDrawing(lanes, width);
  io.out(io.colors.dim(drawing.scale));
  for (const { name, pieces } of drawing.lines)
    io.out(`${name}  ${pieces.map(({ text, state }) => painted(text, state, io)).join('')}`.trimEnd());
  io.out(io.colors.dim(`${legend(io)}; ${m.lanes.column(formatDuration(drawing.columnNs))}`));
  for (const { atNs, host, circle } of lanes.deadlocks)
    io.out(io.colors.red(m.lanes.deadlock(formatInstant(atNs), host, circle)));
  totals(lanes, io);
  if (waits) listWaits(lanes, io);
}

function painted(text: string, state: LaneState | undefined, { colors }: Io): string {
  switch (state) {
    case 'running':
      return colors.green(text);
    case 'lock':
      return colors.red(text);
    case 'interpreter':
      return colors.yellow(text);
    case 'ready':
      return colors.cyan(text);
    case 'zombie':
      return colors.magenta(text);
    default:
      return colors.dim(text);
  }
}

function legend({ m }: Io): string {
  return LANE_STATES.map((state) => `${LANE_LETTERS[state]} ${m.lanes.states[state]}`).join(', ');
}

function totals(lanes: Lanes, io: Io): void {
  const { m } = io;
  const head = [m.lanes.thread, ...LANE_STATES.map((state) => m.lanes.states[state]), m.lanes.turns];
  const rows = lanes.lanes.map((lane) => {
    const { ns, turns } = totalsOf(lane);
    return [
      lane.name,
      ...LANE_STATES.map((state) => (ns[state] === 0 ? '' : formatDuration(ns[state]))),
      String(turns),
    ];
  });
  io.out('');
  for (const line of table(rows, { head })) io.out(line);
  const { runningNs, busyNs } = overlapOf(lanes);
  if (busyNs > 0) io.out(m.lanes.overlap((runningNs / busyNs).toFixed(2)));
  const locks = lockTotals(lanes);
  if (locks.length === 0) return;
  io.out('');
  const lockRows = locks.map(({ lock, waits, waitedNs, longestNs }) => [
    lock,
    String(waits),
    formatDuration(waitedNs),
    formatDuration(longestNs),
  ]);
  const lockHead = [m.lanes.lock, m.lanes.waits, m.lanes.waited, m.lanes.longest];
  for (const line of table(lockRows, { head: lockHead })) io.out(line);
}

/** Who waited for whom, from when to when. */
function listWaits(lanes: Lanes, io: Io): void {
  io.out('');
  const waits = lanes.lanes
    .flatMap((lane) => lane.stretches.filter(({ state }) => state === 'lock').map((stretch) => ({ lane, stretch })))
    .sort((a, b) => a.stretch.fromNs - b.stretch.fromNs);
  for (const { lane, stretch } of waits) {
    const { fromNs, toNs, untilNs } = stretch;
    const until = untilNs < 0 ? '' : ` ≤ ${formatInstant(untilNs)} s`;
    io.out(
      `${formatInstant(fromNs)} s  ${lane.name}  ${waitText(lanes, lane, stretch)}${until}  ${formatDuration(toNs - fromNs)}`,
    );
  }
}

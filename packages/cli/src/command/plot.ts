/** `netarium plot`: runs a lab and draws congestion windows, round trips, goodput, queues or sequence numbers over virtual time. */
import { textOf } from '@netarium/view/files/file-piece.ts';
import { LadderLog } from '@netarium/view/ladder/ladder-log.ts';
import { titleIn } from '@netarium/view/language.ts';
import { type Curve, PLOT_KINDS, type PlotKind } from '@netarium/view/plot/plot.ts';
import { PlotLog } from '@netarium/view/plot/plot-log.ts';
import { type Sequence, sequencesOf } from '@netarium/view/plot/sequence.ts';
import { sequenceSvg } from '@netarium/view/plot/sequence-svg.ts';
import { SEQUENCE_MARKS, sequenceLines } from '@netarium/view/plot/sequence-terminal.ts';
import { plotSvg } from '@netarium/view/plot/svg.ts';
import { plotLines } from '@netarium/view/plot/terminal.ts';
import { UsageError } from '../exit.ts';
import { writeWhole } from '../files.ts';
import type { Io } from '../io.ts';
import { paragraph } from '../output/table.ts';
import { endOf, type WatchOptions, watchedRun } from '../watched-run.ts';

export interface PlotOptions extends WatchOptions {
  readonly only?: string;
  readonly json?: boolean;
  readonly svg?: string;
}

const PANELS_MAX = 6;
const PANEL_LINES = 10;
const SEQUENCE_LINES = 16;
const PIPE_WIDTH = 100;

export async function plotCommand(name: string, what: string, options: PlotOptions, io: Io): Promise<number> {
  const { m } = io;
  if (what === 'sequence') return sequenceCommand(name, options, io);
  const kind = PLOT_KINDS.find((each) => each === what);
  if (kind === undefined) throw new UsageError(m.errors.plotKind(what), 'plot');
  const log = new PlotLog(kind);
  let title = name;
  const run = await watchedRun(name, 'plot', options, io, (definition) => {
    title = titleIn(definition, io.language);
    return {
      cards: (cards) => log.attach(cards),
      cables: (cables) => log.cables(cables),
      recorder: (recorder) => log.listen(recorder),
    };
  });
  const curves = chosen(log.curves(), options.only, io);
  const heading = m.plot.heading(m.plot.titles[kind], m.run.title(title, run.seed));
  const { units, time, samples } = m.plot;
  const threshold = kind === 'goodput' ? m.plot.throughput : m.plot.threshold;
  const words = { title: heading, unit: units[kind], timeTitle: time, threshold, samples };
  const svg = curves.length === 0 ? undefined : options.svg;
  if (svg !== undefined) writeWhole(svg, textOf(plotSvg(curves, words)), m);
  if (options.json === true) {
    const { lab, seed, params, wireDigest } = run;
    io.out(JSON.stringify({ lab, seed, params, wireDigest, kind, unit: UNITS[kind], curves }, undefined, 2));
  } else {
    io.out(io.colors.bold(heading));
    draw(curves, kind, io);
    if (svg !== undefined) io.out(m.ladder.wrote(svg));
  }
  return endOf(run, io);
}

/** For programs: the same in every language. */
const UNITS: Readonly<Record<PlotKind, string>> = { cwnd: 'segments', rtt: 'ms', goodput: 'Mbit/s', queue: 'frames' };

function chosen<T extends { readonly name: string }>(
  curves: readonly T[],
  only: string | undefined,
  { m }: Io,
): readonly T[] {
  if (only === undefined) return curves;
  const found = curves.filter(({ name }) => name.includes(only));
  if (found.length === 0 && curves.length > 0)
    throw new UsageError(m.plot.noneOf(only, curves.map(({ name }) => name).join(', ')), 'plot');
  return found;
}

/** Time-sequence diagrams: of packets, not of samples. */
async function sequenceCommand(name: string, options: PlotOptions, io: Io): Promise<number> {
  const { m } = io;
  const log = new LadderLog();
  let title = name;
  const run = await watchedRun(name, 'plot', options, io, (definition) => {
    title = titleIn(definition, io.language);
    return { cards: (cards) => log.attach(cards), recorder: (recorder) => log.listen(recorder) };
  });
  const sequences = chosen(sequencesOf(log.ladder()), options.only, io);
  const heading = `${m.plot.sequence.title}: ${m.run.title(title, run.seed)}`;
  const words = { ...m.plot.sequence, title: heading, timeTitle: m.plot.time };
  const svg = sequences.length === 0 ? undefined : options.svg;
  if (svg !== undefined) writeWhole(svg, textOf(sequenceSvg(sequences, words)), m);
  if (options.json === true) {
    const { lab, seed, params, wireDigest } = run;
    io.out(JSON.stringify({ lab, seed, params, wireDigest, kind: 'sequence', unit: 'bytes', sequences }, undefined, 2));
  } else {
    io.out(io.colors.bold(heading));
    drawSequences(sequences, io);
    if (svg !== undefined) io.out(m.ladder.wrote(svg));
  }
  return endOf(run, io);
}

function drawSequences(sequences: readonly Sequence[], io: Io): void {
  const { m } = io;
  if (sequences.length === 0) {
    io.out(m.plot.none);
    return;
  }
  const { unit, summary, legend } = m.plot.sequence;
  const layout = { width: widthOf(io), height: SEQUENCE_LINES, unit, timeTitle: m.plot.time, summary };
  for (const line of sequenceLines(sequences.slice(0, PANELS_MAX), layout)) io.out(line);
  const said = legend(SEQUENCE_MARKS.again, SEQUENCE_MARKS.lost, SEQUENCE_MARKS.sack);
  for (const line of paragraph(said, widthOf(io))) io.out(io.colors.dim(line));
  if (sequences.length > PANELS_MAX) io.out(`\n${m.plot.more(String(sequences.length - PANELS_MAX))}`);
}

function widthOf({ stdout }: Io): number {
  return stdout.isTTY === true ? stdout.columns : PIPE_WIDTH;
}

function draw(curves: readonly Curve[], kind: PlotKind, io: Io): void {
  const { m } = io;
  if (curves.length === 0) {
    io.out(m.plot.none);
    return;
  }
  const layout = {
    width: widthOf(io),
    height: PANEL_LINES,
    unit: m.plot.units[kind],
    timeTitle: m.plot.time,
    summary: m.plot.range,
  };
  for (const line of plotLines(curves.slice(0, PANELS_MAX), layout)) io.out(line);
  if (curves.length > PANELS_MAX) io.out(`\n${m.plot.more(String(curves.length - PANELS_MAX))}`);
}

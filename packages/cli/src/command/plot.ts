/** `netarium plot`: runs a lab and draws congestion windows, round trips, goodput or queues over virtual time. */
import { titleIn } from '@netarium/view/language.ts';
import { type Curve, PLOT_KINDS, type PlotKind } from '@netarium/view/plot/plot.ts';
import { PlotLog } from '@netarium/view/plot/plot-log.ts';
import { plotSvg } from '@netarium/view/plot/svg.ts';
import { plotLines } from '@netarium/view/plot/terminal.ts';
import { UsageError } from '../exit.ts';
import { writeWhole } from '../files.ts';
import type { Io } from '../io.ts';
import { endOf, type WatchOptions, watchedRun } from '../watched-run.ts';

export interface PlotOptions extends WatchOptions {
  readonly only?: string;
  readonly json?: boolean;
  readonly svg?: string;
}

const PANELS_MAX = 6;
const PANEL_LINES = 10;
const PIPE_WIDTH = 100;

export async function plotCommand(name: string, what: string, options: PlotOptions, io: Io): Promise<number> {
  const { m } = io;
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
  const heading = `${m.plot.titles[kind]}: ${m.run.title(title, run.seed)}`;
  const words = { title: heading, unit: m.plot.units[kind], timeTitle: m.plot.time, threshold: m.plot.threshold };
  if (options.svg !== undefined) writeWhole(options.svg, plotSvg(curves, words), m);
  if (options.json === true) {
    const { lab, seed, params, wireDigest } = run;
    io.out(JSON.stringify({ lab, seed, params, wireDigest, kind, unit: UNITS[kind], curves }, undefined, 2));
  } else {
    io.out(io.colors.bold(heading));
    draw(curves, kind, io);
    if (options.svg !== undefined) io.out(m.ladder.wrote(options.svg));
  }
  return endOf(run, io);
}

/** For programs: the same in every language. */
const UNITS: Readonly<Record<PlotKind, string>> = { cwnd: 'segments', rtt: 'ms', goodput: 'Mbit/s', queue: 'frames' };

function chosen(curves: Curve[], only: string | undefined, { m }: Io): Curve[] {
  if (only === undefined) return curves;
  const found = curves.filter(({ name }) => name.includes(only));
  if (found.length === 0 && curves.length > 0)
    throw new UsageError(m.plot.noneOf(only, curves.map(({ name }) => name).join(', ')), 'plot');
  return found;
}

function draw(curves: readonly Curve[], kind: PlotKind, io: Io): void {
  const { m } = io;
  if (curves.length === 0) {
    io.out(m.plot.none);
    return;
  }
  const layout = {
    width: io.stdout.isTTY === true ? io.stdout.columns : PIPE_WIDTH,
    height: PANEL_LINES,
    unit: m.plot.units[kind],
    timeTitle: m.plot.time,
    summary: m.plot.range,
  };
  for (const line of plotLines(curves.slice(0, PANELS_MAX), layout)) io.out(line);
  if (curves.length > PANELS_MAX) io.out(`\n${m.plot.more(String(curves.length - PANELS_MAX))}`);
}

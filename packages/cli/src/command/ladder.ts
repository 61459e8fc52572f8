/** `netarium ladder`: runs a lab and draws who sent what to whom, and when, in the terminal, as SVG or as JSON. */
import type { LabDefinition } from '@netarium/core/check/lab.ts';
import { SpecError } from '@netarium/core/world/topology.ts';
import { textOf } from '@netarium/view/files/file-piece.ts';
import { type Ladder, type Selection, selected } from '@netarium/view/ladder/ladder.ts';
import { LadderLog, type PacketTest } from '@netarium/view/ladder/ladder-log.ts';
import { ladderSvg } from '@netarium/view/ladder/svg.ts';
import { INDENT, type LadderLine, ladderLines } from '@netarium/view/ladder/terminal.ts';
import { type Language, titleIn } from '@netarium/view/language.ts';
import { filterOf } from '@netarium/view/packets/packet-list.ts';
import { UsageError } from '../exit.ts';
import { writeWhole } from '../files.ts';
import type { Io } from '../io.ts';
import { spanOf } from '../settings.ts';
import { endOf, type WatchOptions, watchedRun } from '../watched-run.ts';

export interface LadderOptions extends WatchOptions {
  readonly filter?: string;
  readonly between?: string;
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
  readonly svg?: string;
}

export async function ladderCommand(name: string, options: LadderOptions, io: Io): Promise<number> {
  const { m } = io;
  const passes = options.filter === undefined ? undefined : passing(options.filter, io.language);
  const log = new LadderLog();
  let selection: Selection = {};
  let title = name;
  const run = await watchedRun(name, 'ladder', options, io, (definition) => {
    selection = selectionOf(options, definition, io);
    title = titleIn(definition, io.language);
    return { cards: (cards) => log.attach(cards), recorder: (recorder) => log.listen(recorder) };
  });
  const ladder = selected(log.ladder(passes), selection);
  const svg = ladder.rows.length === 0 ? undefined : options.svg;
  if (svg !== undefined) writeWhole(svg, textOf(ladderSvg(ladder, m.run.title(title, run.seed))), m);
  if (options.json === true) {
    const { lab, seed, params, wireDigest } = run;
    io.out(JSON.stringify({ lab, seed, params, wireDigest, ...ladder }, undefined, 2));
  } else {
    io.out(io.colors.bold(m.run.title(title, run.seed)));
    draw(ladder, io);
    if (svg !== undefined) io.out(m.ladder.wrote(svg));
  }
  return endOf(run, io);
}

function passing(text: string, language: Language): PacketTest {
  const filter = filterOf(text, language);
  if (!filter.ok) throw new SpecError('--filter', filter.problem);
  return (dissection) => filter.test(dissection);
}

function selectionOf(options: LadderOptions, { machines }: LabDefinition, { m }: Io): Selection {
  const { between } = options;
  const span = spanOf(options, m, 'ladder');
  if (between === undefined) return span;
  const hosts = between.split(',').map((host) => host.trim());
  const known = Object.entries(machines).filter(([, { kind }]) => kind === 'host' || kind === 'router');
  for (const host of hosts)
    if (!known.some(([each]) => each === host))
      throw new UsageError(m.errors.noSuchHost(host, known.map(([each]) => each).join(', ')), 'ladder');
  if (new Set(hosts).size < 2) throw new UsageError(m.errors.fewHosts(between), 'ladder');
  return { between: hosts, ...span };
}

/** Wrapped to the terminal where a person looks; whole lines in a pipe. */
function draw(ladder: Ladder, io: Io): void {
  const { m, colors } = io;
  if (ladder.rows.length === 0) {
    io.out(m.ladder.none);
    return;
  }
  const width = io.stdout.isTTY === true ? io.stdout.columns : undefined;
  const titles = { timeTitle: m.ladder.time, transitTitle: m.ladder.transit };
  const { head, lines, beneath } = ladderLines(ladder, { width, ...titles });
  const joined = beneath ? inTwo : inOne;
  io.out(colors.bold(joined(beneath ? { ...head, transit: '' } : head)));
  for (const line of lines)
    io.out(
      joined({
        ...line,
        time: colors.dim(line.time),
        transit: colors.dim(line.transit),
        lanes: line.lanes.replace('✗', colors.red('✗')),
        dropped: line.dropped === '' ? '' : colors.red(line.dropped),
      }),
    );
  io.out(`\n${m.ladder.count(String(ladder.rows.length), String(ladder.hosts.length))}`);
}

function inOne({ time, transit, lanes, text, dropped }: LadderLine): string {
  return `${time}  ${transit}  ${lanes}  ${text}${dropped}`.trimEnd();
}

function inTwo({ time, transit, lanes, text, dropped }: LadderLine): string {
  const said = `${transit}  ${text}${dropped}`.trimEnd();
  return `${time}  ${lanes}`.trimEnd() + (said === '' ? '' : `\n${' '.repeat(INDENT)}${said}`);
}

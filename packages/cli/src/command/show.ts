/** `netarium show`: all that a lab says about itself, without running it. */
import type { CheckSpec, LabDefinition, ParamSpec } from '@netarium/core/check/lab.ts';
import { plainParagraphs } from '@netarium/view/lab/markdown.ts';
import { topologyText } from '@netarium/view/lab/topology-text.ts';
import { textIn } from '@netarium/view/language.ts';
import { EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { loadLab } from '../load/load-lab.ts';
import { textWidth } from '../output/report.ts';
import { paragraph, table } from '../output/table.ts';

export async function showCommand(name: string, io: Io): Promise<number> {
  const { m, colors, language, out } = io;
  const lab = await loadLab(name, m);
  out(colors.bold(lab.title === undefined ? lab.id : `${textIn(lab.title, language)}  (${lab.id})`));
  for (const text of lab.text === undefined ? [] : plainParagraphs(textIn(lab.text, language))) {
    out('');
    for (const line of paragraph(text, textWidth(io))) out(line);
  }
  section(m.show.topology, topologyText(lab, m), io);
  section(
    m.show.params,
    table(
      Object.entries(lab.params ?? {}).map((entry) => paramCells(entry, io)),
      wrapped(io, 3),
    ),
    io,
  );
  section(
    m.show.checks,
    table(
      Object.entries(lab.checks ?? {}).map((entry) => checkCells(entry, io)),
      wrapped(io, 1),
    ),
    io,
  );
  section(m.show.counterRuns, table(counterRuns(lab), wrapped(io, 2)), io);
  section(m.show.programs, programs(lab, io), io);
  out(`\n${m.show.next(name)}`);
  return EXIT.met;
}

function wrapped(io: Io, wrap: number): { width: number | undefined; wrap: number } {
  const width = textWidth(io);
  return { width: width === undefined ? undefined : width - 2, wrap };
}

function section(title: string, lines: readonly string[], { colors, out }: Io): void {
  if (lines.length === 0) return;
  out(`\n${colors.bold(title)}`);
  for (const line of lines) out(`  ${line}`.trimEnd());
}

function paramCells([name, spec]: [string, ParamSpec], { m, language }: Io): string[] {
  const { default: initial, min, max, choices, text } = spec;
  const bounds =
    choices !== undefined
      ? choices.join(' | ')
      : min === undefined && max === undefined
        ? ''
        : `${min ?? '-∞'} … ${max ?? '∞'}`;
  return [
    name,
    `${m.show.default} ${initial}`,
    bounds === '' ? '' : `${m.show.bounds} ${bounds}`,
    text === undefined ? '' : textIn(text, language),
  ];
}

function checkCells([id, spec]: [string, CheckSpec], { m, language }: Io): string[] {
  const about = [
    spec.row === undefined ? '' : m.show.row(spec.row, spec.clause),
    spec.claim === undefined ? '' : m.show.claim(spec.claim),
  ];
  return [id, textIn(spec.text, language), about.filter((word) => word !== '').join(', ')];
}

function counterRuns({ counterRuns = {} }: LabDefinition): string[][] {
  return Object.entries(counterRuns).map(([name, { set, flips }]) => [
    name,
    Object.entries(set)
      .map(([param, value]) => `${param}=${value}`)
      .join(' '),
    flips.join(', '),
  ]);
}

/** What hosts run from the start, and the lab's own programs. */
function programs({ machines, programs: own = {} }: LabDefinition, { m }: Io): string[] {
  const daemons = Object.entries(machines).flatMap(([name, spec]) =>
    'run' in spec && spec.run !== undefined
      ? spec.run.map(
          (command) => `${name}: ${m.show.runs(typeof command === 'string' ? command : `{${command.param}}`)}`,
        )
      : [],
  );
  return [...daemons, ...Object.keys(own).map((name) => `/usr/local/bin/${name}`)];
}

/**
 * `netarium explore`: tries schedules of a lab's bounded programs, prints the shortest bad one, and keeps it as a file to replay or as a test. Exit code 0
 * where the outcome is what the lab says it should be.
 */
import {
  type BadSchedule,
  type Exploration,
  type ExploreOptions,
  explore,
  replay,
  STRATEGIES,
  type StrategyName,
} from '@netarium/core/check/explore/explore.ts';
import { exploredProgram, exploreOptionsOf, specOf } from '@netarium/core/check/explore/lab-explorations.ts';
import type { ExplorationSpec, LabDefinition } from '@netarium/core/check/lab.ts';
import { paramsOf as paramsOfLab } from '@netarium/core/check/run-lab.ts';
import type { ParamValue } from '@netarium/core/world/topology.ts';
import { textIn } from '@netarium/view/language.ts';
import { environment } from '../environment.ts';
import { EXIT, reason, UsageError } from '../exit.ts';
import { readText, writeWhole } from '../files.ts';
import type { Io } from '../io.ts';
import { loadLab } from '../load/load-lab.ts';
import { paramsOf, refuse, seedOf } from '../settings.ts';

export interface ExploreCommandOptions {
  readonly set: readonly string[];
  readonly strategy?: string;
  readonly schedules?: string;
  readonly seed?: string;
  readonly depth?: string;
  readonly faults?: string;
  readonly json?: boolean;
  readonly save?: string;
  readonly test?: string;
  readonly replay?: string;
}

/** What `--save` writes and `--replay` reads. */
interface SavedSchedule {
  readonly lab: string;
  readonly exploration: string;
  readonly set: Readonly<Record<string, ParamValue>>;
  readonly answers: readonly number[];
}

interface Task {
  readonly definition: LabDefinition;
  readonly set: Readonly<Record<string, ParamValue>>;
  readonly params: ReadonlyMap<string, ParamValue>;
  readonly name: string;
  readonly spec: ExplorationSpec;
}

export async function exploreCommand(
  labName: string,
  wanted: string | undefined,
  options: ExploreCommandOptions,
  io: Io,
): Promise<number> {
  const definition = await loadLab(labName, io.m);
  const set = paramsOf(options.set, definition, io.m, 'explore');
  const params = paramsOfLab(definition, set);
  const names = wanted === undefined ? Object.keys(definition.explorations ?? {}) : [wanted];
  if (names.length === 0) throw new UsageError(io.m.explore.none(definition.id));
  const tasks = names.map((name) => ({ definition, set, params, name, spec: specOf(definition, name) }));
  refuseUnused(options, tasks.length, io);
  if (options.replay !== undefined) return replayCommand(tasks[0]!, options.replay, io);
  let code: number = EXIT.met;
  for (const task of tasks) code = Math.max(code, await exploreOne(task, labName, options, io));
  return code;
}

function refuseUnused(options: ExploreCommandOptions, tasks: number, { m }: Io): void {
  if (options.replay !== undefined)
    refuse(
      options,
      ['strategy', 'schedules', 'seed', 'depth', 'faults', 'json', 'save', 'test'],
      '--replay',
      m,
      'explore',
    );
  // One file holds one schedule.
  if (tasks === 1) return;
  for (const name of ['save', 'test', 'replay'] as const)
    if (options[name] !== undefined) throw new UsageError(m.errors.needs(`--${name}`, '<exploration>'), 'explore');
}

async function exploreOne(task: Task, labName: string, options: ExploreCommandOptions, io: Io): Promise<number> {
  const { definition, params, name, spec } = task;
  const settings = settingsOf(options, exploreOptionsOf(spec, params), io);
  const program = exploredProgram(definition, environment(), params, name);
  const started = performance.now();
  const found = await explore(program, settings);
  const seconds = ((performance.now() - started) / 1000).toFixed(2);
  if (options.json === true)
    io.out(JSON.stringify({ lab: definition.id, exploration: name, expect: spec.expect, ...found }, undefined, 2));
  else tell(task, found, seconds, io);
  if (found.bad !== undefined) keep(task, labName, found.bad, options, io);
  return asExpected(spec, found) ? EXIT.met : EXIT.notMet;
}

/** A search that finds nothing and has not seen everything proves nothing. */
function asExpected(spec: ExplorationSpec, found: Exploration): boolean {
  return spec.expect === 'nothing' ? found.exhausted : found.bad?.outcome.bad === spec.expect;
}

function settingsOf(options: ExploreCommandOptions, from: ExploreOptions, io: Io): ExploreOptions {
  const { strategy = from.strategy } = options;
  if (!STRATEGIES.some((each) => each === strategy))
    throw new UsageError(io.m.explore.noStrategy(strategy, STRATEGIES.join(', ')), 'explore');
  const number = (option: string, text: string | undefined, otherwise: number): number => {
    if (text === undefined) return otherwise;
    if (!/^\d{1,9}$/.test(text)) throw new UsageError(io.m.explore.noNumber(option, text), 'explore');
    return Number(text);
  };
  return {
    strategy: strategy as StrategyName,
    schedules: number('--schedules', options.schedules, from.schedules),
    seed: options.seed === undefined ? from.seed : seedOf(options.seed, io.m, 'explore'),
    depth: number('--depth', options.depth, 3),
    faults: number('--faults', options.faults, from.faults ?? 0),
  };
}

function tell({ definition, name, spec }: Task, found: Exploration, seconds: string, io: Io): void {
  const { m, colors } = io;
  io.out(colors.bold(`${definition.id} · ${name}`));
  if (spec.text !== undefined) io.out(textIn(spec.text, io.language));
  io.out(m.explore.tried(String(found.tried), String(found.pruned), String(found.deepest), found.strategy, seconds));
  if (found.bad === undefined) io.out(found.exhausted ? colors.green(m.explore.exhausted) : m.explore.nothingFound);
  else tellBad(found.bad, io);
  if (!asExpected(spec, found)) io.out(colors.red(m.explore.unexpected(m.explore.badness[spec.expect])));
  io.out('');
}

function tellBad(bad: BadSchedule, io: Io): void {
  const { m, colors } = io;
  io.out(colors.red(`${m.explore.badness[bad.outcome.bad!]}: ${bad.outcome.detail}`));
  io.out(m.explore.shortest(String(bad.lines.length), String(bad.switches), String(bad.shrunkBy)));
  const width = String(bad.lines.length).length;
  bad.lines.forEach((line, i) => {
    const turn = i === 0 || bad.answers[i] !== bad.answers[i - 1];
    io.out(`  ${String(i + 1).padStart(width)} ${turn ? '▸' : ' '} ${line}`);
  });
}

function keep(task: Task, labName: string, bad: BadSchedule, options: ExploreCommandOptions, io: Io): void {
  const saved: SavedSchedule = {
    lab: task.definition.id,
    exploration: task.name,
    set: task.set,
    answers: bad.answers,
  };
  if (options.save !== undefined) writeText(options.save, `${JSON.stringify(saved, undefined, 2)}\n`, io);
  if (options.test !== undefined) writeText(options.test, testText(saved, labName, bad), io);
}

/** A test for Node's own runner: red as long as the schedule is bad. */
function testText({ lab, exploration, set, answers }: SavedSchedule, labName: string, bad: BadSchedule): string {
  return `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replaySchedule } from 'netarium';

// ${bad.outcome.detail.replaceAll('\n', ' ')}
test(${JSON.stringify(`${lab}, ${exploration}: this schedule ends well`)}, async () => {
  const outcome = await replaySchedule(${JSON.stringify(labName)}, ${JSON.stringify(exploration)}, ${JSON.stringify(answers)}, ${JSON.stringify(set)});
  assert.equal(outcome.bad, undefined, outcome.detail);
});
`;
}

function writeText(path: string, text: string, io: Io): void {
  writeWhole(path, text, io.m);
  io.out(io.m.new.wrote(path));
}

async function replayCommand(task: Task, path: string, io: Io): Promise<number> {
  const answers = readSchedule(path, task, io);
  const program = exploredProgram(task.definition, environment(), task.params, task.name);
  const { outcome, lines } = await replay(program, answers, true);
  for (const [i, line] of lines.entries()) io.out(`  ${String(i + 1).padStart(3)} ${line}`);
  io.out(
    outcome.bad === undefined
      ? io.colors.green(io.m.explore.endsWell)
      : io.colors.red(`${io.m.explore.badness[outcome.bad]}: ${outcome.detail}`),
  );
  return outcome.bad === undefined ? EXIT.met : EXIT.notMet;
}

function readSchedule(path: string, task: Task, io: Io): readonly number[] {
  const text = readText(path, io.m);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(io.m.errors.cannotRead(path, reason(error)));
  }
  const { lab, exploration, answers } = (
    typeof value === 'object' && value !== null ? value : {}
  ) as Partial<SavedSchedule>;
  if (!Array.isArray(answers) || !answers.every((answer) => Number.isSafeInteger(answer) && answer >= 0))
    throw new UsageError(io.m.explore.notASchedule(path));
  if (lab !== task.definition.id || exploration !== task.name)
    throw new UsageError(io.m.explore.otherSchedule(path, String(lab), String(exploration)));
  return answers as readonly number[];
}

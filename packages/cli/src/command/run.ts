/** `netarium run`: runs a lab, tells its story as it happens, judges its checks. */
import { resolve } from 'node:path';
import type { LabDefinition } from '@netarium/core/check/lab.ts';
import type { LabRun, RunListener } from '@netarium/core/check/lab-run.ts';
import type { Measurement } from '@netarium/core/check/real-arm.ts';
import { type OpenLab, openLab } from '@netarium/core/check/run-lab.ts';
import { formatInstant } from '@netarium/core/time/instant.ts';
import { comparison } from '@netarium/view/lab/comparison.ts';
import { outcomeOf, runDocument } from '@netarium/view/lab/run-document.ts';
import { titleIn } from '@netarium/view/language.ts';
import { RecordingLog } from '@netarium/view/recording/recording-log.ts';
import manifest from '../../package.json' with { type: 'json' };
import { Captures } from '../captures.ts';
import { environment, located } from '../environment.ts';
import { EXIT, UsageError } from '../exit.ts';
import { readInputs, type ShellInputs } from '../inputs.ts';
import type { Io } from '../io.ts';
import { loadLab } from '../load/load-lab.ts';
import { reportComparison } from '../output/comparison.ts';
import { Progress, watched } from '../output/progress.ts';
import { report } from '../output/report.ts';
import { StoryTeller } from '../output/story.ts';
import { HEADERS_BYTES, writeRecording } from '../output/write-recording.ts';
import { runRealArm } from '../real/stage.ts';
import { durationOf, paramsOf, refuse, seedOf, speedOf } from '../settings.ts';
import { replay } from '../shell-world.ts';
import { CallStacks } from '../source/call-stacks.ts';

export interface RunOptions {
  readonly seed?: string;
  readonly set: readonly string[];
  readonly until?: string;
  readonly pcap?: string;
  readonly on?: string;
  readonly json?: boolean;
  readonly speed?: string;
  readonly strict?: boolean;
  readonly inputs?: string;
  readonly real?: boolean;
  readonly html?: string;
  readonly recording?: string;
  readonly headersOnly?: boolean;
}

const OUTCOMES = { met: EXIT.met, 'not met': EXIT.notMet, 'could not be judged': EXIT.notJudged } as const;

export async function runCommand(name: string, options: RunOptions, io: Io): Promise<number> {
  const { m } = io;
  refuseIdle(options, io);
  const speed = speedOf(options.speed ?? 'max', m, 'run');
  const inputs = options.inputs === undefined ? undefined : readInputs(options.inputs, m);
  const seed = options.seed === undefined ? (inputs?.seed ?? 1) : seedOf(options.seed, m, 'run');
  const untilNs = options.until === undefined ? undefined : durationOf('--until', options.until, m, 'run');
  const definition = await loadLab(name, m);
  if (inputs !== undefined && inputs.lab !== definition.id)
    throw new UsageError(m.errors.inputsOther(options.inputs!, inputs.lab));
  if (options.real === true && definition.real === undefined)
    throw new UsageError(m.errors.noRealArm(definition.id), 'run');
  const set = { ...inputs?.set, ...paramsOf(options.set, definition, m, 'run') };

  const json = options.json === true;
  const progress = new Progress(io, !json && watched(io));
  const teller = new StoryTeller(io, speed, progress.clear);
  const captures = capturesOf(options, definition.id, io);
  if (!json) io.out(io.colors.bold(m.run.title(titleIn(definition, io.language), seed)));
  let open: OpenLab | undefined;
  const surroundings = environment();
  const turn = (): Promise<void> => {
    if (open !== undefined) showProgress(progress, open, io);
    return surroundings.turn();
  };
  const log = recordingLogOf(options);
  const stacks = log === undefined ? undefined : new CallStacks();
  const listener: RunListener = {
    ...(json ? {} : { story: (line) => teller.hear(line) }),
    cards(cards) {
      captures?.attach(cards);
      log?.attach(cards);
    },
    cables: (cables) => log?.cables(cables),
    recorder: (recorder) => log?.listen(recorder),
  };
  const strict = options.strict === true;
  open = openLab(
    definition,
    { ...surroundings, turn, ...(stacks === undefined ? {} : { callSite: stacks.callSite }) },
    { seed, set, listener, strict, ...(untilNs === undefined ? {} : { untilNs }) },
  );
  if (inputs === undefined) await open.runScript().catch((error) => located(error, definition, { seed, set, strict }));
  else await replay(open, inputs, (bytes) => void (json || io.stdout.write(bytes)));
  const run = withoutCut(await open.finish(), untilNs);
  const measured = options.real === true ? await runRealArm(definition, name, run.params) : undefined;
  progress.clear();
  await teller.end();
  if (log !== undefined) writeRecording(log.recording(definition, run, manifest.version, stacks!.text()), options, io);
  // A replayed shell ran no script, so there is nothing that its checks could have seen.
  const page = inputs === undefined && log === undefined ? viewWords(name, options) : undefined;
  tell(inputs === undefined ? run : { ...run, checks: [] }, { captures, page }, json, io, measured, definition);
  return inputs === undefined ? OUTCOMES[outcomeOf(run)] : compared(run, inputs, json, io);
}

/** Options without what they are about. */
function refuseIdle(options: RunOptions, { m }: Io): void {
  const { on, pcap, headersOnly, html, recording, json } = options;
  if (on !== undefined && pcap === undefined) throw new UsageError(m.errors.needs('--on', '--pcap FILE'), 'run');
  if (headersOnly === true && html === undefined && recording === undefined)
    throw new UsageError(m.errors.needs('--headers-only', '--html FILE'), 'run');
  const files = Object.entries({ '--html': html, '--recording': recording, '--pcap': pcap }).flatMap(
    ([option, path]) => (path === undefined ? [] : [{ option, path: resolve(path) }]),
  );
  files.forEach(({ option, path }, i) => {
    const other = files.findIndex((file) => file.path === path);
    if (other < i) throw new UsageError(m.errors.sameFile(files[other]!.option, option), 'run');
  });
  // Only the story is paced.
  if (json === true) refuse(options, ['speed'], '--json', m, 'run');
}

/** The command that shows the same run as a page. */
function viewWords(name: string, { seed, set }: RunOptions): string {
  const options = [...(seed === undefined ? [] : ['--seed', seed]), ...set.flatMap((each) => ['--set', each])];
  return ['netarium', 'view', name, ...options].map(shellWord).join(' ');
}

/** As a POSIX shell takes it for one word. */
function shellWord(word: string): string {
  return /^[\w./:=,+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Only where somebody wants it: a recording keeps every frame. */
function recordingLogOf({ html, recording, headersOnly }: RunOptions): RecordingLog | undefined {
  if (html === undefined && recording === undefined) return undefined;
  return new RecordingLog(headersOnly === true ? { snapLength: HEADERS_BYTES } : {});
}

/** Who asks for the first seconds of a lab knows that its script does not end in them: no problem, but checks that could not be judged. */
function withoutCut(run: LabRun, untilNs: number | undefined): LabRun {
  if (untilNs === undefined) return run;
  const cut = `the script had not ended at ${formatInstant(untilNs)} s`;
  return { ...run, problems: run.problems.filter((problem) => problem !== cut) };
}

/** People get captures without asking, in a folder of their own for each run; a program asks for them. */
function capturesOf({ pcap, on, json }: RunOptions, lab: string, { m }: Io): Captures | undefined {
  if (pcap !== undefined) return new Captures(pcap, on, m);
  return json === true ? undefined : Captures.temporary(lab, m);
}

function showProgress(progress: Progress, { world }: OpenLab, { m }: Io): void {
  progress.show(() => {
    const { now, fired } = world.queue;
    return m.run.progress(formatInstant(now), String(fired), String(Math.round((fired * 1000) / progress.elapsedMs)));
  });
}

function tell(
  run: LabRun,
  { captures, page }: { readonly captures: Captures | undefined; readonly page: string | undefined },
  json: boolean,
  io: Io,
  measured: readonly Measurement[] | undefined,
  definition: LabDefinition,
): void {
  const written = captures?.close();
  const compared = measured && comparison(definition, run.measurements, measured, io.language);
  if (json) {
    const document = runDocument(run, manifest.version, io.language);
    io.out(JSON.stringify(compared === undefined ? document : { ...document, real: compared }, undefined, 2));
    return;
  }
  report(run, { captures: written, page }, (packet) => captures?.where(packet), io);
  if (compared !== undefined) reportComparison(definition, compared, io);
}

/** A replay is right when it gives the digests of the recording. */
function compared(run: LabRun, inputs: ShellInputs, json: boolean, io: Io): number {
  const same = run.wireDigest === inputs.wireDigest && run.runDigest === inputs.runDigest;
  const text = same ? io.m.run.sameRun : io.m.run.otherRun;
  if (json) {
    if (!same) io.err(text);
  } else io.out(`\n${same ? io.colors.green(text) : io.colors.red(text)}`);
  return same ? EXIT.met : EXIT.notMet;
}

/** Both sides of a pair: CPython on this machine, and ours on a simulated host with nothing but itself. */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { host, lab } from '@netarium/core/check/lab.ts';
import type { Finished } from '@netarium/core/check/lab-context.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import { turn } from '@netarium/core/syscall/kernel.test-util.ts';
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';
import { systemImage } from '@netarium/userland/image.ts';
import type { Outcome } from './compare.ts';
import { exceptionText, type Mark, type Pair, Trace } from './pair.ts';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const TIMEOUT_MS = 60_000;
export function pythonVersion(): string {
  return spawnSync('python3', ['--version'], { encoding: 'utf8' }).stdout?.trim() ?? 'none';
}

export async function runReal(name: string): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), 'cpython-pair-'));
  const file = join(directory, 'trace');
  try {
    const ended = await python(directory, ['-P', join(FOLDER, 'pairs', `${name}.py`)], {
      PATH: process.env.PATH,
      LC_ALL: 'C.UTF-8',
      PYTHONPATH: FOLDER,
      PYTHONDONTWRITEBYTECODE: '1',
      NETARIUM_TRACE: file,
    });
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
    const marks = lines.map((line) => JSON.parse(line) as Mark).sort((a, b) => a.atNs - b.atNs);
    return { ...ended, marks };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** One run of each, `atOnce` of them side by side. */
export async function runAllReal(names: readonly string[], atOnce: number): Promise<ReadonlyMap<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const waiting = names.values();
  const work = async (): Promise<void> => {
    for (const name of waiting) outcomes.set(name, await runReal(name));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return outcomes;
}

function python(cwd: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<Omit<Outcome, 'marks'>> {
  return new Promise((resolve, reject) => {
    const options = { cwd, env, timeout: TIMEOUT_MS, killSignal: 'SIGKILL' } as const;
    const child = execFile('python3', words, options, (error, stdout, stderr) => {
      const { exitCode, signalCode, killed } = child;
      // A failure to start has a name for its code.
      if (killed || typeof error?.code === 'string') reject(error);
      else resolve({ status: exitCode ?? 128 + constants.signals[signalCode!], stdout, stderr });
    });
    child.stdin!.end();
  });
}

export async function runOurs(pair: Pair): Promise<Outcome & { readonly problems: readonly string[] }> {
  const clock = { now: () => 0 };
  const trace = new Trace(() => clock.now());
  let finished: Finished | undefined;
  const definition = lab({
    id: 'cpython-pair',
    machines: { h: host() },
    programs: { ...pair.programs?.(trace), main: reported(pair.main(trace), trace) },
    async script(context) {
      clock.now = () => context.now;
      finished = await context.h.sh('exec main');
    },
  });
  const { problems } = await runLab(definition, { image: systemImage(), turn });
  if (finished === undefined) throw new Error(`our program did not end: ${problems.join('; ')}`);
  const { status, stdout, stderr } = finished;
  return { status, stdout, stderr, marks: trace.marks, problems };
}

/** Marks an exception that nobody caught, as the harness of the Python side does. */
function reported(program: Program | ProgramModule, trace: Trace): Program | ProgramModule {
  if (typeof program !== 'function') return { ...program, main: reportedMain(program.main, trace) };
  return reportedMain(program, trace);
}

function reportedMain(program: Program, trace: Trace): Program {
  return async (sys, argv) => {
    try {
      return await program(sys, argv);
    } catch (error) {
      trace.at(`uncaught ${exceptionText(error)}`);
      return 1;
    }
  };
}

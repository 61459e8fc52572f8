/**
 * `npm run mutants [WORD …]`: breaks the sources in one named way after the other (test/mutants/mutants.ts) and runs the tests that must notice. Works in
 * copies of the tree, never in the tree itself. Exits 1 where a mutant survives or no longer applies, or where the tests fail without one, 3 where no
 * mutant's name has all the words.
 *
 * `npm run mutants -- --labs` asks the labs alone: how many mutants turn a check of a lab or one of its counter-runs. Exits 1 below 20.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Mutant, mutants } from '../test/mutants/mutants.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** A mutant that never ends has been noticed as well. */
const LIMIT_MS = 180_000;
const LABS = 'packages/labs/src/labs-';
const LABS_CATCH_MIN = 20;
const COPIES = Math.min(2, availableParallelism());

interface Verdict {
  readonly caught: boolean;
  readonly by: string;
}

/** What the tests need, with node_modules linked entry by entry: the workspace's own packages must lead into the copy. */
function copyTree(): string {
  const copy = mkdtempSync(join(tmpdir(), 'netarium-mutants-'));
  const left = /(^|\/)(node_modules|dist|build|\.cache)(\/|$)/;
  for (const part of ['packages', 'test', 'scripts', 'docs'])
    cpSync(join(ROOT, part), join(copy, part), {
      recursive: true,
      filter: (from) => !left.test(from.slice(ROOT.length)),
    });
  for (const file of readdirSync(ROOT))
    if (/^(package|tsconfig.*|vitest\.config)\.(json|ts)$/.test(file)) cpSync(join(ROOT, file), join(copy, file));
  const modules = join(copy, 'node_modules');
  mkdirSync(join(modules, '@netarium'), { recursive: true });
  for (const name of readdirSync(join(ROOT, 'node_modules')))
    if (name !== '@netarium' && name !== 'netarium' && !name.startsWith('.v'))
      symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  for (const name of readdirSync(join(copy, 'packages'))) {
    const target = name === 'cli' ? join(modules, 'netarium') : join(modules, '@netarium', name);
    symlinkSync(join(copy, 'packages', name), target);
  }
  return copy;
}

interface Report {
  readonly testResults: readonly {
    readonly message?: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** Runs test files; answers the name of the first test that failed, '' where all passed, or why there is neither. */
async function firstFailure(copy: string, files: readonly string[]): Promise<{ failed: string; broken: string }> {
  const out = join(copy, 'report.json');
  rmSync(out, { force: true });
  const words = ['run', '--project', 'unit', '--bail', '1', '--reporter', 'json', '--outputFile', out, ...files];
  const child = spawn(join(ROOT, 'node_modules/.bin/vitest'), words, { cwd: copy, stdio: 'ignore', detached: true });
  const ended = new Promise<boolean>((resolve) => child.on('exit', () => resolve(true)));
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), LIMIT_MS);
  });
  const inTime = await Promise.race([ended, tooLong]);
  clearTimeout(timer);
  if (!inTime) {
    process.kill(-child.pid!, 'SIGKILL');
    return { failed: `no end within ${LIMIT_MS / 1000} s`, broken: '' };
  }
  let report: Report;
  try {
    report = JSON.parse(readFileSync(out, 'utf8')) as Report;
  } catch {
    return { failed: '', broken: 'vitest made no report' };
  }
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = tests.find(({ status }) => status === 'failed')?.fullName ?? '';
  const broken = tests.length === 0 ? (report.testResults[0]?.message ?? 'no test ran') : '';
  return { failed, broken };
}

async function judge(copy: string, { file, from, to, tests }: Mutant): Promise<Verdict> {
  const path = join(copy, file);
  const source = readFileSync(path, 'utf8');
  if (source.split(from).length !== 2) return { caught: false, by: `does not apply to ${file} any more` };
  writeFileSync(
    path,
    source.replace(from, () => to),
  );
  try {
    const { failed, broken } = await firstFailure(copy, tests);
    if (broken !== '') return { caught: false, by: `its tests did not run: ${broken}` };
    return { caught: failed !== '', by: failed || tests.join(', ') };
  } finally {
    writeFileSync(path, source);
  }
}

const labsAlone = process.argv.includes('--labs');
const wanted = process.argv.slice(2).filter((word) => word !== '--labs');
const chosen = mutants
  .filter(({ name }) => wanted.every((word) => name.includes(word)))
  .map((mutant) => (labsAlone ? { ...mutant, tests: [LABS] } : mutant));
if (chosen.length === 0) {
  console.error(`mutants: no mutant's name has '${wanted.join("' and '")}'`);
  process.exit(3);
}
const copies = Array.from({ length: COPIES }, copyTree);
let survivors = 0;
let judged = true;

try {
  const files = [...new Set(chosen.flatMap(({ tests }) => tests))];
  const { failed, broken } = await firstFailure(copies[0]!, files);
  if (failed !== '' || broken !== '') throw new Error(`without any mutant: ${failed || broken}`);
  const open = [...chosen];
  await Promise.all(
    copies.map(async (copy) => {
      for (let mutant = open.shift(); mutant !== undefined; mutant = open.shift()) {
        const { caught, by } = await judge(copy, mutant);
        if (!caught) survivors++;
        console.log(`${caught ? 'caught  ' : 'SURVIVED'}  ${mutant.name.padEnd(56)}  ${by}`);
      }
    }),
  );
  console.log(`${chosen.length - survivors} of ${chosen.length} caught`);
} catch (error) {
  console.error(`mutants: ${error instanceof Error ? error.message : error}`);
  judged = false;
} finally {
  for (const copy of copies) rmSync(copy, { recursive: true, force: true });
}
const most = labsAlone && wanted.length === 0 ? chosen.length - LABS_CATCH_MIN : 0;
process.exitCode = !judged || survivors > most ? 1 : 0;

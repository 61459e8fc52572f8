/** `csv` on this machine's own kernel: real threads, and a job that is killed at random moments; each id arrives exactly once. */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtCommand } from '../built.ts';
import { killAll, run, start } from './netarium.ts';

const folder = mkdtempSync(join(tmpdir(), 'netarium-csv-'));
const at = (name: string): string => join(folder, name);
const ROWS = 300_037;
const TASKS = 3001;
const KILLS = 50;
/** Of the file whose job is killed; what it prints is looked through every few kills. */
const KILL_ROWS = 120_037;

beforeAll(async () => {
  const made = await run(['make-csv', '--rows', String(ROWS), at('f.csv')]);
  const less = await run(['make-csv', '--rows', String(KILL_ROWS), at('k.csv')]);
  expect([made.code, less.code]).toEqual([0, 0]);
});

afterAll(() => {
  killAll();
  rmSync(folder, { recursive: true, force: true });
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const jobOf = (file: string, ...more: readonly string[]) => [
  'csv',
  at(file),
  '--column',
  'subscription_id',
  '--workers',
  '4',
  ...more,
];
const job = (...more: readonly string[]) => jobOf('f.csv', ...more);

/** The size of a file that may not be there. */
const sizeOf = (path: string): number => (existsSync(path) ? statSync(path).size : 0);

/** Runs the job with its output added to a file; killed so many milliseconds after its ledger has grown, unless it has ended. True where it was killed. */
async function printing(output: string, ledger: string, killAfterMs?: number): Promise<boolean> {
  const fd = openSync(at(output), 'a');
  const words = jobOf('k.csv', '--print', '--ledger', ledger, '--resume');
  const child = spawn(process.execPath, [builtCommand(), 'real', ...words], { stdio: ['ignore', fd, 'ignore'] });
  closeSync(fd);
  const ended = new Promise<[number | null, string | null]>((resolve) => {
    child.on('exit', (...end) => resolve(end));
  });
  if (killAfterMs !== undefined) {
    const before = sizeOf(ledger);
    while (sizeOf(ledger) === before && child.exitCode === null) await pause(1);
    await pause(killAfterMs);
    child.kill('SIGKILL');
  }
  const [code, signal] = await ended;
  if (signal === null) expect(code).toBe(0);
  return signal !== null;
}

/** Moments that differ from test to test but not from run to run. */
function* moments(): Generator<number> {
  for (let state = 7; ; ) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    yield (state >>> 8) % 120;
  }
}

function idsOf(text: string): { readonly ids: number; readonly different: number } {
  const ids = text.split('\n').slice(0, -1);
  expect(ids.every((id) => /^UC[\w-]{22}$/.test(id))).toBe(true);
  return { ids: ids.length, different: new Set(ids).size };
}

describe('csv on the real kernel', () => {
  it('prints each id once, by threads and without', async () => {
    for (const workers of ['0', '4']) {
      const ended = await run(job('--print', '--ledger', at(`l${workers}`), '--workers', workers));
      expect(ended.stderr).toMatch(
        new RegExp(`^${ROWS} rows, ${TASKS} tasks, the last of 37, [0-${workers}] threads?,`),
      );
      expect([ended.code, idsOf(ended.stdout)]).toEqual([0, { ids: ROWS, different: ROWS }]);
    }
  });

  it(`killed at ${KILLS} random moments, then resumed: each id once in the file`, async () => {
    const kills = moments();
    let inTheMiddle = 0;
    for (let done = 0, round = 0; done < KILLS; round++) {
      const [output, ledger] = [`out-${round}`, at(`ledger-${round}`)];
      for (let tries = 0; tries < 5 && done < KILLS; tries++) {
        if (!(await printing(output, ledger, kills.next().value))) break;
        done++;
        if (sizeOf(at(output)) > 0 && sizeOf(at(output)) < 25 * KILL_ROWS) inTheMiddle++;
      }
      await printing(output, ledger);
      expect(idsOf(readFileSync(at(output), 'latin1')), output).toEqual({
        ids: KILL_ROWS,
        different: KILL_ROWS,
      });
      rmSync(at(output));
    }
    expect(inTheMiddle).toBeGreaterThan(KILLS / 4);
  }, 600_000);

  it('submits to a server that loses answers, is killed, and resumes: nothing is counted twice', async () => {
    const sink = await start(['csv-sink', '--port', '0', '--cut-every', '50', '--refuse-every', '70']);
    const url = `http://127.0.0.1:${await sink.port()}/`;
    const words = job('--submit', url, '--ledger', at('submitted'), '--retries', '20', '--resume');
    for (const ms of [900, 1400, 2000]) {
      const killed = await start(words);
      await pause(ms);
      killed.child.kill('SIGKILL');
      await killed.ended;
    }
    const ended = await run(words);
    expect(ended.code, ended.stderr).toBe(0);
    const report = await (await fetch(url)).json();
    expect(report).toMatchObject({ values: ROWS, distinct: ROWS, doubles: 0, batches: TASKS, lastValues: 37 });
    await sink.stop();
  }, 300_000);

  it('a broken quote in row 250,000: one line with the place, and exit code 1', async () => {
    const lines = readFileSync(at('f.csv'), 'latin1').split('\n');
    const byte = lines.slice(0, 250_000).reduce((sum, line) => sum + line.length + 1, 0);
    lines[250_000] = lines[250_000]!.replace('", "', ', "');
    writeFileSync(at('broken.csv'), lines.join('\n'));
    const ended = await run(['csv', at('broken.csv'), '--column', 'subscription_id', '--print']);
    // The next quote ends the field, and text follows it.
    const place = `csv: ${at('broken.csv')}: row 250000, byte ${byte + 28}: column 1: text after the closing quote\n`;
    expect([ended.code, ended.stderr]).toEqual([1, place]);
  });

  it('a disk that is full: one line, exit code 1', async () => {
    const words = [builtCommand(), 'real', ...job('--print', '--ledger', at('full'))];
    const { status, stderr } = spawnSync('sh', ['-c', 'exec "$@" > /dev/full', 'sh', process.execPath, ...words]);
    expect([status, String(stderr)]).toEqual([1, 'csv: standard output: No space left on device\n']);
  });
});

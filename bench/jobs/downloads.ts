/**
 * npx tsx bench/jobs/downloads.ts [--files 10000] [--concurrency 32] [--timeout 2] [--retries 1] [--rounds 3] [--ways coroutines,threads] [--clean]: `netarium real download`
 * beside undici, the same files from the same server on loopback, in turn. Of a hundred files one is missing and one never answered, unless `--clean`. The whole
 * time of both programs, their start included. Needs `npm run build`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from '../workload.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const NETARIUM = process.env.NETARIUM ?? here('../../packages/cli/bin/netarium.js');
const BYTES = 10_000;

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '10000' },
    concurrency: { type: 'string', default: '32' },
    timeout: { type: 'string', default: '2' },
    retries: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '3' },
    ways: { type: 'string', default: 'coroutines' },
    clean: { type: 'boolean', default: false },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'netarium-downloads-'));
const urlsFile = join(folder, 'urls');
const out = join(folder, 'out');

const server = spawn(process.execPath, [here('picture-server.mjs'), '0', String(BYTES)], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const port = await new Promise<string>((resolve) => server.stdout.once('data', (data) => resolve(String(data).trim())));

function kindOf(index: number): 'missing' | 'stalls' | 'file' {
  if (values.clean) return 'file';
  return index % 100 === 17 ? 'missing' : index % 100 === 59 ? 'stalls' : 'file';
}

const kinds = Array.from({ length: Number(values.files) }, (_, index) => kindOf(index));
writeFileSync(urlsFile, kinds.map((kind, index) => `http://127.0.0.1:${port}/${kind}/${index}\n`).join(''));
const wanted = kinds.filter((kind) => kind === 'file').length;
const hash = createHash('sha256').update(Buffer.alloc(BYTES, 'x')).digest('hex');

/** Runs a program, checks that every file is right or reported, and measures it. */
function measure(args: readonly string[], failedOf: (stdout: string) => number): number {
  rmSync(out, { recursive: true, force: true });
  const start = performance.now();
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  const seconds = (performance.now() - start) / 1000;
  const files = readdirSync(out).filter((name) => !name.startsWith('.'));
  const right = files.filter(
    (name) =>
      createHash('sha256')
        .update(readFileSync(join(out, name)))
        .digest('hex') === hash,
  );
  const failed = failedOf(stdout);
  if (right.length !== wanted || files.length !== wanted || failed !== kinds.length - wanted)
    throw new Error(`${right.length} of ${files.length} files right, ${failed} reported: ${stderr.slice(0, 500)}`);
  return seconds;
}

const { concurrency, timeout, retries } = values;
const runs = new Map<string, () => number>([
  [
    'undici',
    () =>
      measure(
        [here('undici-download.mjs'), urlsFile, out, concurrency, timeout, retries],
        (text) => JSON.parse(text).failed,
      ),
  ],
]);
for (const way of values.ways.split(',')) {
  const options = ['--way', way, '--concurrency', concurrency, '--timeout', timeout, '--retries', retries, '--json'];
  const args = [NETARIUM, 'real', 'download', '--urls', urlsFile, '--out', out, ...options];
  runs.set(`download --way ${way}`, () => measure(args, (text) => JSON.parse(text).failed));
}

const found = new Map<string, number[]>([...runs.keys()].map((name) => [name, []]));
for (let round = 0; round < Number(values.rounds); round++)
  for (const [name, run] of runs) found.get(name)!.push(run());
server.stdin.end();
rmSync(folder, { recursive: true, force: true });
const rival = median(found.get('undici')!);
console.log(
  `${kinds.length} files, ${wanted} there, ${concurrency} at once, time-out ${timeout} s, ${retries} retries`,
);
for (const [name, seconds] of found)
  console.log(`${name.padEnd(28)} ${median(seconds).toFixed(2)} s  ${(median(seconds) / rival).toFixed(2)} x undici`);

/**
 * The jobs of the labs in virtual time, by the clock and in CPU time (`simulated.ts` bundles and starts this). Ten pictures: one run of the lab
 * `ten-pictures` (four ways, the notes' faults, all checks), and of its first three ways alone, after so many that warm up. CSV: the pool of
 * `csv --print` on a simulated host over the whole file, beside the reading of the same file by the same scanner in this process.
 */
import { parseArgs } from 'node:util';
import { host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import tenPictures from '@netarium/labs/ten-pictures/lab.ts';
import { pictures, retrieve } from '@netarium/labs/ten-pictures/programs.ts';
import { systemImage } from '@netarium/userland/image.ts';
import { HEADER, RowMaker } from '@netarium/userland/jobs/csv/erotic-csv.ts';
import { CsvScanner } from '@netarium/userland/jobs/csv/scanner.ts';
import { median } from '../workload.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '200' },
    rows: { type: 'string', default: '2710037' },
    only: { type: 'string' },
  },
});
const environment = { image: systemImage(), turn: () => new Promise<void>((resolve) => setImmediate(resolve)) };

interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
}

async function cost(work: () => Promise<void>): Promise<Cost> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wallMs: performance.now() - start, cpuMs: (user + system) / 1000 };
}

function show(what: string, costs: readonly Cost[]): void {
  const wall = costs.map(({ wallMs }) => wallMs);
  const figures = [Math.min(...wall), median(wall), median(costs.map(({ cpuMs }) => cpuMs))];
  const [least, middle, cpu] = figures.map((ms) => `${ms.toFixed(1)} ms`);
  console.log(`${what.padEnd(52)} wall ${least} at best, ${middle} at median; CPU ${cpu} at median`);
}

/** Downloads alone: serial, threads, event loop. */
const threeWays = lab({
  id: 'three-downloads',
  machines: { client: host({ eth0: '10.0.0.1/24', cpu: { cores: 1 } }), server: host({ eth0: '10.0.0.2/24' }) },
  cables: [{ from: 'client', to: 'server', rate: '1Gbit', delay: '500us' }],
  programs: { pictures, retrieve },
  async script({ client, server, sleep }: LabContext<'client' | 'server'>) {
    const serving = server.start('exec pictures 50 0');
    await sleep('5ms');
    client.writeFile(
      '/root/urls',
      Array.from({ length: 10 }, (_, i) => `http://10.0.0.2/${i + 1}/picture.pgm\n`).join(''),
    );
    for (const way of ['serial', 'threads', 'reactor']) {
      const { status, stderr } = await client.sh(`exec retrieve --urls urls --out ${way} --way ${way}`);
      if (status !== 0) throw new Error(stderr);
    }
    serving.kill('SIGTERM');
    await serving.wait();
  },
});

async function tenPicturesOf(definition: typeof threeWays, what: string): Promise<void> {
  const costs: Cost[] = [];
  for (let run = 0; run < Number(values.runs); run++) {
    costs.push(
      await cost(async () => {
        const { checks, problems } = await runLab(definition, environment);
        if (problems.length > 0 || checks.some(({ verdict }) => verdict !== 'met')) throw new Error(problems.join());
      }),
    );
  }
  show(what, costs.slice(-Math.ceil(costs.length / 4)));
}

/** The same bytes through the same scanner, in pieces of the same size. */
async function scan(): Promise<Cost> {
  const rows = Number(values.rows);
  const scanner = new CsvScanner();
  scanner.feed(Uint8Array.from(HEADER, (character) => character.charCodeAt(0)));
  let found = -1;
  const value = new Uint8Array(64);
  const maker = new RowMaker(rows);
  const pieces: Uint8Array[] = [];
  while (!maker.done) {
    const piece = new Uint8Array(262_144);
    pieces.push(piece.subarray(0, maker.fill(piece)));
  }
  return cost(async () => {
    for (const piece of pieces) {
      while (scanner.next()) if (scanner.copyTo(0, value, 0) > 0) found++;
      scanner.feed(piece);
    }
    scanner.finish();
    while (scanner.next()) if (scanner.copyTo(0, value, 0) > 0) found++;
    if (found !== rows) throw new Error(`${found} rows`);
  });
}

const pool = lab({
  id: 'csv-bench',
  machines: { h: host() },
  until: '36000s',
  async script({ h }: LabContext<'h'>) {
    await h.sh(`make-csv --rows ${values.rows} f.csv`);
    const reading = await scan();
    show('reading alone', [reading]);
    for (const workers of [0, 8]) {
      const costs = await cost(async () => {
        const run = await h.sh(
          `csv f.csv --column subscription_id --workers ${workers} --print > /dev/null; rm f.csv.ledger`,
        );
        if (!run.stderr.includes(`${values.rows} rows`)) throw new Error(run.stderr);
      });
      show(`simulated pool of ${workers} threads, ${values.rows} rows`, [costs]);
      const more = { wallMs: costs.wallMs - reading.wallMs, cpuMs: costs.cpuMs - reading.cpuMs };
      show('  more than reading', [more]);
    }
  },
});

if (values.only !== 'csv') {
  await tenPicturesOf(threeWays, 'ten pictures, three ways');
  await tenPicturesOf(tenPictures as typeof threeWays, 'ten pictures, the whole lab');
}
if (values.only !== 'pictures') {
  await runLab(pool, environment);
}

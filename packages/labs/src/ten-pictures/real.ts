/** The same downloads from a server on the machine's own loopback. Nothing stands for an interpreter here: the work is that of the program itself. */
import { assert } from '@netarium/core/base/assert.ts';
import type { RealStage } from '@netarium/core/check/real-arm.ts';
import { COUNT } from './programs.ts';

const MS = 1_000_000;
/** Runs whose median counts, as in the figures of the real machine that the lab is compared with. */
const COUNTED = 5;
/** So many files in each thread do not count: code that has just been loaded is slow, and each thread has its own. */
const WARMING = 20;

interface Report {
  readonly failed: number;
  /** From when the workers stood ready to the end of the last file. */
  readonly ms: number;
  readonly files: readonly unknown[];
}

export async function real(stage: RealStage): Promise<void> {
  const { params, run, start, writeFile, measured } = stage;
  const server = await start('pictures', [`${params.delay}`, '0', '127.0.0.1', '0'], 'listening on');
  const place = /listening on (\S+)/.exec(server.line)![1];
  const urls = Array.from({ length: COUNT }, (_, i) => `http://${place}/${i + 1}/picture.pgm\n`);
  writeFile('urls', urls.join(''));
  for (const way of ['serial', 'threads', 'coroutines', 'reactor']) {
    const limits = ['--concurrency', `${params.concurrency}`, '--retries', '0', '--json'];
    const times: number[] = [];
    const warming = (WARMING / COUNT) * (way === 'threads' ? Number(params.concurrency) : 1);
    for (let round = -warming; round < COUNTED; round++) {
      const { stdout, stderr } = await run('download', ['--urls', 'urls', '--out', way, '--way', way, ...limits]);
      assert(stdout !== '', `download --way ${way} failed: ${stderr}`);
      const report = JSON.parse(stdout) as Report;
      assert(report.files.length === COUNT && report.failed === 0, `download --way ${way} failed: ${stdout}`);
      if (round >= 0) times.push(report.ms);
    }
    const median = times.sort((a, b) => a - b)[COUNTED >> 1]!;
    measured(way, median * MS);
  }
  await server.stop();
}

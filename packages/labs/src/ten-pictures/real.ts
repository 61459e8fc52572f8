/** The same downloads from a server on the machine's own loopback. Nothing stands for an interpreter here: the work is that of the program itself. */
import { assert } from '@netarium/core/base/assert.ts';
import type { RealStage } from '@netarium/core/check/real-arm.ts';
import { COUNT } from './programs.ts';

const MS = 1_000_000;

export async function real(stage: RealStage): Promise<void> {
  const { params, run, start, writeFile, measured } = stage;
  const server = await start('pictures', [`${params.delay}`, '0', '127.0.0.1', '0'], 'listening on');
  const place = /listening on (\S+)/.exec(server.line)![1];
  writeFile('urls', Array.from({ length: COUNT }, (_, i) => `http://${place}/${i + 1}/picture.pgm\n`).join(''));
  for (const way of ['serial', 'threads', 'coroutines', 'reactor']) {
    // Once before it counts: a program that has just been loaded is slow.
    for (const out of [`${way}-first`, way]) {
      const limits = ['--concurrency', `${params.concurrency}`, '--retries', '0', '--json'];
      const { stdout, stderr } = await run('download', ['--urls', 'urls', '--out', out, '--way', way, ...limits]);
      const report = JSON.parse(stdout === '' ? '{}' : stdout) as { readonly ms?: number; readonly failed?: number };
      assert(report.ms !== undefined && report.failed === 0, `download --way ${way} failed: ${stderr}`);
      if (out === way) measured(way, report.ms * MS);
    }
  }
  await server.stop();
}

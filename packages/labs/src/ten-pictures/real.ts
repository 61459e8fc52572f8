/** The same downloads from a server on the machine's own loopback. Nothing stands for an interpreter here: the work is that of the program itself. */
import { assert } from '@netarium/core/base/assert.ts';
import type { RealStage } from '@netarium/core/check/real-arm.ts';
import { COUNT } from './programs.ts';

const MS = 1_000_000;

interface Report {
  readonly failed?: number;
  readonly files?: readonly { readonly ms: number; readonly endedMs: number }[];
}

export async function real(stage: RealStage): Promise<void> {
  const { params, run, start, writeFile, measured } = stage;
  const server = await start('pictures', [`${params.delay}`, '0', '127.0.0.1', '0'], 'listening on');
  const place = /listening on (\S+)/.exec(server.line)![1];
  // Ten that do not count come first: a program that has just been loaded is slow, and each thread has its own.
  const pictures = Array.from({ length: 2 * COUNT }, (_, i) => `http://${place}/${(i % COUNT) + 1}/picture.pgm`);
  writeFile('urls', pictures.map((url, i) => `${url}?${Math.floor(i / COUNT)}\n`).join(''));
  for (const way of ['serial', 'threads', 'coroutines', 'reactor']) {
    const limits = ['--concurrency', `${params.concurrency}`, '--retries', '0', '--json'];
    const { stdout, stderr } = await run('download', ['--urls', 'urls', '--out', way, '--way', way, ...limits]);
    const report = JSON.parse(stdout === '' ? '{}' : stdout) as Report;
    assert(report.files !== undefined && report.failed === 0, `download --way ${way} failed: ${stderr}`);
    const counted = report.files.slice(COUNT);
    const startMs = Math.min(...counted.map(({ ms, endedMs }) => endedMs - ms));
    measured(way, (Math.max(...counted.map(({ endedMs }) => endedMs)) - startMs) * MS);
  }
  await server.stop();
}

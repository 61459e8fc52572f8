/** The same downloads from a server on the machine's own loopback. Nothing stands for an interpreter here: the work is that of the program itself. */
import { assert } from '@netarium/core/base/assert.ts';
import type { RealStage } from '@netarium/core/check/real-arm.ts';
import { COUNT } from './programs.ts';

const MS = 1_000_000;
/** Runs whose median counts, as in the figures of the real machine that the lab is compared with. */
const COUNTED = 5;
/** Runs from a server that does not wait come first: code that has just been loaded is slow, and each thread has its own. */
const WARMING = 200;

interface Report {
  readonly failed: number;
  /** From when the workers stood ready to the end of the last file. */
  readonly ms: number;
  readonly files: readonly unknown[];
}

export async function real(stage: RealStage): Promise<void> {
  const { params, start, measured } = stage;
  const servers = [];
  for (const [list, delay] of [
    ['at-once', 0],
    ['urls', params.delay],
  ] as const) {
    const server = await start('pictures', [String(delay), '0', '127.0.0.1', '0'], 'listening on');
    const place = /listening on (\S+)/.exec(server.line)![1];
    const urls = Array.from({ length: COUNT }, (_, i) => `http://${place}/${i + 1}/picture.pgm\n`);
    stage.writeFile(list, urls.join(''));
    servers.push(server);
  }
  for (const way of ['serial', 'threads', 'coroutines', 'reactor']) {
    for (let i = 0; i < WARMING; i++) await download(stage, way, 'at-once', i);
    const times: number[] = [];
    while (times.length < COUNTED) times.push(await download(stage, way, 'urls', times.length));
    const median = times.sort((a, b) => a - b)[COUNTED >> 1]!;
    measured(way, median * MS);
  }
  for (const server of servers) await server.stop();
}

/**
 * Runs the program over a list, into a directory of its own; answers the milliseconds that it took. Were the files of the run before replaced, each new one would wait for a
 * file system that passes over inodes freed within the last seconds (ext4's `recently_deleted`), which was a quarter of the main thread's time.
 */
async function download({ params, run }: RealStage, way: string, list: string, turn: number): Promise<number> {
  const limits = ['--concurrency', `${params.concurrency}`, '--retries', '0', '--json'];
  const { stdout, stderr } = await run('download', [
    '--urls',
    list,
    '--out',
    `${list}-${way}-${turn}`,
    '--way',
    way,
    ...limits,
  ]);
  assert(stdout !== '', `download --way ${way} failed: ${stderr}`);
  const { ms, failed, files } = JSON.parse(stdout) as Report;
  assert(files.length === COUNT && failed === 0, `download --way ${way} failed: ${stdout}`);
  return ms;
}

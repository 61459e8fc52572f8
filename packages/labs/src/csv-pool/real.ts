/** The same job on the machine's own kernel, and what both arms read off the programs' output. */
import { assert } from '@netarium/core/base/assert.ts';
import type { RealStage } from '@netarium/core/check/real-arm.ts';

export const FILE = 'erotic.csv';

/** What the server has counted. */
export interface SinkReport {
  readonly requests: number;
  readonly batches: number;
  readonly values: number;
  readonly distinct: number;
  readonly doubles: number;
  readonly known: number;
  readonly lastTask: number;
  readonly lastValues: number;
}

export function printedIds(stdout: string): string[] {
  return stdout.split('\n').filter((id) => /^UC.{22}$/.test(id));
}

/** Seconds until the server answers where the time counts: long, since a real thread takes tens of milliseconds to start. */
export const SLOW_S = '0.02';

type Params = RealStage['params'];

/** The arguments of `csv` in both arms. */
export function jobOf({ batch }: Params, workers: unknown, ...more: readonly string[]): readonly string[] {
  return [FILE, '--column', 'subscription_id', '--batch', String(batch), '--workers', String(workers), ...more];
}

export async function real({ params, run, start, measured }: RealStage): Promise<void> {
  const done = async (program: string, args: readonly string[]) => {
    const finished = await run(program, args);
    assert(finished.status === 0, `${program} ended with ${finished.status}: ${finished.stderr}`);
    return finished;
  };
  const server = async (...options: readonly string[]) => {
    const { line, stop } = await start('csv-sink', ['--port', '0', ...options], 'listening on');
    return { url: `http://${/listening on (\S+)/.exec(line)![1]}/`, stop };
  };
  await done('make-csv', ['--rows', String(params.rows), FILE]);
  const printed = await done('csv', jobOf(params, params.workers, '--print'));
  measured('printed', new Set(printedIds(printed.stdout)).size);

  const faulty = await server('--delay', String(Number(params.delay) / 1000), ...faultsOf(params));
  await done('csv', jobOf(params, params.workers, '--ledger', 'submitted', '--submit', faulty.url));
  const report = JSON.parse((await done('curl', ['-s', faulty.url])).stdout) as SinkReport;
  await faulty.stop();
  measured('batches', report.batches);
  measured('ids', report.distinct);
  measured('twice', report.doubles);

  const slow = await server('--delay', SLOW_S, '--no-keys');
  const alone = await done('csv', jobOf(params, 0, '--ledger', 'alone', '--submit', slow.url));
  measured('alone', alone.elapsedNs);
  const pool = await done('csv', jobOf(params, params.workers, '--ledger', 'pool', '--submit', slow.url));
  measured('pool', pool.elapsedNs);
  await slow.stop();
}

/** What the server does wrong, as options of `csv-sink`. */
export function faultsOf({ keys, lost }: Params): readonly string[] {
  return [...(keys === true ? [] : ['--no-keys']), ...(Number(lost) > 0 ? ['--cut-every', String(lost)] : [])];
}

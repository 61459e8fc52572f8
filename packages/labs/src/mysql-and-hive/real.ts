/** The same questions on the machine's own kernel, and what both arms read off the programs' output. */
import { assert } from '@netarium/core/base/assert.ts';
import type { MeasureSpec, RealStage } from '@netarium/core/check/real-arm.ts';
import { DAYS, dayName, fileOf } from './visits.ts';

export const POINT = 'SELECT user, seconds FROM visits WHERE id = 1234';
export const SUMS = 'SELECT day, COUNT(*), SUM(seconds), MAX(seconds) FROM visits GROUP BY day ORDER BY day';

const measure = (unit: MeasureSpec['unit'], en: string, zh: string): MeasureSpec => ({ unit, text: { en, zh } });

export const measures: Readonly<Record<string, MeasureSpec>> = {
  'row store, one row': measure('time', 'Row store: one row by its key', '行存储：按键取一行'),
  'files, one row': measure('time', 'Files: the same row by a job', '文件：用作业取同一行'),
  'row store, pages for one row': measure('count', 'Row store: pages read for it', '行存储：为此读的页数'),
  'files, pages for one row': measure('count', 'Files: pages read for it', '文件：为此读的页数'),
};

/** What a question cost. */
export interface Asked {
  readonly answer: string;
  readonly ms: number;
  readonly pages: number;
}

/** A question between two that have the server count its pages. */
export function statementsOf(sql: string): string {
  return `FLUSH STATUS; ${sql}; SHOW STATUS LIKE 'Sqlite_pages_read'`;
}

export function toAsked(stdout: string, stderr: string, ms: number): Asked {
  const [answer = '', pages = ''] = stdout.split('Variable_name\tValue\nSqlite_pages_read\t');
  return { answer: answer + stderr, ms, pages: Number(pages) };
}

/** From the line that ends a job. */
export function pagesOfJob(stderr: string): number {
  return Number(/(\d+) pages/.exec(stderr)?.[1] ?? 0);
}

export async function real({ params, directory, run, start, writeFile, measured }: RealStage): Promise<void> {
  const server = await start('sql-server', ['--port', '0', '--password', 'secret'], 'listening on');
  const port = /:(\d+)$/.exec(server.line.trim())![1]!;
  const warehouse = `${directory}/warehouse`;
  const job = (sql: string) => run('batch-sql', ['--warehouse', warehouse, '--start', String(params.start), sql]);
  const { status, stdout } = await run('load', ['127.0.0.1', port, 'secret', String(params.key)]);
  assert(status === 0, `load ended with ${status}: ${stdout}`);
  await job('CREATE TABLE visits (id INT, user STRING, seconds INT) PARTITIONED BY (day STRING)');
  for (let day = 0; day < DAYS; day++) {
    await run('mkdir', [`${warehouse}/visits/day=${dayName(day)}`]);
    writeFile(`warehouse/visits/day=${dayName(day)}/part-00000`, fileOf(day));
  }
  const client = ['-P', port, '-psecret', '-e', statementsOf(POINT), 'test'];
  // One that does not count comes first: a program that has just been loaded is slow.
  await run('mysql', client);
  const rows = await run('mysql', client);
  const files = await job(POINT);
  const asked = toAsked(rows.stdout, rows.stderr, 0);
  assert(asked.answer === files.stdout, `other answers: ${asked.answer} and ${files.stdout}${files.stderr}`);
  measured('row store, one row', rows.elapsedNs);
  measured('files, one row', files.elapsedNs);
  measured('row store, pages for one row', asked.pages);
  measured('files, pages for one row', pagesOfJob(files.stderr));
  await server.stop();
}

/** The batch engine: pieces cover a file line by line, queries come out right however it is cut, what is not supported says so. */
import { host } from '@netarium/core/check/lab.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type HostScript, onHost as onAnyHost } from '../lib/on-host.test-kit.ts';
import { writeFile } from '../lib/stdio.ts';
import { inProgram } from '../runtimes/program.test-util.ts';
import { readSplit } from './splits.ts';

const onHost = (script: HostScript): Promise<void> =>
  onAnyHost(script, { machines: { h: host({ cpu: { cores: 2 } }) } });

test('each line is in exactly one piece, in order, whatever the pieces are', async () => {
  const file = fc.array(fc.string({ unit: fc.constantFrom('a', 'é', ','), maxLength: 12 }), { maxLength: 40 });
  await inProgram(async (sys) => {
    await fc.assert(
      fc.asyncProperty(file, fc.integer({ min: 1, max: 90 }), fc.boolean(), async (lines, size, ended) => {
        const text = lines.join('\n') + (ended && lines.length > 0 ? '\n' : '');
        await writeFile(sys, '/data', text);
        const bytes = (await sys.stat('/data')).size;
        const found: string[] = [];
        for (let start = 0; start < bytes; start += size)
          await readSplit(
            sys,
            { path: '/data', start, end: Math.min(start + size, bytes), partition: [] },
            (line) => found.push(line),
            () => {},
          );
        expect(found).toEqual(text === '' ? [] : text.replace(/\n$/, '').split('\n'));
      }),
      { numRuns: 150 },
    );
  });
});

const ROWS = Array.from({ length: 300 }, (_, i) => ({
  id: i,
  name: `n${i % 7}`,
  score: i % 11 === 0 ? 'x' : String((i * 37) % 100),
}));

test('sums, groups, order and limit, cut into pieces of any size', async () => {
  await onHost(async (h) => {
    await h.sh('batch-sql "CREATE TABLE t (id INT, name STRING, score INT)"');
    h.writeFile(
      '/srv/warehouse/t/part-0',
      ROWS.slice(0, 200)
        .map(({ id, name, score }) => `${id},${name},${score}\n`)
        .join(''),
    );
    h.writeFile(
      '/srv/warehouse/t/part-1',
      ROWS.slice(200)
        .map(({ id, name, score }) => `${id},${name},${score}`)
        .join('\n'),
    );
    const good = ROWS.filter(({ score }) => score !== 'x').map((row) => ({ ...row, score: Number(row.score) }));
    const sum = good.reduce((all, { score }) => all + score, 0);
    for (const bytes of [50, 333, 100_000]) {
      const query = async (sql: string): Promise<string> =>
        (await h.sh(`batch-sql --split-bytes ${bytes} "${sql}"`)).stdout;
      expect(await query('SELECT COUNT(*), COUNT(score), SUM(score) FROM t')).toBe(
        `COUNT(*)\tCOUNT(score)\tSUM(score)\n300\t${good.length}\t${sum}\n`,
      );
      const best = good.toSorted((a, b) => b.score - a.score || a.id - b.id).slice(0, 3);
      expect(await query('SELECT id, score FROM t WHERE score IS NOT NULL ORDER BY score DESC, id LIMIT 3')).toBe(
        `id\tscore\n${best.map(({ id, score }) => `${id}\t${score}\n`).join('')}`,
      );
      const three = good.filter(({ name }) => name === 'n3').map(({ score }) => score);
      expect(await query("SELECT name, MIN(score), MAX(score) FROM t WHERE name = 'n3' GROUP BY name")).toBe(
        `name\tMIN(score)\tMAX(score)\nn3\t${Math.min(...three)}\t${Math.max(...three)}\n`,
      );
    }
    expect((await h.sh('ls -a /srv/warehouse')).stdout.split('\n')).not.toContainEqual(expect.stringContaining('.job'));
  });
});

test('INSERT adds a file; a partition that is not asked for stays closed', async () => {
  await onHost(async (h) => {
    await h.sh(
      'batch-sql "CREATE TABLE p (id INT) PARTITIONED BY (day STRING)"; mkdir /srv/warehouse/p/day=1 /srv/warehouse/p/day=2',
    );
    h.writeFile('/srv/warehouse/p/day=1/f', '1\n2\n');
    h.writeFile('/srv/warehouse/p/day=2/f', '3\n');
    const one = await h.sh('batch-sql "SELECT id, day FROM p WHERE day = \'2\' AND id > 0"');
    expect(one.stdout).toBe('id\tday\n3\t2\n');
    expect(one.stderr).toMatch(/^1 map tasks, 1 reduce task, 1 rows, 1 pages, 2 bytes/);
    await h.sh('batch-sql "CREATE TABLE q (a INT, b STRING)"');
    for (const values of ["(1, 'x'), (NULL, 'y')", "(2, 'z')"])
      expect((await h.sh(`batch-sql "INSERT INTO q VALUES ${values}"`)).status).toBe(0);
    expect((await h.sh('ls /srv/warehouse/q')).stdout).toBe('part-00001\npart-00002\n');
    expect((await h.sh('batch-sql "SELECT b, a FROM q ORDER BY b"')).stdout).toBe('b\ta\nx\t1\ny\tNULL\nz\t2\n');
  });
});

test('what it has not, it says in one line', async () => {
  await onHost(async (h) => {
    await h.sh('batch-sql "CREATE TABLE t (a INT)"');
    const refused = async (sql: string): Promise<string> => {
      const { stderr, status } = await h.sh(`batch-sql "${sql}"`);
      expect(status).toBe(1);
      return stderr;
    };
    expect(await refused('UPDATE t SET a = 1')).toMatch(/cannot be changed in place\n$/);
    expect(await refused('DELETE FROM t')).toMatch(/cannot be changed in place\n$/);
    expect(await refused('SELECT a FROM t JOIN t')).toBe('batch-sql: FROM wants one table\n');
    expect(await refused('SELECT b FROM t')).toBe("batch-sql: column 'b' not found\n");
    expect(await refused('SELECT a FROM u')).toBe("batch-sql: table 'u' not found\n");
    expect(await refused('SELECT UPPER(a) FROM t')).toBe('batch-sql: function UPPER is not supported\n');
    expect(await refused('SELECT DISTINCT a FROM t')).toBe('batch-sql: DISTINCT is not supported\n');
    expect(await refused('SELEC a FROM t')).toContain("near 'SELEC a FROM t' at line 1");
    expect(await refused('CREATE TABLE t (a INT)')).toBe('batch-sql: File exists\n');
  });
});

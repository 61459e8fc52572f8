/** What the SQL engines of userland cost in CPU time: a statement, a row that a scan looks at, a page; a line of a file in the batch engine. Prints nanoseconds (medians). */
import { host, lab } from '@netarium/core/check/lab.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import { systemImage } from '@netarium/userland/image.ts';
import { NOW, newEngine } from '@netarium/userland/sql/engine/session.test-kit.ts';
import { Session } from '@netarium/userland/sql/engine/session.ts';

const ROWS = 50_000;

const session = new Session(await newEngine(), 'bench');
await session.execute('CREATE DATABASE bench', NOW);
session.use('bench');
await session.execute('CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(20), age INT)', NOW);
const inserted = await cpu(async () => {
  for (let at = 0; at < ROWS; at += 500) {
    const values = Array.from({ length: 500 }, (_, i) => `('name ${at + i}', ${(at + i) % 100})`);
    await session.execute(`INSERT INTO t (name, age) VALUES ${values.join(', ')}`, NOW);
  }
});
const point = median(await times(300, (i) => session.execute(`SELECT name FROM t WHERE id = ${1 + i * 100}`, NOW)));
const scan = median(await times(9, () => session.execute('SELECT COUNT(*) FROM t WHERE age = 200', NOW)));

console.log(`statement     ${Math.round(point)} ns (point query by primary key)`);
console.log(`row, scanned  ${Math.round(scan / ROWS)} ns (with its share of the pages)`);
console.log(`row, inserted ${Math.round(inserted / ROWS)} ns (500 rows a statement)`);
console.log(
  `line, batch   ${Math.round(median(await times(5, () => batch(20_000))) / 20_000)} ns (whole job of 20,000 lines)`,
);

async function cpu(run: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1000;
}

async function times(count: number, run: (i: number) => Promise<unknown>): Promise<number[]> {
  const all: number[] = [];
  for (let i = 0; i < count; i++) {
    all.push(await cpu(() => run(i)));
  }
  return all;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

async function batch(lines: number): Promise<void> {
  const definition = lab({
    id: 'batch-costs',
    machines: { h: host() },
    async script({ h }) {
      await h.sh("batch-sql 'CREATE TABLE t (id INT, name STRING, age INT)'");
      h.writeFile(
        '/srv/warehouse/t/part-0',
        Array.from({ length: lines }, (_, i) => `${i},name ${i},${i % 100}\n`).join(''),
      );
      const { stdout } = await h.sh("batch-sql --split-bytes 100000000 'SELECT COUNT(*) FROM t WHERE age = 5'");
      if (stdout !== `COUNT(*)\n${lines / 100}\n`) throw new Error(stdout);
    },
  });
  await runLab(definition, { image: systemImage(), turn: () => new Promise((resolve) => setImmediate(resolve)) });
}

/** The visits of eight days, the same in both engines: five hundred a day. */
import type { Program } from '@netarium/core/syscall/sys.ts';
import { connect } from '@netarium/userland/sql/client/connect.ts';

export const DAYS = 8;
const VISITS_A_DAY = 500;

export interface Visit {
  readonly id: number;
  readonly day: string;
  readonly user: string;
  readonly seconds: number;
}

function visitsOf(day: number): Visit[] {
  return Array.from({ length: VISITS_A_DAY }, (_, i) => {
    const id = day * VISITS_A_DAY + i + 1;
    return { id, day: dayName(day), user: `user${id % 97}`, seconds: (id * 7919) % 600 };
  });
}

export function dayName(day: number): string {
  return `2026-03-0${day + 1}`;
}

/** A day as a file of the warehouse: the day itself is the name of its directory. */
export function fileOf(day: number): string {
  return visitsOf(day)
    .map(({ id, user, seconds }) => `${id},${user},${seconds}\n`)
    .join('');
}

/** `load HOST PORT PASSWORD KEY`: makes the table, with a primary key unless KEY is `none`, and fills it, a hundred rows a statement. */
export const load: Program = async (sys, [, host = '', port = '', password = '', key = '']) => {
  const connection = await connect(sys, { host, port: Number(port), user: 'root', password, database: 'test' });
  const cursor = connection.cursor();
  const primary = key === 'none' ? '' : ', PRIMARY KEY (id)';
  await cursor.execute(
    `CREATE TABLE visits (id INT NOT NULL, user VARCHAR(20), seconds INT, day VARCHAR(10)${primary})`,
  );
  for (let day = 0; day < DAYS; day++)
    for (let from = 0; from < VISITS_A_DAY; from += 100) {
      const rows = visitsOf(day).slice(from, from + 100);
      const marks = rows.map(() => '(?, ?, ?, ?)').join(', ');
      await cursor.execute(
        `INSERT INTO visits VALUES ${marks}`,
        rows.flatMap((row) => [row.id, row.user, row.seconds, row.day]),
      );
    }
  await connection.commit();
  await connection.close();
  return 0;
};

/** MySQL and Hive: the same questions to a row store with an index and to a batch engine over files; what each costs, and what each can change. */
import { cable, host, lab, networkSwitch } from '@netarium/core/check/lab.ts';
import type { Finished, LabContext } from '@netarium/core/check/lab-context.ts';
import { type Asked, measures, POINT, pagesOfJob, real, SUMS, statementsOf, toAsked } from './real.ts';
import { DAYS, dayName, fileOf, load } from './visits.ts';

type Context = LabContext<'analyst' | 'db' | 'warehouse'>;

const text = (en: string, zh: string) => ({ en, zh });
const FOLDER = '/srv/warehouse/visits';

export default lab({
  id: 'mysql-and-hive',
  title: text('MySQL and Hive: row store and batch engine', 'MySQL 与 Hive：行存储与批处理引擎'),
  text: text(
    'Four thousand visits of eight days, once in a database server with a primary key, once as text files in a directory per day. The same questions go to both. The server walks down its tree and reads two or three pages; the batch engine starts a process for every file, each of which waits for its container, reads its file whole and writes what it found into another file. One row changes in place here; there nothing changes, files only come. A row that does not fit is refused when it is written here, and is NULL when it is read there. (The batch engine is no Hive: one machine, local files, one table per query, but planned into map and reduce tasks that are real processes. How long a container takes to start is a parameter.)',
    '八天里的四千次访问，一份在带主键的数据库服务器里，一份是每天一个目录的文本文件。同样的问题问两边。服务器沿着树往下走，读两三页；批处理引擎为每个文件启动一个进程，每个都要等容器，把文件整个读完，再把结果写进另一个文件。这边可以就地改一行；那边什么也不改，只会多出文件。不合适的一行，这边写入时就被拒绝，那边读出来是 NULL。（这个批处理引擎不是 Hive：一台机器、本地文件、一次查询一张表，但确实规划成 map 与 reduce 任务，每个任务是真实的进程。容器启动要多久是一个参数。）',
  ),
  params: {
    start: {
      default: '0.8',
      choices: ['0', '0.8', '5'],
      text: text('Seconds that the container of a task takes to start', '任务的容器启动要多少秒'),
    },
    key: {
      default: 'primary',
      choices: ['primary', 'none'],
      text: text("The row store's index on id", '行存储在 id 上的索引'),
    },
    days: {
      default: DAYS,
      min: 1,
      max: DAYS,
      text: text('So many days have reached the warehouse', '有多少天的数据进了数据仓库'),
    },
    changed: { default: 7, choices: [7, 0], text: text('The id of the row that is changed', '要修改的行的 id') },
    seconds: {
      default: 'abc',
      choices: ['abc', '12'],
      text: text('The seconds of a new visit', '一次新访问的秒数'),
    },
  },
  machines: {
    analyst: host({ eth0: '10.0.0.1/24' }),
    db: host({ eth0: '10.0.0.2/24', cpu: { cores: 4 }, run: ['sql-server --bind 0.0.0.0 --password secret'] }),
    warehouse: host({ eth0: '10.0.0.3/24', cpu: { cores: 4 } }),
    sw: networkSwitch(),
  },
  cables: [
    cable('analyst', 'sw', { rate: '1Gbit', delay: '100us' }),
    cable('db', 'sw', { rate: '1Gbit', delay: '100us' }),
    cable('warehouse', 'sw', { rate: '1Gbit', delay: '100us' }),
  ],
  programs: { load },
  measures,
  real,
  until: '120s',
  checks: {
    answers: { text: text('The same answers to the same questions', '同样的问题，同样的答案'), row: 149, clause: 1 },
    latency: {
      text: text('The row store answers a point query hundreds of times sooner', '行存储回答点查询快几百倍'),
      row: 149,
      clause: 2,
    },
    pages: {
      text: text(
        'It reads at most 4 pages of the table, the batch engine all of them',
        '它最多读 4 页，批处理引擎读全部',
      ),
      row: 149,
      clause: 3,
    },
    update: {
      text: text('Only the row store changes a row', '只有行存储能改一行'),
      row: 149,
      clause: 4,
    },
    schema: {
      text: text('A bad value: refused on insert, or NULL on read', '坏值：写入时被拒绝，或读出为 NULL'),
      claim: 'C259',
    },
  },
  counterRuns: {
    'a-day-late': {
      set: { days: 7 },
      flips: ['answers'],
      text: text('The last day has not reached the warehouse yet.', '最后一天还没有进数据仓库。'),
    },
    'no-containers': {
      set: { start: '0' },
      flips: ['latency'],
      text: text('Tasks start at once.', '任务立即启动。'),
    },
    'no-index': {
      set: { key: 'none' },
      flips: ['pages'],
      text: text('The row store has no index and reads the whole table.', '行存储没有索引，要读整张表。'),
    },
    'no-such-row': {
      set: { changed: 0 },
      flips: ['update'],
      text: text('No row has this id.', '没有这个 id 的行。'),
    },
    'a-good-value': {
      set: { seconds: '12' },
      flips: ['schema'],
      text: text('The value fits.', '值是合适的。'),
    },
  },
  async script(context) {
    await context.sleep('10ms');
    await fill(context);
    await ask(context);
    await change(context);
    await spoil(context);
  },
});

function milliseconds({ startNs, endNs }: Finished): number {
  return (endNs - startNs) / 1e6;
}

/** To the row store, over the network; the server counts its pages. */
async function toRows({ analyst }: Context, sql: string): Promise<Asked> {
  const done = await analyst.sh(`mysql -h 10.0.0.2 -psecret -e "${statementsOf(sql)}" test`);
  return toAsked(done.stdout, done.stderr, milliseconds(done));
}

/** To the files, by a job of tasks. */
async function toFiles({ warehouse, params }: Context, sql: string): Promise<Asked & { readonly told: string }> {
  const done = await warehouse.sh(`batch-sql --start ${params.start} "${sql}"`);
  return { answer: done.stdout, ms: milliseconds(done), pages: pagesOfJob(done.stderr), told: done.stderr.trim() };
}

async function fill(context: Context): Promise<void> {
  const { analyst, warehouse, params, say } = context;
  await analyst.sh(`load 10.0.0.2 3306 secret ${params.key}`);
  await warehouse.sh('batch-sql "CREATE TABLE visits (id INT, user STRING, seconds INT) PARTITIONED BY (day STRING)"');
  for (let day = 0; day < Number(params.days); day++) {
    await warehouse.sh(`mkdir '${FOLDER}/day=${dayName(day)}'`);
    warehouse.writeFile(`${FOLDER}/day=${dayName(day)}/part-00000`, fileOf(day));
  }
  say(
    text(
      `${DAYS * 500} visits are in the row store, ${params.days} files in the warehouse`,
      `行存储里有 ${DAYS * 500} 次访问，数据仓库里有 ${params.days} 个文件`,
    ),
  );
}

const ONE_DAY = `SELECT COUNT(*) FROM visits WHERE day = '${dayName(2)}' AND seconds > 300`;

async function ask(context: Context): Promise<void> {
  const asked: { readonly rows: Asked; readonly files: Asked }[] = [];
  for (const sql of [POINT, SUMS, ONE_DAY]) {
    const rows = await toRows(context, sql);
    const files = await toFiles(context, sql);
    asked.push({ rows, files });
    const numbers = `${rows.ms.toFixed(1)} ms, ${rows.pages} pages | ${files.ms.toFixed(1)} ms, ${files.pages} pages`;
    context.say(text(`${sql}: row store | files: ${numbers}`, `${sql}：行存储 | 文件：${numbers}`));
    context.say(text(`the job: ${files.told}`, `作业：${files.told}`));
  }
  const [point, sums] = asked as [(typeof asked)[0], (typeof asked)[0]];
  const { check, measured } = context;
  measured('row store, one row', point.rows.ms * 1e6);
  measured('files, one row', point.files.ms * 1e6);
  measured('row store, pages for one row', point.rows.pages);
  measured('files, pages for one row', point.files.pages);
  const different = asked.find(({ rows, files }) => rows.answer !== files.answer);
  check('answers', () => ({
    met: different === undefined && sums.rows.answer.split('\n').length === DAYS + 2,
    saw: different === undefined ? sums.rows.answer : `${different.rows.answer} and ${different.files.answer}`,
  }));
  check('latency', () => ({
    met: point.files.ms > 100 * point.rows.ms,
    saw: `${point.rows.ms.toFixed(1)} ms and ${point.files.ms.toFixed(1)} ms`,
  }));
  check('pages', () => ({
    met: point.rows.pages <= 4 && point.files.pages === sums.files.pages && point.files.pages >= 2 * DAYS,
    saw: `${point.rows.pages} pages and ${point.files.pages} pages`,
  }));
}

async function change(context: Context): Promise<void> {
  const { analyst, params, check, say } = context;
  const sql = `UPDATE visits SET seconds = 9999 WHERE id = ${params.changed}`;
  const done = await analyst.sh(`mysql -h 10.0.0.2 -psecret -N -e "${sql}; SELECT ROW_COUNT()" test`);
  const after = await toRows(context, 'SELECT MAX(seconds) FROM visits');
  const files = await toFiles(context, sql);
  say(
    text(
      `${sql}: ${done.stdout.trim()} row changed; files: ${files.told}`,
      `${sql}：改了 ${done.stdout.trim()} 行；文件：${files.told}`,
    ),
  );
  check('update', () => ({
    met: done.stdout === '1\n' && after.answer.includes('9999') && files.told.includes('cannot be changed in place'),
    saw: `${done.stdout.trim()}; ${files.told}`,
  }));
}

async function spoil(context: Context): Promise<void> {
  const { warehouse, params, check, say } = context;
  const rows = await toRows(context, `INSERT INTO visits VALUES (5000, 'eve', '${params.seconds}', '${dayName(0)}')`);
  warehouse.writeFile(`${FOLDER}/day=${dayName(0)}/part-00001`, `5000,eve,${params.seconds}\n`);
  const files = await toFiles(context, 'SELECT user, seconds FROM visits WHERE id = 5000');
  const read = files.answer.trim().split('\n')[1] ?? '';
  say(
    text(
      `a visit of '${params.seconds}' seconds: row store: ${rows.answer.trim()}; files: ${read}`,
      `一次 '${params.seconds}' 秒的访问：行存储：${rows.answer.trim()}；文件：${read}`,
    ),
  );
  check('schema', () => ({
    met: rows.answer.includes('ERROR 1366') && read === 'eve\tNULL',
    saw: `${rows.answer.trim()}; ${read}`,
  }));
}

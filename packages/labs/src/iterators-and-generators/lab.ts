/** Iterators and generators: a position that only goes forward, a frame that waits at its yield, and a CSV job that holds a hundred rows of thousands. */
import { host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { narrate } from '../lib/narrate.ts';
import { countLines, csvJob, makeCsv, steps, watched } from './programs.ts';

type Context = LabContext<'pc'>;
const text = (en: string, zh: string) => ({ en, zh });

/** Rows of the CSV file: 27 batches of 100 and one of 37, a thousandth of the notes' file. */
const ROWS = 2737;
/** Characters of one line. */
const LINE = 38;

export default lab({
  id: 'iterators-and-generators',
  title: text('Iterators and generators', '迭代器与生成器'),
  text: text(
    'Two iterators over one list keep a position each, go forward only, and stay at their end. A file is counted line by line: what is held does not grow with the file. A generator stops at each yield with its variables, and a pipeline of three of them does the notes’ CSV job with one batch in memory.',
    '同一列表上的两个迭代器各记一个位置，只能向前，到头后一直停在那里。逐行统计文件，占用不随文件增大。生成器带着局部变量停在每个 yield，三个生成器串成流水线，只用一批数据的内存完成笔记里的 CSV 任务。',
  ),
  params: {
    asked: {
      default: 'same',
      choices: ['same', 'fresh'],
      text: text(
        'Who is asked after the end: the same iterator or a fresh one',
        '到头之后再问谁：原来的还是新的迭代器',
      ),
    },
    reading: {
      default: 'one-by-one',
      choices: ['one-by-one', 'at-once'],
      text: text('How the file is read', '怎样读文件'),
    },
    squares: {
      default: 'generator',
      choices: ['generator', 'list'],
      text: text('Where the squares come from', '平方数从哪里来'),
    },
    job: { default: 'stream', choices: ['stream', 'list'], text: text('The CSV job', 'CSV 任务的做法') },
  },
  machines: { pc: host() },
  programs: { steps, 'make-csv': makeCsv, 'count-lines': countLines, watched, 'csv-job': csvJob },
  checks: {
    next: {
      text: text(
        'next gives the items in turn, each iterator at its own position; after the end StopIteration, again and again',
        'next 依次给出元素，各自记住位置；到头后总是 StopIteration',
      ),
      row: 150,
      clause: 1,
      claim: 'C365',
    },
    'constant-memory': {
      text: text('A file ten times as long needs no more memory', '文件大十倍，占用不变'),
      row: 150,
      clause: 2,
    },
    'suspend-resume': {
      text: text(
        'Nothing runs before the first next; the generator is suspended at each yield and resumed with its variable',
        '第一次 next 之前什么都不执行；生成器在每个 yield 挂起，恢复时变量还在',
      ),
      row: 151,
      clause: 1,
      claim: 'C368',
    },
    'csv-job': {
      text: text(
        'The CSV job makes its batches with 100 rows in memory, each id exactly once',
        'CSV 任务内存里最多 100 行，每个 id 恰好一次',
      ),
      row: 151,
      clause: 2,
    },
  },
  counterRuns: {
    fresh: {
      set: { asked: 'fresh' },
      flips: ['next'],
      text: text('A fresh iterator begins anew.', '新的迭代器从头开始。'),
    },
    'at-once': {
      set: { reading: 'at-once' },
      flips: ['constant-memory'],
      text: text('Read at once, the whole file is in memory.', '一次读完，整个文件都在内存。'),
    },
    list: {
      set: { squares: 'list' },
      flips: ['suspend-resume'],
      text: text('A list is complete before the first item is taken.', '列表在取第一个元素之前就全部算完。'),
    },
    'list-of-all': {
      set: { job: 'list' },
      flips: ['csv-job'],
      text: text('A list holds all rows.', '列表装下所有行。'),
    },
  },
  async script(context) {
    await iterators(context);
    await generators(context);
  },
});

async function iterators(context: Context): Promise<void> {
  const { pc, params, check } = context;
  const { stdout } = await narrate(
    context,
    pc,
    `steps ${params.asked}`,
    text('Two iterators, a and b, over the list 10, 20, 30', '列表 10、20、30 上的两个迭代器 a 和 b'),
  );
  const lines = stdout.trimEnd().split('\n');
  check('next', () => ({
    met:
      lines.join('\n') ===
      [
        'next(a): 10',
        'next(a): 20',
        'next(b): 10',
        'the rest of a: 30',
        'next(a): StopIteration',
        'next(a): StopIteration',
        'the rest of b: 20 30',
      ].join('\n'),
    saw: lines.slice(4).join(', '),
  }));
  await pc.sh(`make-csv small.csv ${ROWS}; make-csv large.csv ${10 * ROWS}`);
  const held: number[] = [];
  for (const file of ['small.csv', 'large.csv']) {
    const counted = await narrate(
      context,
      pc,
      `count-lines ${file} ${params.reading}`,
      text(`The lines of ${file}, read ${params.reading}`, `统计 ${file} 的行数（${params.reading}）`),
    );
    held.push(Number(/(\d+) characters/.exec(counted.stdout)?.[1]));
  }
  check('constant-memory', () => ({
    met: held[0] === held[1] && held[0]! <= LINE,
    saw: `${held.join(' and ')} characters held`,
  }));
}

async function generators(context: Context): Promise<void> {
  const { pc, params, check } = context;
  const { stdout } = await narrate(
    context,
    pc,
    `watched ${params.squares}`,
    text('A generator of squares is asked three times and once more', '向平方数生成器要三次，再多要一次'),
  );
  const expected = ['made, nothing has run', 'start', '  i is 1', 'suspend with 1', 'takes 1', 'resume', '  i is 2'];
  check('suspend-resume', () => ({
    met: stdout.startsWith(expected.join('\n')) && stdout.endsWith('takes 9\nresume\nreturn\n'),
    saw: stdout.trimEnd().split('\n').slice(0, 7).join(', '),
  }));
  const job = await narrate(
    context,
    pc,
    `csv-job small.csv ${params.job}`,
    text(`${ROWS} rows in batches of 100`, `${ROWS} 行，每批 100 行`),
  );
  check('csv-job', () => ({
    met: job.stdout === `28 batches, the last of 37, ${ROWS} ids, ${ROWS} different, 100 rows held at the most\n`,
    saw: job.stdout.trim(),
  }));
}

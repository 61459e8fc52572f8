/** A log that is written by one thread: a bounded queue loses nothing, and nobody who logs waits for long. */
import { host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import type { RealStage } from '@netarium/core/check/real-arm.ts';
import { runToEnd } from '../lib/python-threads.ts';

const text = (en: string, zh: string) => ({ en, zh });
const CALLERS = 4;
const RECORDS = 10_000;
/** Records a second of each caller. */
const RATE = 10_000;
const FILE = '/var/log/app.log';
const LIMIT_MS = 20;

export default lab({
  id: 'log-writer',
  title: text('A log writer behind a queue', '队列后面的日志写入者'),
  text: text(
    'Writing a log is slow, so that callers should not wait for it: they put records into a bounded queue, and one thread writes them, a batch at a time. The bound keeps memory small; while the writer keeps up on average nobody waits for long, and no record of 10,000 is lost. Transcoding is built the same way. The program is `log-writer`, which also runs on your own machine.',
    '写日志慢，调用者不该等它：记录放进有界队列，由一个线程成批写出。有界保证内存不涨；只要写入者平均跟得上，就没人久等，一万条记录一条不丢。转码也是同样的结构。程序 `log-writer` 也能在你自己的机器上运行。',
  ),
  params: {
    policy: {
      default: 'block',
      choices: ['block', 'drop'],
      text: text('What a full queue means: wait, or drop the record', '队列满时：等待，还是丢弃记录'),
    },
    maxsize: { default: 500, min: 1, max: 10000, text: text('Places in the queue', '队列容量') },
    batchMs: {
      default: 1,
      min: 0,
      max: 50,
      text: text('How long the disk takes for a batch of 100, in ms', '磁盘写一批 100 条所需毫秒'),
    },
  },
  machines: { machine: host() },
  checks: {
    lost: { text: text('None of 10,000 records is lost', '一万条记录一条不丢'), row: 129, clause: 1 },
    waits: {
      text: text(`No caller waits for more than ${LIMIT_MS} ms`, `调用者等待不超过 ${LIMIT_MS} 毫秒`),
      row: 129,
      clause: 2,
    },
  },
  counterRuns: {
    dropped: {
      set: { policy: 'drop', maxsize: 20, batchMs: 10 },
      flips: ['lost'],
      text: text('Who will not wait loses records when the queue is full.', '不肯等的人在队列满时丢记录。'),
    },
    'slow-disk': {
      set: { batchMs: 50, maxsize: 50 },
      flips: ['waits'],
      text: text('A writer that does not keep up makes everybody wait.', '写入者跟不上，大家都得等。'),
    },
  },
  measures: {
    elapsed: { text: text('The whole program', '整个程序'), unit: 'time' },
    longest: { text: text('The longest wait of a caller', '调用者最长的等待'), unit: 'time' },
    written: { text: text('Records in the file', '文件中的记录'), unit: 'count' },
  },
  real,
  script,
});

function options(params: LabContext<'machine'>['params'], file: string): readonly string[] {
  const load = ['--records', RECORDS, '--threads', CALLERS, '--rate', RATE];
  return ['--file', file, ...load, '--queue', params.maxsize, '--policy', params.policy, '--disk', params.batchMs].map(
    String,
  );
}

/** How long a caller had to wait at most, as the program's last line has it. */
const longestMs = (stdout: string): number =>
  Number(/longest wait of a caller ([0-9.]+) ms/.exec(stdout)?.[1] ?? Number.NaN);

async function real({ params, run, readFile, measured }: RealStage): Promise<void> {
  const { stdout, elapsedNs } = await run('log-writer', options(params, 'app.log'));
  measured('elapsed', elapsedNs);
  measured('longest', longestMs(stdout) * 1_000_000);
  measured('written', (readFile('app.log') ?? '').split('\n').length - 1);
}

async function script(context: LabContext<'machine'>): Promise<void> {
  const { machine, params, check, say, measured } = context;
  const command = `log-writer ${options(params, FILE).join(' ')}`;
  const about = text(
    `${CALLERS} threads log ${RECORDS} records, ${params.maxsize} places, ${params.batchMs} ms for a batch`,
    `${CALLERS} 个线程记 ${RECORDS} 条日志，容量 ${params.maxsize}，每批 ${params.batchMs} 毫秒`,
  );
  const run = await runToEnd(context, machine, command, about, '60s');
  const written = (machine.readFile(FILE) ?? '').split('\n').filter((line) => line !== '');
  const distinct = new Set(written).size;
  say(text(`${written.length} records in the file`, `文件中有 ${written.length} 条记录`));
  check('lost', () => ({
    met: written.length === RECORDS && distinct === RECORDS,
    saw: `${distinct} of ${RECORDS} records`,
  }));
  const longest = longestMs(run.stdout);
  check('waits', () => ({ met: longest <= LIMIT_MS, saw: `longest wait ${longest} ms` }));
  measured('elapsed', run.endNs - run.startNs);
  measured('longest', longest * 1_000_000);
  measured('written', written.length);
}

/** What the lab promises, its parameters and its counter-runs, in words. */
import type { CheckSpec, CounterRun, ParamSpec } from '@netarium/core/check/lab.ts';
import type { MeasureSpec } from '@netarium/core/check/real-arm.ts';

export const text = (en: string, zh: string) => ({ en, zh });

export const params = {
  rows: {
    default: 10_037,
    min: 100,
    max: 2_710_037,
    text: text('Rows of the file; the notes have 2,710,037', '文件的行数；笔记里是 2,710,037'),
  },
  workers: { default: 8, min: 0, max: 64, text: text('Threads of the pool', '线程池大小') },
  batch: { default: 100, min: 1, max: 1000, text: text('Rows of a task', '每个任务的行数') },
  threads: {
    default: 'pool',
    choices: ['pool', 'one for each task'],
    text: text('A pool of threads, or a thread for every hundred rows', '线程池，还是每 100 行一个线程'),
  },
  blanks: {
    default: 'keep',
    choices: ['keep', 'skip'],
    text: text('The plain reader keeps the blanks after the commas, or skips them', '普通读法保留还是跳过逗号后的空格'),
  },
  keys: { default: true, text: text('The server keeps the keys of the batches it has', '服务器记住收到过的批次的键') },
  lost: {
    default: 7,
    min: 0,
    max: 1000,
    text: text('The server loses the answer to every n-th batch (0: none)', '服务器每第 n 批不回答（0 表示都回答）'),
  },
  delay: { default: 2, min: 0, max: 1000, text: text('The server answers after (ms)', '服务器多少毫秒后回答') },
  kill: { default: true, text: text('The job is killed once and goes on', '任务被杀死一次再继续') },
  resume: {
    default: true,
    text: text('It goes on by its ledger, not from the beginning', '按账本继续，而不是从头再来'),
  },
  reader: {
    default: 'streaming',
    choices: ['streaming', 'whole file'],
    text: text('The file is read in pieces, or as a whole', '分块读取文件，还是一次读完'),
  },
  cut: { default: 0, min: 0, max: 100, text: text('Bytes missing at the file’s end', '文件末尾缺少的字节数') },
} satisfies Readonly<Record<string, ParamSpec>>;

const row = (clause: number, en: string, zh: string, claim?: string): CheckSpec => ({
  text: text(en, zh),
  row: 146,
  clause,
  ...(claim === undefined ? {} : { claim }),
});

export const checks = {
  format: row(
    1,
    'A header, quoted fields with a blank after each comma, ids of 24 characters, the same bytes each time',
    '有表头，字段带引号，逗号后有空格，id 为 24 个字符，每次生成的字节相同',
  ),
  tasks: row(2, 'A task for every hundred rows, the last of 37', '每 100 行一个任务，最后一个 37 行'),
  once: row(3, 'Each id arrives exactly once', '每个 id 恰好到达一次'),
  threads: row(4, 'No more threads than the pool has', '线程不多于线程池的大小', 'C342'),
  memory: row(
    5,
    'No read takes more than a piece of the file, and few messages wait for the pool',
    '每次只读文件的一小块，等待线程池的消息也不多',
  ),
  blanks: row(6, 'A reader that keeps the blanks fails in columns 2 and 3', '不跳过空格的读法在第 2、3 列出错', 'C343'),
  printed: row(7, 'The ids can be printed', '可以打印这些 id'),
  submitted: row(
    8,
    'The tasks are submitted to a server over the network, one request for each task at least',
    '任务通过网络提交到服务器，每个任务至少一个请求',
  ),
  retried: row(
    9,
    'Batches whose answer is lost are sent again, and none is counted twice',
    '丢了应答的批次会重发，没有一批被重复计数',
  ),
  resumed: {
    text: text(
      'Killed in the middle, the job goes on where it was: what was done is not sent again',
      '中途被杀死后从原处继续：做完的不再发送',
    ),
  },
} satisfies Readonly<Record<string, CheckSpec>>;

const measure = (unit: MeasureSpec['unit'], en: string, zh: string): MeasureSpec => ({ unit, text: text(en, zh) });

export const measures = {
  printed: measure('count', 'ids that the pool printed', '线程池打印的 id'),
  batches: measure('count', 'tasks that the server counted', '服务器计数的任务'),
  ids: measure('count', 'ids that the server counted', '服务器计数的 id'),
  twice: measure('count', 'ids that it counted twice', '其中被重复计数的 id'),
  alone: measure(
    'time',
    'all tasks submitted to a server that takes 20 ms for each, without threads',
    '向每个请求要 20 毫秒的服务器提交全部任务，不用线程',
  ),
  pool: measure('time', 'the same by the pool', '同样的提交，用线程池'),
} satisfies Readonly<Record<string, MeasureSpec>>;

export const counterRuns = {
  'torn-file': {
    set: { cut: 12 },
    flips: ['format', 'tasks', 'once', 'printed', 'submitted'],
    text: text(
      'The end of the file is missing: one clear line, and no task too much.',
      '文件末尾缺失：报一行清楚的错，不多做任务。',
    ),
  },
  'no-keys': {
    set: { keys: false },
    flips: ['once', 'retried'],
    text: text('A server that forgets the keys counts batches twice.', '不记键的服务器会重复计数。'),
  },
  'a-thread-for-each': {
    set: { threads: 'one for each task' },
    flips: ['threads'],
    text: text('A thread for every hundred rows: as many threads as tasks.', '每 100 行一个线程：线程数等于任务数。'),
  },
  'whole-file': {
    set: { reader: 'whole file' },
    flips: ['memory'],
    text: text('A program that reads all at once needs memory for all.', '一次读完的程序需要装下整个文件的内存。'),
  },
  'both-skip': {
    set: { blanks: 'skip' },
    flips: ['blanks'],
    text: text('A reader that skips the blanks has the right values.', '跳过空格就读对了。'),
  },
  'nothing-is-lost': {
    set: { lost: 0 },
    flips: ['retried'],
    text: text('Where no answer is lost, nothing is sent again.', '应答都没丢，就没有重发。'),
  },
  'from-the-beginning': {
    set: { resume: false },
    flips: ['resumed'],
    text: text(
      'Without its ledger the job begins anew and sends everything again.',
      '没有账本就从头再来，全部重发一遍。',
    ),
  },
} satisfies Readonly<Record<string, CounterRun>>;

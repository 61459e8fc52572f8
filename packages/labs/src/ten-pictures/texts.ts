/** What the lab promises, its parameters and its counter-runs, in words. */
import type { CheckSpec, CounterRun, ParamSpec } from '@netarium/core/check/lab.ts';
import type { MeasureSpec } from '@netarium/core/check/real-arm.ts';

export const text = (en: string, zh: string) => ({ en, zh });

export const params = {
  delay: { default: 50, min: 0, max: 5000, text: text('The server answers after (ms)', '服务器多少毫秒后回答') },
  latency: { default: '500us', text: text('One way of the cable', '线缆单程时延') },
  work: {
    default: 600,
    min: 0,
    max: 100_000,
    text: text('What a blocking client computes for each request (us)', '阻塞式客户端每个请求的计算（微秒）'),
  },
  loopWork: {
    default: 200,
    min: 0,
    max: 100_000,
    text: text('What an event loop computes for each request (us)', '事件循环每个请求的计算（微秒）'),
  },
  concurrency: { default: 10, min: 1, max: 10, text: text('So many at once', '同时下载几个') },
  ways: {
    default: 'as named',
    choices: ['as named', 'serial', 'threads', 'coroutines', 'reactor', 'processes'],
    text: text('The way in which all four runs are done', '四次下载实际使用的写法'),
  },
  missing: {
    default: 0,
    min: 0,
    max: 10,
    text: text('A picture that the server does not have (0: it has all)', '服务器缺哪张图片（0 表示不缺）'),
  },
  table: { default: true, text: text('The downloader prints its table', '下载程序打印统计表') },
  names: {
    default: 'same',
    choices: ['same', 'own'],
    text: text('File names in the notes’ loop', '笔记循环里的文件名：相同或各自不同'),
  },
  source: {
    default: 'variable',
    choices: ['variable', 'contents'],
    text: text('What the faulty callbacks store', '有错的回调保存什么：变量所指还是收到的内容'),
  },
  stop: {
    default: 'all',
    choices: ['all', 'success', 'first'],
    text: text(
      'The reactor stops after all, only when all went well, or after the first',
      'reactor 何时停止：全部结束、全部成功、第一个完成',
    ),
  },
  oneFails: { default: true, text: text('One picture is missing in the last runs', '最后几次下载中缺一张图片') },
} satisfies Readonly<Record<string, ParamSpec>>;

const files = (row: number, en: string, zh: string): CheckSpec => ({
  text: text(`${en}: ten files, each with the hash of its picture`, `${zh}：十个文件，各自的哈希正确`),
  row,
  clause: 1,
});

export const checks = {
  'serial-files': files(142, 'Serial', '串行'),
  'serial-time': {
    text: text('Serial: the time is the sum', '串行：总时间等于各次之和'),
    row: 142,
    clause: 2,
    claim: 'C372',
  },
  'threads-files': files(143, 'Threads', '线程'),
  'threads-time': {
    text: text('Threads: the time is that of the slowest', '线程：总时间等于最慢的一个'),
    row: 143,
    clause: 2,
  },
  'threads-use': {
    text: text('The use of each thread is printed: each waits most of its life', '打印每个线程的利用率：都在等待'),
    row: 143,
    clause: 3,
    claim: 'C373',
  },
  'greenlets-files': files(144, 'Greenlets', 'greenlet'),
  'greenlets-thread': { text: text('Greenlets: one thread', 'greenlet：只有一个线程'), row: 144, clause: 2 },
  'greenlets-time': {
    text: text('Greenlets: the time is that of the slowest', 'greenlet：总时间等于最慢的一个'),
    row: 144,
    clause: 3,
  },
  'loop-files': files(145, 'Event loop', '事件循环'),
  'loop-thread': { text: text('Event loop: one thread', '事件循环：只有一个线程'), row: 145, clause: 2 },
  'loop-stops': {
    text: text('The reactor stops when the last has ended, not before', '最后一个结束后 reactor 才停止'),
    row: 145,
    clause: 3,
  },
  'loop-stops-with-failure': {
    text: text('It stops also if one fails', '有一个失败也会停止'),
    row: 145,
    clause: 4,
  },
  'one-name': {
    text: text('The notes’ loop leaves one file of ten', '笔记里的循环十张只剩一个文件'),
  },
  'one-variable': {
    text: text('The notes’ callbacks store the last picture ten times', '笔记里的回调把最后一张存了十次'),
  },
} satisfies Readonly<Record<string, CheckSpec>>;

const time = (en: string, zh: string): MeasureSpec => ({ text: text(en, zh), unit: 'time' });

export const measures = {
  serial: time('ten pictures one after the other', '十张图片逐个下载'),
  threads: time('ten pictures by ten threads', '十张图片，十个线程'),
  coroutines: time('ten pictures by greenlets', '十张图片，greenlet'),
  reactor: time('ten pictures on an event loop', '十张图片，事件循环'),
} satisfies Readonly<Record<string, MeasureSpec>>;

export const counterRuns = {
  'one-is-missing': {
    set: { missing: 3 },
    flips: ['serial-files', 'threads-files', 'greenlets-files', 'loop-files'],
    text: text(
      'The server lacks one: nine files, and the other nine are whole.',
      '服务器缺一张：九个文件，其余都完整。',
    ),
  },
  'all-by-threads': {
    set: { ways: 'threads' },
    flips: ['serial-time', 'greenlets-thread', 'loop-thread'],
    text: text(
      'Threads everywhere: no sum any more, and eleven threads each time.',
      '全部用线程：不再是各次之和，每次都是十一个线程。',
    ),
  },
  'one-at-once': {
    set: { concurrency: 1 },
    flips: ['threads-time', 'greenlets-time'],
    text: text('One at a time takes the sum in every way.', '一次一个，哪种写法都是各次之和。'),
  },
  'no-table': {
    set: { table: false },
    flips: ['threads-use'],
    text: text('Without the table nobody sees how the threads were used.', '不打印统计表就看不到线程利用率。'),
  },
  'names-of-their-own': {
    set: { names: 'own' },
    flips: ['one-name'],
    text: text('With names of their own there are ten files.', '文件名各自不同，就有十个文件。'),
  },
  'what-has-come': {
    set: { source: 'contents', oneFails: false },
    flips: ['one-variable', 'loop-stops-with-failure'],
    text: text('Callbacks that take what has come store ten pictures.', '直接使用收到的内容，就是十张不同的图片。'),
  },
  'stops-after-the-first': {
    set: { stop: 'first' },
    flips: ['loop-stops'],
    text: text('Stopped by the first, the reactor abandons the others.', '第一个完成就停止，其余的都丢下了。'),
  },
  'stops-on-success-only': {
    set: { stop: 'success' },
    flips: ['loop-stops-with-failure'],
    text: text(
      'Stopped only if all went well, it never ends when one fails.',
      '只有全部成功才停止，有一个失败就永远不停。',
    ),
  },
} satisfies Readonly<Record<string, CounterRun>>;

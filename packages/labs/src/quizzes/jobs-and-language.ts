/** Predict-first: practical jobs and the language (areas A18 and A19). */
import { byCheck, one, type QuizItem, text } from './quiz.ts';

export const jobItems: readonly QuizItem[] = [
  {
    id: 'one-name-for-ten',
    rows: [142, 143, 144, 145],
    lab: 'ten-pictures',
    question: text(
      'The notes’ loop downloads ten pictures and opens "xxx.png" for each. How many files are there afterwards?',
      '笔记里的循环下载十张图片，每次都打开 "xxx.png" 写入。最后有几个文件？',
    ),
    task: one({ one: ['one', '一个'], ten: ['ten', '十个'] }),
    decide: byCheck('one-name', 'one', 'ten'),
    why: text('Each opening with "wb" empties the file of the one before.', '每次以 "wb" 打开都会清空上一张。'),
    expected: ['one'],
    otherwise: { set: { names: 'own' }, expected: ['ten'] },
  },
  {
    id: 'newline-at-the-end',
    rows: [147],
    lab: 'validation',
    set: { how: 'dollar' },
    question: text(
      'A format is written ^…$ and tested by match. Is a good telephone number with a newline behind it taken?',
      '格式写成 ^…$ 并用 match 检查。正确的电话号码后面带一个换行符，会通过吗？',
    ),
    task: one({ taken: ['Yes', '会'], refused: ['No', '不会'] }),
    decide: byCheck('newline', 'refused', 'taken', /newline behind/),
    why: text(
      '$ also matches before a newline at the end. fullmatch, or \\Z, does not.',
      '$ 也匹配结尾换行之前的位置。用 fullmatch 或 \\Z 就不会。',
    ),
    expected: ['taken'],
    otherwise: { set: { how: 'fullmatch' }, expected: ['refused'] },
  },
  {
    id: 'catastrophe',
    rows: [147],
    lab: 'validation',
    question: text(
      '(a+)+b is tried on a row of a’s without a b. One more a: what happens to the number of steps?',
      '用 (a+)+b 匹配一串没有 b 的 a。多一个 a，步数怎样变化？',
    ),
    task: one({ doubles: ['it doubles', '加倍'], one: ['one step more', '多一步'] }),
    decide: byCheck('doubles', 'doubles', 'one', /takes/),
    why: text(
      'A backtracking engine tries every way of cutting the row into groups. a+b says the same in a handful of steps.',
      '回溯引擎会尝试所有分组方式。a+b 意思相同，只要很少几步。',
    ),
    expected: ['doubles'],
    otherwise: { set: { catastrophic: 'a+b' }, expected: ['one'] },
  },
];

export const languageItems: readonly QuizItem[] = [
  {
    id: 'after-the-end',
    rows: [150],
    lab: 'iterators-and-generators',
    question: text(
      'An iterator has come to its end. What does the next next() do?',
      '迭代器已经走到结尾，再调用 next() 会怎样？',
    ),
    task: one({ stop: ['StopIteration again', '再次 StopIteration'], again: ['it begins again', '从头开始'] }),
    decide: byCheck('next', 'stop', 'again', /next\(a\)/),
    why: text(
      'An iterator remembers its position and goes forward only; a new one begins at the start.',
      '迭代器记住位置，只能向前；要从头开始得新建一个。',
    ),
    expected: ['stop'],
    otherwise: { set: { asked: 'fresh' }, expected: ['again'] },
  },
  {
    id: 'before-the-first-next',
    rows: [151],
    lab: 'iterators-and-generators',
    question: text(
      'A generator function is called. What of its body has run before the first next()?',
      '调用了一个生成器函数。第一次 next() 之前函数体执行了多少？',
    ),
    task: one({
      nothing: ['nothing', '一句也没有'],
      toYield: ['up to the first yield', '到第一个 yield'],
      all: ['all of it', '全部'],
    }),
    decide: byCheck('suspend-resume', 'nothing', 'all', /made, nothing|start/),
    why: text(
      'The call makes the generator only; each next runs to the next yield.',
      '调用只创建生成器；每次 next 才运行到下一个 yield。',
    ),
    expected: ['nothing'],
    otherwise: { set: { squares: 'list' }, expected: ['all'] },
  },
  {
    id: 'cached-questions',
    rows: [152],
    lab: 'decorators',
    question: text(
      'A function that asks a server is decorated with a cache. Five calls ask for two different prices. How many requests are sent?',
      '一个向服务器查价格的函数加了缓存装饰器。五次调用查两种价格，发出几个请求？',
    ),
    task: one({ two: ['two', '两个'], five: ['five', '五个'] }),
    decide: byCheck('cache', 'two', 'five', /costs|hits/),
    why: text(
      'The wrapper keeps each answer by its arguments; the function itself was not changed.',
      '包装函数按参数记住结果，原函数没有改动。',
    ),
    expected: ['two'],
    otherwise: { set: { cache: false }, expected: ['five'] },
  },
  {
    id: 'error-in-else',
    rows: [153],
    lab: 'exceptions',
    question: text(
      'try … except ValueError … else: an error of that class is raised in the else part. Does the except catch it?',
      'try … except ValueError … else：else 部分抛出 ValueError，会被这个 except 捕获吗？',
    ),
    task: one({ no: ['No', '不会'], yes: ['Yes', '会'] }),
    decide: byCheck('order', 'no', 'yes', /raised in follow-up/),
    why: text(
      'else runs after a body without exception, outside of what except guards; finally runs in any case.',
      'else 在 try 部分没有异常之后才执行，不受 except 保护；finally 总会执行。',
    ),
    expected: ['no'],
    otherwise: { set: { otherwise: 'body' }, expected: ['yes'] },
  },
];

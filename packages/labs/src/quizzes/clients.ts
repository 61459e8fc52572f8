/** Predict-first: HTTP clients and crawlers (area A9), and jobs with files and databases (area A18). */
import { byCheck, byStory, number, one, type QuizItem, text } from './quiz.ts';

export const clientItems: readonly QuizItem[] = [
  {
    id: 'ten-pages-by-a-session',
    rows: [78],
    lab: 'requests',
    question: text(
      'Ten pages of one site are fetched by one requests.Session. How many TCP connections are made?',
      '用同一个 requests.Session 从一个网站取十个页面。建立几条 TCP 连接？',
    ),
    task: number('connections', '条连接'),
    decide: byStory(/^(\d+) connections? in \d+ ms, \d+ in/, ([connections]) => connections!),
    why: text(
      'A Session keeps its connection; requests.get() opens and closes one each time: ten.',
      'Session 会保持连接；requests.get() 每次新开一条再关掉，共十条。',
    ),
    expected: ['1'],
    otherwise: { set: { how: 'calls' }, expected: ['10'] },
  },
  {
    id: 'page-without-a-charset',
    rows: [78],
    lab: 'requests',
    question: text(
      'A page of text/html in UTF-8 names no charset. Which encoding does requests take for r.text?',
      'UTF-8 的 text/html 页面没有声明 charset。requests 用什么编码得到 r.text？',
    ),
    task: one({
      latin: ['ISO-8859-1: the text is unreadable', 'ISO-8859-1：文字成了乱码'],
      utf8: ['UTF-8: the text is right', 'UTF-8：文字正确'],
    }),
    decide: byStory(/without: encoding (\S+) /, ([encoding]) => (encoding === 'ISO-8859-1' ? 'latin' : 'utf8')),
    why: text(
      'For text/* without a charset the old default of HTTP holds; the bytes in r.content are whole, so set r.encoding.',
      'text/* 没写 charset 时沿用 HTTP 的旧默认值；r.content 里的字节是完整的，可以自己设 r.encoding。',
    ),
    expected: ['latin'],
    otherwise: { set: { site: 'shop-site 0.0.0.0:80 application/json' }, expected: ['utf8'] },
  },
  {
    id: 'urllib2-in-python3',
    rows: [77],
    lab: 'urllib',
    question: text('import urllib2 in Python 3: what happens?', '在 Python 3 里 import urllib2 会怎样？'),
    task: one({
      error: ['ModuleNotFoundError', 'ModuleNotFoundError'],
      works: ['it works', '正常'],
    }),
    decide: byCheck('missing3', 'error', 'works', /import urllib2/),
    why: text(
      'Python 3 has urllib.request, urllib.parse and urllib.error instead (PEP 3108).',
      'Python 3 改为 urllib.request、urllib.parse、urllib.error（PEP 3108）。',
    ),
    expected: ['error'],
    otherwise: { set: { new: '2.7' }, expected: ['works'] },
  },
  {
    id: 'five-threads-two-places',
    rows: [79],
    lab: 'urllib3',
    question: text(
      'Five threads share a urllib3 pool with maxsize=2 and block=True. How many connections are made?',
      '五个线程共用 maxsize=2、block=True 的 urllib3 连接池。建立几条连接？',
    ),
    task: one({
      two: ['two, and threads wait', '两条，线程要等'],
      five: ['five, and three are thrown away', '五条，扔掉三条'],
    }),
    decide: byCheck('blocked', 'two', 'five', /requests over \d+ connections/),
    why: text(
      'maxsize says how many are kept; only with block does it say how many there may be.',
      'maxsize 只限制保留几条；加上 block 才限制总数。',
    ),
    expected: ['two'],
    otherwise: { set: { block: 'discard' }, expected: ['five'] },
  },
  {
    id: 'browsers-name',
    rows: [81],
    lab: 'polite-crawler',
    question: text(
      'A site answers 429 after three requests in a second. Does it help to send a browser’s User-Agent?',
      '网站一秒内超过三个请求就回 429。换成浏览器的 User-Agent 有用吗？',
    ),
    task: one({ no: ['No: it counts requests', '没用：它数的是请求'], yes: ['Yes', '有用'] }),
    decide: byCheck('rate', 'no', 'yes', /10\.0\.0\.13\/[34] /),
    why: text(
      'A disguise answers one check only. Keep a pace, or wait as Retry-After says.',
      '伪装只能应付一种检查。放慢速度，或按 Retry-After 等待。',
    ),
    expected: ['no'],
    otherwise: { set: { c: 'policy-site 0.0.0.0:80 rate 1000' }, expected: ['yes'] },
  },
  {
    id: 'where-a-callback-runs',
    rows: [80, 133],
    lab: 'crawler-callbacks',
    question: text(
      'A process pool fetches pages; add_done_callback parses them. In which process does the callback run?',
      '进程池取页面，add_done_callback 解析。回调在哪个进程里执行？',
    ),
    task: one({ parent: ['in the parent', '父进程'], child: ['in the child that fetched', '取页面的子进程'] }),
    decide: byCheck('parent', 'parent', 'child', /parse .* pool minder|parse .*\/2/),
    why: text(
      'The result travels back first; a thread of the parent then runs the callback. With a thread pool it is the worker thread.',
      '结果先传回父进程，由父进程的一个线程执行回调。线程池则在工作线程里执行。',
    ),
    expected: ['parent'],
    otherwise: { set: { second: 'threads' }, expected: ['child'] },
  },
  {
    id: 'last-task-of-the-rows',
    rows: [146, 130],
    lab: 'csv-pool',
    question: text(
      '10,037 rows are handed to a thread pool, a hundred to a task. How many rows has the last task?',
      '10037 行交给线程池，每 100 行一个任务。最后一个任务有几行？',
    ),
    task: number('rows', '行'),
    decide: byStory(/(\d+) rows, (\d+) tasks, the last of (\d+)/, ([, , last]) => last!),
    why: text(
      '101 tasks: a hundred full ones and the rest. Who forgets the rest loses 37 rows.',
      '101 个任务：一百个满的，加上余数。忘了余数就丢 37 行。',
    ),
    expected: ['37'],
  },
  {
    id: 'string-in-a-statement',
    rows: [148],
    lab: 'mysql-crud',
    question: text(
      "The search box’s text is a parameter of the SQL statement. Someone types ' OR 1=1 -- . What is found?",
      "搜索框的文字作为 SQL 参数传递。有人输入 ' OR 1=1 -- 。能查到什么？",
    ),
    task: one({
      nothing: ['nothing: it is looked for as a text', '什么也没有：它只是一段文字'],
      all: ['every row', '所有行'],
    }),
    decide: byCheck('harmless', 'nothing', 'all', /OR/),
    why: text(
      'Values travel apart from the statement and are never parsed as SQL. Built from strings, the same text would be part of it.',
      '参数与语句分开传送，不会被当作 SQL 解析。拼字符串的话，这段文字就成了语句的一部分。',
    ),
    expected: ['nothing'],
    otherwise: { set: { search: 'string' }, expected: ['all'] },
  },
  {
    id: 'point-query-in-hive',
    rows: [149],
    lab: 'mysql-and-hive',
    question: text(
      'One row is asked for by its id: in a row store with an index, and in a batch engine over files. Which pages does each read?',
      '按 id 查一行：一个是带索引的行存储，一个是文件上的批处理引擎。各读多少页？',
    ),
    task: one({
      few: ['a few; all', '几页；全部'],
      both: ['a few; a few', '几页；几页'],
      all: ['all; all', '全部；全部'],
    }),
    decide: byCheck('pages', 'few', 'all', /WHERE id/),
    why: text(
      'The index leads to the row; files without one are read to their end, by a job that has to start first.',
      '索引直接找到那一行；没有索引的文件要从头读到尾，而且先得启动一个作业。',
    ),
    expected: ['few'],
    otherwise: { set: { key: 'none' }, expected: ['all'] },
  },
];

/** A table of many rows in tasks of a hundred, by a pool of threads, submitted to a server over the network: each id exactly once. */
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import type { Finished, LabContext } from '@netarium/core/check/lab-context.ts';
import { narrate } from '../lib/narrate.ts';
import { atOnce, columns, threadEach } from './programs.ts';
import { FILE, faultsOf, jobOf, printedIds, real, type SinkReport, SLOW_S } from './real.ts';
import { checks, counterRuns, measures, params, text } from './texts.ts';

type Context = LabContext<'worker' | 'sink'>;
const SINK = '10.0.0.2';
const PORT = 8000;
/** A piece of the file that may be in memory at a time. */
const PIECE_BYTES = 262_144;
/** Messages for each thread: two that wait, one under way. */
const QUEUED = 3;

export default lab({
  id: 'csv-pool',
  title: text('Millions of rows, a hundred at a time', '几百万行，每次一百行'),
  text: text(
    'A CSV file in the notes’ own format is read in pieces; each hundred ids are one task for a pool of threads, which submit them to a server over the network. The server loses answers, and the job is killed in the middle; every id still arrives exactly once. A reader that keeps the blanks after the commas gets two of three columns wrong.',
    '笔记格式的 CSV 文件分块读取，每一百个 id 是线程池的一个任务，通过网络提交给服务器。服务器会丢应答，任务中途还被杀死一次，每个 id 仍恰好到达一次。保留逗号后空格的读法，三列里会读错两列。',
  ),
  params,
  machines: { worker: host({ eth0: '10.0.0.1/24' }), sink: host({ eth0: `${SINK}/24` }) },
  cables: [cable('worker', 'sink', { rate: '1Gbit', delay: '100us' })],
  programs: { columns, 'at-once': atOnce, 'thread-each': threadEach },
  checks,
  counterRuns,
  measures,
  real,
  until: '3600s',
  async script(context) {
    await makeFile(context);
    await blanks(context);
    await printAll(context);
    await submitAll(context);
    await timed(context);
  },
});

async function makeFile(context: Context): Promise<void> {
  const { worker, params: set, check } = context;
  await narrate(context, worker, `make-csv --rows ${set.rows} ${FILE}`, text('The file is made', '生成文件'));
  await worker.sh(`make-csv --rows ${set.rows} again.csv`);
  if (Number(set.cut) > 0) await worker.sh(`head -c -${set.cut} ${FILE} > cut.csv; mv cut.csv ${FILE}`);
  const whole = worker.readFile(`/root/${FILE}`)!;
  const lines = whole.split('\n');
  const good = lines.slice(1, -1).filter((line) => /^"UC[A-Za-z0-9_-]{10}\d{12}", "\d", "\d{1,3}"$/.test(line)).length;
  check('format', () => ({
    met:
      lines[0] === '"subscription_id", "erotic", "num"' &&
      good === set.rows &&
      lines.length === good + 2 &&
      whole === worker.readFile('/root/again.csv'),
    saw: `${good} good rows of ${set.rows}, the first ${lines[1]}`,
  }));
}

async function blanks(context: Context): Promise<void> {
  const { worker, params: set, check, say } = context;
  const plain = await worker.sh(`columns ${FILE} ${set.blanks}`);
  const skipping = await worker.sh(`columns ${FILE} skip`);
  const [header, first] = plain.stdout.split('\n');
  say(text(`A plain reader: ${header}; ${first}`, `普通读法：${header}；${first}`));
  const column = (line: string | undefined, at: number): string =>
    /\[(.*)\] \[(.*)\] \[(.*)\]/.exec(line ?? '')?.[at] ?? '';
  const right = skipping.stdout.split('\n')[1];
  check('blanks', () => ({
    met:
      column(first, 1) === column(right, 1) &&
      [2, 3].every((at) => column(first, at) === ` "${column(right, at)}"`) &&
      column(header, 2) === ' "erotic"',
    saw: `${first}, not ${right}`,
  }));
}

async function printAll(context: Context): Promise<void> {
  const { worker, params: set, check, say, on, events } = context;
  let [largest, queued] = [0, 0];
  on('syscall', ({ host: where, values }) => {
    if (where !== 'worker') return;
    if (values.name === 'read') largest = Math.max(largest, Number(/(\d+)$/.exec(values.args)?.[1] ?? 0));
    if (values.name === 'list_push') queued = Math.max(queued, Number(values.result));
  });
  say(text('The pool prints the ids', '线程池打印这些 id'));
  const pool = `csv ${jobOf(set, set.workers, '--print').join(' ')}`;
  const before = events('thread.start').length;
  const printed = await worker.sh(set.reader === 'streaming' ? pool : `at-once ${FILE}`);
  if (set.threads !== 'pool')
    await narrate(context, worker, `thread-each ${FILE}`, text('A thread for each', '每批一个线程'));
  const started = events('thread.start').length - before;
  tell(context, printed);
  const ids = printedIds(printed.stdout);
  context.measured('printed', new Set(ids).size);
  check('printed', () => ({
    met: ids.length === set.rows && new Set(ids).size === set.rows,
    saw: `${ids.length} ids, ${new Set(ids).size} different`,
  }));
  // Besides those of the pool: the first thread of each program that the command line runs.
  check('threads', () => ({ met: started <= Number(set.workers) + 2, saw: `${started} threads were started` }));
  check('memory', () => ({
    met: largest > 0 && largest <= PIECE_BYTES && queued <= QUEUED * Number(set.workers),
    saw: `the largest read asked for ${largest} bytes, at most ${queued} messages waited`,
  }));
}

/** What a job said of itself, without what it printed. */
function tell({ say }: Context, { stdout, stderr }: Finished): void {
  for (const line of `${stdout}${stderr}`.split('\n'))
    if (line !== '' && !line.startsWith('UC')) say(text(`worker: ${line}`, `worker：${line}`));
}

async function submitAll(context: Context): Promise<void> {
  const { worker, sink, params: set, check, say, seen, sleep } = context;
  const serving = sink.start(
    `exec csv-sink --bind 0.0.0.0 --port ${PORT} --delay ${Number(set.delay) / 1000} ${faultsOf(set).join(' ')}`,
  );
  await sleep('10ms');
  const url = `http://${SINK}:${PORT}/`;
  const job = `csv ${jobOf(set, set.workers, '--ledger', 'submitted', '--submit', url).join(' ')}`;
  say(text('The pool submits the ids to the server', '线程池把 id 提交给服务器'));
  if (set.kill === true) await killed(context, job);
  const half = await report(context);
  const again = set.resume === true || set.kill !== true ? job : `rm submitted; ${job}`;
  const ended = await worker.sh(`${again} ${set.resume === true ? '--resume' : ''}`);
  tell(context, ended);
  const repeated = Number(/(\d+) submissions were sent again/.exec(ended.stdout)?.[1] ?? 0);
  const counted = await report(context);
  say(text(`The server: ${JSON.stringify(counted)}`, `服务器：${JSON.stringify(counted)}`));
  serving.kill('SIGTERM');
  await serving.wait();
  context.measured('batches', counted.batches);
  context.measured('ids', counted.distinct);
  context.measured('twice', counted.doubles);
  const tasks = Math.ceil(Number(set.rows) / Number(set.batch));
  const posts = seen('http.request.method == POST');
  const last = seen('http.response').last;
  const { values, distinct, doubles, batches, known, requests, lastTask, lastValues } = counted;
  check(
    'tasks',
    () => ({
      met: lastTask === tasks - 1 && lastValues === Number(set.rows) - (tasks - 1) * Number(set.batch),
      saw: `${lastTask + 1} tasks, the last of ${lastValues}`,
    }),
    last,
  );
  check(
    'once',
    () => ({
      met: values === set.rows && distinct === set.rows && doubles === 0,
      saw: `${values} ids, ${doubles} twice`,
    }),
    last,
  );
  check(
    'submitted',
    () => ({ met: posts.count >= tasks && lastTask === tasks - 1, saw: `${posts.count} requests for ${tasks} tasks` }),
    posts.last,
  );
  check(
    'retried',
    () => ({
      met: repeated > 0 && known > 0 && doubles === 0,
      saw: `${repeated} sent again, ${known} of ${requests} requests known to the server, ${doubles} ids twice`,
    }),
    last,
  );
  check('resumed', () => ({
    // What was under way when it died may come again: a message for each thread.
    met: half.batches > 0 && half.batches < tasks && known < half.batches / 2,
    saw: `${half.batches} of ${tasks} batches before the kill, ${batches} in all, ${known} came again`,
  }));
}

/** Kills the job when a part of the tasks is done. */
async function killed(context: Context, job: string): Promise<void> {
  const { worker, params: set, say, until, seen } = context;
  const tasks = Math.ceil(Number(set.rows) / Number(set.batch));
  const running = worker.start(`exec ${job}`);
  const sent = () => seen('http.request.method == POST').count;
  await until(() => running.finished || sent() > tasks / 2, '600s');
  running.kill('SIGKILL');
  await running.wait();
  say(text(`Killed after ${sent()} requests`, `发出 ${sent()} 个请求后被杀死`));
}

/** How long it takes without threads and by the pool, where nothing is lost. */
async function timed(context: Context): Promise<void> {
  const { worker, sink, params: set, measured, say, sleep } = context;
  say(
    text(
      `A server that answers after ${SLOW_S} s, without threads and by the pool`,
      `服务器 ${SLOW_S} 秒后才回答：不用线程，再用线程池`,
    ),
  );
  const serving = sink.start(`exec csv-sink --bind 0.0.0.0 --port ${PORT} --delay ${SLOW_S} --no-keys`);
  await sleep('10ms');
  const ways = [
    ['alone', 0],
    ['pool', set.workers],
  ] as const;
  for (const [way, workers] of ways) {
    const args = jobOf(set, workers, '--ledger', way, '--submit', `http://${SINK}:${PORT}/`);
    const ended = await worker.sh(`csv ${args.join(' ')}`);
    measured(way, ended.endNs - ended.startNs);
  }
  serving.kill('SIGTERM');
  await serving.wait();
}

async function report({ worker }: Context): Promise<SinkReport> {
  const { stdout } = await worker.sh(`curl -s http://${SINK}:${PORT}/`);
  return JSON.parse(stdout) as SinkReport;
}

/** Ten pictures: one after the other, by threads, by greenlets, on an event loop; and the notes' faults with their cures. */
import { hex } from '@netarium/core/base/bytes.ts';
import { Sha256 } from '@netarium/core/base/sha256.ts';
import { cable, host, lab, param, type Text } from '@netarium/core/check/lab.ts';
import type { Finished, LabContext } from '@netarium/core/check/lab-context.ts';
import { narrateUntil } from '../lib/narrate.ts';
import { COUNT, loop, picture, pictures, retrieve, twisted } from './programs.ts';
import { real } from './real.ts';
import { checks, counterRuns, measures, params, text } from './texts.ts';

type Context = LabContext<'client' | 'server'>;
const SERVER = '10.0.0.2';
const MS = 1_000_000;

export default lab({
  id: 'ten-pictures',
  title: text('Ten pictures, four ways', '十张图片，四种写法'),
  text: text(
    'A server answers each request after 50 ms. One after the other, ten pictures take the sum; ten threads, ten greenlets or one event loop take as long as the slowest. On the way: the notes’ programs, which store all pictures under one name, and whose callbacks all fetch the last one.',
    '服务器 50 ms 后才回答每个请求。逐个下载十张图片要各次之和；十个线程、十个 greenlet 或一个事件循环只要最慢一张的时间。另外还有笔记里的程序：所有图片都存成同一个文件名，所有回调都去取最后一张。',
  ),
  params,
  machines: {
    client: host({ eth0: '10.0.0.1/24', cpu: { cores: 1 } }),
    server: host({ eth0: `${SERVER}/24` }),
  },
  cables: [cable('client', 'server', { rate: '1Gbit', delay: param('latency') })],
  programs: { pictures, retrieve, loop, twisted },
  checks,
  counterRuns,
  measures,
  real,
  async script(context) {
    const { server, client, params: set, sleep } = context;
    const serving = server.start(`exec pictures ${set.delay} ${set.missing}`);
    await sleep('5ms');
    const urls = Array.from({ length: COUNT }, (_, i) => `http://${SERVER}/${i + 1}/picture.pgm\n`);
    client.writeFile('/root/urls', urls.join(''));
    const wanted = Array.from({ length: COUNT }, (_, i) => hex(new Sha256().update(picture(i + 1)).digest()));
    await serial(context, wanted);
    await threads(context, wanted);
    await greenlets(context, wanted);
    await eventLoop(context, wanted);
    serving.kill('SIGTERM');
    await serving.wait();
    const stopping = server.start(`exec pictures ${set.delay} ${set.oneFails === true ? 7 : 0}`);
    await sleep('5ms');
    await oneName(context);
    await oneVariable(context);
    stopping.kill('SIGTERM');
    await stopping.wait();
  },
});

/** What a run of the downloader came to. */
interface Outcome {
  readonly finished: Finished;
  readonly wallMs: number;
  readonly sumMs: number;
  readonly longestMs: number;
  /** Files that are there under names of their own, with the bytes of their pictures. */
  readonly right: number;
  readonly threads: number;
}

/** Runs `download` in a way, or in the one that a counter-run puts in its place. */
async function run(context: Context, way: string, wanted: readonly string[], about: Text): Promise<Outcome> {
  const { client, params: set, events, say } = context;
  const done = set.ways === 'as named' ? way : String(set.ways);
  const work = done === 'reactor' ? set.loopWork : set.work;
  const concurrency = `--concurrency ${set.concurrency} ${set.table === true ? '' : '--json'}`;
  const command = `exec retrieve --urls urls --out ${way} --way ${done} --retries 0 ${concurrency}`;
  say(about);
  const finished = await client.sh(command, { env: { WORK_US: String(work) } });
  const summary = finished.stdout.split('\n').find((line) => / files, /.test(line));
  if (summary !== undefined) say(text(`client: ${summary}`, `client：${summary}`));
  const times = [...finished.stdout.matchAll(/^done .* (\d+\.\d) ms /gm)].map(([, ms]) => Number(ms));
  const wall = /failed, in (\d+\.\d) ms/.exec(finished.stdout);
  const hashes = await client.sh(`cd ${way} && sha256sum *`);
  const found = new Set(hashes.stdout.split('\n').map((line) => line.slice(0, 64)));
  const pids = new Set([finished.pid]);
  for (const { values } of events('process.start')) if (pids.has(values.parent)) pids.add(values.pid);
  return {
    finished,
    wallMs: wall === null ? (finished.endNs - finished.startNs) / MS : Number(wall[1]),
    sumMs: times.reduce((sum, ms) => sum + ms, 0),
    longestMs: Math.max(0, ...times),
    right: wanted.filter((hash) => found.has(hash)).length,
    threads: events('thread.start').filter(({ values }) => pids.has(values.pid)).length,
  };
}

const tenFiles = ({ right }: Outcome) => ({ met: right === COUNT, saw: `${right} files with the right hashes` });

const timeIsMax = ({ wallMs, longestMs }: Outcome) => ({
  met: longestMs > 0 && wallMs < 1.25 * longestMs,
  saw: `${wallMs.toFixed(1)} ms in all, the slowest ${longestMs.toFixed(1)} ms`,
});

const oneThread = ({ threads }: Outcome) => ({ met: threads <= 1, saw: `${threads} threads were started` });

async function serial(context: Context, wanted: readonly string[]): Promise<void> {
  const about = text('One after the other', '逐个下载');
  const outcome = await run(context, 'serial', wanted, about);
  context.measured('serial', outcome.wallMs * MS);
  context.check('serial-files', () => tenFiles(outcome));
  context.check('serial-time', () => ({
    met: outcome.wallMs >= 0.97 * outcome.sumMs && outcome.wallMs <= 1.03 * outcome.sumMs,
    saw: `${outcome.wallMs.toFixed(1)} ms in all, the sum of all ${outcome.sumMs.toFixed(1)} ms`,
  }));
}

async function threads(context: Context, wanted: readonly string[]): Promise<void> {
  const outcome = await run(context, 'threads', wanted, text('A thread for each', '每个一个线程'));
  const busy = [...outcome.finished.stdout.matchAll(/^worker-\d+ .* (\d+\.\d) %$/gm)].map(([, share]) => Number(share));
  context.measured('threads', outcome.wallMs * MS);
  context.check('threads-files', () => tenFiles(outcome));
  context.check('threads-time', () => timeIsMax(outcome));
  context.check('threads-use', () => ({
    met: busy.length === Number(context.params.concurrency) && Math.max(...busy) < 20,
    saw: `${busy.length} threads, busy ${busy.map((share) => `${share} %`).join(', ')}`,
  }));
}

async function greenlets(context: Context, wanted: readonly string[]): Promise<void> {
  const about = text('A greenlet for each: spawn, then joinall', '每个一个 greenlet：spawn，然后 joinall');
  const outcome = await run(context, 'coroutines', wanted, about);
  context.measured('coroutines', outcome.wallMs * MS);
  context.check('greenlets-files', () => tenFiles(outcome));
  context.check('greenlets-thread', () => oneThread(outcome));
  context.check('greenlets-time', () => timeIsMax(outcome));
}

async function eventLoop(context: Context, wanted: readonly string[]): Promise<void> {
  const about = text('An event loop: getPage, then a DeferredList', '事件循环：getPage，然后 DeferredList');
  const outcome = await run(context, 'reactor', wanted, about);
  context.measured('reactor', outcome.wallMs * MS);
  context.check('loop-files', () => tenFiles(outcome));
  context.check('loop-thread', () => oneThread(outcome));
}

/** The notes' loop writes every picture to the same name. */
async function oneName(context: Context): Promise<void> {
  const { client, params: set, check, say } = context;
  say(text('The notes’ loop writes each picture to xxx.pgm', '笔记里的循环把每张图片都写到 xxx.pgm'));
  await client.sh(`mkdir loop && cd loop && exec loop ${SERVER} ${set.names}`);
  const files = (await client.sh('ls loop')).stdout.split('\n').filter(Boolean);
  check('one-name', () => ({ met: files.length === 1, saw: `${files.length} files: ${files.join(' ')}` }));
}

/** The notes' callbacks read a variable when the loop that set it is over. */
async function oneVariable(context: Context): Promise<void> {
  const { client, params: set, check } = context;
  const program = (source: unknown) => `exec twisted ${SERVER} ${source} ${set.stop}`;
  const about = text('The notes’ callbacks fetch the picture that a variable names', '笔记里的回调去取变量所指的图片');
  await narrateUntil(context, client, `mkdir late && cd late && ${program(set.source)}`, about, '5s');
  const late = Array.from({ length: COUNT }, (_, i) => client.readFile(`/root/late/page-${i + 1}.pgm`));
  const kinds = new Set(late.filter((bytes) => bytes !== undefined)).size;
  check('one-variable', () => ({ met: kinds === 1, saw: `${kinds} different pictures` }));
  const { finished, hung } = await narrateUntil(
    context,
    client,
    `mkdir now && cd now && ${program('contents')}`,
    text('Callbacks that take what has come; one picture is missing', '回调直接使用收到的内容；缺一张图片'),
    '5s',
  );
  const stored = (await client.sh('ls now')).stdout.split('\n').filter(Boolean).length;
  const stopped = !hung && finished.stdout.includes('the reactor has stopped');
  const most = set.oneFails === true ? COUNT - 1 : COUNT;
  check('loop-stops', () => ({
    met: stopped && stored === most,
    saw: `${stored} pictures stored, ${stopped ? 'then the reactor stopped' : 'and the reactor did not stop'}`,
  }));
  check('loop-stops-with-failure', () => ({
    met: stopped && stored === COUNT - 1,
    saw: `${stored} pictures stored, ${stopped ? 'then the reactor stopped' : 'and the reactor did not stop'}`,
  }));
}

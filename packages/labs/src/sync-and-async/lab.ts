/** Synchronous and asynchronous, blocking and non-blocking: four programs for one task, their thread states and their times. */
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { lateSender, MS } from '../lib/io-programs.ts';
import { type Stay, stays } from '../lib/thread-watch.ts';
import { fetchTwo } from './models.ts';

type Context = LabContext<'client' | 'server'>;

const text = (en: string, zh: string) => ({ en, zh });
const SERVER = '10.0.1.3';
const MODELS = ['blocking', 'nonblocking', 'multiplexed', 'asynchronous'] as const;
const WORK_MS = 100;
const cell = (title: string, zh: string) => (model: string) => ({
  default: model,
  choices: MODELS,
  text: text(`The program for ${title}`, `${zh}一格的程序`),
});

export default lab({
  id: 'sync-and-async',
  title: text('Synchronous, asynchronous, blocking, non-blocking', '同步、异步、阻塞、非阻塞'),
  text: text(
    'Two answers, 60 and 90 ms away, and 100 ms of work that needs neither. Blocking programs sleep and work afterwards. Non-blocking ones work meanwhile: the synchronous one asks again and again, the asynchronous one is told when its buffers are full.',
    '两个应答分别要等 60 和 90 毫秒，另有 100 毫秒用不着它们的计算。阻塞的程序先睡后算；非阻塞的边等边算：同步的反复询问，异步的等缓冲区填好后得到通知。',
  ),
  params: {
    'sync-blocking': cell('synchronous and blocking', '同步阻塞')('blocking'),
    'sync-nonblocking': cell('synchronous and non-blocking', '同步非阻塞')('nonblocking'),
    'async-blocking': cell('asynchronous and blocking', '异步阻塞')('multiplexed'),
    'async-nonblocking': cell('asynchronous and non-blocking', '异步非阻塞')('asynchronous'),
  },
  machines: { client: host({ eth0: '10.0.1.2/24' }), server: host({ eth0: '10.0.1.3/24' }) },
  cables: [cable('client', 'server', { rate: '100Mbit', delay: '1ms' })],
  programs: { 'late-sender': lateSender, 'fetch-two': fetchTwo },
  checks: {
    states: {
      text: text(
        'Each cell has its states: asleep in recv, never asleep and asking, asleep in epoll_wait, never asleep',
        '每格状态各异：睡在 recv、从不睡但反复问、睡在 epoll_wait、从不睡',
      ),
      row: 54,
      clause: 1,
    },
    times: {
      text: text(
        'The non-blocking two are done when the work is, the blocking two only after the waiting as well',
        '非阻塞的两格算完即完，阻塞的两格还要加上等待',
      ),
      row: 54,
      clause: 2,
    },
  },
  counterRuns: {
    'asleep-instead': {
      set: { 'async-nonblocking': 'blocking' },
      flips: ['states', 'times'],
      text: text(
        'A blocking program in the last cell sleeps, and is late.',
        '最后一格换成阻塞的程序就会睡着，也会晚。',
      ),
    },
  },
  async script(context) {
    await context.sleep('100ms');
    const { server } = context;
    const serving = [server.start('late-sender 80 60 300 one'), server.start('late-sender 81 90 300 two')];
    await context.sleep('10ms');
    const found = stays(context, 'client');
    const table: Row[] = [];
    for (const name of Object.keys(context.params)) {
      table.push(await fetch(context, name, found));
      await context.sleep('500ms');
    }
    judge(context, table);
    for (const running of serving) running.kill();
    for (const running of serving) await running.wait();
    await context.sleep('1s');
  },
});

interface Row {
  readonly cell: string;
  readonly answers: string;
  readonly tookMs: number;
  /** Milliseconds asleep, by call. */
  readonly asleep: ReadonlyMap<string, number>;
  /** Calls that were answered EAGAIN. */
  readonly again: number;
}

function asleepIn(found: readonly Stay[], pid: number, fromNs: number): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const stay of found) {
    if (stay.pid !== pid || stay.state !== 'blocked' || stay.fromNs < fromNs) continue;
    const call = stay.waits.slice(0, stay.waits.indexOf('('));
    sums.set(call, (sums.get(call) ?? 0) + (stay.toNs - stay.fromNs) / MS);
  }
  return sums;
}

async function fetch({ client, params, on, say }: Context, cellName: string, found: readonly Stay[]): Promise<Row> {
  let again = 0;
  let pid = -1;
  on('syscall', ({ host: where, values }) => {
    if (where === 'client' && values.pid === pid && values.result.includes('EAGAIN')) again++;
  });
  const running = client.start(`exec fetch-two ${params[cellName]} ${SERVER} 80 ${WORK_MS}`);
  pid = running.pid;
  const { stdout } = await running.wait();
  const value = (name: string): string => new RegExp(`^${name} (.*)$`, 'm').exec(stdout)?.[1] ?? '';
  const asleep = asleepIn(found, running.pid, Number(value('began')));
  const row = { cell: cellName, answers: value('answers'), tookMs: Number(value('took')) / MS, asleep, again };
  const sleep = [...asleep].map(([call, ms]) => `${call} ${ms.toFixed(1)} ms`).join(', ');
  say(
    text(
      `${cellName} (${params[cellName]}): ${row.tookMs.toFixed(1)} ms; asleep in ${sleep || 'no call'}; ${again} times EAGAIN`,
      `${cellName}（${params[cellName]}）：${row.tookMs.toFixed(1)} 毫秒；睡眠：${sleep || '无'}；EAGAIN ${again} 次`,
    ),
  );
  return row;
}

function judge({ check }: Context, table: readonly Row[]): void {
  const [waiting, asking, told, filled] = table as [Row, Row, Row, Row];
  const near = (ms: number | undefined, wanted: number): boolean => ms !== undefined && Math.abs(ms - wanted) < 5;
  const saw = table
    .map(({ cell: name, asleep, again, tookMs }) => `${name}: ${[...asleep].join(' ')}; EAGAIN ${again}; ${tookMs} ms`)
    .join('; ');
  check('states', () => ({
    met:
      table.every(({ answers }) => answers === 'one two') &&
      near(waiting.asleep.get('recv'), 90) &&
      asking.asleep.size === 0 &&
      asking.again > 10 &&
      near(told.asleep.get('epoll_wait'), 90) &&
      !told.asleep.has('recv') &&
      filled.asleep.size === 0 &&
      filled.again === 0,
    saw,
  }));
  check('times', () => ({
    met:
      near(waiting.tookMs, 90 + WORK_MS) &&
      near(told.tookMs, 90 + WORK_MS) &&
      near(asking.tookMs, WORK_MS) &&
      near(filled.tookMs, WORK_MS),
    saw,
  }));
}

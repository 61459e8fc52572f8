/** I/O multiplexing: one thread and 500 clients, over select, poll and epoll, with what each of them looks at. */
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { clients, echoServer } from './echo.ts';
import { type Looks, looksOf, numberIn } from './looks.ts';

type Context = LabContext<'client' | 'server'>;

const text = (en: string, zh: string) => ({ en, zh });
const SERVER = '10.0.1.3';
const HOWS = ['select', 'poll', 'epoll'] as const;

export default lab({
  id: 'multiplexing',
  title: text('One thread, many connections', '一个线程，许多连接'),
  text: text(
    'One thread serves all clients: it waits for whichever speaks. select and poll look at every watched descriptor at every wake-up, epoll only at those that reported themselves.',
    '一个线程服务所有客户端：谁说话就处理谁。select 与 poll 每次醒来都把所有描述符看一遍，epoll 只看自己报到的那些。',
  ),
  params: {
    clients: { default: 500, min: 2, max: 900, text: text('Clients at a time', '同时的客户端数') },
    files: {
      default: 1024,
      min: 16,
      max: 4096,
      text: text('Descriptors that the server may have', '服务器可用的描述符数'),
    },
    first: {
      default: 'select',
      choices: HOWS,
      text: text('What the first server waits with', '第一台服务器用什么等待'),
    },
    second: {
      default: 'poll',
      choices: HOWS,
      text: text('What the second server waits with', '第二台服务器用什么等待'),
    },
    third: {
      default: 'epoll',
      choices: HOWS,
      text: text('What the third server waits with', '第三台服务器用什么等待'),
    },
  },
  machines: { client: host({ eth0: '10.0.1.2/24' }), server: host({ eth0: '10.0.1.3/24' }) },
  cables: [cable('client', 'server', { rate: '1Gbit', delay: '100us' })],
  programs: { 'echo-server': echoServer, clients },
  until: '120s',
  checks: {
    served: { text: text('One thread serves every client', '一个线程服务了所有客户端'), row: 48, clause: 1 },
    counted: {
      text: text('Wake-ups and scanned entries are counted', '唤醒次数与扫描条目数都有计数'),
      row: 48,
      clause: 2,
    },
    select: {
      text: text('select looks at every descriptor at every look: O(n)', 'select 每次把所有描述符看一遍：O(n)'),
      row: 51,
      clause: 3,
    },
    poll: { text: text('poll does so too: O(n)', 'poll 也一样：O(n)'), row: 52, clause: 3 },
    epoll: {
      text: text('epoll looks at its ready list only', 'epoll 只看就绪链表'),
      row: 53,
      clause: 1,
    },
  },
  counterRuns: {
    'few-descriptors': {
      set: { files: 100 },
      flips: ['served'],
      text: text('With 100 descriptors accept fails with EMFILE.', '只有 100 个描述符时 accept 返回 EMFILE。'),
    },
    'epoll-first': {
      set: { first: 'epoll' },
      flips: ['select'],
      text: text('The first server with epoll no longer scans.', '第一台换成 epoll 就不再扫描。'),
    },
    'epoll-second': {
      set: { second: 'epoll' },
      flips: ['poll'],
      text: text('The second server with epoll no longer scans.', '第二台换成 epoll 就不再扫描。'),
    },
    'poll-third': {
      set: { third: 'poll' },
      flips: ['epoll', 'counted'],
      text: text('The third server with poll looks at all of them too.', '第三台换成 poll 也要全部看一遍。'),
    },
  },
  async script(context) {
    await context.sleep('100ms');
    const runs: Serving[] = [];
    for (const [index, param] of (['first', 'second', 'third'] as const).entries())
      runs.push(await serve(context, String(context.params[param]), 7001 + index));
    judge(context, runs);
    await context.sleep('1s');
  },
});

interface Serving {
  readonly how: string;
  readonly looks: Looks;
  readonly served: number;
  readonly answered: number;
  readonly scanned: number;
  readonly wakeups: number;
  readonly threads: number;
}

async function serve(context: Context, how: string, port: number): Promise<Serving> {
  const { client, server, params, say, sleep, events } = context;
  const looks = looksOf(context, 'server', how === 'epoll' ? 'epoll_wait' : how);
  const before = events('thread.start').length;
  const running = server.start(`ulimit -n ${params.files}; exec echo-server ${how} ${port} ${params.clients}`);
  await sleep('10ms');
  const asked = await client.sh(`clients ${SERVER} ${port} ${params.clients}`);
  const { stdout } = await running.wait();
  looks.stop();
  const [served, scanned, wakeups] = ['served', 'scanned', 'wakeups'].map((name) => numberIn(stdout, name));
  const threads = 1 + events('thread.start').length - before;
  say(
    text(
      `${how}: ${served} of ${params.clients} clients served by ${threads} thread; ${wakeups} wake-ups, ${scanned} descriptors looked at for ${looks.ready} that were ready`,
      `${how}：${threads} 个线程服务了 ${params.clients} 个客户端中的 ${served} 个；醒来 ${wakeups} 次，为 ${looks.ready} 个就绪的描述符看了 ${scanned} 个`,
    ),
  );
  const answered = numberIn(asked.stdout, 'answered');
  return { how, looks, served: served!, answered, scanned: scanned!, wakeups: wakeups!, threads };
}

function judge({ params, check }: Context, runs: readonly Serving[]): void {
  const [first, second, third] = runs as [Serving, Serving, Serving];
  const wanted = Number(params.clients);
  check('served', () => ({
    met: runs.every((run) => run.served === wanted && run.answered === wanted && run.threads === 1),
    saw: runs.map((run) => `${run.how}: ${run.served} served, ${run.answered} answered`).join('; '),
  }));
  check('counted', () => ({
    met:
      runs.every(({ scanned, wakeups, looks }) => scanned === looks.scanned && wakeups > 0) &&
      third.scanned * 10 < first.scanned,
    saw: runs
      .map((run) => `${run.how}: ${run.wakeups} wake-ups, ${run.scanned} scanned, ${run.looks.scanned} seen`)
      .join('; '),
  }));
  // With everybody connected each look is at all of them and at the listening socket.
  const linear = ({ looks }: Serving): boolean => looks.most === wanted + 1 && looks.scanned > 20 * looks.ready;
  const saw = ({ how, looks }: Serving): string =>
    `${how}: ${looks.looks} looks at up to ${looks.most} descriptors, ${looks.ready} were ready`;
  check('select', () => ({ met: first.how !== 'poll' && linear(first), saw: saw(first) }));
  check('poll', () => ({ met: linear(second), saw: saw(second) }));
  check('epoll', () => ({
    met: third.looks.scanned < 3 * third.looks.ready && third.looks.ready >= 2 * wanted,
    saw: saw(third),
  }));
}

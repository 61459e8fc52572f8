/** The thundering herd: one caller comes, and all who wait at the door are woken, or one. */
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { herd } from './workers.ts';

type Context = LabContext<'client' | 'server'>;

const text = (en: string, zh: string) => ({ en, zh });
const SERVER = '10.0.1.3';
const HOWS = ['epoll', 'exclusive', 'accept'] as const;
const GAP = '50ms';

export default lab({
  id: 'thundering-herd',
  title: text('The thundering herd', '惊群'),
  text: text(
    'Workers wait at one listening socket. With an epoll each, a caller wakes them all, one gets the connection, and the others were woken for nothing. EPOLLEXCLUSIVE wakes one; so does a blocking accept.',
    '多个工作进程守着同一个监听套接字。各用各的 epoll 时，来一个连接就把它们全部唤醒，只有一个拿到，其余白白醒来。EPOLLEXCLUSIVE 只唤醒一个；阻塞的 accept 也是。',
  ),
  params: {
    workers: { default: 8, min: 2, max: 64, text: text('Workers', '工作进程数') },
    callers: { default: 5, min: 1, max: 20, text: text('Callers, one after the other', '先后到来的客户端数') },
    first: { default: 'epoll', choices: HOWS, text: text('How the first server waits', '第一台服务器怎么等') },
    second: { default: 'exclusive', choices: HOWS, text: text('How the second server waits', '第二台服务器怎么等') },
    third: { default: 'accept', choices: HOWS, text: text('How the third server waits', '第三台服务器怎么等') },
  },
  machines: { client: host({ eth0: '10.0.1.2/24' }), server: host({ eth0: '10.0.1.3/24' }) },
  cables: [cable('client', 'server', { rate: '1Gbit', delay: '100us' })],
  programs: { herd },
  checks: {
    all: { text: text('Each caller wakes every worker, for one connection', '每来一个连接就唤醒所有工作进程') },
    one: { text: text('With EPOLLEXCLUSIVE each caller wakes one', '用 EPOLLEXCLUSIVE，每来一个连接只唤醒一个') },
    accept: { text: text('A blocking accept wakes one', '阻塞的 accept 只唤醒一个') },
  },
  counterRuns: {
    cured: {
      set: { first: 'exclusive' },
      flips: ['all'],
      text: text('With EPOLLEXCLUSIVE there is no herd.', '用了 EPOLLEXCLUSIVE 就没有惊群。'),
    },
    herds: {
      set: { second: 'epoll', third: 'epoll' },
      flips: ['one', 'accept'],
      text: text('With plain epoll all of them are woken.', '普通 epoll 会唤醒所有进程。'),
    },
  },
  async script(context) {
    await context.sleep('100ms');
    const [first, second, third] = [
      await visit(context, 'first', 7001),
      await visit(context, 'second', 7002),
      await visit(context, 'third', 7003),
    ];
    const { params, check } = context;
    const [workers, callers] = [Number(params.workers), Number(params.callers)];
    const saw = ({ woken, accepted }: Visit): string => `${woken} wake-ups for ${accepted} connections`;
    check('all', () => ({ met: first.accepted === callers && first.woken === workers * callers, saw: saw(first) }));
    check('one', () => ({ met: second.accepted === callers && second.woken === callers, saw: saw(second) }));
    check('accept', () => ({ met: third.accepted === callers && third.woken === callers, saw: saw(third) }));
    await context.sleep('1s');
  },
});

interface Visit {
  readonly woken: number;
  readonly accepted: number;
}

async function visit(context: Context, which: 'first' | 'second' | 'third', port: number): Promise<Visit> {
  const { client, server, params, sleep, say } = context;
  const how = params[which];
  say(text(`${params.workers} workers wait: ${how}`, `${params.workers} 个工作进程在等：${how}`));
  const running = server.start(`exec herd ${how} ${port} ${params.workers}`);
  await sleep(GAP);
  for (let i = 0; i < Number(params.callers); i++) {
    await client.sh(`nc -z ${SERVER} ${port}`);
    await sleep(GAP);
  }
  running.kill();
  const { stdout } = await running.wait();
  const sum = (word: string): number =>
    [...stdout.matchAll(new RegExp(`${word} (\\d+)`, 'g'))].reduce((total, [, count]) => total + Number(count), 0);
  const found = { woken: sum('woken'), accepted: sum('accepted') };
  say(
    text(
      `${params.callers} callers: ${found.accepted} connections, ${found.woken} wake-ups, ${found.woken - found.accepted} of them for nothing`,
      `${params.callers} 个客户端：${found.accepted} 条连接，唤醒 ${found.woken} 次，其中白白唤醒 ${found.woken - found.accepted} 次`,
    ),
  );
  return found;
}

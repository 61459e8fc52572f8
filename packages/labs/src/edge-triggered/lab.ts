/** epoll, level- and edge-triggered: what a reader forgets, it is reminded of, or not. And a system that has no epoll. */
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { lateSender, MS } from '../lib/io-programs.ts';
import { type Stay, stays } from '../lib/thread-watch.ts';
import { hasEpoll, watcher } from './watcher.ts';

type Context = LabContext<'client' | 'server' | 'pc'>;

const text = (en: string, zh: string) => ({ en, zh });
const SERVER = '10.0.1.3';
const TRIGGERS = ['level', 'edge'] as const;

export default lab({
  id: 'edge-triggered',
  title: text('epoll: level and edge', 'epoll：水平触发与边缘触发'),
  text: text(
    'Ten bytes come at once and the reader takes four per notification. Level-triggered epoll tells it again until all is read; edge-triggered epoll told it once, and the other six bytes lie there forgotten. The cure is to read until EAGAIN. Windows has no epoll at all.',
    '一次来了十个字节，读者每次通知只读四个。水平触发会一再通知直到读完；边缘触发只通知一次，剩下六个字节被遗忘。解法是读到 EAGAIN 为止。Windows 根本没有 epoll。',
  ),
  params: {
    first: { default: 'level', choices: TRIGGERS, text: text('How the first reader is told', '第一个读者的触发方式') },
    second: { default: 'edge', choices: TRIGGERS, text: text('How the second reader is told', '第二个读者的触发方式') },
    reads: {
      default: 'once',
      choices: ['once', 'drain'],
      text: text('Whether a reader reads once, or until EAGAIN', '每次通知读一次，还是读到 EAGAIN'),
    },
    asks: {
      default: 'pc',
      choices: ['pc', 'client'],
      text: text('Which machine is asked for epoll: the PC runs Windows', '向哪台机器要 epoll：PC 装的是 Windows'),
    },
  },
  machines: {
    client: host({ eth0: '10.0.1.2/24' }),
    server: host({ eth0: '10.0.1.3/24' }),
    pc: host({ profile: 'windows' }),
  },
  cables: [cable('client', 'server', { rate: '100Mbit', delay: '1ms' })],
  programs: { 'late-sender': lateSender, watcher, 'has-epoll': hasEpoll },
  checks: {
    triggers: {
      text: text(
        'Level tells until all is read, edge once for the arrival',
        '水平触发通知到读完为止，边缘触发每次到达只通知一次',
      ),
      row: 53,
      clause: 2,
    },
    forgotten: {
      text: text('The edge-triggered reader sleeps while six bytes wait', '边缘触发的读者睡着，六个字节没人读'),
      row: 53,
      clause: 3,
    },
    absent: { text: text('Windows has no epoll: ENOSYS', 'Windows 没有 epoll：ENOSYS'), row: 53, clause: 4 },
  },
  counterRuns: {
    'both-level': {
      set: { second: 'level' },
      flips: ['triggers', 'forgotten'],
      text: text('Two level-triggered readers forget nothing.', '两个水平触发的读者什么都不会忘。'),
    },
    drain: {
      set: { reads: 'drain' },
      flips: ['forgotten'],
      text: text('Who reads until EAGAIN is safe with edges.', '读到 EAGAIN 的读者用边缘触发也安全。'),
    },
    linux: {
      set: { asks: 'client' },
      flips: ['absent'],
      text: text('Linux has epoll.', 'Linux 有 epoll。'),
    },
  },
  async script(context) {
    await context.sleep('100ms');
    // The peer stays on the line: a hang-up would be an edge of its own.
    const serving = context.server.start('late-sender 80 50 4000 0123456789');
    await context.sleep('10ms');
    const found = stays(context, 'client');
    const first = await watch(context, 'first');
    await context.sleep('3s');
    const second = await watch(context, 'second');
    judge(context, first, second, found);
    await askForEpoll(context);
    serving.kill();
    await serving.wait();
    await context.sleep('1s');
  },
});

interface Watched {
  readonly pid: number;
  readonly told: number;
  readonly left: number;
}

async function watch({ client, params, say }: Context, which: 'first' | 'second'): Promise<Watched> {
  const { pid, stdout } = await client.sh(`exec watcher ${params[which]} ${params.reads} ${SERVER} 80`);
  for (const line of stdout.trim().split('\n')) say(text(`${params[which]}: ${line}`, `${params[which]}：${line}`));
  const told = Number(/^told (\d+) times$/m.exec(stdout)?.[1]);
  const left = Number(/^left (\d+) bytes$/m.exec(stdout)?.[1]);
  return { pid, told, left };
}

function judge({ params, check, say }: Context, first: Watched, second: Watched, found: readonly Stay[]): void {
  const sleep = found.findLast(
    ({ pid, state, waits }) => pid === second.pid && state === 'blocked' && waits.startsWith('epoll_wait('),
  );
  const sleptMs = sleep === undefined ? 0 : (sleep.toNs - sleep.fromNs) / MS;
  say(
    text(
      `The second reader slept ${sleptMs} ms in epoll_wait with ${second.left} bytes unread`,
      `第二个读者在 epoll_wait 里睡了 ${sleptMs} 毫秒，还有 ${second.left} 字节没读`,
    ),
  );
  const looks = params.reads === 'drain' ? 1 : 3;
  check('triggers', () => ({
    met: first.told === looks && first.left === 0 && second.told === 1,
    saw: `the first was told ${first.told} times, the second ${second.told} times`,
  }));
  check('forgotten', () => ({
    met: second.left === 6 && sleptMs > 1_900,
    saw: `${second.left} bytes left, ${sleptMs} ms asleep`,
  }));
}

async function askForEpoll({ host: machine, params, say, check }: Context): Promise<void> {
  const { stdout } = await machine(String(params.asks)).sh('has-epoll');
  const lines = stdout.trim().split('\n');
  for (const line of lines) say(text(line, line));
  check('absent', () => ({
    met: lines[0] === 'epoll_create on Windows_NT: ENOSYS' && lines.at(-1)!.endsWith('select on Windows_NT: ok'),
    saw: lines[0] ?? 'nothing',
  }));
}

/** Lock and RLock: exclusion in every schedule, a second acquire that waits, re-entrance with a counter and an owner. */
import { host, lab, param } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { runToEnd } from '../lib/python-threads.ts';
import { count, reenter, second } from './programs.ts';

const text = (en: string, zh: string) => ({ en, zh });

export default lab({
  id: 'locks',
  title: text('Lock and RLock', '互斥锁与递归锁'),
  text: text(
    'A lock has one holder. Under it a count of several threads is right in every schedule there is, which the explorer proves for a small program; a second acquire waits until the first holder lets go. A re-entrant lock counts how often its owner has taken it, and opens to nobody else.',
    '互斥锁只有一个持有者。加锁后，多线程计数在所有调度下都正确，探索器对一个小程序证明这一点；第二次 acquire 会等到持有者释放。递归锁记录持有者加锁的次数，并且只有持有者能释放。',
  ),
  params: {
    counting: {
      default: 'count locked 2 2',
      choices: ['count locked 2 2', 'count unlocked 2 2'],
      text: text('The counting program, tried in all schedules', '在所有调度下验证的计数程序'),
    },
    wanted: {
      default: 'same',
      choices: ['same', 'another'],
      text: text('Which lock the second thread takes', '第二个线程取哪把锁'),
    },
    kind: {
      default: 'RLock',
      choices: ['RLock', 'Lock'],
      text: text('The lock that is taken again; a plain lock is taken once', '被重复获取的锁；普通锁只取一次'),
    },
    releases: { default: 3, min: 1, max: 3, text: text('How often it is released, of 3', '释放次数（共获取 3 次）') },
  },
  machines: { machine: host() },
  programs: { count, second, reenter },
  explorations: {
    counting: {
      run: { machine: param('counting') },
      expect: 'nothing',
      text: text('A count of two threads', '两个线程的计数'),
    },
  },
  checks: {
    exact: {
      text: text('The count is exact in every schedule', '计数在所有调度下都精确'),
      row: 118,
      clause: 1,
    },
    blocks: {
      text: text('The second acquire waits until the holder lets go', '第二次 acquire 一直等到持有者释放'),
      row: 118,
      clause: 2,
    },
    counted: {
      text: text('After as many releases as acquires the lock is free', '释放次数与获取次数相同后锁才空闲'),
      row: 119,
      clause: 1,
    },
    owner: {
      text: text('Another thread may not release it', '别的线程不能释放它'),
      row: 119,
      clause: 2,
    },
  },
  counterRuns: {
    unlocked: {
      set: { counting: 'count unlocked 2 2' },
      flips: ['exact'],
      text: text('Without the lock there are schedules that lose an update.', '不加锁时有的调度会丢失更新。'),
    },
    'another-lock': {
      set: { wanted: 'another' },
      flips: ['blocks'],
      text: text('Two locks protect nothing from each other.', '两把不同的锁互不相干。'),
    },
    'one-release-short': {
      set: { releases: 2 },
      flips: ['counted'],
      text: text('Released once too few, it stays taken.', '少释放一次，锁仍被占用。'),
    },
    'plain-lock': {
      set: { kind: 'Lock' },
      flips: ['owner'],
      text: text('A plain Lock opens to any thread.', '普通 Lock 任何线程都能释放。'),
    },
  },
  script,
});

async function script(context: LabContext<'machine'>): Promise<void> {
  const { machine, params, say, check, explored } = context;
  const found = explored('counting');
  const bad = found.bad?.outcome.detail ?? 'none bad';
  say(
    text(
      `${params.counting}: ${found.tried} schedules tried, ${bad}`,
      `${params.counting}：试了 ${found.tried} 种调度，${found.bad === undefined ? '没有出错的' : bad}`,
    ),
  );
  check('exact', () => ({ met: found.exhausted && found.bad === undefined, saw: bad }));

  const about = text(
    'One thread holds a lock for 0.5 s, another comes after 0.1 s',
    '一个线程持锁 0.5 秒，另一个 0.1 秒后来取',
  );
  const two = await runToEnd(context, machine, `second ${params.wanted}`, about);
  const waitedMs = Number(/second waited (\d+)/.exec(two.stdout)?.[1] ?? -1);
  check('blocks', () => ({ met: waitedMs >= 390, saw: `waited ${waitedMs} ms` }));

  const plain = params.kind === 'Lock';
  const [acquires, releases] = plain ? [1, 0] : [3, Number(params.releases)];
  const again = text(
    `A ${params.kind} taken ${acquires} times and released ${releases} times`,
    `${params.kind} 获取 ${acquires} 次、释放 ${releases} 次`,
  );
  const run = await runToEnd(context, machine, `reenter ${params.kind} ${acquires} ${releases}`, again);
  check('owner', () => ({ met: run.stdout.includes('release by another thread: RuntimeError'), saw: run.stdout }));
  check('counted', () => ({ met: !plain && run.stdout.includes('another thread gets it: True'), saw: run.stdout }));
}

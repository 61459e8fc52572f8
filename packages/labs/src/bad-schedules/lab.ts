/** Faults that only some schedules show: each found by the schedule explorer, each cure tried in all schedules. */
import { type ExplorationSpec, host, lab, param } from '@netarium/core/check/lab.ts';
import { aba } from './aba.ts';
import { priorityInversion } from './priority-inversion.ts';
import { deadlock, doubleChecked, endMarker, lostUpdate, lostWakeUp } from './programs.ts';

/** Name of the program, what its broken form ends in, and its names for people. */
const FAULTS = [
  ['lost-update', 'failure', 'Lost update', '更新丢失', 'a lock around load and store', '读与写放进同一把锁'],
  ['deadlock', 'deadlock', 'Deadlock', '死锁', 'both take the locks in the same order', '都按同一顺序加锁'],
  [
    'lost-wake-up',
    'hang',
    'Lost wake-up',
    '丢失唤醒',
    'the condition is looked at under the lock, in a loop',
    '在锁内循环检查条件',
  ],
  ['aba', 'failure', 'ABA', 'ABA', 'a version beside the head', '头指针旁带版本号'],
  [
    'double-checked',
    'failure',
    'Broken double-checked locking',
    '错误的双重检查锁',
    'the object is made ready before it is shown',
    '先把对象备好再公开',
  ],
  ['end-marker', 'hang', 'Missing end marker', '缺少结束标记', 'a marker for each consumer', '每个消费者一个标记'],
  [
    'priority-inversion',
    'failure',
    'Priority inversion',
    '优先级反转',
    'the holder inherits the priority',
    '持锁者继承优先级',
  ],
] as const;

type Fault = (typeof FAULTS)[number][0];

const fill = <T>(make: (row: (typeof FAULTS)[number]) => readonly (readonly [string, T])[]): Record<string, T> =>
  Object.fromEntries(FAULTS.flatMap((row) => make(row)));

export default lab({
  id: 'bad-schedules',
  title: { en: 'Seven faults that only some schedules show', zh: '只在某些调度下出现的七种错误' },
  text: {
    en: 'Each program is a handful of lines and right nearly always. The schedule explorer finds the schedule in which it is wrong, within a thousand tries, and makes it short; the cured form is tried in every schedule there is. `netarium explore bad-schedules` prints the schedules.',
    zh: '每个程序只有几行，而且几乎总是对的。调度探索器在一千次之内找到它出错的调度并化简；修好的程序则在所有调度下逐一验证。用 `netarium explore bad-schedules` 查看这些调度。',
  },
  params: fill(([name, , en, zh]) => [
    [
      `${name}-line`,
      { default: `${name} broken`, text: { en: `${en}: the command that is searched`, zh: `${zh}：被搜索的命令` } },
    ],
    [
      `${name}-proof`,
      { default: `${name} cured`, text: { en: `${en}: the command that is proved`, zh: `${zh}：被验证的命令` } },
    ],
  ]),
  machines: { host: host() },
  programs: {
    'lost-update': lostUpdate,
    deadlock,
    'lost-wake-up': lostWakeUp,
    aba,
    'double-checked': doubleChecked,
    'end-marker': endMarker,
    'priority-inversion': priorityInversion,
  } satisfies Record<Fault, unknown>,
  explorations: fill<ExplorationSpec>(([name, expect, en, zh, cureEn, cureZh]) => [
    [name, { run: { host: param(`${name}-line`) }, expect, text: { en, zh } }],
    [
      `${name}-cured`,
      {
        run: { host: param(`${name}-proof`) },
        expect: 'nothing',
        text: { en: `${en}, cured: ${cureEn}`, zh: `${zh}，已修复：${cureZh}` },
      },
    ],
  ]),
  checks: fill(([name, , en, zh]) => [
    [name, { text: { en: `${en} is found within 1,000 schedules`, zh: `1000 次调度之内找到：${zh}` } }],
    [`${name}-cured`, { text: { en: `${en}: the cure holds in all schedules`, zh: `${zh}：修复在所有调度下成立` } }],
  ]),
  counterRuns: fill(([name, , en, zh]) => [
    [
      `${name}-swapped`,
      {
        set: { [`${name}-line`]: `${name} cured`, [`${name}-proof`]: `${name} broken` },
        flips: [name, `${name}-cured`],
        text: { en: `${en}: broken and cured form change places.`, zh: `${zh}：错误与修复互换。` },
      },
    ],
  ]),
  async script({ check, explored, say }) {
    for (const [name, expect, en, zh] of FAULTS) {
      const found = explored(name);
      const cured = explored(`${name}-cured`);
      const { bad } = found;
      const steps = bad === undefined ? '-' : String(bad.lines.length);
      say({
        en: `${en}: ${bad?.outcome.bad ?? 'nothing'} at schedule ${found.tried}, ${steps} steps and ${bad?.switches ?? 0} switches in its shortest form; the cure in ${cured.tried} schedules${cured.exhausted ? ', which are all' : ''}`,
        zh: `${zh}：第 ${found.tried} 次调度出现 ${bad?.outcome.bad ?? '无'}，最短形式 ${steps} 步、${bad?.switches ?? 0} 次切换；修复后试了 ${cured.tried} 种调度${cured.exhausted ? '，即全部' : ''}`,
      });
      check(name, () => ({
        met: bad?.outcome.bad === expect && found.tried <= 1000,
        saw: bad === undefined ? `nothing in ${found.tried} schedules` : bad.outcome.detail,
      }));
      check(`${name}-cured`, () => ({
        met: cured.exhausted,
        saw: cured.bad === undefined ? `${cured.tried} schedules tried` : cured.bad.outcome.detail,
      }));
    }
  },
});

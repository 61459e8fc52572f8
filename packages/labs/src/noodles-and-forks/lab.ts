/** Deadlock with two locks, found by the explorer, named as it closes; three cures, each free of it in every schedule of a bounded program. */
import { type ExplorationSpec, host, lab, param } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { narrateUntil } from '../lib/narrate.ts';
import { CURES, noodles, table } from './programs.ts';

const text = (en: string, zh: string) => ({ en, zh });

/** How often the four sit down. */
const DINNERS = 6;

const NAMES = {
  ordered: text('All take the locks in the same order', '所有人按同一顺序取锁'),
  try: text('Who cannot have the second lets the first go', '拿不到第二把就放下第一把'),
  single: text('One re-entrant lock for both', '两样东西共用一把递归锁'),
} as const;

const fill = <T>(make: (cure: (typeof CURES)[number]) => readonly [string, T]): Record<string, T> =>
  Object.fromEntries(CURES.map(make));

export default lab({
  id: 'noodles-and-forks',
  title: text('Noodles and forks: deadlock', '面条与叉子：死锁'),
  text: text(
    "Four people want one bowl of noodles and one fork; two take the noodles first, two the fork. The notes' program stops most of the time, with a circle of people who wait for each other. The explorer finds the schedule; three cures are tried in every schedule of a small table (two people, each eats twice).",
    '四个人要用一碗面和一把叉子，两人先拿面，两人先拿叉子。笔记里的程序多数时候会停住：他们互相等待，形成环。探索器找到这样的调度；三种避免办法在小桌子（两人，每人吃两次）的所有调度下逐一验证。',
  ),
  params: {
    printed: {
      default: 'table printed',
      choices: ['table printed', ...CURES.map((cure) => `table ${cure}`)],
      text: text('The program in which a deadlock is looked for', '在其中寻找死锁的程序'),
    },
    eaters: {
      default: 'noodles printed',
      choices: ['noodles printed', ...CURES.map((cure) => `noodles ${cure}`)],
      text: text('The program of four people that is run', '运行的四人程序'),
    },
    ...fill((cure) => [
      cure,
      {
        default: `table ${cure}`,
        choices: [`table ${cure}`, 'table printed'],
        text: text(`${NAMES[cure].en}: the program that is proved`, `${NAMES[cure].zh}：被验证的程序`),
      },
    ]),
  },
  machines: { machine: host({ cpu: { cores: 2 } }) },
  programs: { noodles, table },
  explorations: {
    printed: { run: { machine: param('printed') }, expect: 'deadlock', text: text('As printed', '笔记原样') },
    ...fill<ExplorationSpec>((cure) => [cure, { run: { machine: param(cure) }, expect: 'nothing', text: NAMES[cure] }]),
  },
  checks: {
    found: { text: text('The explorer finds the deadlock', '探索器找到死锁'), row: 121, clause: 1 },
    circle: {
      text: text('The circle of those who wait for each other is named as it closes', '互相等待的环在形成的瞬间被指出'),
      row: 121,
      clause: 2,
    },
    ...fill((cure) => [
      cure,
      {
        text: text(`${NAMES[cure].en}: no deadlock in any schedule`, `${NAMES[cure].zh}：任何调度都没有死锁`),
        row: 121,
        clause: 3 + CURES.indexOf(cure),
      },
    ]),
  },
  counterRuns: {
    'cured-search': {
      set: { printed: 'table ordered' },
      flips: ['found'],
      text: text('Where all take the same order there is nothing to find.', '顺序一致时没有死锁可找。'),
    },
    'cured-table': {
      set: { eaters: 'noodles ordered' },
      flips: ['circle'],
      text: text('With one order for all, all four eat.', '顺序一致时四个人都吃上了面。'),
    },
    ...fill((cure) => [
      `not-${cure}`,
      {
        set: { [cure]: 'table printed' },
        flips: [cure],
        text: text('The printed program in its place.', '换回笔记原样的程序。'),
      },
    ]),
  },
  script,
});

async function script(context: LabContext<'machine'>): Promise<void> {
  const { params, say, check, explored, events, on } = context;
  const printed = explored('printed');
  say(
    text(
      `${params.printed}: ${printed.bad?.outcome.detail ?? 'no deadlock'} (schedule ${printed.tried})`,
      `${params.printed}：${printed.bad?.outcome.detail ?? '没有死锁'}（第 ${printed.tried} 次调度）`,
    ),
  );
  check('found', () => ({ met: printed.bad?.outcome.bad === 'deadlock', saw: `${printed.tried} schedules tried` }));
  on('thread.deadlock', ({ values }) => say(text(`deadlock: ${values.circle}`, `死锁：${values.circle}`)));
  let stopped = 0;
  for (let dinner = 1; dinner <= DINNERS; dinner++) if (await dine(context, dinner)) stopped++;
  say(text(`${stopped} of ${DINNERS} dinners stopped`, `${DINNERS} 次晚饭中 ${stopped} 次停住`));
  const circle = events('thread.deadlock')[0];
  check('circle', () => ({
    met: stopped > 0 && circle !== undefined && /noodles.*fork|fork.*noodles/.test(circle.values.circle),
    ...(circle === undefined ? {} : { atNs: circle.at }),
    saw: circle?.values.circle ?? `no circle in ${DINNERS} dinners, ${stopped} stopped`,
  }));
  for (const cure of CURES) {
    const found = explored(cure);
    say(
      text(
        `${NAMES[cure].en}: ${found.tried} schedules, ${found.exhausted ? 'all' : 'not all'}, ${found.bad?.outcome.detail ?? 'none bad'}`,
        `${NAMES[cure].zh}：${found.tried} 种调度，${found.exhausted ? '即全部' : '并非全部'}，${found.bad?.outcome.detail ?? '没有出错的'}`,
      ),
    );
    check(cure, () => ({
      met: found.exhausted && found.bad === undefined,
      saw: found.bad?.outcome.detail ?? `${found.tried} schedules`,
    }));
  }
}

/** One dinner of four; the first is told line by line. True where it stopped. */
async function dine(context: LabContext<'machine'>, dinner: number): Promise<boolean> {
  const { machine, params, until } = context;
  const command = `exec ${params.eaters}`;
  if (dinner === 1)
    return (await narrateUntil(context, machine, command, text('Four people sit down', '四个人坐下'), '2s')).hung;
  const running = machine.start(command);
  const ended = await until(() => running.finished, '2s');
  if (!ended) running.kill('SIGKILL');
  await running.wait();
  return !ended;
}

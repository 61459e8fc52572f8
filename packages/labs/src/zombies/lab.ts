/** Zombies: what is left of a child between its exit and its parent's wait, and who waits when the parent is gone. */
import { host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { parent } from './programs.ts';

type Context = LabContext<'machine'>;

const text = (en: string, zh: string) => ({ en, zh });
const MS = 1_000_000;

export default lab({
  id: 'zombies',
  title: text('Zombies and orphans', '僵尸进程与孤儿进程'),
  text: text(
    'A child that has ended is kept in the process table, state Z, until its parent has read its exit code with wait. If the parent is gone, init adopts its children and waits for them. Who ignores SIGCHLD gets no zombies.',
    '子进程结束后以 Z 状态留在进程表里，直到父进程用 wait 读走退出码。父进程先死，init 收养它的子进程并替它 wait。忽略 SIGCHLD 的父进程不会有僵尸。',
  ),
  params: {
    sigchld: {
      default: 'default',
      choices: ['default', 'ignore'],
      text: text('What the first parent does with SIGCHLD', '第一个父进程如何处理 SIGCHLD'),
    },
    second: {
      default: 'leaves',
      choices: ['leaves', 'waits'],
      text: text('What the second parent does after a second', '第二个父进程一秒后做什么'),
    },
  },
  machines: { machine: host({}) },
  programs: { parent },
  checks: {
    zombie: {
      text: text('State Z from the exit to the wait, then nothing', '从退出到 wait 是 Z，之后消失'),
      row: 114,
      clause: 1,
    },
    adopted: {
      text: text('init adopts the living child and reaps both', 'init 收养活着的子进程，两个都由它回收'),
      row: 114,
      clause: 2,
    },
  },
  counterRuns: {
    ignored: {
      set: { sigchld: 'ignore' },
      flips: ['zombie'],
      text: text('With SIGCHLD ignored the child is gone at once.', '忽略 SIGCHLD，子进程立刻消失。'),
    },
    'a-parent-that-waits': {
      set: { second: 'waits' },
      flips: ['adopted'],
      text: text('A parent that waits leaves nobody to adopt.', '会 wait 的父进程不留下孤儿。'),
    },
  },
  async script(context) {
    await watchZombie(context);
    await watchAdoption(context);
  },
});

/** State letter and parent of a process as ps shows them; empty where it is not in the table. */
async function stateOf(
  { machine }: Context,
  pid: number,
): Promise<{ readonly state: string; readonly parent: number }> {
  const { stdout } = await machine.sh(`ps -p ${pid} -o stat=,ppid=`);
  const [state = '', ppid = '-1'] = stdout.trim().split(/\s+/);
  return { state, parent: Number(ppid) };
}

function childrenOf({ events }: Context, pid: number): readonly number[] {
  return events('process.start').flatMap(({ values }) => (values.parent === pid ? [values.pid] : []));
}

async function watchZombie(context: Context): Promise<void> {
  const { machine, params, sleep, say, check, events } = context;
  const running = machine.start(`exec parent ${params.sigchld} waits`);
  await sleep('20ms');
  const short = childrenOf(context, running.pid)[0]!;
  const seen: { readonly atMs: number; readonly state: string }[] = [];
  for (let atMs = 0; atMs < 1_200; atMs += 100) {
    const { state } = await stateOf(context, short);
    const last = seen.at(-1);
    if (last?.state !== state)
      say(
        text(
          `child ${short}: ${state === '' ? 'not in the table' : `state ${state}`}`,
          `子进程 ${short}：${state === '' ? '不在进程表里' : `状态 ${state}`}`,
        ),
      );
    seen.push({ atMs, state });
    await sleep('97ms');
  }
  const { stdout } = await running.wait();
  for (const line of stdout.trim().split('\n')) say(text(`parent: ${line}`, `父进程：${line}`));
  const exit = events('process.exit').find(({ values }) => values.pid === short);
  const letters = seen.map(({ state }) => state || '-').join('');
  check('zombie', () => ({
    met:
      exit !== undefined &&
      /^S+Z{7,}-+$/.test(letters.replaceAll('+', '')) &&
      stdout.includes(`waited for ${short}: 4`),
    saw: `states every 100 ms: ${letters}; ended at ${(exit?.at ?? 0) / MS} ms`,
  }));
}

async function watchAdoption(context: Context): Promise<void> {
  const { machine, params, sleep, say, check, events } = context;
  const running = machine.start(`exec parent default ${params.second}`);
  await sleep('900ms');
  const [short, long] = childrenOf(context, running.pid) as [number, number];
  const before = [await stateOf(context, short), await stateOf(context, long)];
  await sleep('200ms');
  const after = [await stateOf(context, short), await stateOf(context, long)];
  say(
    text(
      `Before the parent leaves: ${short} is ${before[0]!.state}, ${long} is ${before[1]!.state} with parent ${before[1]!.parent}`,
      `父进程离开前：${short} 为 ${before[0]!.state}，${long} 为 ${before[1]!.state}，父进程 ${before[1]!.parent}`,
    ),
  );
  say(
    text(
      `After: ${short} is ${after[0]!.state || 'gone'}, ${long} has parent ${after[1]!.parent}`,
      `之后：${short} ${after[0]!.state === '' ? '已消失' : after[0]!.state}，${long} 的父进程是 ${after[1]!.parent}`,
    ),
  );
  await running.wait();
  await sleep('1s');
  const end = events('process.exit').find(({ values }) => values.pid === long);
  const gone = (await stateOf(context, long)).state === '';
  say(
    text(
      `${long} ended with ${end?.values.code}; in the table: ${gone ? 'no' : 'yes'}`,
      `${long} 以 ${end?.values.code} 结束；还在进程表里：${gone ? '否' : '是'}`,
    ),
  );
  check('adopted', () => ({
    met:
      before[0]!.state === 'Z' &&
      before[1]!.parent === running.pid &&
      after[0]!.state === '' &&
      after[1]!.parent === 1 &&
      gone &&
      end !== undefined,
    saw: `${short}: ${before[0]!.state} then ${after[0]!.state || 'gone'}; ${long}: parent ${before[1]!.parent} then ${after[1]!.parent}`,
  }));
}

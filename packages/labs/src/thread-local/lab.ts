/** threading.local: each thread sees what it has put there itself. */
import { host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { runToEnd } from '../lib/python-threads.ts';
import { numbers, THREADS } from './programs.ts';

const text = (en: string, zh: string) => ({ en, zh });

export default lab({
  id: 'thread-local',
  title: text('Data of each thread: threading.local', '线程自己的数据：threading.local'),
  text: text(
    'Ten threads write their number into one object, sleep for a while and print it. An object made by threading.local has a value per thread, so each prints its own, in whatever order they wake; an ordinary shared object holds what was written last.',
    '十个线程把自己的编号写进同一个对象，睡一会再打印。threading.local 的对象为每个线程各存一份，所以各打印各的，先后看谁先醒；普通共享对象里只有最后写入的那个。',
  ),
  params: {
    local: {
      default: 'local',
      choices: ['local', 'shared'],
      text: text('The object of the first ten', '第一组十个线程用的对象'),
    },
    contrast: {
      default: 'shared',
      choices: ['local', 'shared'],
      text: text('The object of the second ten', '第二组十个线程用的对象'),
    },
  },
  machines: { machine: host() },
  programs: { numbers },
  checks: {
    own: {
      text: text('Ten threads print their own number, in any order', '十个线程各打印自己的编号，次序任意'),
      row: 122,
      clause: 1,
    },
    contrast: {
      text: text('A shared object holds the last number', '共享对象里是最后写入的编号'),
      row: 122,
      clause: 2,
    },
  },
  counterRuns: {
    shared: {
      set: { local: 'shared' },
      flips: ['own'],
      text: text('Without threading.local they see each other.', '不用 threading.local 就互相干扰。'),
    },
    'both-local': {
      set: { contrast: 'local' },
      flips: ['contrast'],
      text: text('With it nothing is shared.', '用了它就没有共享。'),
    },
  },
  script,
});

async function script(context: LabContext<'machine'>): Promise<void> {
  const { machine, params, check } = context;
  const pairs = async (kind: unknown): Promise<string[]> => {
    const about = text(
      `Ten threads, one ${kind} object`,
      `十个线程，一个${kind === 'local' ? '线程局部' : '共享'}对象`,
    );
    const { lines } = await runToEnd(context, machine, `numbers ${kind}`, about);
    return lines.filter((line) => /^\d/.test(line));
  };
  const expected = Array.from({ length: THREADS }, (_, i) => `${i} ${i}`);
  const own = await pairs(params.local);
  check('own', () => ({ met: [...own].sort().join() === expected.sort().join(), saw: own.join(', ') }));
  const shared = await pairs(params.contrast);
  check('contrast', () => ({
    met: shared.length === THREADS && shared.every((line) => line.endsWith(` ${THREADS - 1}`)),
    saw: shared.join(', '),
  }));
}

/** async and await: the notes' program of one coroutine, what is wrong with it as printed, and what it does when it is right. */
import { host, lab } from '@netarium/core/check/lab.ts';
import { narrate } from '../lib/narrate.ts';
import { recordedErrors } from '../lib/recorded-errors.ts';
import { waitFor } from './programs.ts';

const text = (en: string, zh: string) => ({ en, zh });

export default lab({
  id: 'async-await',
  title: text('async and await: one coroutine and its loop', 'async 与 await：一个协程和它的事件循环'),
  text: text(
    'A coroutine waits two seconds, and a loop runs it. The program as the notes print it fails three times: a tab among blanks, a coroutine awaited twice, a result that nobody prints. What CPython says to the first two is recorded; the corrected program runs here.',
    '一个协程等待两秒，由事件循环驱动。笔记里的程序有三处错误：空格中混入制表符、协程被等待两次、结果没有打印。前两处引用 CPython 的真实报错，改正后的程序在这里运行。',
  ),
  params: {
    busy: {
      default: 0,
      min: 0,
      max: 10,
      text: text('Seconds that another task computes without awaiting', '另一个任务不让出、连续计算的秒数'),
    },
    told: { default: true, text: text("The task's result is printed", '打印任务的结果') },
  },
  machines: { pc: host() },
  programs: { 'wait-for': waitFor },
  checks: {
    'two-seconds': { text: text('It takes 2.00 s', '用时 2.00 秒'), row: 137, clause: 1 },
    'corrected-output': {
      text: text('waiting: 2, then the result of the task', '先 waiting: 2，再是任务的结果'),
      row: 137,
      clause: 3,
      claim: 'C356',
    },
  },
  counterRuns: {
    hogged: {
      set: { busy: 3 },
      flips: ['two-seconds'],
      text: text('A task that computes for 3 s lets nobody else go on.', '计算 3 秒而不让出的任务让别人都等着。'),
    },
    'as-printed': {
      set: { told: false },
      flips: ['corrected-output'],
      text: text('As printed, the program never tells the result.', '按原样，程序从不输出结果。'),
    },
  },
  async script(context) {
    const { pc, params, check, say } = context;
    for (const name of ['mixed-indentation', 'awaited-twice']) {
      const { lastLine, version } = recordedErrors.get(name)!;
      say(text(`As printed, CPython ${version} says: ${lastLine}`, `按原样运行，CPython ${version} 报错：${lastLine}`));
    }
    const { stdout, startNs, endNs } = await narrate(
      context,
      pc,
      `exec wait-for 2 ${params.busy} ${params.told === true ? 'told' : 'dropped'}`,
      text('The corrected program, in a loop of its own', '改正后的程序，在自己的事件循环里'),
    );
    const lines = stdout.trimEnd().split('\n');
    const took = ((endNs - startNs) / 1e9).toFixed(2);
    check('two-seconds', () => ({
      met: lines.at(-1) === 'Time: 2.00' && took === '2.00',
      saw: `${lines.at(-1)}, ${took} s by the clock on the wall`,
    }));
    check('corrected-output', () => ({
      met: lines.slice(0, -1).join('\n') === 'waiting: 2\nTask ret: Done after 2s',
      saw: lines.join(', '),
    }));
  },
});

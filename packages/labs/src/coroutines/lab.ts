/** Coroutines: a thousand of them are one thread for the kernel; by `yield` and `send` two functions hand that thread to each other. */
import { host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { narrate } from '../lib/narrate.ts';
import { recordedErrors } from '../lib/recorded-errors.ts';
import { produce, swarm } from './programs.ts';

type Context = LabContext<'pc'>;
const text = (en: string, zh: string) => ({ en, zh });
const COUNT = 1000;

export default lab({
  id: 'coroutines',
  title: text('Coroutines: switching without the kernel', '协程：不经内核的切换'),
  text: text(
    'A thousand coroutines sleep for a second in one thread, and the kernel sees one thread. Then a producer and a consumer pass the thread to each other by `send` and `yield`: the first send must bring nothing, and `close` ends the consumer where it waits.',
    '一千个协程在一个线程里各睡一秒，内核只看到一个线程。随后生产者与消费者用 `send` 和 `yield` 交替执行：第一次 send 不能带值，`close` 在它挂起处结束它。',
  ),
  params: {
    as: {
      default: 'coroutines',
      choices: ['coroutines', 'processes'],
      text: text('What the thousand sleepers are', '一千个睡眠者是什么'),
    },
    rounds: { default: 5, min: 1, max: 20, text: text('Rounds of producer and consumer', '生产消费的轮数') },
    first: {
      default: 'value',
      choices: ['value', 'prime'],
      text: text('What the first send to the consumer brings', '第一次 send 带什么'),
    },
    close: { default: true, text: text('The producer closes the consumer', '生产者最后关闭消费者') },
  },
  machines: { pc: host() },
  programs: { swarm, produce },
  checks: {
    'one-thread': {
      text: text(
        '1000 coroutines ended, and one thread made all their calls',
        '1000 个协程都结束了，所有调用来自一个线程',
      ),
      row: 135,
      clause: 1,
    },
    'kernel-sees-one': {
      text: text('While they slept the process table had one entry for them', '它们睡着时，进程表里只有一项'),
      row: 135,
      clause: 2,
      claim: 'C347',
    },
    rounds: {
      text: text('Five rounds print these lines in this order', '五轮按此顺序输出这些行'),
      row: 136,
      clause: 1,
      claim: 'C362',
    },
    priming: {
      text: text('A value sent to a generator that has not begun is a TypeError', '向未启动的生成器发送值是 TypeError'),
      row: 136,
      clause: 2,
      claim: 'C363',
    },
    close: {
      text: text(
        'close() raises GeneratorExit at the yield, and the consumer stays ended',
        'close() 在 yield 处抛出 GeneratorExit，之后消费者保持结束',
      ),
      row: 136,
      clause: 3,
    },
  },
  counterRuns: {
    processes: {
      set: { as: 'processes' },
      flips: ['one-thread', 'kernel-sees-one'],
      text: text('A thousand processes are a thousand threads for the kernel.', '一千个进程在内核里就是一千个线程。'),
    },
    'three-rounds': { set: { rounds: 3 }, flips: ['rounds'], text: text('Three rounds print less.', '三轮输出更少。') },
    primed: {
      set: { first: 'prime' },
      flips: ['priming'],
      text: text('With send(None) first there is no error.', '先 send(None) 就没有错误。'),
    },
    'never-closed': {
      set: { close: false },
      flips: ['close'],
      text: text('A consumer that nobody closes takes the next item.', '没有关闭的消费者还会接着消费。'),
    },
  },
  async script(context) {
    await thousand(context);
    await rounds(context);
  },
});

async function thousand(context: Context): Promise<void> {
  const { pc, params, check, on, sleep, say } = context;
  const threads = new Set<number>();
  on('syscall', ({ values }) => {
    if (values.process === 'swarm' || values.process === 'sleep') threads.add(values.tid);
  });
  say(
    text(
      `${COUNT} ${params.as} sleep for one second each`,
      `${COUNT} 个${params.as === 'processes' ? '进程' : '协程'}各睡一秒`,
    ),
  );
  const running = pc.start(`exec swarm ${COUNT} ${params.as}`);
  await sleep('900ms');
  const listed = (await pc.sh('ps -ef')).stdout.split('\n').filter((line) => line.includes('swarm')).length;
  say(text(`In the middle of it ps lists ${listed} of them`, `此时 ps 列出 ${listed} 个`));
  const { stdout } = await running.wait();
  say(text(stdout.trim(), `输出：${stdout.trim()}`));
  check('one-thread', () => ({
    met: stdout.startsWith(`${COUNT} sleeps of 1 s took 1.0`) && threads.size === 1,
    saw: `${stdout.trim()}, calls came from ${threads.size} threads`,
  }));
  check('kernel-sees-one', () => ({ met: listed === 1, saw: `${listed} in the process table` }));
}

/** The lines that the program of the notes announces, for five rounds. */
const LINES = [1, 2, 3, 4, 5].flatMap((item) => [
  `[PRODUCER] makes ${item}`,
  `[CONSUMER] takes ${item}`,
  '[PRODUCER] consumer returns 200 OK',
]);

async function rounds(context: Context): Promise<void> {
  const { pc, params, check, say } = context;
  const command = `produce ${params.rounds} ${params.first} ${params.close === true ? 'close' : 'keep'}`;
  const { stdout } = await narrate(
    context,
    pc,
    command,
    text('A producer and a consumer, by send and yield', '生产者与消费者，用 send 和 yield'),
  );
  const { lastLine, version } = recordedErrors.get('misspelt')!;
  say(
    text(
      `The notes define the consumer under one name and call it by another. CPython ${version}: ${lastLine}`,
      `笔记里消费者的定义名和调用名不一致。CPython ${version}：${lastLine}`,
    ),
  );
  const lines = stdout.split('\n');
  const exchanged = lines.filter((line) => /makes|takes \d$|returns/.test(line) && !line.endsWith('99'));
  check('rounds', () => ({ met: exchanged.join('\n') === LINES.join('\n'), saw: `${exchanged.length} lines` }));
  check('priming', () => ({
    met: lines[0] === "TypeError: can't send non-None value to a just-started generator",
    saw: lines[0] ?? 'nothing',
  }));
  check('close', () => ({
    met:
      lines.includes('[CONSUMER] GeneratorExit at its yield') &&
      lines.includes('after close() a send raises StopIteration'),
    saw: lines.slice(-2).join(' '),
  }));
}

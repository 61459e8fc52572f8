/** Asynchronous I/O: the kernel fills the buffer while the program computes, and says when it has. */
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { lateSender, MS } from '../lib/io-programs.ts';
import { stays } from '../lib/thread-watch.ts';
import { asyncReader } from './readers.ts';

type Context = LabContext<'client' | 'server'>;

const text = (en: string, zh: string) => ({ en, zh });
const SERVER = '10.0.1.3';
const WORK_MS = 200;

export default lab({
  id: 'async-io',
  title: text('Asynchronous I/O', '异步 I/O'),
  text: text(
    'A receive is submitted (io_uring) and the program computes. When the completion appears the data is already in its buffer: no recv(), no wait, no copying by the program.',
    '提交一个接收请求（io_uring）后程序继续计算。完成事件出现时，数据已经在缓冲区里：没有 recv()，没有等待，也不用自己复制。',
  ),
  params: {
    delay: { default: 100, min: 10, max: 150, text: text('The peer speaks after (ms)', '对端多久后发数据（毫秒）') },
    by: {
      default: 'ring',
      choices: ['ring', 'recv'],
      text: text(
        'How the program reads: a submitted request, or a call that waits',
        '程序怎么读：提交请求，还是阻塞调用',
      ),
    },
  },
  machines: { client: host({ eth0: '10.0.1.2/24' }), server: host({ eth0: '10.0.1.3/24' }) },
  cables: [cable('client', 'server', { rate: '100Mbit', delay: '1ms' })],
  programs: { 'late-sender': lateSender, 'async-reader': asyncReader },
  checks: {
    filled: {
      text: text(
        'The buffer is full when the completion is seen, without a recv',
        '看到完成事件时缓冲区已填好，没有 recv',
      ),
      row: 50,
      clause: 1,
    },
    unblocked: { text: text('The thread is never blocked', '线程从不阻塞'), row: 50, clause: 2 },
  },
  counterRuns: {
    'a-call-that-waits': {
      set: { by: 'recv' },
      flips: ['filled', 'unblocked'],
      text: text('recv() waits first and computes afterwards.', 'recv() 先等待，之后才能计算。'),
    },
  },
  async script(context) {
    await context.sleep('100ms');
    const serving = context.server.start(`late-sender 80 ${context.params.delay} 300 hello`);
    await context.sleep('10ms');
    await readAndWork(context);
    serving.kill();
    await serving.wait();
    await context.sleep('1s');
  },
});

async function readAndWork(context: Context): Promise<void> {
  const { client, params, on, seen, say, check } = context;
  const found = stays(context, 'client');
  let beganNs = -1;
  const calls: string[] = [];
  on('syscall', ({ host: where, at, values }) => {
    if (where !== 'client' || values.process !== 'async-reader') return;
    if (values.name === 'connect') beganNs = at;
    if (beganNs < 0) return;
    calls.push(values.name);
    if (values.name.startsWith('io_uring'))
      say(text(`${values.name} = ${values.result}`, `${values.name} = ${values.result}`));
    if (values.name === 'recv') say(text(`recv = ${values.result}`, `recv = ${values.result}`));
  });
  const run = await client.sh(`exec async-reader ${params.by} ${SERVER} 80 ${WORK_MS}`);
  const arrival = seen(`tcp.len > 0 && ip.src == ${SERVER}`, 'client.eth0').first;
  const lines = run.stdout.trim().split('\n');
  for (const line of lines) say(text(`It prints: ${line}`, `它打印：${line}`));
  const blocked = found.filter((stay) => stay.pid === run.pid && stay.state === 'blocked' && stay.fromNs >= beganNs);
  const blockedNs = blocked.reduce((sum, stay) => sum + stay.toNs - stay.fromNs, 0);
  say(
    text(
      `${(run.endNs - beganNs) / MS} ms from connect to the end, ${blockedNs / MS} of them blocked`,
      `从连接到结束 ${(run.endNs - beganNs) / MS} 毫秒，其中阻塞 ${blockedNs / MS} 毫秒`,
    ),
  );
  check(
    'filled',
    () => ({
      met:
        !calls.includes('recv') &&
        !calls.includes('read') &&
        lines[0] === 'completion of 5 bytes, the buffer holds "hello"',
      saw: `${lines[0]}; calls: ${[...new Set(calls)].join(', ')}`,
    }),
    arrival,
  );
  check('unblocked', () => ({
    met: beganNs >= 0 && blockedNs === 0 && run.endNs - beganNs < (WORK_MS + 5) * MS,
    saw: `${blockedNs} ns blocked${blocked.length > 0 ? ` in ${blocked[0]!.waits}` : ''}`,
  }));
}

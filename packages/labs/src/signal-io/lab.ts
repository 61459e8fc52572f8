/** Signal-driven I/O: O_ASYNC and F_SETOWN turn arriving data into SIGIO; the handler still has to fetch it. */
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { lateSender, MS } from '../lib/io-programs.ts';
import { sigioReader } from './reader.ts';

type Context = LabContext<'client' | 'server'>;

const text = (en: string, zh: string) => ({ en, zh });
const SERVER = '10.0.1.3';

export default lab({
  id: 'signal-io',
  title: text('Signal-driven I/O', '信号驱动 I/O'),
  text: text(
    'fcntl(F_SETOWN) names who is told, O_ASYNC switches it on: when data comes the kernel sends SIGIO, in the middle of whatever the program does. The signal carries no data; recv() copies it.',
    'fcntl(F_SETOWN) 指定通知谁，O_ASYNC 打开开关：数据一到，内核就发 SIGIO，打断程序手头的事。信号里没有数据，仍要靠 recv() 复制。',
  ),
  params: {
    delay: { default: 100, min: 10, max: 250, text: text('The peer speaks after (ms)', '对端多久后发数据（毫秒）') },
    owner: {
      default: 'self',
      choices: ['self', 'nobody'],
      text: text('Whom F_SETOWN names', 'F_SETOWN 指定谁'),
    },
    handler: {
      default: 'recv',
      choices: ['recv', 'nothing'],
      text: text('What the handler of SIGIO does', 'SIGIO 处理函数做什么'),
    },
  },
  machines: { client: host({ eth0: '10.0.1.2/24' }), server: host({ eth0: '10.0.1.3/24' }) },
  cables: [cable('client', 'server', { rate: '100Mbit', delay: '1ms' })],
  programs: { 'late-sender': lateSender, 'sigio-reader': sigioReader },
  checks: {
    signal: {
      text: text(
        'The handler runs when the data arrives, in the middle of the work',
        '数据到达时处理函数就运行，打断计算',
      ),
      row: 49,
      clause: 1,
    },
    copy: {
      text: text('The data is copied by recv, after the signal', '数据由信号之后的 recv 复制'),
      row: 49,
      clause: 2,
    },
  },
  counterRuns: {
    'no-owner': {
      set: { owner: 'nobody' },
      flips: ['signal', 'copy'],
      text: text('Without F_SETOWN nobody is told.', '没有 F_SETOWN，谁也不会被通知。'),
    },
    'no-recv': {
      set: { handler: 'nothing' },
      flips: ['copy'],
      text: text('Without recv the data stays in the kernel.', '不调用 recv，数据就留在内核里。'),
    },
  },
  async script(context) {
    await context.sleep('100ms');
    const serving = context.server.start(`late-sender 80 ${context.params.delay} 300 hello`);
    await context.sleep('10ms');
    await readBySignal(context);
    serving.kill();
    await serving.wait();
    await context.sleep('1s');
  },
});

async function readBySignal({ client, params, on, seen, say, check }: Context): Promise<void> {
  let signalNs = -1;
  let received: { readonly startNs: number; readonly result: string } | undefined;
  let handlerNs = -1;
  on('signal.send', ({ host: where, at, values }) => {
    if (where !== 'client' || values.signal !== 'SIGIO' || signalNs >= 0) return;
    signalNs = at;
    say(text('Data has come: the kernel sends SIGIO', '数据到了：内核发出 SIGIO'));
  });
  on('syscall', ({ host: where, at, values }) => {
    if (where !== 'client' || values.process !== 'sigio-reader') return;
    if (values.name === 'fcntl')
      say(text(`fcntl(${values.args}) = ${values.result}`, `fcntl(${values.args}) = ${values.result}`));
    if (values.name === 'write' && values.args.includes('handler runs')) handlerNs = at;
    if (values.name === 'recv') {
      received = values;
      say(text(`The handler calls recv: ${values.result}`, `处理函数调用 recv：${values.result}`));
    }
  });
  const { stdout } = await client.sh(`sigio-reader ${SERVER} 80 ${params.owner} ${params.handler} 300`);
  const arrival = seen(`tcp.len > 0 && ip.src == ${SERVER}`, 'client.eth0').first;
  const lines = stdout.trim().split('\n');
  say(text(`The program printed: ${lines.join('; ')}`, `程序打印：${lines.join('；')}`));
  check(
    'signal',
    () => ({
      met: arrival !== undefined && signalNs === arrival.atNs && handlerNs - signalNs < 0.1 * MS && lines.length > 1,
      saw: signalNs < 0 ? 'no SIGIO' : `SIGIO at ${signalNs} ns, the handler's first call at ${handlerNs} ns`,
    }),
    arrival,
  );
  check(
    'copy',
    () => ({
      met: received?.result === '"hello"' && received.startNs > signalNs && lines.at(-1) === 'work done, have "hello"',
      saw:
        received === undefined ? `no recv; ${lines.at(-1)}` : `recv at ${received.startNs} ns gives ${received.result}`,
    }),
    arrival,
  );
}

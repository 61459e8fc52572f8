/** socketserver: ten clients at once by a thread each, and by a process each; by the plain server one after the other. */
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { servedTogether, talk, talkAll, tellAnswers } from '../lib/talk.ts';
import { STYLES, serve } from './programs.ts';

type Context = LabContext<'client' | 'server'>;

const text = (en: string, zh: string) => ({ en, zh });
const CLIENT = '10.0.0.1';
const CLIENTS = 10;
const CHINESE: Readonly<Record<string, string>> = {
  threads: '每个连接一个线程',
  processes: '每个连接一个进程',
  'one by one': '逐个服务',
};

export default lab({
  id: 'socketserver',
  title: text('The socketserver module', 'socketserver 模块'),
  text: text(
    'Ten clients connect at the same instant, talk, rest and talk again. ThreadingTCPServer gives each a thread, ForkingTCPServer a process; the plain TCPServer finishes one connection before it accepts the next.',
    '十个客户端同时连接，说一句，停一会儿，再说一句。ThreadingTCPServer 给每个连接一个线程，ForkingTCPServer 给一个进程；普通的 TCPServer 服务完一个连接才接受下一个。',
  ),
  params: {
    first: { default: 'threads', choices: STYLES, text: text('How the first server serves', '第一个服务器的方式') },
    second: { default: 'processes', choices: STYLES, text: text('How the second server serves', '第二个服务器的方式') },
    pause: { default: 200, min: 1, max: 1000, text: text('Pause after each answer (ms)', '每次回答后的停顿（毫秒）') },
  },
  machines: { client: host({ eth0: `${CLIENT}/24` }), server: host({ eth0: '10.0.0.2/24' }) },
  cables: [cable('client', 'server', { rate: '100Mbit', delay: '1ms' })],
  programs: { talk, serve },
  checks: {
    threads: {
      text: text('Threads: ten at once, in one process', '线程：十个同时，在一个进程里'),
      row: 42,
      clause: 1,
    },
    processes: {
      text: text('Processes: ten at once, in ten processes', '进程：十个同时，在十个进程里'),
      row: 42,
      clause: 2,
    },
  },
  counterRuns: {
    'one-by-one': {
      set: { first: 'one by one', second: 'one by one' },
      flips: ['threads', 'processes'],
      text: text('The plain server keeps nine of them waiting.', '普通服务器让其余九个等着。'),
    },
    'no-processes': {
      set: { second: 'threads' },
      flips: ['processes'],
      text: text('Threads all answer from one process.', '线程都在同一个进程里回答。'),
    },
  },
  async script(context) {
    const { params, check } = context;
    tellAnswers(context, CLIENT);
    const first = await served(context, String(params.first));
    check('threads', () => ({ met: first.together === CLIENTS && first.pids === 1, saw: first.saw }));
    const second = await served(context, String(params.second));
    check('processes', () => ({ met: second.together === CLIENTS && second.pids === CLIENTS, saw: second.saw }));
  },
});

interface Served {
  readonly together: number;
  readonly pids: number;
  readonly saw: string;
}

async function served(context: Context, style: string): Promise<Served> {
  const { client, server, params, say, sleep } = context;
  const running = server.start(`exec serve '${style}'`);
  await sleep('20ms');
  const sinceNs = context.now;
  say(text(`The server: ${style}`, `服务器：${CHINESE[style]}`));
  const words = Array.from({ length: CLIENTS }, (_, i) => [`hello${i}`, `again${i}`]);
  const talks = await talkAll(context, client, '10.0.0.2', Number(params.pause), words);
  const tookMs = Math.round((context.now - sinceNs) / 1_000_000);
  running.kill();
  await running.wait();
  const right = talks.filter(({ lines }, i) =>
    lines.every((line) => /^(HELLO|AGAIN)/.test(line) && line.includes(`${i} `)),
  );
  const pids = new Set(talks.flatMap(({ lines }) => lines.map((line) => line.split(' from ')[1]))).size;
  const together = right.length === CLIENTS ? servedTogether(context, CLIENT, sinceNs) : 0;
  say(
    text(
      `${together} of ${CLIENTS} were answered before the first one left; ${pids} processes; ${tookMs} ms`,
      `第一个离开之前 ${together} 个得到了回答；${pids} 个进程；${tookMs} 毫秒`,
    ),
  );
  return { together, pids, saw: `${right.length} served, ${together} together, ${pids} processes, ${tookMs} ms` };
}

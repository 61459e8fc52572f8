/** A process for each connection: pids differ, what ends is waited for, and the crash of one leaves the others. */
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { type Talk, talk, talkAll, tellAnswers } from '../lib/talk.ts';
import { forking, STYLES } from './programs.ts';

type Context = LabContext<'client' | 'server'>;

const text = (en: string, zh: string) => ({ en, zh });
const CALM = [
  ['a1', 'a2', 'a3'],
  ['b1', 'b2', 'b3'],
  ['c1', 'c2', 'c3'],
];

export default lab({
  id: 'forking-server',
  title: text('A process for each connection', '每个连接一个进程'),
  text: text(
    'ForkingTCPServer makes a process for each connection. Four clients talk; the second word of the last makes its server fall over a bad pointer (SIGSEGV). The process dies alone. The parent waits for all that end, so that none stays a zombie. With threads everything would be one process, and everybody would be cut off.',
    'ForkingTCPServer 给每个连接一个进程。四个客户端对话；最后一个的第二句让为它服务的进程踩到坏指针（SIGSEGV），只有那个进程死掉。父进程对结束的子进程逐个 wait，不留僵尸。换成线程则大家在同一个进程里，所有人都断线。',
  ),
  params: {
    style: { default: 'processes', choices: STYLES, text: text('How the server serves', '服务器的方式') },
    last: { default: 'crash', text: text('The second word of the last client', '最后一个客户端的第二句') },
  },
  machines: { client: host({ eth0: '10.0.0.1/24' }), server: host({ eth0: '10.0.0.2/24' }) },
  cables: [cable('client', 'server', { rate: '100Mbit', delay: '1ms' })],
  programs: { talk, forking },
  checks: {
    pids: { text: text('Each connection has a process of its own', '每个连接有自己的进程'), row: 44, clause: 1 },
    reaped: {
      text: text('Those that ended are waited for: no zombie', '结束的都被 wait：没有僵尸'),
      row: 44,
      clause: 2,
    },
    crash: {
      text: text('One dies by SIGSEGV, the others get all their answers', '一个死于 SIGSEGV，其他人得到全部回答'),
      row: 44,
      clause: 3,
    },
  },
  counterRuns: {
    threads: {
      set: { style: 'threads' },
      flips: ['pids', 'crash'],
      text: text('One process for all: its crash cuts everybody off.', '大家一个进程：它崩溃，所有人断线。'),
    },
    'nobody-waits': {
      set: { style: 'forgetful' },
      flips: ['reaped'],
      text: text('A parent that never waits keeps four zombies.', '从不 wait 的父进程留下四个僵尸。'),
    },
    'nobody-crashes': {
      set: { last: 'calm' },
      flips: ['crash'],
      text: text('Nobody crashes.', '没有人崩溃。'),
    },
  },
  script,
});

async function script(context: Context): Promise<void> {
  const { client, server, params, say, sleep, check, events } = context;
  const running = server.start(`exec forking ${params.style}`);
  await sleep('20ms');
  const words = [...CALM, ['d1', String(params.last), 'd3']];
  tellEnds(context, running.pid);
  tellAnswers(context, '10.0.0.1');
  const talks = await talkAll(context, client, '10.0.0.2', 100, words);
  // The server looks for children that ended at every request, and every half second.
  await sleep('700ms');
  const { stdout } = await server.sh('ps -e -o pid=,ppid=,stat=');
  const children = childrenOf(context, running.pid);
  const ends = events('process.exit').filter(
    ({ host: where, values }) => where === 'server' && (children.includes(values.pid) || values.pid === running.pid),
  );
  const zombies = stdout.split('\n').filter((line) => / Z/.test(line)).length;
  say(text(`Zombies: ${zombies}`, `僵尸：${zombies}`));
  running.kill();
  await running.wait();
  const pids = pidsOf(talks);
  check('pids', () => ({
    met: pids.size === words.length && !pids.has(running.pid),
    saw: `server ${running.pid}, answers from ${[...pids].join(', ')}`,
  }));
  const served = children.filter((pid) => ends.some(({ values }) => values.pid === pid));
  check('reaped', () => ({
    met: served.length === words.length && zombies === 0,
    saw: `${served.length} children ended, ${zombies} zombies`,
  }));
  const crashed = ends.filter(({ values }) => values.signal === 'SIGSEGV');
  const whole = talks.slice(0, CALM.length).filter(({ lines }) => lines.length === 3 && lines.every(isAnswer)).length;
  check('crash', () => ({
    met: crashed.length === 1 && talks.at(-1)!.status === 1 && whole === CALM.length,
    saw: `${crashed.length} died by SIGSEGV, ${whole} of ${CALM.length} others got every answer`,
  }));
}

function childrenOf({ events }: Context, server: number): number[] {
  return events('process.start').flatMap(({ host: where, values }) =>
    where === 'server' && values.parent === server ? [values.pid] : [],
  );
}

function tellEnds(context: Context, server: number): void {
  context.on('process.exit', ({ host: where, values: { pid, signal, code } }) => {
    if (where !== 'server' || (pid !== server && !childrenOf(context, server).includes(pid))) return;
    const who = pid === server ? text('the server', '服务器') : text(`process ${pid}`, `进程 ${pid}`);
    context.say(text(`${who.en} ends: ${signal || code}`, `${who.zh} 结束：${signal || code}`));
  });
}

const isAnswer = (line: string): boolean => line.includes(' from ');

function pidsOf(talks: readonly Talk[]): Set<number> {
  return new Set(talks.flatMap(({ lines }) => lines.filter(isAnswer).map((line) => Number(line.split(' from ')[1]))));
}

/** Daemon children: who ends when, and what is left of them when the main process is killed. */
import { host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { pool } from './programs.ts';

type Context = LabContext<'machine'>;

const text = (en: string, zh: string) => ({ en, zh });
const MS = 1_000_000;

export default lab({
  id: 'daemon-processes',
  title: text('Daemon processes', '守护进程'),
  text: text(
    'A daemon child ends when the main code ends: the main process terminates it on its way out, and waits for the others. Killed with SIGKILL it has no way out, and its daemon lives on as an orphan.',
    '主代码一结束，守护子进程就随之结束：主进程退出时先终止它，再等待其余子进程。若被 SIGKILL 杀死，主进程来不及做这些，守护子进程就成了孤儿。',
  ),
  params: {
    long: {
      default: 'daemon',
      choices: ['daemon', 'ordinary'],
      text: text('What the child of five seconds is', '那个五秒的子进程是什么'),
    },
    kill: {
      default: 'SIGKILL',
      choices: ['SIGKILL', 'SIGINT'],
      text: text('How the second main process is ended', '第二个主进程怎么被结束'),
    },
  },
  machines: { machine: host({}) },
  programs: { pool },
  checks: {
    order: {
      text: text(
        'Daemon first, then the others in their time, the main process last',
        '先是守护子进程，再是其余子进程，最后是主进程',
      ),
      row: 113,
      clause: 1,
    },
    orphan: {
      text: text(
        'After SIGKILL the daemon lives on, with init as its parent',
        'SIGKILL 之后守护子进程还活着，父进程变成 init',
      ),
      row: 113,
      clause: 2,
    },
  },
  counterRuns: {
    ordinary: {
      set: { long: 'ordinary' },
      flips: ['order'],
      text: text('An ordinary child is waited for to its end.', '普通子进程会一直被等到结束。'),
    },
    interrupt: {
      set: { kill: 'SIGINT' },
      flips: ['orphan'],
      text: text('Ctrl-C leaves time to clean up: no orphan.', 'Ctrl-C 留有善后的时间：没有孤儿。'),
    },
  },
  async script(context) {
    await endByItself(context);
    await killed(context);
  },
});

async function endByItself({ machine, params, events, say, check }: Context): Promise<void> {
  const { pid, stdout } = await machine.sh(`exec pool ${params.long}`);
  const pids = events('process.start').flatMap(({ values }) => (values.parent === pid ? [values.pid] : []));
  const names = new Map([[pid, 'main'], ...['long', 'first', 'second'].map((name, at) => [pids[at]!, name] as const)]);
  const order: string[] = [];
  for (const { at, values } of events('process.exit')) {
    const name = names.get(values.pid);
    if (name === undefined) continue;
    const how = values.signal === '' ? `exit ${values.code}` : values.signal;
    order.push(`${name} ${how}`);
    say(text(`${(at / MS).toFixed(1)} ms: ${name} ends, ${how}`, `${(at / MS).toFixed(1)} 毫秒：${name} 结束，${how}`));
  }
  for (const line of stdout.trim().split('\n')) say(text(`printed: ${line}`, `打印：${line}`));
  check('order', () => ({
    met: order.join(', ') === 'long SIGTERM, first exit 0, second exit 0, main exit 0',
    saw: order.join(', '),
  }));
}

async function killed({ machine, params, events, sleep, say, check }: Context): Promise<void> {
  const running = machine.start('exec pool daemon');
  await sleep('100ms');
  const daemon = events('process.start').find(({ values }) => values.parent === running.pid)!.values.pid;
  say(text(`${params.kill} to the main process`, `向主进程发 ${params.kill}`));
  await machine.sh(`kill -s ${String(params.kill).slice(3)} ${running.pid}`);
  await sleep('3s');
  const listed = (await machine.sh('ps -ef')).stdout.split('\n');
  const row = listed.find((line) => Number(line.trim().split(/\s+/)[1]) === daemon);
  const parent = row === undefined ? -1 : Number(row.trim().split(/\s+/)[2]);
  say(
    row === undefined
      ? text('Three seconds later there is no daemon any more', '三秒之后已经没有守护子进程')
      : text(`Three seconds later: ${row}`, `三秒之后：${row}`),
  );
  await running.wait();
  await sleep('3s');
  const end = events('process.exit').find(({ values }) => values.pid === daemon);
  check('orphan', () => ({
    met: parent === 1 && end?.values.signal === '',
    saw: row ?? `the daemon ended by ${end?.values.signal}`,
  }));
}

/** Processes: the table, fork and spawn, memory of one's own, exit codes, signals. */
import { host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { family, sleeper } from './programs.ts';

type Context = LabContext<'machine'>;

const text = (en: string, zh: string) => ({ en, zh });

export default lab({
  id: 'processes',
  title: text('Processes', '进程'),
  text: text(
    'A process has a number, a parent, its own memory and descriptors. fork makes a copy, spawn starts another program; wait brings the exit code; a signal is caught, ignored, or the end.',
    '进程有编号、有父进程、有自己的内存与描述符。fork 复制一份，spawn 启动另一个程序；wait 取回退出码；信号可以捕获、忽略，或者终止进程。',
  ),
  params: {
    memory: {
      default: 'private',
      choices: ['private', 'shared'],
      text: text('Whether the number is shared memory', '那个数是否放在共享内存里'),
    },
    end: {
      default: 'exit',
      choices: ['exit', 'killed'],
      text: text('How the forked child ends', 'fork 出的子进程怎么结束'),
    },
    code: { default: 7, min: 0, max: 255, text: text('Its exit code', '它的退出码') },
    signal: {
      default: 'SIGTERM',
      choices: ['SIGTERM', 'SIGKILL'],
      text: text('What is sent to the three sleepers', '发给三个睡眠进程的信号'),
    },
    look: {
      default: 'early',
      choices: ['early', 'late'],
      text: text('When ps looks: while the child lives, or after', 'ps 何时查看：子进程活着时，还是之后'),
    },
    make: {
      default: 'both',
      choices: ['both', 'none'],
      text: text('Whether the programs are started', '是否启动这些程序'),
    },
  },
  machines: { machine: host({}) },
  programs: { family, sleeper },
  checks: {
    table: { text: text('ps shows the child with its parent', 'ps 显示子进程及其父进程'), row: 104, clause: 1 },
    made: { text: text('fork and spawn made processes', 'fork 与 spawn 创建了进程'), row: 104, clause: 2 },
    isolated: { text: text('The child has 42, the parent still 1', '子进程是 42，父进程仍是 1'), row: 104, clause: 3 },
    code: { text: text('The exit code reaches the parent', '退出码到达父进程'), row: 104, clause: 4 },
    signals: {
      text: text('SIGTERM is caught by one, ignored by one, the end of one', 'SIGTERM 被一个捕获、一个忽略，终止一个'),
      row: 104,
      clause: 5,
    },
  },
  counterRuns: {
    nothing: {
      set: { make: 'none' },
      flips: ['table', 'made'],
      text: text('Without fork and spawn there is nothing to see.', '没有 fork 与 spawn 就什么也看不到。'),
    },
    'too-late': {
      set: { look: 'late' },
      flips: ['table'],
      text: text('Once it was waited for, a child is out of the table.', '被 wait 之后子进程就不在表里了。'),
    },
    'shared-memory': {
      set: { memory: 'shared' },
      flips: ['isolated'],
      text: text('Shared memory is the exception: both see 42.', '共享内存是例外：两边都看到 42。'),
    },
    killed: {
      set: { end: 'killed' },
      flips: ['code'],
      text: text('Who is killed has no exit code.', '被杀死的进程没有退出码。'),
    },
    'no-choice': {
      set: { signal: 'SIGKILL' },
      flips: ['signals'],
      text: text('SIGKILL is neither caught nor ignored.', 'SIGKILL 既不能捕获也不能忽略。'),
    },
  },
  async script(context) {
    context.on('process.start', ({ values }) => {
      if (values.name === 'family' || values.name === 'sleeper')
        context.say(
          text(
            `${values.name} starts: pid ${values.pid}, parent ${values.parent}`,
            `${values.name} 启动：pid ${values.pid}，父进程 ${values.parent}`,
          ),
        );
    });
    context.on('process.exit', ({ values }) => {
      const how = values.signal === '' ? `exit ${values.code}` : values.signal;
      if (values.name === 'family' || values.name === 'sleeper')
        context.say(
          text(`pid ${values.pid} (${values.name}) ends: ${how}`, `pid ${values.pid}（${values.name}）结束：${how}`),
        );
    });
    await forkAndWait(context);
    await sendSignals(context);
  },
});

async function forkAndWait({ machine, params, sleep, say, check, events }: Context): Promise<void> {
  const command = `exec family ${params.memory} ${params.end} ${params.code}`;
  const running = machine.start(params.make === 'both' ? command : 'true');
  await sleep(params.look === 'early' ? '50ms' : '500ms');
  const listed = (await machine.sh('ps -ef')).stdout;
  const { stdout, pid } = await running.wait();
  const children = events('process.start').filter(({ values }) => values.parent === pid);
  const child = children[0]?.values.pid ?? -1;
  const line = listed.split('\n').find((row) => Number(row.trim().split(/\s+/)[1]) === child);
  if (line !== undefined) say(text(`ps -ef: ${line}`, `ps -ef：${line}`));
  for (const said of stdout.trim().split('\n')) say(text(`family: ${said}`, `family：${said}`));
  check('table', () => ({ met: line !== undefined && Number(line.trim().split(/\s+/)[2]) === pid, saw: listed }));
  check('isolated', () => ({
    met: stdout.includes('child has 42\n') && stdout.includes('parent has 1\n'),
    saw: stdout,
  }));
  check('code', () => ({ met: stdout.includes(`exit code ${params.code}\n`), saw: stdout }));
}

async function sendSignals({ machine, params, sleep, say, check, events }: Context): Promise<void> {
  const ways = params.make === 'both' ? ['catch', 'ignore', 'default'] : [];
  // A shell for each: it spawns the sleeper and tells how that ended as shells do, 128 + the signal's number.
  const running = ways.map((how) => machine.start(`sleeper ${how}; exit $?`));
  await sleep('100ms');
  for (const {
    values: { pid },
  } of events('process.start').filter(({ values }) => values.name === 'sleeper'))
    await machine.sh(`kill -s ${String(params.signal).slice(3)} ${pid}`);
  const ends = [];
  for (const each of running) ends.push(await each.wait());
  const told = ends.map(
    ({ stdout, status }, at) =>
      `${ways[at]}: ${[...stdout.trim().split('\n'), `status ${status}`].filter(Boolean).join(', ')}`,
  );
  for (const each of told) say(text(each, each));
  check('signals', () => ({
    met: told.join('; ') === 'catch: caught SIGTERM, went on, status 3; ignore: went on, status 3; default: status 143',
    saw: told.join('; '),
  }));
  const started = events('process.start').filter(({ values }) => values.name === 'family' || values.name === 'sleeper');
  check('made', () => ({ met: started.length === 4, saw: `${started.length} processes` }));
}

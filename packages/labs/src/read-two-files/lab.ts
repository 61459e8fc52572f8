/** A.txt and B.txt, read by the program itself, by a process each, and by a pool: what runs side by side, and what only looks like it. */
import { host, lab, param } from '@netarium/core/check/lab.ts';
import type { Finished, LabContext } from '@netarium/core/check/lab-context.ts';
import type { RealStage } from '@netarium/core/check/real-arm.ts';
import { narrate } from '../lib/narrate.ts';
import { recordedErrors } from '../lib/recorded-errors.ts';

type Context = LabContext<'machine'>;
const text = (en: string, zh: string) => ({ en, zh });
const WAYS = ['serial', 'processes', 'apply', 'pool'] as const;

export default lab({
  id: 'read-two-files',
  title: text('Reading A.txt and B.txt with processes and a pool', '用多进程和进程池读取 A.txt、B.txt'),
  text: text(
    'Two files on a disk that takes half a second for each. A process for each file reads both in half a second, and has to send what it read: memory is separate. A pool does the same with map; with apply in a loop, as the notes have it, it is serial in spite of the pool. For two small files on a fast disk none of this pays. The program is `read-two-files`, which also runs on your own machine: `netarium real read-two-files A.txt B.txt`.',
    '磁盘读每个文件要半秒。每个文件一个进程，两个文件共半秒，但内存不共享，读到的内容要传回来。进程池用 map 也一样；像笔记那样在循环里 apply，有池也是串行。快磁盘上的两个小文件，这些都不划算。程序 `read-two-files` 也能在你自己的机器上运行：`netarium real read-two-files A.txt B.txt`。',
  ),
  params: {
    disk: {
      default: 500,
      min: 0,
      max: 10_000,
      text: text('What the disk takes for a file, in ms', '磁盘读一个文件的毫秒数'),
    },
    loop: {
      default: 'apply',
      choices: ['apply', 'pool'],
      text: text('As the notes read the files', '笔记读文件的方式'),
    },
    both: { default: 'pool', choices: ['apply', 'pool'], text: text('The cured way', '改正后的方式') },
    each: { default: 'processes', choices: ['processes', 'serial'], text: text('Without a pool', '不用进程池的方式') },
    content: { default: 'text of B\n', choices: ['text of B\n', ''], text: text('What B.txt holds', 'B.txt 的内容') },
    missing: {
      default: 'C.txt',
      choices: ['C.txt', 'B.txt'],
      text: text('A name that may be wrong', '可能写错的文件名'),
    },
  },
  machines: {
    machine: host({
      cpu: { cores: 4 },
      files: { '/srv/A.txt': 'text of A\n', '/srv/B.txt': param('content') },
    }),
  },
  checks: {
    texts: {
      text: text('Both texts are printed, whichever way', '不论哪种方式，两个文件的内容都打印出来'),
      row: 117,
      clause: 1,
    },
    serial: {
      text: text('apply in a loop takes the sum of the times', '循环里的 apply 用时为两者之和'),
      row: 117,
      clause: 2,
    },
    together: { text: text('map takes the time of one', 'map 只用一份时间'), row: 117, clause: 3 },
    processes: {
      text: text('A process for each file: two pids, the time of one', '每个文件一个进程：两个 pid，一份时间'),
    },
    missing: {
      text: text(
        'A file that is not there is one line and exit code 1; the other is printed',
        '文件不存在：一行错误、退出码 1，另一个照常打印',
      ),
    },
  },
  counterRuns: {
    'no-loop': {
      set: { loop: 'pool' },
      flips: ['serial'],
      text: text('map in the first program too.', '第一个程序也用 map。'),
    },
    'loop-twice': {
      set: { both: 'apply' },
      flips: ['together'],
      text: text('apply in a loop in both.', '两个程序都在循环里用 apply。'),
    },
    'one-process': {
      set: { each: 'serial' },
      flips: ['processes'],
      text: text('The program reads both itself.', '程序自己读两个文件。'),
    },
    'empty-file': { set: { content: '' }, flips: ['texts'], text: text('B.txt is empty.', 'B.txt 是空的。') },
    'right-name': {
      set: { missing: 'B.txt' },
      flips: ['missing'],
      text: text('The name is right.', '文件名写对了。'),
    },
  },
  measures: {
    serial: { text: text('By the program itself', '程序自己读'), unit: 'time' },
    processes: { text: text('A process for each file', '每个文件一个进程'), unit: 'time' },
    apply: { text: text('A pool, apply in a loop', '进程池，循环 apply'), unit: 'time' },
    pool: { text: text('A pool, map', '进程池，map'), unit: 'time' },
  },
  real,
  script,
});

async function real({ params, run, writeFile, measured }: RealStage): Promise<void> {
  writeFile('A.txt', 'text of A\n');
  writeFile('B.txt', String(params.content));
  for (const way of WAYS) {
    const { stdout } = await run('read-two-files', ['--how', way, '--disk', String(params.disk), 'A.txt', 'B.txt']);
    measured(way, secondsOf(stdout) * 1_000_000_000);
  }
}

/** How long its last line says that it took. */
const secondsOf = (stdout: string): number => Number(/ in ([0-9.]+) s\n$/.exec(stdout)?.[1]);

async function script(context: Context): Promise<void> {
  const { machine, params, say, check, measured } = context;
  for (const name of ['typographic-quotes', 'lower-case', 'no-ending']) {
    const { lastLine, version } = recordedErrors.get(name)!;
    say(text(`As printed, CPython ${version} says: ${lastLine}`, `按原样运行，CPython ${version} 报错：${lastLine}`));
  }
  const read = (how: unknown, second = 'B.txt'): Promise<Finished> => {
    const command = `read-two-files --how ${how} --disk ${params.disk} A.txt ${second}`;
    return narrate(context, machine, command, text(command, command), { cwd: '/srv' });
  };
  const runs: Finished[] = [];
  for (const way of WAYS) {
    const run = await read(way);
    runs.push(run);
    measured(way, secondsOf(run.stdout) * 1_000_000_000);
  }
  check('texts', () => ({
    met: runs.every(({ stdout }) => stdout.includes('text of A\n') && stdout.includes('text of B\n')),
    saw: runs.map(({ stdout }) => stdout).join('; '),
  }));
  const disk = Number(params.disk) / 1000;
  const near = ({ stdout }: Finished, seconds: number): boolean =>
    secondsOf(stdout) >= seconds && secondsOf(stdout) < seconds + 0.1;
  const loop = await read(params.loop);
  check('serial', () => ({ met: near(loop, 2 * disk), saw: loop.stdout }));
  const both = await read(params.both);
  check('together', () => ({ met: near(both, disk), saw: both.stdout }));
  const each = await read(params.each);
  const pids = new Set([...each.stdout.matchAll(/read by process (\d+)/g)].map(([, pid]) => pid));
  check('processes', () => ({ met: pids.size === 2 && near(each, disk), saw: each.stdout }));
  const wrong = await read('processes', String(params.missing));
  check('missing', () => ({
    met:
      wrong.status === 1 &&
      wrong.stderr === `read-two-files: ${params.missing}: No such file or directory\n` &&
      wrong.stdout.includes('text of A\n'),
    saw: `${wrong.status}: ${wrong.stderr}${wrong.stdout}`,
  }));
}

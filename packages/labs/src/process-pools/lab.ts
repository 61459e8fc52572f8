/** multiprocessing.Pool: apply, apply_async and map; close, join and terminate; A.txt and B.txt. */
import { host, lab, param } from '@netarium/core/check/lab.ts';
import type { Finished, LabContext } from '@netarium/core/check/lab-context.ts';
import { narrate } from '../lib/narrate.ts';
import { recordedErrors } from '../lib/recorded-errors.ts';
import { ending, readFiles, ten } from './programs.ts';

type Context = LabContext<'machine'>;

const text = (en: string, zh: string) => ({ en, zh });
const SQUARES = '1 0 1 4 9 16 25 36 49 64';

export default lab({
  id: 'process-pools',
  title: text('multiprocessing.Pool, and reading two files', 'multiprocessing.Pool 与读两个文件'),
  text: text(
    'Ten tasks of a second on five processes: apply waits for each and takes ten seconds; apply_async and map take two. close lets the work end, terminate does not, join wants one of them first. The notes read A.txt and B.txt with apply in a loop, which is serial in spite of the pool; with map, or with two processes, both are read side by side.',
    '十个一秒的任务交给五个进程：apply 逐个等待，共十秒；apply_async 与 map 只要两秒。close 让工作做完，terminate 不等，join 之前要先有其中之一。笔记在循环里用 apply 读 A.txt 和 B.txt，有池也是串行；用 map 或两个进程则同时读。',
  ),
  params: {
    processes: { default: 5, min: 1, max: 61, text: text('Processes of the pool', '池中的进程数') },
    blocking: { default: 'apply', choices: ['apply', 'map'], text: text('The call that blocks', '会阻塞的调用') },
    closing: {
      default: 'close',
      choices: ['close', 'join', 'terminate'],
      text: text('The gentle end', '温和的结束方式'),
    },
    ending: { default: 'terminate', choices: ['close', 'terminate'], text: text('The rough end', '粗暴的结束方式') },
    bare: { default: 'join', choices: ['join', 'close'], text: text('join without close', '不 close 就 join') },
    loop: {
      default: 'apply',
      choices: ['apply', 'map'],
      text: text('As the notes read the files', '笔记读文件的方式'),
    },
    both: { default: 'map', choices: ['apply', 'map'], text: text('The cured way', '改正后的方式') },
    content: { default: 'text of B\n', choices: ['text of B\n', ''], text: text('What B.txt holds', 'B.txt 的内容') },
  },
  machines: {
    machine: host({
      cpu: { cores: 4 },
      files: { '/srv/A.txt': 'text of A\n', '/srv/B.txt': param('content') },
    }),
  },
  programs: { ten, ending, 'read-files': readFiles },
  checks: {
    apply: {
      text: text('apply: each waits for the one before, 10 s', 'apply：一个等一个，共 10 秒'),
      row: 132,
      clause: 1,
    },
    async: { text: text('apply_async: five at once, 2 s', 'apply_async：五个同时，2 秒'), row: 132, clause: 2 },
    map: { text: text('map: the same, in order', 'map：同样，且有序'), row: 132, clause: 3 },
    close: {
      text: text('close and join: all four tasks are done', 'close 加 join：四个任务都做完'),
      row: 132,
      clause: 4,
    },
    join: { text: text('join alone is an error', '单独 join 是错误'), row: 132, clause: 5 },
    terminate: {
      text: text('terminate: at once, nothing is finished', 'terminate：立即结束，什么都没做完'),
      row: 132,
      clause: 6,
    },
    texts: {
      text: text('Both texts are printed, by the pool and by the processes', '池与进程都打印出两个文件的内容'),
      row: 117,
      clause: 1,
    },
    serial: {
      text: text('apply in a loop takes the sum of the times', '循环里的 apply 用时为两者之和'),
      row: 117,
      clause: 2,
    },
    together: { text: text('map takes the time of one', 'map 只用一份时间'), row: 117, clause: 3 },
  },
  counterRuns: {
    'one-process': {
      set: { processes: 1 },
      flips: ['async', 'map'],
      text: text('A pool of one process.', '只有一个进程的池。'),
    },
    'no-blocking': {
      set: { blocking: 'map' },
      flips: ['apply'],
      text: text('map where apply stands.', '用 map 代替 apply。'),
    },
    'rough-close': {
      set: { closing: 'terminate' },
      flips: ['close'],
      text: text('terminate in place of close.', '用 terminate 代替 close。'),
    },
    'gentle-end': {
      set: { ending: 'close' },
      flips: ['terminate'],
      text: text('close in place of terminate.', '用 close 代替 terminate。'),
    },
    'closed-first': {
      set: { bare: 'close' },
      flips: ['join'],
      text: text('The pool is closed before it is joined.', '先 close 再 join。'),
    },
    'no-loop': {
      set: { loop: 'map' },
      flips: ['serial'],
      text: text('map in the first program too.', '第一个程序也用 map。'),
    },
    'loop-twice': {
      set: { both: 'apply' },
      flips: ['together'],
      text: text('apply in a loop in both.', '两个程序都在循环里用 apply。'),
    },
    'empty-file': { set: { content: '' }, flips: ['texts'], text: text('B.txt is empty.', 'B.txt 是空的。') },
  },
  async script(context) {
    await calls(context);
    await ends(context);
    await files(context);
  },
});

function run(context: Context, command: string): Promise<Finished> {
  return narrate(context, context.machine, command, text(command, command));
}

async function calls(context: Context): Promise<void> {
  const { params, check } = context;
  for (const [id, how, seconds] of [
    ['apply', params.blocking, '10.0'],
    ['async', 'apply_async', '2.0'],
    ['map', 'map', '2.0'],
  ] as const) {
    const line = (await run(context, `ten ${how} ${params.processes}`)).stdout.trim();
    check(id, () => ({ met: line === `${SQUARES} in ${seconds}`, saw: line }));
  }
}

async function ends(context: Context): Promise<void> {
  const { params, check } = context;
  const output = async (how: unknown): Promise<string> =>
    (await run(context, `ending ${how}`)).stdout.trim().replaceAll('\n', '; ');
  const gentle = await output(params.closing);
  check('close', () => ({
    met: ['done 0', 'done 1', 'done 2', 'done 3', 'ValueError: Pool not running'].every((part) =>
      gentle.includes(part),
    ),
    saw: gentle,
  }));
  const bare = await output(params.bare);
  check('join', () => ({ met: bare.startsWith('ValueError: Pool is still running'), saw: bare }));
  const rough = await output(params.ending);
  check('terminate', () => ({ met: !rough.includes('done') && rough.includes('terminate 0.0'), saw: rough }));
}

async function files(context: Context): Promise<void> {
  const { params, say, check } = context;
  for (const name of ['typographic-quotes', 'lower-case', 'no-ending']) {
    const { lastLine, version } = recordedErrors.get(name)!;
    say(text(`As printed, CPython ${version} says: ${lastLine}`, `按原样运行，CPython ${version} 报错：${lastLine}`));
  }
  const read = async (how: unknown): Promise<string> =>
    (await run(context, `read-files ${how} /srv/A.txt /srv/B.txt`)).stdout;
  const loop = await read(params.loop);
  const both = await read(params.both);
  const processes = await read('processes');
  check('texts', () => ({
    met: [loop, both, processes].every((out) => out.includes('text of A\n') && out.includes('text of B\n')),
    saw: [loop, both, processes].join('; '),
  }));
  check('serial', () => ({ met: loop.endsWith('seconds 1.0\n'), saw: loop }));
  check('together', () => ({
    met: both.endsWith('seconds 0.5\n') && processes.endsWith('seconds 0.5\n'),
    saw: `${both}; ${processes}`,
  }));
}

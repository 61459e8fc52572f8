/** multiprocessing.Pool: apply, apply_async and map; close, join and terminate. */
import { host, lab } from '@netarium/core/check/lab.ts';
import type { Finished, LabContext } from '@netarium/core/check/lab-context.ts';
import { narrate } from '../lib/narrate.ts';
import { ending, ten } from './programs.ts';

type Context = LabContext<'machine'>;

const text = (en: string, zh: string) => ({ en, zh });
const SQUARES = '1 0 1 4 9 16 25 36 49 64';

export default lab({
  id: 'process-pools',
  title: text('multiprocessing.Pool', 'multiprocessing.Pool'),
  text: text(
    'Ten tasks of a second on five processes: apply waits for each and takes ten seconds; apply_async and map take two. close lets the work end, terminate does not, join wants one of them first.',
    '十个一秒的任务交给五个进程：apply 逐个等待，共十秒；apply_async 与 map 只要两秒。close 让工作做完，terminate 不等，join 之前要先有其中之一。',
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
  },
  machines: {
    machine: host({ cpu: { cores: 4 } }),
  },
  programs: { ten, ending },
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
  },
  async script(context) {
    await calls(context);
    await ends(context);
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

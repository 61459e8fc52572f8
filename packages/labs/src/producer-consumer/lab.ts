/** Producers and consumers, and the protocol of their end: one marker for each consumer, after all producers. */
import { host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { narrateUntil } from '../lib/narrate.ts';
import { market } from './programs.ts';

const text = (en: string, zh: string) => ({ en, zh });
const LIMIT = '10s';
/** The kitchens of the notes: two cooks and two guests, one and one, three and two. */
const VERSIONS = ['2 5 2 2 after', '1 5 1 1 each', '3 3 2 2 after'] as const;

export default lab({
  id: 'producer-consumer',
  title: text('Producers, consumers and the end marker', '生产者、消费者与结束标记'),
  text: text(
    "Cooks put food into a queue, guests take it. The notes' programs differ in how guests learn that nothing more will come: not at all, by one None from a cook, by one None for each guest after all cooks have ended, by a JoinableQueue. A matrix of producers, consumers and markers shows which programs end and which hang.",
    '厨师往队列里放食物，食客取走。笔记中的几个程序区别在于食客怎样得知不会再有食物：根本不知道、厨师放一个 None、所有厨师结束后为每位食客放一个 None、用 JoinableQueue。生产者、消费者与标记数的矩阵显示哪些程序会结束，哪些会挂起。',
  ),
  params: {
    markers: {
      default: 'after',
      choices: ['after', 'each', 'early', 'never'],
      text: text(
        'When the versions and the matrix put their markers; after: all cooks',
        '各版本与矩阵何时放标记（after：所有厨师结束后）',
      ),
    },
    missing: {
      default: 'never',
      choices: ['after', 'never'],
      text: text('Markers of the kitchen without any', '“没有标记”的厨房何时放标记'),
    },
    early: {
      default: 'each',
      choices: ['after', 'each'],
      text: text('Markers of the kitchen with an early one', '“标记过早”的厨房何时放标记'),
    },
    joinable: {
      default: 'JoinableQueue',
      choices: ['JoinableQueue', 'Queue'],
      text: text('The queue of the version with task_done', '带 task_done 版本所用的队列'),
    },
  },
  machines: { machine: host() },
  programs: { market },
  until: '600s',
  checks: {
    versions: {
      text: text('All versions of the notes run to their end', '笔记的各版本都能运行结束'),
      row: 127,
      clause: 1,
    },
    counts: { text: text('What is eaten is what was made', '吃掉的等于做出的'), row: 127, clause: 2 },
    missing: { text: text('Without a marker the consumer hangs', '缺少标记时消费者挂起'), row: 127, clause: 3 },
    early: { text: text('A marker that comes early loses food', '标记过早会丢食物'), row: 127, clause: 4 },
    joinable: {
      text: text('The JoinableQueue version ends without markers', 'JoinableQueue 版本不用标记也能结束'),
      row: 127,
      clause: 5,
    },
    matrix: {
      text: text(
        'Programs end exactly where there is a marker for each consumer',
        '当且仅当每个消费者都有标记时程序才结束',
      ),
      row: 128,
      clause: 1,
    },
  },
  counterRuns: {
    'no-markers': {
      set: { markers: 'never' },
      flips: ['versions', 'matrix'],
      text: text('Without markers nothing ends.', '没有标记谁也不结束。'),
    },
    'markers-first': {
      set: { markers: 'early' },
      flips: ['counts', 'matrix'],
      text: text('Markers before the food: all end, and most is lost.', '标记先于食物：都结束了，食物大多丢失。'),
    },
    'marker-there': {
      set: { missing: 'after' },
      flips: ['missing'],
      text: text('With its marker it ends.', '有标记就能结束。'),
    },
    'after-all': {
      set: { early: 'after' },
      flips: ['early'],
      text: text('After all cooks nothing is lost.', '所有厨师结束后再放就不丢。'),
    },
    'plain-queue': {
      set: { joinable: 'Queue' },
      flips: ['joinable'],
      text: text(
        'A plain queue knows no task_done: without markers it hangs.',
        '普通队列没有 task_done：没有标记就挂起。',
      ),
    },
  },
  script,
});

interface Kitchen {
  readonly hung: boolean;
  readonly made: number;
  readonly eaten: number;
}

type Context = LabContext<'machine'>;

/** One kitchen; told line by line where it has a text. What hung is ended, guests and all. */
async function kitchen(context: Context, options: string, en?: string, zh?: string): Promise<Kitchen> {
  const { machine, until } = context;
  const command = `exec market ${options}`;
  let stdout: string;
  let hung: boolean;
  if (en !== undefined) {
    const told = await narrateUntil(context, machine, command, text(en, zh!), LIMIT);
    hung = told.hung;
    stdout = told.finished.stdout;
  } else {
    const running = machine.start(command);
    hung = !(await until(() => running.finished, LIMIT));
    if (hung) running.kill('SIGKILL');
    stdout = (await running.wait()).stdout;
  }
  return { hung, made: stdout.split(' made ').length - 1, eaten: stdout.split(' ate ').length - 1 };
}

const sawOf = ({ hung, made, eaten }: Kitchen): string => `${hung ? 'hung' : 'ended'}, ${eaten} of ${made} eaten`;

async function script(context: Context): Promise<void> {
  await versions(context);
  const { params, check, say } = context;
  const missing = await kitchen(
    context,
    `1 2 1 1 ${params.missing}`,
    'A cook, a guest, no marker',
    '一个厨师，一个食客，没有标记',
  );
  check('missing', () => ({ met: missing.hung && missing.eaten === missing.made, saw: sawOf(missing) }));
  const early = await kitchen(
    context,
    `3 2 1 1 ${params.early}`,
    'Three cooks with a marker each, one guest',
    '三个厨师各放一个标记，一个食客',
  );
  check('early', () => ({ met: !early.hung && early.eaten < early.made, saw: sawOf(early) }));
  const joinable = await kitchen(
    context,
    `2 2 2 0 never ${params.joinable}`,
    'With task_done and join',
    '用 task_done 与 join',
  );
  check('joinable', () => ({ met: !joinable.hung && joinable.eaten === 4, saw: sawOf(joinable) }));
  const wrong = await matrix(context);
  say(text(`${wrong.length} cells of 27 against the rule`, `27 格中 ${wrong.length} 格不合规则`));
  check('matrix', () => ({ met: wrong.length === 0, saw: wrong.join('; ') }));
}

async function versions(context: Context): Promise<void> {
  const { params, check, say } = context;
  const results: Kitchen[] = [];
  for (const version of VERSIONS) {
    // The version whose only cook puts the marker itself does so after its last dish: that is after all cooks.
    const options = params.markers === 'after' ? version : version.replace(/\w+$/, String(params.markers));
    const result = await kitchen(context, options);
    const [cooks, , guests] = options.split(' ');
    say(
      text(
        `${cooks} cooks, ${guests} guests: ${sawOf(result)}`,
        `${cooks} 个厨师，${guests} 个食客：吃掉 ${result.eaten}/${result.made}，${result.hung ? '挂起' : '结束'}`,
      ),
    );
    results.push(result);
  }
  check('versions', () => ({ met: results.every(({ hung }) => !hung), saw: results.map(sawOf).join('; ') }));
  check('counts', () => ({
    met: results.every(({ made, eaten }) => made === eaten && made > 0),
    saw: results.map(sawOf).join('; '),
  }));
}

/** Cells where a program did not end although there was a marker for each consumer, or ended without, or lost something on the way. */
async function matrix(context: Context): Promise<string[]> {
  const wrong: string[] = [];
  for (const producers of [1, 2, 3])
    for (const consumers of [1, 2, 3])
      for (const markers of [1, 2, 3]) {
        const result = await kitchen(context, `${producers} 2 ${consumers} ${markers} ${context.params.markers}`);
        const right = result.hung === markers < consumers && result.made === result.eaten;
        if (!right) wrong.push(`${producers} producers, ${consumers} consumers, ${markers} markers: ${sawOf(result)}`);
      }
  return wrong;
}

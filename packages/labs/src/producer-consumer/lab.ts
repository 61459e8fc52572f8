/** Producers and consumers, and the protocol of their end: one marker for each consumer, after all producers. */
import { host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import type { RealStage } from '@netarium/core/check/real-arm.ts';
import { narrateUntil } from '../lib/narrate.ts';
import { market, relay } from './programs.ts';

const text = (en: string, zh: string) => ({ en, zh });
const LIMIT = '10s';
/** The kitchens of the notes: two cooks and two guests, one and one, three and two. */
const VERSIONS = ['2 5 2 2 after', '1 5 1 1 each', '3 3 2 2 after'] as const;

export default lab({
  id: 'producer-consumer',
  title: text('Producers, consumers and the end marker', '生产者、消费者与结束标记'),
  text: text(
    "Cooks put food into a queue, guests take it. The notes' programs differ in how guests learn that nothing more will come: not at all, by one None from a cook, by one None for each guest after all cooks have ended, by a JoinableQueue. The same goes for threads; between a function and a generator no queue is needed at all. A matrix of producers, consumers and markers shows which programs end and which hang.",
    '厨师往队列里放食物，食客取走。笔记中的几个程序区别在于食客怎样得知不会再有食物：根本不知道、厨师放一个 None、所有厨师结束后为每位食客放一个 None、用 JoinableQueue。线程也一样；函数与生成器之间根本不需要队列。生产者、消费者与标记数的矩阵显示哪些程序会结束，哪些会挂起。',
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
      default: true,
      text: text(
        'Guests of the versions with task_done are daemons that call it',
        'task_done 版本的食客是守护的并调用它',
      ),
    },
    cook: {
      default: 'unstarted',
      choices: ['unstarted', 'each'],
      text: text(
        "The notes' second program as printed (its p1.start() is part of a comment), or with the cook started",
        '笔记第二个程序：按原样（p1.start() 在注释里），或真正启动厨师',
      ),
    },
    end: {
      default: 'empty',
      choices: ['empty', 'after'],
      text: text('How guests of the hasty kitchen know the end: empty(), or markers', '“性急”的厨房怎样判断结束'),
    },
    firstSent: {
      default: 1,
      min: 0,
      max: 100,
      text: text('What the cook sends to the generator first', '厨师先发给生成器的值'),
    },
  },
  machines: { machine: host() },
  programs: { market, relay },
  until: '900s',
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
    'joinable-threads': {
      text: text('The same with daemon threads', '守护线程同样'),
      row: 127,
      clause: 5,
    },
    threads: {
      text: text('By threads all versions end, and all is eaten', '用线程，各版本也都结束，全部吃完'),
      row: 127,
      clause: 1,
    },
    yield: {
      text: text(
        'By a generator: five made, five eaten, no queue and no marker',
        '用生成器：做五个吃五个，不用队列和标记',
      ),
      row: 127,
      clause: 1,
    },
    printed: {
      text: text(
        'As printed nobody starts the cook: the guest waits for a marker that never comes',
        '按原样没人启动厨师：食客等一个永远不来的标记',
      ),
      row: 127,
      clause: 3,
    },
    hasty: {
      text: text('empty() is no end: guests leave before the food', 'empty() 不代表结束：菜没上人就走了'),
      row: 127,
      clause: 4,
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
      flips: ['versions', 'threads', 'matrix'],
      text: text('Without markers nothing ends.', '没有标记谁也不结束。'),
    },
    'markers-first': {
      set: { markers: 'early' },
      flips: ['counts', 'threads', 'matrix'],
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
      set: { joinable: false },
      flips: ['joinable', 'joinable-threads'],
      text: text(
        'A plain queue knows no task_done: without markers it hangs.',
        '普通队列没有 task_done：没有标记就挂起。',
      ),
    },
    'cook-started': {
      set: { cook: 'each' },
      flips: ['printed'],
      text: text('With the cook started it ends.', '启动了厨师就能结束。'),
    },
    patient: {
      set: { end: 'after' },
      flips: ['hasty'],
      text: text('Guests who wait for their marker eat everything.', '等到标记的食客吃完所有食物。'),
    },
    'zero-is-food': {
      set: { firstSent: 0 },
      flips: ['yield'],
      text: text('0 is false too: the marker must not be legal data.', '0 也是假值：标记不能是合法数据。'),
    },
  },
  measures: {
    processes: {
      text: text('Two cooks, two guests, a Queue between processes', '两个厨师两个食客，进程间的 Queue'),
      unit: 'time',
    },
    threads: { text: text('The same with threads', '同样，用线程'), unit: 'time' },
    eaten: { text: text('Eaten in both', '两次共吃掉'), unit: 'count' },
  },
  real,
  script,
});

/** The kitchens that are measured: two cooks make five dishes each, two guests eat them. */
const MEASURED = [
  ['processes', '2 5 2 2 after Queue'],
  ['threads', '2 5 2 2 after threads'],
] as const;

const eatenIn = (stdout: string): number => stdout.split(' ate ').length - 1;

async function real({ run, measured }: RealStage): Promise<void> {
  let eaten = 0;
  for (const [name, options] of MEASURED) {
    const { stdout, elapsedNs } = await run('market', options.split(' '));
    measured(name, elapsedNs);
    eaten += eatenIn(stdout);
  }
  measured('eaten', eaten);
}

async function predicted({ machine, measured }: Context): Promise<void> {
  let eaten = 0;
  for (const [name, options] of MEASURED) {
    const { stdout, startNs, endNs } = await machine.sh(`exec market ${options}`);
    measured(name, endNs - startNs);
    eaten += eatenIn(stdout);
  }
  measured('eaten', eaten);
}

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
  return { hung, made: stdout.split(' made ').length - 1, eaten: eatenIn(stdout) };
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
  for (const [id, kind, plain] of [
    ['joinable', 'JoinableQueue', 'Queue'],
    ['joinable-threads', 'joinable-threads', 'threads'],
  ] as const) {
    const options = `2 2 2 0 never ${params.joinable === true ? kind : plain}`;
    const result = await kitchen(context, options, 'With task_done and join', '用 task_done 与 join');
    check(id, () => ({ met: !result.hung && result.eaten === 4, saw: sawOf(result) }));
  }
  await faults(context);
  await generator(context);
  await predicted(context);
  const wrong = await matrix(context);
  say(text(`${wrong.length} cells of 54 against the rule`, `54 格中 ${wrong.length} 格不合规则`));
  check('matrix', () => ({ met: wrong.length === 0, saw: wrong.join('; ') }));
}

/** Two more ways to get the end wrong. */
async function faults(context: Context): Promise<void> {
  const { params, check } = context;
  const printed = await kitchen(context, `1 5 1 1 ${params.cook}`, 'As printed', '按原样的程序');
  check('printed', () => ({ met: printed.hung && printed.made === 0, saw: sawOf(printed) }));
  const hasty = await kitchen(
    context,
    `2 2 2 2 ${params.end} threads`,
    'Guests who ask whether the queue is empty',
    '问“队列空了吗”的食客',
  );
  check('hasty', () => ({ met: !hasty.hung && hasty.eaten < hasty.made, saw: sawOf(hasty) }));
}

async function generator(context: Context): Promise<void> {
  const { machine, params, check } = context;
  const about = text('A cook and a generator', '厨师与生成器');
  const { finished, hung } = await narrateUntil(context, machine, `exec relay ${params.firstSent} 5`, about, LIMIT);
  const lines = finished.stdout.trim().split('\n');
  const [made, eaten] = [' made ', ' ate '].map((word) => lines.filter((line) => line.includes(word)).length);
  check('yield', () => ({
    met: !hung && made === 5 && eaten === 5 && lines.at(-1) === 'main done',
    saw: lines.join('; '),
  }));
}

async function versions(context: Context): Promise<void> {
  const { check } = context;
  const results = await cook(context, 'Queue');
  check('versions', () => ({ met: results.every(({ hung }) => !hung), saw: results.map(sawOf).join('; ') }));
  const all = (kitchens: readonly Kitchen[]) => kitchens.every(({ made, eaten }) => made === eaten && made > 0);
  check('counts', () => ({ met: all(results), saw: results.map(sawOf).join('; ') }));
  const threads = await cook(context, 'threads');
  check('threads', () => ({
    met: threads.every(({ hung }) => !hung) && all(threads),
    saw: threads.map(sawOf).join('; '),
  }));
}

async function cook(context: Context, kind: string): Promise<Kitchen[]> {
  const { params, say } = context;
  const results: Kitchen[] = [];
  for (const version of VERSIONS) {
    // The version whose only cook puts the marker itself does so after its last dish: that is after all cooks.
    const options = params.markers === 'after' ? version : version.replace(/\w+$/, String(params.markers));
    const result = await kitchen(context, `${options} ${kind}`);
    const [cooks, , guests] = options.split(' ');
    say(
      text(
        `${cooks} cooks, ${guests} guests, ${kind}: ${sawOf(result)}`,
        `${cooks} 个厨师，${guests} 个食客，${kind}：吃掉 ${result.eaten}/${result.made}，${result.hung ? '挂起' : '结束'}`,
      ),
    );
    results.push(result);
  }
  return results;
}

/** Cells where a program did not end although there was a marker for each consumer, or ended without, or lost something on the way. */
async function matrix(context: Context): Promise<string[]> {
  const wrong: string[] = [];
  for (const kind of ['Queue', 'threads'])
    for (const producers of [1, 2, 3])
      for (const consumers of [1, 2, 3])
        for (const markers of [1, 2, 3]) {
          const options = `${producers} 2 ${consumers} ${markers} ${context.params.markers} ${kind}`;
          const result = await kitchen(context, options);
          const right = result.hung === markers < consumers && result.made === result.eaten;
          if (!right) wrong.push(`${options}: ${sawOf(result)}`);
        }
  return wrong;
}

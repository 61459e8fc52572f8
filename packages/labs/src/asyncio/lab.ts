/** asyncio's parts, each with the fault that it invites: gather, time-outs, cancelling, lost updates, locks, streams. */
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { narrate } from '../lib/narrate.ts';
import { askers, cancelled, gathered, interleaved, limited, shouting, updated } from './programs.ts';

type Context = LabContext<'client' | 'server'>;
const text = (en: string, zh: string) => ({ en, zh });
const CLIENTS = 20;

export default lab({
  id: 'asyncio',
  title: text('asyncio: loop, tasks, futures', 'asyncio：事件循环、任务与 future'),
  text: text(
    'A small asyncio over system calls: three waits at once, a wait with a limit, a task that is told to stop, ten tasks that add to one number across an await and lose updates until a lock guards them, and a server that serves twenty clients in one thread.',
    '系统调用之上的小 asyncio：三个等待同时进行、带时限的等待、被取消的任务、十个任务跨 await 修改同一个数而丢失更新（加锁后不再丢失），以及一个线程里服务二十个客户端的服务器。',
  ),
  params: {
    together: { default: true, text: text('The three waits are gathered', '三个等待用 gather 同时进行') },
    awaited: {
      default: 'pending',
      choices: ['pending', 'ready'],
      text: text(
        'What the two tasks await: something pending, or something that is ready',
        '两个任务等待的东西：未完成，还是已完成',
      ),
    },
    limit: { default: 200, min: 1, max: 5000, text: text('Limit of the operation (ms)', '操作的时限（毫秒）') },
    obeys: { default: true, text: text('The cancelled task lets the cancellation through', '被取消的任务让取消生效') },
    inside: {
      default: 'await',
      choices: ['await', 'atomic'],
      text: text('What stands between reading and writing the number', '读和写之间有没有 await'),
    },
    lock: { default: true, text: text('The lock is used for the cure', '用锁来解决') },
    polite: { default: true, text: text('The server awaits instead of blocking', '服务器用 await 而不是阻塞') },
  },
  machines: { client: host({ eth0: '10.0.1.2/24' }), server: host({ eth0: '10.0.1.3/24' }) },
  cables: [cable('client', 'server', { rate: '100Mbit', delay: '1ms' })],
  programs: { gathered, interleaved, limited, cancelled, updated, shouting, askers },
  checks: {
    gather: {
      text: text(
        'Three waits take as long as the longest; results in the order of asking',
        '三个等待只用最长者的时间，结果按提交顺序',
      ),
      row: 138,
      clause: 1,
    },
    interleaving: {
      text: text(
        'At each await of something that is not ready the other task runs: A1 B1 A2 B2 A3 B3',
        '每次 await 未完成的东西，就轮到另一个任务：A1 B1 A2 B2 A3 B3',
      ),
      claim: 'C355',
    },
    timeout: {
      text: text(
        'At the limit the operation is cancelled and TimeoutError raised',
        '到时限时操作被取消并抛出 TimeoutError',
      ),
      row: 138,
      clause: 2,
    },
    cancel: {
      text: text(
        'CancelledError is raised at the wait, finally runs, and whoever waits for the task sees it',
        'CancelledError 在等待处抛出，finally 执行，等待任务者也收到',
      ),
      row: 138,
      clause: 3,
    },
    lock: { text: text('With a lock none of 1000 updates is lost', '加锁后 1000 次更新一次不丢'), row: 138, clause: 4 },
    streams: {
      text: text('One thread serves 20 connections at once', '一个线程同时服务 20 个连接'),
      row: 138,
      clause: 5,
      claim: 'C346',
    },
    'lost-update': {
      text: text(
        'Reading, awaiting and then writing loses updates, in one thread',
        '先读、await、再写会丢失更新，尽管只有一个线程',
      ),
      row: 138,
      clause: 6,
      claim: 'C345',
    },
  },
  counterRuns: {
    'in-turn': {
      set: { together: false },
      flips: ['gather'],
      text: text('One after the other they add up.', '逐个等待时间相加。'),
    },
    ready: {
      set: { awaited: 'ready' },
      flips: ['interleaving'],
      text: text('Awaiting what is ready does not give the turn away.', 'await 已完成的东西不会让出。'),
    },
    'long-limit': {
      set: { limit: 2000 },
      flips: ['timeout'],
      text: text('With time enough there is no error.', '时限够长就没有错误。'),
    },
    swallowed: {
      set: { obeys: false },
      flips: ['cancel'],
      text: text('A task that swallows CancelledError is not cancelled.', '吞掉 CancelledError 的任务没有被取消。'),
    },
    atomic: {
      set: { inside: 'atomic' },
      flips: ['lost-update'],
      text: text('Without an await in between nobody else can run.', '中间没有 await，别人就插不进来。'),
    },
    unlocked: {
      set: { lock: false },
      flips: ['lock'],
      text: text('Without the lock updates are lost.', '不加锁就丢失更新。'),
    },
    blocking: {
      set: { polite: false },
      flips: ['streams'],
      text: text('A call that blocks keeps all clients waiting.', '阻塞调用让所有客户端等待。'),
    },
  },
  async script(context) {
    await tasks(context);
    await updates(context);
    await streams(context);
  },
});

async function tasks(context: Context): Promise<void> {
  const { client, params, check } = context;
  const gathering = await narrate(
    context,
    client,
    `gathered ${params.together === true ? 'together' : 'in-turn'}`,
    text('Three waits of 300, 100 and 200 ms', '三个等待：300、100、200 毫秒'),
  );
  check('gather', () => ({
    met: gathering.stdout === 'fast ends\nmiddle ends\nslow ends\nresults slow fast middle after 300 ms\n',
    saw: gathering.stdout,
  }));
  const steps = await narrate(
    context,
    client,
    `interleaved ${params.awaited}`,
    text('Two tasks, A and B, with an await after each step', '两个任务 A 和 B，每一步之后 await'),
  );
  check('interleaving', () => ({ met: steps.stdout === 'A1 B1 A2 B2 A3 B3\n', saw: steps.stdout.trim() }));
  const limit = await narrate(
    context,
    client,
    `limited ${params.limit}`,
    text(`An operation of 1000 ms with a limit of ${params.limit} ms`, `1000 毫秒的操作，时限 ${params.limit} 毫秒`),
  );
  check('timeout', () => ({
    met: limit.stdout === `the operation is cancelled\nTimeoutError after ${params.limit} ms\n`,
    saw: limit.stdout,
  }));
  const cancelling = await narrate(
    context,
    client,
    `cancelled ${params.obeys === true ? 'obeys' : 'swallows'}`,
    text('A task that sleeps is cancelled after 100 ms', '100 毫秒后取消一个正在睡眠的任务'),
  );
  check('cancel', () => ({
    met:
      cancelling.stdout ===
      'in the task: CancelledError\nfinally\nto the one who waits for it: CancelledError\ncancelled: true\n',
    saw: cancelling.stdout,
  }));
}

async function updates(context: Context): Promise<void> {
  const { client, params, check } = context;
  const careless = await narrate(
    context,
    client,
    `updated ${params.inside} none`,
    text('10 tasks add 100 each to one number, without a lock', '10 个任务各加 100，不加锁'),
  );
  check('lost-update', () => ({ met: Number(careless.stdout) < 1000, saw: `the number is ${careless.stdout.trim()}` }));
  const careful = await narrate(
    context,
    client,
    `updated await ${params.lock === true ? 'lock' : 'none'}`,
    text('The same with a lock around reading and writing', '同样的任务，读写都在锁内'),
  );
  check('lock', () => ({ met: careful.stdout === '1000\n', saw: `the number is ${careful.stdout.trim()}` }));
}

async function streams(context: Context): Promise<void> {
  const { client, server, params, check, seen, sleep } = context;
  const serving = server.start(`shouting 7000 ${CLIENTS} ${params.polite === true ? 'polite' : 'blocking'}`);
  await sleep('20ms');
  const { stdout } = await narrate(
    context,
    client,
    `askers 10.0.1.3 7000 ${CLIENTS}`,
    text(
      `${CLIENTS} clients ask one server, which takes 100 ms for each`,
      `${CLIENTS} 个客户端询问同一服务器，每个要 100 毫秒`,
    ),
  );
  await serving.wait();
  const connections = seen('tcp.flags.syn == 1 && tcp.flags.ack == 0');
  const ms = Number(/in (\d+) ms/.exec(stdout)?.[1]);
  check(
    'streams',
    () => ({
      met: stdout.startsWith(`${CLIENTS} right answers`) && connections.count === CLIENTS && ms < 200,
      saw: `${stdout.trim()}, ${connections.count} connections`,
    }),
    connections.last,
  );
}

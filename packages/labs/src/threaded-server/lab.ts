/** A thread for each connection: five clients together; the notes' server, whose threads never leave their loop, and its cure. */
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { servedTogether, talk, talkAll, tellAnswers } from '../lib/talk.ts';
import { upper, VERSIONS } from './programs.ts';

type Context = LabContext<'client' | 'server'>;

const text = (en: string, zh: string) => ({ en, zh });
const CLIENT = '10.0.0.1';
const WORDS = ['one', 'two', 'three', 'four', 'five'];
/** More than this many empty answers per connection in the time that we watch is a loop that spins. */
const BUSY = 50;

export default lab({
  id: 'threaded-server',
  title: text('A thread for each connection', '每个连接一个线程'),
  text: text(
    'An echo server in capitals gives each connection a thread, so five clients are served together. The notes’ version has no way out of its loop: when a client closes, recv answers at once with nothing, for ever; the thread burns the CPU, and the connection stays in CLOSE-WAIT, since nobody closes it. The cure is two lines: stop at the empty answer, and close.',
    '大写回显服务器给每个连接一个线程，五个客户端同时得到服务。笔记里的版本没有出口：客户端关闭后 recv 立即返回空，永远如此；线程空转烧 CPU，连接停在 CLOSE-WAIT，因为没人关闭它。修正只要两行：收到空就退出循环，并关闭连接。',
  ),
  params: {
    first: { default: 'printed', choices: VERSIONS, text: text('The first server', '第一个服务器') },
    second: { default: 'cured', choices: VERSIONS, text: text('The second server', '第二个服务器') },
    how: {
      default: 'threads',
      choices: ['threads', 'one by one'],
      text: text('How the second server serves', '第二个服务器的服务方式'),
    },
    watch: { default: 10, min: 5, max: 50, text: text('How long we look after the close (ms)', '关闭后观察多少毫秒') },
  },
  machines: { client: host({ eth0: `${CLIENT}/24` }), server: host({ eth0: '10.0.0.2/24' }) },
  cables: [cable('client', 'server', { rate: '100Mbit', delay: '1ms' })],
  programs: { talk, upper },
  checks: {
    together: { text: text('Five clients are served together', '五个客户端同时得到服务'), row: 43, clause: 1 },
    cured: {
      text: text('The cured server: no busy loop, no CLOSE-WAIT', '修正版：没有空转，没有 CLOSE-WAIT'),
      row: 43,
      clause: 2,
    },
    printed: {
      text: text(
        'The printed server: its threads spin, and five connections stay in CLOSE-WAIT',
        '原版：线程空转，五条连接停在 CLOSE-WAIT',
      ),
      row: 43,
      clause: 3,
    },
  },
  counterRuns: {
    'no-threads': {
      set: { how: 'one by one' },
      flips: ['together'],
      text: text('Without threads four wait for the first.', '没有线程，四个要等第一个。'),
    },
    'fault-in-the-second': {
      set: { second: 'printed' },
      flips: ['cured'],
      text: text('The second server has the fault too.', '第二个服务器也有毛病。'),
    },
    'cure-in-the-first': {
      set: { first: 'cured' },
      flips: ['printed'],
      text: text('The first server is cured too.', '第一个服务器也修正了。'),
    },
  },
  async script(context) {
    const { params, check } = context;
    tellAnswers(context, CLIENT);
    const first = await served(context, String(params.first), 'threads');
    check('printed', () => ({
      met: first.empty > BUSY * WORDS.length && first.closeWait === WORDS.length,
      saw: first.saw,
    }));
    const second = await served(context, String(params.second), String(params.how));
    check('together', () => ({ met: second.together === WORDS.length && second.answered, saw: second.saw }));
    check('cured', () => ({ met: second.empty <= WORDS.length && second.closeWait === 0, saw: second.saw }));
  },
});

interface Served {
  readonly answered: boolean;
  readonly together: number;
  /** Calls of recv that came back with nothing, since the clients began to close. */
  readonly empty: number;
  readonly closeWait: number;
  readonly saw: string;
}

async function served(context: Context, version: string, how: string): Promise<Served> {
  const { client, server, params, say, sleep, on } = context;
  const running = server.start(`exec upper ${version} '${how}'`);
  let empty = 0;
  on('syscall', ({ host: where, values }) => {
    if (where === 'server' && values.pid === running.pid && values.name === 'recv' && values.result === '""') empty++;
  });
  await sleep('20ms');
  const sinceNs = context.now;
  say(
    text(
      `The ${version} server, ${how}`,
      `${version === 'printed' ? '原版' : '修正版'}服务器，${how === 'threads' ? '多线程' : '逐个'}`,
    ),
  );
  const talks = await talkAll(
    context,
    client,
    '10.0.0.2',
    100,
    WORDS.map((word) => [word]),
  );
  await sleep(Number(params.watch) * 1_000_000);
  const { stdout } = await server.sh('ss -tanH state close-wait');
  const closeWait = stdout.split('\n').filter((line) => line !== '').length;
  running.kill();
  await running.wait();
  const together = servedTogether(context, CLIENT, sinceNs);
  const answered = talks.every(({ lines }, i) => lines.join() === WORDS[i]!.toUpperCase());
  const found = `${together} served together; after the close ${empty} empty answers and ${closeWait} in CLOSE-WAIT`;
  say(text(found, `同时服务 ${together} 个；关闭之后读到空数据 ${empty} 次，CLOSE-WAIT ${closeWait} 条`));
  return { answered, together, empty, closeWait, saw: found };
}

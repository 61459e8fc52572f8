/** Blocking and non-blocking I/O: one reader sleeps in recv, the other asks again and again. */
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import type { Finished, LabContext } from '@netarium/core/check/lab-context.ts';
import { lateSender, MS } from '../lib/io-programs.ts';
import { type Stay, stays } from '../lib/thread-watch.ts';
import { reader } from './readers.ts';

type Context = LabContext<'client' | 'server'>;

const text = (en: string, zh: string) => ({ en, zh });
const SERVER = '10.0.1.3';
const MODES = ['blocking', 'nonblocking'] as const;
const DATA = 'tcp.len > 0';

export default lab({
  id: 'blocking-io',
  title: text('Blocking and non-blocking I/O', '阻塞 I/O 与非阻塞 I/O'),
  text: text(
    'A peer speaks late. Who waits in recv() sleeps and uses no CPU; who asks with O_NONBLOCK gets EAGAIN at once, and has to ask again.',
    '对端迟迟不发数据。阻塞在 recv() 里的线程睡眠、不占 CPU；设了 O_NONBLOCK 的立刻得到 EAGAIN，只能一遍遍再问。',
  ),
  params: {
    delay: { default: 200, min: 10, max: 5000, text: text('The peer speaks after (ms)', '对端多久后发数据（毫秒）') },
    first: { default: 'blocking', choices: MODES, text: text('How the first reader reads', '第一个读者怎么读') },
    second: { default: 'nonblocking', choices: MODES, text: text('How the second reader reads', '第二个读者怎么读') },
  },
  machines: { client: host({ eth0: '10.0.1.2/24' }), server: host({ eth0: '10.0.1.3/24' }) },
  cables: [cable('client', 'server', { rate: '100Mbit', delay: '1ms' })],
  programs: { 'late-sender': lateSender, reader },
  checks: {
    blocked: { text: text('The reader sleeps until the data is there', '读者一直睡到数据到达'), row: 46, clause: 1 },
    idle: { text: text('The wait costs no CPU time', '等待不占 CPU'), row: 46, clause: 2 },
    apart: { text: text('EAGAIN, data and the end are told apart', 'EAGAIN、数据与结束三者分明'), row: 47, clause: 1 },
    wasted: { text: text('Each wasted call is counted', '每次白调用都有计数'), row: 47, clause: 2 },
  },
  counterRuns: {
    'nobody-sleeps': {
      set: { first: 'nonblocking' },
      flips: ['blocked', 'idle'],
      text: text(
        'A reader that asks again and again never sleeps and keeps a core busy.',
        '反复询问的读者从不睡眠，一直占着一个核。',
      ),
    },
    'everybody-sleeps': {
      set: { second: 'blocking' },
      flips: ['apart', 'wasted'],
      text: text('A reader that sleeps is never told EAGAIN.', '睡着的读者永远看不到 EAGAIN。'),
    },
  },
  async script(context) {
    await context.sleep('100ms');
    const serving = context.server.start(`late-sender 80 ${context.params.delay} 50 hello`);
    await context.sleep('10ms');
    await sleepInCall(context);
    await askAgain(context);
    serving.kill();
    await serving.wait();
    await context.sleep('1s');
  },
});

function tell({ say, params }: Context, mode: unknown): void {
  if (mode === 'blocking')
    say(
      text(
        `Reader: recv() on a blocking socket; the peer will speak in ${params.delay} ms`,
        `读者：在阻塞套接字上 recv()；对端 ${params.delay} 毫秒后才发`,
      ),
    );
  else
    say(
      text(
        'Reader: O_NONBLOCK, recv(), and other work between two tries',
        '读者：O_NONBLOCK，recv()，两次之间做别的事',
      ),
    );
}

/** The longest sleep in recv of a run of the reader. */
function longestSleep(found: readonly Stay[], run: Finished): Stay | undefined {
  const sleeps = found.filter(
    ({ pid, state, waits }) => pid === run.pid && state === 'blocked' && waits.startsWith('recv('),
  );
  return sleeps.reduce<Stay | undefined>(
    (best, stay) => (best === undefined || stay.toNs - stay.fromNs > best.toNs - best.fromNs ? stay : best),
    undefined,
  );
}

function numberIn(output: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(output)?.[1] ?? Number.NaN);
}

async function sleepInCall(context: Context): Promise<void> {
  const { client, params, seen, say, check } = context;
  const found = stays(context, 'client');
  tell(context, params.first);
  const run = await client.sh(`exec reader ${params.first} ${SERVER} 80`);
  const arrival = seen(`${DATA} && ip.src == ${SERVER}`, 'client.eth0').first;
  const sleep = longestSleep(found, run);
  const cpu = numberIn(run.stdout, 'cpu');
  const delayNs = Number(params.delay) * MS;
  if (sleep !== undefined)
    say(
      text(
        `It slept ${(sleep.toNs - sleep.fromNs) / MS} ms in ${sleep.waits}, and was woken when the segment came; CPU ${cpu / 1000} us`,
        `它在 ${sleep.waits} 里睡了 ${(sleep.toNs - sleep.fromNs) / MS} 毫秒，报文段一到就被唤醒；CPU ${cpu / 1000} 微秒`,
      ),
    );
  check(
    'blocked',
    () => ({
      met:
        sleep !== undefined &&
        arrival !== undefined &&
        sleep.toNs - sleep.fromNs > 0.9 * delayNs &&
        Math.abs(sleep.toNs - arrival.atNs) < 0.1 * MS,
      saw:
        sleep === undefined
          ? 'it never slept in recv'
          : `slept from ${sleep.fromNs} to ${sleep.toNs} ns in ${sleep.waits}`,
    }),
    arrival,
  );
  check('idle', () => ({ met: cpu < delayNs / 100, saw: `${cpu} ns of CPU time in ${delayNs} ns` }));
}

async function askAgain(context: Context): Promise<void> {
  const { client, params, say, check, on } = context;
  let refused = 0;
  on('syscall', ({ host: where, values }) => {
    if (where === 'client' && values.name === 'recv' && values.result.includes('EAGAIN')) refused++;
  });
  tell(context, params.second);
  const { stdout } = await client.sh(`exec reader ${params.second} ${SERVER} 80`);
  const answers = stdout.split('\n').filter((line) => line !== '' && !line.includes(' '));
  const [again, tries] = ['again', 'tries'].map((name) => numberIn(stdout, name));
  say(text(`Its answers, in order: ${answers.join(', ')}`, `它得到的回答依次是：${answers.join('、')}`));
  say(
    text(
      `${tries} calls were for nothing; the kernel has counted ${again}; CPU ${numberIn(stdout, 'cpu') / MS} ms`,
      `${tries} 次调用白费；内核计了 ${again} 次；CPU ${numberIn(stdout, 'cpu') / MS} 毫秒`,
    ),
  );
  check('apart', () => ({
    met: answers.join() === 'EAGAIN,hello,EAGAIN,end',
    saw: answers.join(', '),
  }));
  check('wasted', () => ({
    met: tries! > 10 && again === tries && refused === tries,
    saw: `the program counts ${tries}, the kernel ${again}, the trace ${refused}`,
  }));
}

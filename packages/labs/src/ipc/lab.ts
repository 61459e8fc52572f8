/** One message between two processes by every means: bytes, copies, time. */
import { host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { runToEnd } from '../lib/python-threads.ts';
import { MEANS, type Means, programs } from './programs.ts';

const text = (en: string, zh: string) => ({ en, zh });
type Context = LabContext<'machine'>;

const NAMES: Readonly<Record<Means, string>> = {
  pipe: '管道',
  queue: '队列',
  memory: '共享内存',
  signal: '信号',
  unix: 'Unix 套接字',
  tcp: 'TCP 套接字',
};

export default lab({
  id: 'ipc',
  title: text('Between processes', '进程间通信'),
  text: text(
    'A parent sends its child one message by pipe, queue, shared memory, signal, Unix socket, TCP socket, and through a list in a Redis server. Counted is what passed through descriptors, how often the kernel copied it (in by the sender, out by the receiver), and how long it took from the first step of the sender. A signal can carry a number and nothing more.',
    '父进程把一条消息发给子进程，依次经由管道、队列、共享内存、信号、Unix 套接字和 TCP 套接字，最后经由 Redis 服务器里的列表。统计经过描述符的字节数、内核拷贝次数（发送者拷入、接收者拷出）以及从发送者第一步起的耗时。信号只能带一个整数。',
  ),
  params: {
    message: { default: '42', text: text('The message', '消息') },
    queue: { default: 'queue', choices: MEANS, text: text('What is used in the place of the queue', '代替队列的手段') },
    memory: {
      default: 'memory',
      choices: MEANS,
      text: text('What is used in the place of shared memory', '代替共享内存的手段'),
    },
    tcp: {
      default: 'tcp',
      choices: MEANS,
      text: text('What is used in the place of the TCP socket', '代替 TCP 套接字的手段'),
    },
    redis: { default: true, text: text('Does a Redis server run?', '是否运行 Redis 服务器') },
  },
  machines: { machine: host() },
  programs,
  checks: {
    arrives: { text: text('The same message arrives by all six', '同一条消息经六种手段都到达'), row: 123, clause: 1 },
    bytes: {
      text: text(
        'Bytes through descriptors: none by memory and signal, most by the queue',
        '经描述符的字节：共享内存与信号为零，队列最多',
      ),
      row: 123,
      clause: 2,
    },
    copies: {
      text: text(
        'Copies by the kernel: none in memory, two by pipe and sockets',
        '内核拷贝：共享内存零次，管道与套接字两次',
      ),
      row: 123,
      clause: 3,
    },
    time: {
      text: text(
        'The queue takes longest; a TCP connection takes longer than a Unix one',
        '队列最慢；TCP 连接比 Unix 连接慢',
      ),
      row: 123,
      clause: 4,
    },
    redis: {
      text: text(
        'By Redis: it arrives, with more bytes and at least twice the copies of a socket',
        '经由 Redis：到达，字节更多，拷贝次数至少是套接字的两倍',
      ),
      row: 123,
      clause: 5,
    },
  },
  counterRuns: {
    'no-number': {
      set: { message: 'hello' },
      flips: ['arrives'],
      text: text('A signal cannot carry a word.', '信号带不了文字。'),
    },
    'pipe-for-queue': {
      set: { queue: 'pipe' },
      flips: ['bytes', 'time'],
      text: text('A bare pipe adds nothing to the message.', '裸管道不给消息添加字节。'),
    },
    'pipe-for-memory': {
      set: { memory: 'pipe' },
      flips: ['bytes', 'copies'],
      text: text('What goes through a pipe is copied.', '经过管道就要拷贝。'),
    },
    'pipe-for-tcp': {
      set: { tcp: 'pipe' },
      flips: ['time'],
      text: text('A pipe needs no connection.', '管道不需要建立连接。'),
    },
    'no-server': {
      set: { redis: false },
      flips: ['redis'],
      text: text('Nobody listens at port 6379.', '端口 6379 没有监听。'),
    },
  },
  script,
});

interface Sent {
  readonly message: string;
  readonly us: number;
  readonly bytes: number;
  readonly copies: number;
}

async function script(context: Context): Promise<void> {
  const { params, check, machine, sleep } = context;
  const moved = movedBytes(context);
  const sent = new Map<Means, Sent>();
  for (const means of MEANS) {
    const used = String(params[means] ?? means) as Means;
    const program = used === 'queue' ? 'ipc-queue' : 'ipc';
    sent.set(means, await measured(context, moved, `${program} ${used}`, used, NAMES[used]));
  }
  judge(check, sent, String(params.message));
  const server = params.redis === true ? machine.start('exec redis-server') : undefined;
  await sleep('10ms');
  const by = await measured(context, moved, 'ipc redis', 'redis', 'Redis');
  server?.kill();
  await server?.wait();
  const socket = sent.get('tcp')!;
  check('redis', () => ({
    met: by.message === params.message && by.bytes > socket.bytes && by.copies >= 2 * socket.copies,
    saw: `${by.message || 'nothing'}, ${by.bytes} B, ${by.copies} copies, ${by.us} us`,
  }));
}

type Moved = { bytes: number; copies: number };

async function measured(context: Context, moved: Moved, command: string, en: string, zh: string): Promise<Sent> {
  const before = { ...moved };
  const line = `${command} ${context.params.message}`;
  const { stdout } = await runToEnd(context, context.machine, line, text(`By ${en}`, `经由${zh}`));
  const [, message = '', us = '-1'] = /^got (.*) after ([\d.]+) us$/m.exec(stdout) ?? [];
  const result = { message, us: Number(us), bytes: moved.bytes - before.bytes, copies: moved.copies - before.copies };
  const { bytes, copies } = result;
  context.say(
    text(`${en}: ${bytes} bytes, ${copies} copies, ${us} us`, `${zh}：${bytes} 字节，${copies} 次拷贝，${us} 微秒`),
  );
  return result;
}

function judge(check: Context['check'], sent: ReadonlyMap<Means, Sent>, message: string): void {
  const of = (means: Means): Sent => sent.get(means)!;
  const table = [...sent]
    .map(([means, { bytes, copies, us }]) => `${means} ${bytes} B ${copies} copies ${us} us`)
    .join('; ');
  const wrong = [...sent].filter(([, { message: arrived }]) => arrived !== message).map(([means]) => means);
  check('arrives', () => ({ met: wrong.length === 0, saw: wrong.length === 0 ? table : `not by ${wrong.join(', ')}` }));
  const others = (['pipe', 'unix', 'tcp'] as const).map((means) => of(means).bytes);
  check('bytes', () => ({
    met: of('memory').bytes === 0 && of('signal').bytes === 0 && others.every((bytes) => bytes < of('queue').bytes),
    saw: table,
  }));
  check('copies', () => ({
    met: of('memory').copies === 0 && (['pipe', 'unix', 'tcp'] as const).every((means) => of(means).copies === 2),
    saw: table,
  }));
  check('time', () => ({
    met:
      MEANS.every((means) => means === 'queue' || (of(means).us >= 0 && of(means).us < of('queue').us)) &&
      of('tcp').us > of('unix').us,
    saw: table,
  }));
}

/** Data calls of the programs and of the server between them, as they finish: bytes that went in, and copies either way. What they print does not count. */
function movedBytes({ on }: Context): Moved {
  const moved = { bytes: 0, copies: 0 };
  on('syscall', ({ values }) => {
    if (
      !/^(ipc|redis-server)/.test(values.process) ||
      !/^(write|send|read|recv)$/.test(values.name) ||
      values.args.startsWith('1, ')
    )
      return;
    const isIn = values.name === 'write' || values.name === 'send';
    if (!isIn && values.result === '""') return;
    moved.copies++;
    if (isIn) moved.bytes += Number(values.result);
  });
  return moved;
}

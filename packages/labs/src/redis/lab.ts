/** Redis between processes: two hosts share keys, a counter, a queue and a channel through a server on a third. */
import { cable, host, lab, networkSwitch, param } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';

type Context = LabContext<'ann' | 'bob' | 'store'>;

const text = (en: string, zh: string) => ({ en, zh });
const CLI = 'redis-cli -h 10.0.0.3';

export default lab({
  id: 'redis',
  title: text('Redis as a way between processes', '用 Redis 在进程之间通信'),
  text: text(
    'A small server that speaks the protocol of Redis. Ann and Bob, on two hosts, share keys that expire, count together without losing a step, hand work over through a list on which the taker sleeps until there is something, and talk over a channel. MULTI and EXEC let several commands pass with nobody in between. What the server does not know it says in the words of Redis.',
    '一台使用 Redis 协议的小服务器。Ann 与 Bob 在两台主机上，共享会过期的键，一起计数而不丢一步，用列表交接工作（取的人睡到有东西为止），用频道收发消息。MULTI 与 EXEC 让几条命令中间不被打断。不认识的命令，服务器用 Redis 自己的话拒绝。',
  ),
  params: {
    expiry: { default: 2, min: 1, max: 100, text: text('Seconds until the key expires', '键多少秒后过期') },
    step: {
      default: 'INCR visits',
      choices: ['INCR visits', 'GET visits'],
      text: text('What each host does a hundred times', '每台主机做一百次的命令'),
    },
    pushed: { default: 'jobs', choices: ['jobs', 'others'], text: text('The list that is pushed to', '推入哪个列表') },
    channel: {
      default: 'news',
      choices: ['news', 'weather'],
      text: text('The channel that is published to', '发布到哪个频道'),
    },
    atomic: { default: 'EXEC', choices: ['EXEC', 'DISCARD'], text: text('How the transaction ends', '事务如何结束') },
    wrong: {
      default: 'EXPLODE now',
      choices: ['EXPLODE now', 'PING now'],
      text: text('A command that Redis does not have', 'Redis 没有的命令'),
    },
    bind: {
      default: 'redis-server --bind 0.0.0.0',
      choices: ['redis-server --bind 0.0.0.0', 'redis-server'],
      text: text('Does the server listen to other hosts?', '服务器是否监听其他主机'),
    },
  },
  machines: {
    ann: host({ eth0: '10.0.0.1/24' }),
    bob: host({ eth0: '10.0.0.2/24' }),
    store: host({ eth0: '10.0.0.3/24', run: [param('bind')] }),
    sw: networkSwitch(),
  },
  cables: [
    cable('ann', 'sw', { rate: '1Gbit', delay: '50us' }),
    cable('bob', 'sw', { rate: '1Gbit', delay: '50us' }),
    cable('store', 'sw', { rate: '1Gbit', delay: '50us' }),
  ],
  checks: {
    expiry: { text: text('SET and GET, and a key that expires', 'SET 与 GET，以及会过期的键'), row: 126, clause: 2 },
    counter: { text: text('INCR from two hosts loses no step', '两台主机 INCR 不丢一步'), row: 126, clause: 3 },
    queue: { text: text('BRPOP sleeps until the other host pushes', 'BRPOP 睡到对方推入为止'), row: 126, clause: 4 },
    channel: { text: text('PUBLISH reaches who has subscribed', 'PUBLISH 到达订阅者'), row: 126, clause: 5 },
    transaction: { text: text('MULTI and EXEC: all at once', 'MULTI 与 EXEC：一起执行'), row: 126, clause: 6 },
    errors: { text: text('Errors in the words of Redis', '用 Redis 自己的话报错'), row: 126, clause: 7 },
    hosts: { text: text('Processes on two hosts use it', '两台主机上的进程都在用它'), row: 126, clause: 8 },
  },
  counterRuns: {
    'long-life': { set: { expiry: 100 }, flips: ['expiry'], text: text('The key lives for 100 s.', '键能活 100 秒。') },
    'no-steps': { set: { step: 'GET visits' }, flips: ['counter'], text: text('Nobody counts.', '没有人计数。') },
    'other-list': {
      set: { pushed: 'others' },
      flips: ['queue'],
      text: text('The work goes to another list.', '工作推到了别的列表。'),
    },
    'other-channel': {
      set: { channel: 'weather' },
      flips: ['channel'],
      text: text('Nobody has subscribed to that channel.', '没有人订阅那个频道。'),
    },
    discarded: {
      set: { atomic: 'DISCARD' },
      flips: ['transaction'],
      text: text('The transaction is discarded.', '事务被放弃。'),
    },
    'no-mistake': {
      set: { wrong: 'PING now' },
      flips: ['errors'],
      text: text('A command that exists.', '换成存在的命令。'),
    },
    loopback: {
      set: { bind: 'redis-server' },
      flips: ['hosts'],
      text: text('The server listens to its own host alone.', '服务器只监听本机。'),
    },
  },
  async script(context) {
    await context.sleep('10ms');
    await keys(context);
    await counter(context);
    await queue(context);
    await channel(context);
    await transaction(context);
    await errors(context);
  },
});

async function keys({ ann, bob, params, sleep, say, check, seen }: Context): Promise<void> {
  await ann.sh(`${CLI} SET greeting hello EX ${params.expiry}`);
  const before = (await bob.sh(`${CLI} GET greeting`)).stdout.trim();
  await sleep('2100ms');
  const after = (await bob.sh(`${CLI} GET greeting`)).stdout.trim();
  say(
    text(
      `Ann sets a key, Bob reads '${before}'; 2.1 s later '${after}'`,
      `Ann 设键，Bob 读到“${before}”；2.1 秒后读到“${after}”`,
    ),
  );
  check(
    'expiry',
    () => ({ met: before === 'hello' && after === '', saw: `'${before}', then '${after}'` }),
    seen('tcp.port == 6379 && tcp.len > 0').last,
  );
  const clients = new Set(
    seen('tcp.dstport == 6379 && tcp.len > 0', 'store.eth0').packets.map((packet) => String(packet.field('ip.src'))),
  );
  check('hosts', () => ({ met: clients.has('10.0.0.1') && clients.has('10.0.0.2'), saw: [...clients].join(', ') }));
}

async function counter({ ann, bob, params, say, check }: Context): Promise<void> {
  const hundred = `i=0; while [ $i -lt 100 ]; do echo ${params.step}; i=$((i+1)); done | ${CLI}`;
  const running = bob.start(hundred);
  await ann.sh(hundred);
  await running.wait();
  const visits = (await ann.sh(`${CLI} GET visits`)).stdout.trim();
  say(text(`a hundred steps on each host: ${visits}`, `两台主机各一百步：${visits}`));
  check('counter', () => ({ met: visits === '200', saw: visits }));
}

async function queue({ ann, bob, params, sleep, say, check, now }: Context): Promise<void> {
  const taker = bob.start(`${CLI} BRPOP jobs 5`);
  await sleep('1s');
  await ann.sh(`${CLI} LPUSH ${params.pushed} dig`);
  const { stdout, startNs, endNs } = await taker.wait();
  const seconds = ((endNs - startNs) / 1e9).toFixed(2);
  say(
    text(
      `Bob waits for work: '${stdout.trim().replace('\n', ' ')}' after ${seconds} s`,
      `Bob 等活干：${seconds} 秒后得到“${stdout.trim().replace('\n', ' ')}”`,
    ),
  );
  check(
    'queue',
    () => ({
      met: stdout === 'jobs\ndig\n' && seconds.startsWith('1.0'),
      saw: `${JSON.stringify(stdout)} after ${seconds} s`,
    }),
    { atNs: now },
  );
}

async function channel({ ann, bob, params, sleep, say, check }: Context): Promise<void> {
  const listener = bob.start(`${CLI} SUBSCRIBE news`);
  await sleep('50ms');
  const reached = (await ann.sh(`${CLI} PUBLISH ${params.channel} sunny`)).stdout.trim();
  await sleep('50ms');
  const heard = listener.stdout.trim().split('\n').join(' ');
  listener.kill('SIGTERM');
  await listener.wait();
  say(text(`Ann publishes, ${reached} hear it: ${heard}`, `Ann 发布，${reached} 个听到：${heard}`));
  check('channel', () => ({
    met: reached === '1' && heard === 'subscribe news 1 message news sunny',
    saw: `${reached}: ${heard}`,
  }));
}

async function transaction({ ann, params, say, check }: Context): Promise<void> {
  const lines = ['MULTI', 'SET x 1', 'INCR x', 'INCR x', String(params.atomic), 'GET x'];
  const { stdout } = await ann.sh(CLI, { stdin: `${lines.join('\n')}\n` });
  const answers = stdout.trim().split('\n').join(' ');
  say(text(`${lines.join('; ')}: ${answers}`, `${lines.join('；')}：${answers}`));
  check('transaction', () => ({ met: answers === 'OK QUEUED QUEUED QUEUED OK 2 3 3', saw: answers }));
}

async function errors({ ann, params, say, check }: Context): Promise<void> {
  const lines = [String(params.wrong), 'LPUSH list a', 'INCR list', 'GET'];
  const { stdout } = await ann.sh(CLI, { stdin: `${lines.join('\n')}\n` });
  const answers = stdout.split('\n').filter((line) => line !== '');
  for (const line of answers) say(text(line, line));
  check('errors', () => ({
    met:
      answers[0] === "ERR unknown command 'EXPLODE', with args beginning with: 'now' " &&
      answers[2] === 'WRONGTYPE Operation against a key holding the wrong kind of value' &&
      answers[3] === "ERR wrong number of arguments for 'get' command",
    saw: answers.join('; '),
  }));
}

/** Two TCP flows at one bottleneck: what each gets. */
import { cable, host, lab, param, router } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { arrivals, type Rate } from '../lib/arrivals.ts';
import { sink, source } from '../lib/transfer.ts';

type Context = LabContext<'ann' | 'bob' | 'gate' | 'server'>;

const text = (en: string, zh: string) => ({ en, zh });
const SECOND = 1_000_000_000;
const BOTTLENECK_BITS = 5_000_000;

export default lab({
  id: 'two-flows',
  title: text('Two flows at a bottleneck', '两条流共用一个瓶颈'),
  text: text(
    'Two TCP flows share a bottleneck of 5 Mbit/s. Whoever has more loses more often and gives up half; whoever has less gains as fast as the other: both come near to a fair share. A flow with a much longer round trip grows more slowly, and gets less. See it with `netarium plot two-flows goodput`.',
    '两条 TCP 流共用一条 5 Mbit/s 的瓶颈。占得多的一方更常丢包、让出一半；占得少的一方增长同样快：两者趋近公平。往返时间长得多的流增长较慢，得到的就少。用 `netarium plot two-flows goodput` 查看。',
  ),
  params: {
    algorithm: {
      default: 'reno',
      choices: ['reno', 'cubic'],
      text: text('net.ipv4.tcp_congestion_control of the senders', '发送方的 net.ipv4.tcp_congestion_control'),
    },
    queue: { default: 25, min: 4, max: 1000, text: text('Packets that the bottleneck queues', '瓶颈队列的分组数') },
    far: { default: '2ms', text: text('Delay between the second sender and the router', '第二个发送方到路由器的时延') },
  },
  machines: {
    ann: host({
      eth0: '10.0.1.2/24',
      gateway: '10.0.1.1',
      sysctl: { 'net.ipv4.tcp_congestion_control': param('algorithm') },
    }),
    bob: host({
      eth0: '10.0.2.2/24',
      gateway: '10.0.2.1',
      sysctl: { 'net.ipv4.tcp_congestion_control': param('algorithm') },
    }),
    gate: router({ eth0: '10.0.1.1/24', eth1: '10.0.2.1/24', eth2: '10.0.9.1/24' }),
    server: host({ eth0: '10.0.9.2/24', gateway: '10.0.9.1', run: ['sink 7001', 'sink 7002'] }),
  },
  cables: [
    cable('ann.eth0', 'gate.eth0', { rate: '100Mbit', delay: '1ms', jitter: '4ms' }),
    cable('bob.eth0', 'gate.eth1', { rate: '100Mbit', delay: param('far'), jitter: '4ms' }),
    cable('gate.eth2', 'server.eth0', { name: 'bottleneck', rate: '5Mbit', delay: '5ms', queue: param('queue') }),
  ],
  programs: { sink, source },
  until: '200s',
  checks: {
    fair: {
      text: text('Of two flows each gets at least a quarter of the bottleneck', '两条流各得到至少四分之一的瓶颈'),
      row: 35,
      clause: 4,
    },
  },
  counterRuns: {
    'far-away': {
      set: { far: '150ms' },
      flips: ['fair'],
      text: text('The flow with the longer round trip gets less.', '往返时间更长的流得到的少。'),
    },
  },
  async script(context) {
    const { ann, bob, say, sleep, until, check } = context;
    await sleep('100ms');
    const rate = arrivals(context, '10.0.9.2', 'server.eth0');
    say(text('Ann and Bob send at once', 'Ann 和 Bob 同时发送'));
    const both = [ann.start('source 10.0.9.2 7001 4000000'), bob.start('source 10.0.9.2 7002 4000000')];
    const from = context.now + 2 * SECOND;
    tellShares(context, rate);
    await until(() => both.some(({ finished }) => finished), '60s');
    const to = context.now;
    for (const running of both) await running.wait();
    await sleep('5s');
    const [a, b] = [rate('10.0.1.2', from, to), rate('10.0.2.2', from, to)];
    say(text(`In all: Ann ${a} bit/s, Bob ${b} bit/s`, `总计：Ann ${a} bit/s，Bob ${b} bit/s`));
    check('fair', () => ({ met: Math.min(a, b) > BOTTLENECK_BITS / 4, saw: `${a} and ${b} bit/s` }), { atNs: to });
  },
});

/** The rates of each second, told at the turns of the algorithm, which come several times a second. */
function tellShares({ on, say }: Context, rate: Rate): void {
  let next = 0;
  on('tcp.recovery', ({ at, host: who, values: { cwnd } }) => {
    if (at < next) return;
    const [a, b] = [rate('10.0.1.2', at - SECOND, at), rate('10.0.2.2', at - SECOND, at)];
    say(
      text(
        `${who} loses a packet at cwnd ${cwnd}; in the last second Ann ${a}, Bob ${b} bit/s`,
        `${who} 在 cwnd ${cwnd} 时丢包；最近一秒 Ann ${a}，Bob ${b} bit/s`,
      ),
    );
    next = at + SECOND;
  });
}

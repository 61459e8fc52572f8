/** UDP starves TCP: a flow that knows no congestion beside two that give way to it. */
import { cable, host, lab, param, router } from '@netarium/core/check/lab.ts';
import { arrivals } from '../lib/arrivals.ts';
import { flood, sink, source, tally } from '../lib/transfer.ts';

const text = (en: string, zh: string) => ({ en, zh });
const SECOND = 1_000_000_000;
const BOTTLENECK_BITS = 5_000_000;
const DATAGRAM = 1400;

export default lab({
  id: 'udp-starves-tcp',
  title: text('UDP starves TCP', 'UDP 饿死 TCP'),
  text: text(
    'Two TCP flows share a bottleneck of 5 Mbit/s; then a UDP flow joins them that sends at its own rate, whatever is lost. TCP takes each loss for congestion and gives way; UDP does not. See it with `netarium plot udp-starves-tcp goodput`.',
    '两条 TCP 流共用一条 5 Mbit/s 的瓶颈；然后加入一条 UDP 流，不管丢多少都按自己的速率发送。TCP 把每次丢包当作拥塞而退让，UDP 不会。用 `netarium plot udp-starves-tcp goodput` 查看。',
  ),
  params: {
    algorithm: {
      default: 'reno',
      choices: ['reno', 'cubic'],
      text: text('net.ipv4.tcp_congestion_control of the senders', '发送方的 net.ipv4.tcp_congestion_control'),
    },
    queue: { default: 25, min: 4, max: 1000, text: text('Packets that the bottleneck queues', '瓶颈队列的分组数') },
    udp: {
      default: 6_000_000,
      min: 100_000,
      max: 20_000_000,
      text: text('Rate of the UDP flow (bit/s)', 'UDP 流的速率（bit/s）'),
    },
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
    eve: host({ eth0: '10.0.3.2/24', gateway: '10.0.3.1' }),
    gate: router({ eth0: '10.0.1.1/24', eth1: '10.0.2.1/24', eth2: '10.0.3.1/24', eth3: '10.0.9.1/24' }),
    server: host({ eth0: '10.0.9.2/24', gateway: '10.0.9.1', run: ['sink 7001', 'sink 7002'] }),
  },
  cables: [
    cable('ann.eth0', 'gate.eth0', { rate: '100Mbit', delay: '1ms', jitter: '4ms' }),
    cable('bob.eth0', 'gate.eth1', { rate: '100Mbit', delay: '2ms', jitter: '4ms' }),
    cable('eve.eth0', 'gate.eth2', { rate: '100Mbit', delay: '1ms' }),
    cable('gate.eth3', 'server.eth0', { name: 'bottleneck', rate: '5Mbit', delay: '5ms', queue: param('queue') }),
  ],
  programs: { flood, sink, source, tally },
  until: '300s',
  checks: {
    starved: {
      text: text('Beside the UDP flow both together get less than a tenth', '与 UDP 流并存时两条流合计不到十分之一'),
      row: 35,
      clause: 5,
    },
  },
  counterRuns: {
    'slow-udp': {
      set: { udp: 1_000_000 },
      flips: ['starved'],
      text: text('A UDP flow of a fifth of the bottleneck leaves room.', '只占瓶颈五分之一的 UDP 流留有余地。'),
    },
  },
  async script(context) {
    const { ann, bob, eve, server, params, say, sleep, check } = context;
    await sleep('100ms');
    const rate = arrivals(context, '10.0.9.2', 'server.eth0');
    const rates = (fromNs: number, toNs: number): readonly [number, number, number] => [
      rate('10.0.1.2', fromNs, toNs),
      rate('10.0.2.2', fromNs, toNs),
      rate('10.0.3.2', fromNs, toNs),
    ];
    const wanted = Number(params.udp);
    const both = [ann.start('source 10.0.9.2 7001 2000000'), bob.start('source 10.0.9.2 7002 2000000')];
    await sleep('3s');
    const [before, beforeToo] = rates(context.now - 2 * SECOND, context.now);
    say(text(`TCP alone: Ann ${before}, Bob ${beforeToo} bit/s`, `只有 TCP：Ann ${before}，Bob ${beforeToo} bit/s`));
    say(text(`Eve sends datagrams at ${wanted} bit/s`, `Eve 以 ${wanted} bit/s 发送数据报`));
    const counting = server.start('tally 9 2000');
    const flooding = eve.start(`flood 10.0.9.2 9 ${DATAGRAM} ${Math.ceil((wanted * 4) / (DATAGRAM * 8))} ${wanted}`);
    const from = context.now + SECOND;
    await flooding.wait();
    const to = context.now;
    const [a, b, udp] = rates(from, to);
    say(text(`Ann ${a}, Bob ${b}, Eve ${udp} bit/s`, `Ann ${a}，Bob ${b}，Eve ${udp} bit/s`));
    check(
      'starved',
      () => ({ met: a + b < BOTTLENECK_BITS / 10 && udp > 0, saw: `${a} and ${b} bit/s beside ${udp} bit/s of UDP` }),
      { atNs: to },
    );
    for (const running of [counting, ...both]) await running.wait();
    await sleep('5s');
    const [after, afterToo] = rates(to + SECOND, to + 4 * SECOND);
    say(text(`Eve is silent: Ann ${after}, Bob ${afterToo} bit/s`, `Eve 停止后：Ann ${after}，Bob ${afterToo} bit/s`));
  },
});

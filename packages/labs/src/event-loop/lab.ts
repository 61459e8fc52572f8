/** The event loop, round by round: what is ready runs in order, timers are due by time, and the wait in between lasts until the next of them or a packet. */
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import { narrate } from '../lib/narrate.ts';
import { rounds } from './programs.ts';

const text = (en: string, zh: string) => ({ en, zh });

export default lab({
  id: 'event-loop',
  title: text('The event loop, round by round', '事件循环，逐轮观察'),
  text: text(
    'A loop has a queue of ready callbacks, a heap of timers and one wait for descriptors. Each of its rounds is told: what was ready, which timers it knew, how long it waited, what came, and what it ran.',
    '事件循环有就绪队列、定时器堆和对描述符的一次等待。这里讲出每一轮：哪些已就绪、知道哪些定时器、等了多久、来了什么、执行了什么。',
  ),
  params: {
    busy: {
      default: 0,
      min: 0,
      max: 1000,
      text: text('Computing of the first callback (ms)', '第一个回调计算的毫秒数'),
    },
    adding: {
      default: 'later',
      choices: ['later', 'direct'],
      text: text(
        'What a callback adds is handed to the loop, or called on the spot',
        '回调添加的工作交给循环，还是当场调用',
      ),
    },
    waiting: {
      default: 'wait',
      choices: ['wait', 'spin'],
      text: text('The loop may wait, or something is always ready', '循环可以等待，还是总有事就绪'),
    },
  },
  machines: { looper: host({ eth0: '10.0.1.2/24' }), sender: host({ eth0: '10.0.1.3/24' }) },
  cables: [cable('looper', 'sender', { rate: '100Mbit', delay: '1ms' })],
  programs: { rounds },
  checks: {
    'ready-queue': {
      text: text(
        'Ready callbacks run first in, first out; what one of them adds runs a round later',
        '就绪回调先进先出；其中添加的要到下一轮',
      ),
      row: 141,
      clause: 1,
    },
    timers: {
      text: text('Timers fire at their times, whatever the order of their making', '定时器按时刻触发，与创建顺序无关'),
      row: 141,
      clause: 2,
    },
    polls: {
      text: text(
        'With nothing ready the loop waits for exactly as long as the next timer is away; a packet ends the wait at once',
        '没有就绪事件时，循环恰好等到下一个定时器；分组到来立即结束等待',
      ),
      row: 141,
      clause: 3,
      claim: 'C354',
    },
  },
  counterRuns: {
    direct: {
      set: { adding: 'direct' },
      flips: ['ready-queue'],
      text: text('Called on the spot it comes before what was ready.', '当场调用就抢在已就绪者之前。'),
    },
    busy: {
      set: { busy: 40 },
      flips: ['timers'],
      text: text('A callback that computes makes timers late.', '计算型回调使定时器迟到。'),
    },
    spin: {
      set: { waiting: 'spin' },
      flips: ['polls'],
      text: text('With something always ready the loop never waits.', '总有事就绪，循环就从不等待。'),
    },
  },
  async script(context) {
    const { looper, sender, params, check, seen, sleep } = context;
    const sending = sleep('35ms').then(() => sender.sh('printf hello | nc -u -w 1 10.0.1.2 7000'));
    const { stdout } = await narrate(
      context,
      looper,
      `exec rounds 7000 ${params.busy} ${params.adding} ${params.waiting}`,
      text(
        'Two callbacks, timers of 50 and 20 ms, and a socket on which a datagram comes at about 37 ms',
        '两个回调、50 与 20 毫秒的定时器，以及约 37 毫秒时收到数据报的套接字',
      ),
    );
    await sending;
    const lines = stdout.split('\n');
    const events = lines.filter((line) => /^\d+ ms: /.test(line));
    const order = events.map((line) => line.replace(/^\d+ ms: /, '')).filter((what) => /first|second/.test(what));
    check('ready-queue', () => ({
      met: order.join() === 'first,second,added by the first',
      saw: order.join(', '),
    }));
    const timers = events.filter((line) => line.includes('timer'));
    check('timers', () => ({
      met: timers.join() === '20 ms: timer of 20 ms,50 ms: timer of 50 ms',
      saw: timers.join(', '),
    }));
    const waits = lines.filter((line) => /^round \d+: ready \[\]/.test(line));
    const packet = seen('udp.dstport == 7000', 'looper.eth0').first;
    check(
      'polls',
      () => ({
        met:
          waits.length >= 4 &&
          /wait 20 ms, descriptors \[\], due \[timer 20\]/.test(waits[0] ?? '') &&
          waits.some((line) => /descriptors \[datagram\], due \[\]/.test(line)),
        saw: waits.length === 0 ? 'no wait at all' : waits.join('; '),
      }),
      packet,
    );
  },
});

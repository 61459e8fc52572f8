/** gevent: greenlets begin in the order of spawning and go on as their waits end; patched calls let others run, unpatched ones stop everybody. */
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { narrate } from '../lib/narrate.ts';
import { recordedErrors } from '../lib/recorded-errors.ts';
import { downloads, playAndSleep, sleepers, slowServer } from './programs.ts';

type Context = LabContext<'client' | 'server'>;
const text = (en: string, zh: string) => ({ en, zh });
const DOWNLOADS = 5;

export default lab({
  id: 'gevent',
  title: text('gevent: greenlets and monkey patching', 'gevent：greenlet 与猴子补丁'),
  text: text(
    'Two greenlets wait for a second together. Three that call the system’s own sleep, and five downloads by an ordinary client, take turns instead, unless the calls were patched before the client took them.',
    '两个 greenlet 一起等一秒。三个调用系统 sleep 的 greenlet 和五个普通客户端的下载则只能轮流，除非在客户端取用这些调用之前打了补丁。',
  ),
  params: {
    join: { default: true, text: text('The main greenlet joins the two', '主 greenlet 用 joinall 等待') },
    patch: {
      default: 'first',
      choices: ['first', 'late'],
      text: text(
        'When the calls are patched: before the module takes them, or after',
        '打补丁的时机：模块取用之前还是之后',
      ),
    },
  },
  machines: { client: host({ eth0: '10.0.1.2/24' }), server: host({ eth0: '10.0.1.3/24' }) },
  cables: [cable('client', 'server', { rate: '100Mbit', delay: '1ms' })],
  programs: { 'play-and-sleep': playAndSleep, sleepers, downloads, 'slow-server': slowServer },
  checks: {
    order: {
      text: text(
        'After joinall: start play, start sleep, end play, end sleep, in one second',
        'joinall 之后：start play、start sleep、end play、end sleep，共一秒',
      ),
      row: 139,
      clause: 1,
      claim: 'C361',
    },
    sleeping: {
      text: text('Three patched sleeps of 1 s take 1 s', '三个打了补丁的 1 秒 sleep 共 1 秒'),
      row: 139,
      clause: 2,
      claim: 'C357',
    },
    sockets: {
      text: text(
        'Five patched downloads of 1 s take 1 s, over five connections at once',
        '五个打了补丁的 1 秒下载共 1 秒，五条连接同时进行',
      ),
      row: 139,
      clause: 2,
      claim: 'C360',
    },
  },
  counterRuns: {
    'no-join': {
      set: { join: false },
      flips: ['order'],
      text: text('Greenlets that nobody waits for never begin.', '没人等待的 greenlet 根本不会开始。'),
    },
    'patched-late': {
      set: { patch: 'late' },
      flips: ['sleeping', 'sockets'],
      text: text('What was taken before patching blocks the whole thread.', '打补丁之前取用的调用会阻塞整个线程。'),
    },
  },
  async script(context) {
    await order(context);
    await times(context);
  },
});

async function order(context: Context): Promise<void> {
  const { client, params, check, say } = context;
  const { lastLine, version } = recordedErrors.get('not-spawned')!;
  say(
    text(
      `The notes join two greenlets that they never spawned. CPython ${version}: ${lastLine}`,
      `笔记里 joinall 的两个 greenlet 从未 spawn。CPython ${version}：${lastLine}`,
    ),
  );
  const played = await narrate(
    context,
    client,
    `exec play-and-sleep ${params.join === true ? 'join' : 'leave'}`,
    text('Two greenlets are spawned', '创建两个 greenlet'),
  );
  const ms = Math.round((played.endNs - played.startNs) / 1e6);
  check('order', () => ({
    met: played.stdout === 'spawned\nstart play\nstart sleep\nend play\nend sleep\n' && ms >= 1000 && ms < 1010,
    saw: `${played.stdout.trim().replaceAll('\n', ', ')}; ${ms} ms`,
  }));
}

async function times(context: Context): Promise<void> {
  const { client, server, params, check, seen, sleep } = context;
  const slept = await narrate(
    context,
    client,
    `sleepers ${params.patch}`,
    text('Three greenlets call the system’s sleep', '三个 greenlet 调用系统的 sleep'),
  );
  check('sleeping', () => ({ met: /took 10\d\d ms/.test(slept.stdout), saw: slept.stdout.trim() }));
  const serving = server.start(`slow-server 7000 ${DOWNLOADS}`);
  await sleep('20ms');
  const loaded = await narrate(
    context,
    client,
    `downloads ${params.patch} ${DOWNLOADS} 10.0.1.3 7000`,
    text(
      'Five downloads, a greenlet each; the server takes a second for each',
      '五个下载各用一个 greenlet，服务器每个要一秒',
    ),
  );
  await serving.wait();
  const opened = seen('tcp.flags.syn == 1 && tcp.flags.ack == 0').last;
  const closed = seen('tcp.flags.fin == 1').first;
  check(
    'sockets',
    () => ({
      met:
        /took 10\d\d ms\n5000 bytes/.test(loaded.stdout) &&
        opened !== undefined &&
        closed !== undefined &&
        opened.atNs < closed.atNs,
      saw: loaded.stdout.trim().replaceAll('\n', ', '),
    }),
    closed,
  );
}

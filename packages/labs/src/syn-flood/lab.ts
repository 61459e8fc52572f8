/** A SYN flood at two servers: one without SYN cookies, one with them. */
import { cable, host, lab, networkSwitch, param } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { callers, door } from '../lib/callers.ts';
import { synFlood } from './programs.ts';

type Context = LabContext<'client' | 'attacker' | 'open' | 'guarded'>;

const text = (en: string, zh: string) => ({ en, zh });
const OPEN = '10.0.1.4';
const GUARDED = '10.0.1.5';

export default lab({
  id: 'syn-flood',
  title: text('SYN flood, with and without SYN cookies', 'SYN 洪水攻击：有无 SYN cookie'),
  text: text(
    'An attacker floods two servers with SYNs from addresses that nobody has; each leaves a half-open connection behind. The first server has SYN cookies off: its queue fills and honest clients get no answer. The second has them on: once its queue is full it keeps nothing more for half-open connections, answers with cookies, and honest clients still connect.',
    '攻击者用没人使用的源地址向两台服务器发送大量 SYN，每个都留下一条半开连接。第一台关闭 SYN cookie：队列被填满，正常客户端得不到回答。第二台打开：队列满后不再为半开连接保存任何东西，改用 cookie 回答，正常客户端仍能连接。',
  ),
  params: {
    flood: {
      default: 200,
      min: 0,
      max: 1000,
      text: text('SYNs of the attacker at each server', '攻击者向每台服务器发多少 SYN'),
    },
    cookies: {
      default: 1,
      choices: [0, 1],
      text: text('net.ipv4.tcp_syncookies of the guarded server', '受保护服务器的 net.ipv4.tcp_syncookies'),
    },
  },
  machines: {
    client: host({ eth0: '10.0.1.2/24' }),
    attacker: host({ eth0: '10.0.1.66/24' }),
    // What they answer to the forged addresses goes to the attacker, who drops it.
    open: host({
      eth0: '10.0.1.4/24',
      gateway: '10.0.1.66',
      sysctl: { 'net.ipv4.tcp_syncookies': 0 },
      run: ['door 80 16'],
    }),
    guarded: host({
      eth0: '10.0.1.5/24',
      gateway: '10.0.1.66',
      sysctl: { 'net.ipv4.tcp_syncookies': param('cookies') },
      run: ['door 80 16'],
    }),
    sw: networkSwitch(),
  },
  cables: (['client', 'attacker', 'open', 'guarded'] as const).map((name) =>
    cable(name, 'sw', { rate: '100Mbit', delay: '1ms' }),
  ),
  programs: { callers, door, 'syn-flood': synFlood },
  until: '300s',
  checks: {
    'kept-out': {
      text: text('Flooded without cookies, the server takes no client', '没有 cookie，受攻击的服务器不接受任何客户端'),
      row: 31,
      clause: 3,
    },
    cookies: {
      text: text('Flooded with cookies, the server takes every client', '有 cookie，受攻击的服务器接受每个客户端'),
      row: 31,
      clause: 4,
    },
  },
  counterRuns: {
    'no-flood': {
      set: { flood: 0 },
      flips: ['kept-out'],
      text: text('Nobody floods.', '没有人攻击。'),
    },
    'no-cookies': {
      set: { cookies: 0 },
      flips: ['cookies'],
      text: text('Both servers without cookies.', '两台服务器都没有 cookie。'),
    },
  },
  async script(context) {
    await context.sleep('100ms');
    await flooded(context, OPEN);
    await flooded(context, GUARDED);
  },
});

async function flooded({ client, attacker, params, seen, say, sleep, check }: Context, address: string): Promise<void> {
  const guarded = address === GUARDED;
  const name = guarded ? text('guarded', '受保护的') : text('open', '未受保护的');
  say(
    text(
      `The attacker sends ${params.flood} SYNs to the ${name.en} server`,
      `攻击者向${name.zh}服务器发送 ${params.flood} 个 SYN`,
    ),
  );
  const attack = attacker.start(`syn-flood ${address} 80 ${params.flood} 10`);
  await sleep('500ms');
  const { stdout, endNs } = await client.sh(`callers ${address} 80 4 800`);
  const [standing, called] = stdout.trim().split(' of ');
  await attack.wait();
  const answers = seen(`ip.src == ${address} && ip.dst == 198.51.100.0/24`, 'attacker.eth0');
  say({
    en: `${answers.count} SYN+ACKs to nobody; of the honest clients ${stdout.trim()} are connected`,
    zh: `${answers.count} 个 SYN+ACK 发给了没人使用的地址；${called} 个正常客户端中 ${standing} 个已连接`,
  });
  const evidence = { atNs: endNs };
  if (guarded) check('cookies', () => ({ met: stdout.trim() === '4 of 4', saw: stdout.trim() }), evidence);
  else check('kept-out', () => ({ met: stdout.trim() === '0 of 4', saw: stdout.trim() }), evidence);
}

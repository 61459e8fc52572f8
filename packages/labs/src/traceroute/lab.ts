/** traceroute: how growing TTLs and the routers' complaints draw the way, with UDP, ICMP and TCP probes, and what a silent router looks like. */
import { cable, host, lab, param, router } from '@netarium/core/check/lab.ts';
import type { LabContext, LabTools } from '@netarium/core/check/lab-context.ts';

type Context = LabContext<'laptop' | 'r1' | 'r2' | 'r3' | 'web'>;
const WAY = '10.0.1.1 10.0.2.2 10.0.3.2 10.0.4.2';

export default lab({
  id: 'traceroute',
  title: { en: 'traceroute: the way, hop by hop', zh: 'traceroute：逐跳画出路径' },
  text: {
    en: 'Probes with TTL 1, 2, 3 … die one router further each time, and each router says so. Three kinds of probe give the same list; a router that may not answer shows as stars.',
    zh: '探测包的 TTL 依次为 1、2、3……，每次多走一台路由器后耗尽，路由器回报超时。三种探测方式得到同一张列表；不许应答的路由器显示为星号。',
  },
  params: {
    target: { default: '10.0.4.2', text: { en: 'Where to', zh: '目标' } },
    silent: {
      default: '0',
      choices: ['0', '6168', '8192'],
      text: {
        en: 'r2’s icmp_ratemask with a limit of one message an hour: 6168 keeps it from answering',
        zh: 'r2 在每小时一条限制下的 icmp_ratemask：6168 使其不应答',
      },
    },
    server: {
      default: 'httpd -p 80 /srv',
      choices: ['httpd -p 80 /srv', 'sleep 600'],
      text: { en: 'What runs on the target', zh: '目标上运行什么' },
    },
  },
  machines: {
    laptop: host({ eth0: '10.0.1.2/24', gateway: '10.0.1.1' }),
    r1: router({
      eth0: '10.0.1.1/24',
      eth1: '10.0.2.1/24',
      routes: ['10.0.3.0/24 via 10.0.2.2', '10.0.4.0/24 via 10.0.2.2'],
    }),
    r2: router({
      eth0: '10.0.2.2/24',
      eth1: '10.0.3.1/24',
      routes: ['10.0.1.0/24 via 10.0.2.1', '10.0.4.0/24 via 10.0.3.2'],
      sysctl: { 'net.ipv4.icmp_ratelimit': 3_600_000, 'net.ipv4.icmp_ratemask': param('silent') },
    }),
    r3: router({
      eth0: '10.0.3.2/24',
      eth1: '10.0.4.1/24',
      routes: ['10.0.1.0/24 via 10.0.3.1', '10.0.2.0/24 via 10.0.3.1'],
    }),
    web: host({ eth0: '10.0.4.2/24', gateway: '10.0.4.1', run: [param('server')] }),
  },
  cables: [
    cable('laptop', 'r1.eth0', { rate: '1Gbit', delay: '100us' }),
    cable('r1.eth1', 'r2.eth0', { rate: '100Mbit', delay: '4ms' }),
    cable('r2.eth1', 'r3.eth0', { rate: '100Mbit', delay: '7ms' }),
    cable('r3.eth1', 'web', { rate: '1Gbit', delay: '1ms' }),
  ],
  until: '5m',
  checks: {
    list: {
      text: {
        en: 'The hops are the routers of the topology, then the target',
        zh: '列出的每一跳正是拓扑中的路由器，最后是目标',
      },
      row: 88,
    },
    'time-exceeded': {
      text: {
        en: 'Each router answers time exceeded, the target port unreachable',
        zh: '每台路由器回以超时，目标回以端口不可达',
      },
      row: 88,
    },
    icmp: {
      text: {
        en: 'With ICMP probes the list is the same, and the target answers with echo replies',
        zh: '用 ICMP 探测列表相同，目标回以回显应答',
      },
      row: 88,
    },
    tcp: {
      text: {
        en: 'With TCP probes the list is the same, and the target answers SYN, ACK',
        zh: '用 TCP 探测列表相同，目标回以 SYN, ACK',
      },
      row: 88,
    },
    answers: {
      text: { en: 'Every hop answers; a silent one would show stars', zh: '每一跳都有应答；沉默的一跳会显示星号' },
      row: 88,
    },
  },
  counterRuns: {
    near: {
      set: { target: '10.0.1.1' },
      flips: ['list', 'time-exceeded'],
      text: { en: 'The target is the first router.', zh: '目标就是第一台路由器。' },
    },
    silent: {
      set: { silent: '6168' },
      flips: ['answers', 'list', 'icmp', 'tcp'],
      text: { en: 'The second router may not answer.', zh: '第二台路由器不许应答。' },
    },
    closed: {
      set: { server: 'sleep 600' },
      flips: ['tcp'],
      text: { en: 'Nothing listens on the target.', zh: '目标上没有监听。' },
    },
  },
  async script(context) {
    await context.sleep('100ms');
    tell(context);
    await byUdp(context);
    await byIcmp(context);
    await byTcp(context);
  },
});

function tell({ watch, say }: LabTools): void {
  watch(
    'icmp.type == 11 || icmp.type == 3',
    (p) =>
      say({
        en: `${p.field('ip.src')} answers after ${p.card}: ${p.info}`,
        zh: `${p.field('ip.src')} 应答：${p.info}`,
      }),
    'laptop.eth0',
  );
}

/** The addresses of the hops, a star where nobody answered. */
function hops(stdout: string): string {
  return stdout
    .split('\n')
    .filter((line) => /^\s*\d+\s/.test(line))
    .map((line) => /\d+\.\d+\.\d+\.\d+/.exec(line)?.[0] ?? '*')
    .join(' ');
}

async function byUdp({ laptop, params, check, seen, say }: Context): Promise<void> {
  const { stdout } = await laptop.sh(`traceroute -n -q 1 -w 2 ${params.target}`);
  for (const line of stdout.trim().split('\n')) say({ en: line, zh: line });
  const list = hops(stdout);
  check('list', () => ({ met: list === WAY, saw: list }), seen('icmp', 'laptop.eth0').last);
  check('answers', () => ({ met: list !== '' && !list.includes('*'), saw: list }), seen('icmp', 'laptop.eth0').last);
  const exceeded = seen('icmp.type == 11', 'laptop.eth0');
  const unreachable = seen('icmp.type == 3 && icmp.code == 3', 'laptop.eth0');
  const from = new Set(exceeded.packets.map((p) => p.fields('ip.src')[0]));
  check(
    'time-exceeded',
    () => ({
      met: from.size === 3 && unreachable.first?.fields('ip.src')[0] === '10.0.4.2',
      saw: `time exceeded from ${[...from].join(', ') || 'nobody'}`,
    }),
    unreachable.first,
  );
}

async function byIcmp({ laptop, params, check, seen }: Context): Promise<void> {
  const { stdout } = await laptop.sh(`traceroute -I -n -q 1 -w 2 ${params.target}`);
  const replies = seen('icmp.type == 0', 'laptop.eth0');
  check('icmp', () => ({ met: hops(stdout) === WAY && replies.count > 0, saw: hops(stdout) }), replies.last);
}

async function byTcp({ laptop, params, check, seen }: Context): Promise<void> {
  const { stdout } = await laptop.sh(`traceroute -T -p 80 -n -q 1 -w 2 ${params.target}`);
  const answer = seen('tcp.flags.syn == 1 && tcp.flags.ack == 1', 'laptop.eth0').last;
  check('tcp', () => ({ met: hops(stdout) === WAY && answer !== undefined, saw: hops(stdout) }), answer);
}

/** Broadcast and multicast: who may send, who hears, and that TCP can do neither. */
import { cable, host, lab, networkSwitch } from '@netarium/core/check/lab.ts';
import type { HostControl, LabContext } from '@netarium/core/check/lab-context.ts';
import { hear, shout, tryConnect } from './programs.ts';

const NAMES = ['ann', 'bob', 'cat', 'dan'] as const;
type Context = LabContext<(typeof NAMES)[number]>;

const text = (en: string, zh: string) => ({ en, zh });
/** Linux sends to groups, and joins them, by a route as well. */
const GROUPS = '224.0.0.0/4 dev eth0';
const GROUP = '239.1.2.3';

export default lab({
  id: 'broadcast-multicast',
  title: text('Broadcast and multicast', '广播与组播'),
  text: text(
    'Four hosts on a switch. Ann sends one datagram to all of them, then one to a group that only some have joined, then tries a TCP connection to both addresses. One UDP datagram reaches many; a TCP connection has exactly two ends.',
    '一台交换机上的四台主机。Ann 先向所有主机发一个数据报，再向只有部分主机加入的组发一个，然后试着用 TCP 连接这两个地址。一个 UDP 数据报能到达多台主机；一条 TCP 连接只有两端。',
  ),
  params: {
    address: {
      default: '10.0.1.255',
      pattern: /^((25[0-5]|2[0-4]\d|1?\d?\d)(\.(?=\d)|$)){4}$/,
      text: text('The address that is meant for all', '发给所有主机的地址'),
    },
    allowed: {
      default: true,
      text: text('Ann sets SO_BROADCAST for the second attempt', 'Ann 第二次尝试时是否设置 SO_BROADCAST'),
    },
    members: {
      default: 2,
      min: 0,
      max: 3,
      text: text('How many of the three others join the group', '另外三台中有几台加入组'),
    },
    connect: { default: 'many', choices: ['many', 'bob'], text: text('Whom TCP connects to', 'TCP 连接谁') },
  },
  machines: {
    ann: host({ eth0: '10.0.1.1/24', routes: [GROUPS] }),
    bob: host({ eth0: '10.0.1.2/24', routes: [GROUPS], run: ['nc -lk 7000'] }),
    cat: host({ eth0: '10.0.1.3/24', routes: [GROUPS] }),
    dan: host({ eth0: '10.0.1.4/24', routes: [GROUPS] }),
    sw: networkSwitch(),
  },
  cables: NAMES.map((name) => cable(name, 'sw', { rate: '100Mbit', delay: '1ms' })),
  programs: { hear, shout, 'try-connect': tryConnect },
  checks: {
    refused: {
      text: text(
        'Without SO_BROADCAST sendto fails with EACCES and no packet leaves',
        '没有 SO_BROADCAST 时 sendto 得到 EACCES，没有分组发出',
      ),
      row: 40,
      clause: 1,
    },
    everybody: {
      text: text(
        'With it one frame to ff:ff:ff:ff:ff:ff reaches all three others',
        '设置后，一帧发往 ff:ff:ff:ff:ff:ff，其余三台都收到',
      ),
      row: 40,
      clause: 2,
    },
    members: {
      text: text(
        'What goes to the group reaches Bob and Cat, who joined it, and not Dan',
        '发给组的数据到达已加入的 Bob 和 Cat，到不了 Dan',
      ),
      row: 40,
      clause: 3,
    },
    connection: {
      text: text(
        'A TCP connect to either address fails with ENETUNREACH, no SYN leaves',
        'TCP 连接这两个地址都得到 ENETUNREACH，不发出 SYN',
      ),
      row: 40,
      clause: 4,
    },
  },
  counterRuns: {
    unicast: {
      set: { address: '10.0.1.2' },
      flips: ['refused', 'everybody'],
      text: text(
        'An address of one host needs no permission and reaches one host.',
        '单个主机的地址不需要许可，也只到达一台。',
      ),
    },
    'not-allowed': { set: { allowed: false }, flips: ['everybody'] },
    'all-join': {
      set: { members: 3 },
      flips: ['members'],
      text: text('All three join the group.', '三台主机都加入组。'),
    },
    'one-peer': {
      set: { connect: 'bob' },
      flips: ['connection'],
      text: text('A connection to one host succeeds.', '连接单个主机会成功。'),
    },
  },
  async script(context) {
    const { watch, say } = context;
    await context.sleep('100ms');
    watch('udp || tcp.flags == 0x002', (p) => {
      const line = `${p.card.split('.')[0]} -> ${p.field('eth.dst')} ${p.field('ip.dst')}`;
      say(text(line, line));
    });
    await broadcast(context);
    await multicast(context);
    await connection(context);
  },
});

const others = ({ bob, cat, dan }: Context): readonly HostControl[] => [bob, cat, dan];
const list = (hosts: readonly string[]): string => hosts.join(', ') || '-';

/** Listeners on the three others while `act` runs; the answer names those who heard the word. */
async function heard(
  context: Context,
  commands: readonly string[],
  word: string,
  act: () => Promise<void>,
): Promise<string[]> {
  const listening = others(context).map((on, i) => on.start(commands[i]!));
  await context.sleep('100ms');
  await act();
  await context.sleep('100ms');
  const names = others(context).filter((_, i) => listening[i]!.stdout.includes(word));
  for (const one of listening) {
    one.kill();
    await one.wait();
  }
  return names.map(({ name }) => name);
}

async function broadcast(context: Context): Promise<void> {
  const { ann, params, seen, say, check } = context;
  const bare = await ann.sh(`shout ${params.address} 9000 early`);
  const left = seen('udp.dstport == 9000', 'ann.eth0').count;
  say(
    text(`Ann sends without SO_BROADCAST: ${bare.stdout.trim()}`, `Ann 不设 SO_BROADCAST 发送：${bare.stdout.trim()}`),
  );
  check(
    'refused',
    () => ({ met: bare.stdout.trim() === 'EACCES' && left === 0, saw: `${bare.stdout.trim()}, ${left} packets` }),
    {
      atNs: bare.endNs,
    },
  );
  const names = await heard(context, Array(3).fill('hear 9000'), 'hello', async () => {
    const sent = await ann.sh(`shout ${params.address} 9000 hello ${params.allowed === true ? 'broadcast' : ''}`);
    say(text(`Ann sends again: ${sent.stdout.trim()}`, `Ann 再次发送：${sent.stdout.trim()}`));
  });
  say(text(`Heard by ${list(names)}`, `收到的主机：${list(names)}`));
  const frames = seen('udp.dstport == 9000 && eth.dst == ff:ff:ff:ff:ff:ff', 'ann.eth0');
  check(
    'everybody',
    () => ({
      met: names.length === 3 && frames.count === 1,
      saw: `${frames.count} broadcast frames, heard by ${list(names)}`,
    }),
    frames.last,
  );
}

async function multicast(context: Context): Promise<void> {
  const { ann, params, seen, say, check } = context;
  const commands = others(context).map((_, i) => `hear 9001${i < Number(params.members) ? ` ${GROUP}` : ''}`);
  const names = await heard(context, commands, 'members', async () => {
    await ann.sh(`shout ${GROUP} 9001 members`);
  });
  say(text(`The group ${GROUP}: heard by ${list(names)}`, `组 ${GROUP}：收到的主机 ${list(names)}`));
  const frames = seen(`ip.dst == ${GROUP} && udp`, 'ann.eth0');
  const arrived = seen(`ip.dst == ${GROUP} && udp`, 'dan.eth0').count;
  check(
    'members',
    () => ({
      // RFC 1112 section 6.4: the group's last 23 bits behind 01:00:5e.
      met: list(names) === 'bob, cat' && frames.count === 1 && frames.first?.field('eth.dst') === '01:00:5e:01:02:03',
      saw: `heard by ${list(names)}; ${arrived} frames came to Dan's card`,
    }),
    frames.first,
  );
}

async function connection({ ann, params, seen, say, check, sleep }: Context): Promise<void> {
  const targets = params.connect === 'many' ? ['10.0.1.255', GROUP, '255.255.255.255'] : ['10.0.1.2'];
  const results: string[] = [];
  for (const target of targets) {
    const { stdout } = await ann.sh(`try-connect ${target} 7000`);
    results.push(`${target} ${stdout.trim()}`);
    say(text(`TCP connect to ${target}: ${stdout.trim()}`, `TCP 连接 ${target}：${stdout.trim()}`));
  }
  await sleep('1s');
  const syns = seen('tcp.flags.syn == 1', 'ann.eth0');
  check('connection', () => ({
    met: results.every((result) => result.endsWith(' ENETUNREACH')) && syns.count === 0,
    saw: `${results.join(', ')}; ${syns.count} SYNs`,
  }));
}

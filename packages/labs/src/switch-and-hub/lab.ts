/** The same four hosts on a switch and on a hub: who sees what, what is learned, and what collides. */
import { cable, host, hub, lab, networkSwitch, param } from '@netarium/core/check/lab.ts';
import type { LabContext, LabTools } from '@netarium/core/check/lab-context.ts';

const NAMES = ['ann', 'bob', 'cat', 'dan'] as const;
type Context = LabContext<(typeof NAMES)[number]>;

export default lab({
  id: 'switch-and-hub',
  title: { en: 'Switch and hub', zh: '交换机与集线器' },
  text: {
    en: 'Each host has one card on a switch (10.0.1.x) and one on a hub (10.0.2.x), and the same things happen on both. The switch learns and sends to one; the hub repeats to all, and two who send at once collide.',
    zh: '每台主机有一块网卡接交换机（10.0.1.x），另一块接集线器（10.0.2.x），两边做同样的事。交换机学习地址、只发给一个端口；集线器向所有端口重复，两台同时发送就会冲突。',
  },
  params: {
    ageing: { default: '5s', text: { en: 'How long the switch keeps an address', zh: '交换机保存一个地址多久' } },
    pause: {
      default: 6,
      min: 0,
      max: 400,
      text: { en: 'Seconds of silence before Ann sends again', zh: 'Ann 再次发送前安静多少秒' },
    },
    twin: {
      default: '02:00:00:00:01:99',
      text: { en: "The MAC that Cat's and Dan's first cards share", zh: 'Cat 与 Dan 第一块网卡共用的 MAC' },
    },
    other: { default: '02:00:00:00:01:99', text: { en: "The MAC of Dan's first card", zh: 'Dan 第一块网卡的 MAC' } },
    both: { default: true, text: { en: 'Two hosts send at once', zh: '两台主机同时发送' } },
    quiet: {
      default: false,
      text: { en: 'The address was heard from before the first ping', zh: '第一次 ping 之前已经学到过地址' },
    },
    via: {
      default: 1,
      choices: [1, 2],
      text: { en: 'Where the unicast is sent: 1 switch, 2 hub', zh: '单播发往哪里：1 交换机，2 集线器' },
    },
  },
  machines: {
    ann: host({ eth0: '10.0.1.1/24', eth1: '10.0.2.1/24' }),
    bob: host({ eth0: '10.0.1.2/24', eth1: '10.0.2.2/24' }),
    cat: host({ eth0: { address: '10.0.1.3/24', mac: param('twin') }, eth1: '10.0.2.3/24' }),
    dan: host({ eth0: { address: '10.0.1.4/24', mac: param('other') }, eth1: '10.0.2.4/24' }),
    sw: networkSwitch({ ageing: param('ageing') }),
    hb: hub({ rate: '10Mbit' }),
  },
  cables: [
    ...NAMES.map((name) => cable(`${name}.eth0`, 'sw', { name: `${name}-sw`, rate: '10Mbit', delay: '1us' })),
    ...NAMES.map((name) => cable(`${name}.eth1`, 'hb', { name: `${name}-hb`, rate: '10Mbit', delay: '1us' })),
  ],
  checks: {
    unique: {
      text: {
        en: 'Each card has a 48-bit address that no other card has, Dan’s twin left out',
        zh: '每块网卡有与众不同的 48 位地址（Dan 的那块除外）',
      },
      row: 12,
      clause: 1,
    },
    flapping: {
      text: {
        en: 'Two cards with one MAC make it move between ports',
        zh: '两块网卡同一个 MAC，使该地址在端口之间来回移动',
      },
      row: 12,
      clause: 2,
    },
    learns: {
      text: { en: 'The switch learns at which port each sender is', zh: '交换机学到每个发送者所在的端口' },
      row: 16,
      clause: 1,
    },
    ages: {
      text: { en: 'An address that is not heard from is forgotten', zh: '长时间没听到的地址被遗忘' },
      row: 16,
      clause: 2,
    },
    floods: {
      text: {
        en: 'Broadcast goes to all, and so does a frame whose address is not known',
        zh: '广播发往所有端口，地址未知的帧也一样',
      },
      row: 16,
      clause: 3,
    },
    'no-collisions': {
      text: {
        en: 'On the switch nothing collides, even when two send at once',
        zh: '交换机上没有冲突，即使两台同时发送',
      },
      row: 16,
      clause: 4,
    },
    'one-sees': {
      text: { en: 'A learned unicast is seen by one of three', zh: '学习之后的单播只有三台中的一台看到' },
      row: 16,
      clause: 5,
    },
    repeats: {
      text: { en: 'The hub repeats every frame to all other ports', zh: '集线器把每一帧重复到所有其他端口' },
      row: 19,
      clause: 1,
    },
    collide: {
      text: { en: 'Two senders at once collide on the hub and back off', zh: '两台同时发送，在集线器上冲突并退避' },
      row: 19,
      clause: 2,
    },
    differ: {
      text: {
        en: 'The counters of hub and switch differ for the same traffic',
        zh: '同样的流量，集线器与交换机的计数不同',
      },
      row: 19,
      clause: 3,
    },
  },
  counterRuns: {
    stolen: {
      set: { twin: '02:00:00:00:01:01' },
      flips: ['unique'],
      text: { en: 'Cat has Ann’s MAC.', zh: 'Cat 用了 Ann 的 MAC。' },
    },
    'own-macs': {
      set: { other: '02:00:00:00:04:01' },
      flips: ['flapping'],
      text: { en: 'Dan has a MAC of his own.', zh: 'Dan 用自己的 MAC。' },
    },
    'long-memory': {
      set: { ageing: '300s' },
      flips: ['ages'],
      text: { en: 'The switch remembers for longer.', zh: '交换机记得更久。' },
    },
    known: {
      set: { quiet: true },
      flips: ['learns', 'floods'],
      text: { en: 'Bob was heard from before.', zh: '之前已经听到过 Bob。' },
    },
    'one-sender': {
      set: { both: false },
      flips: ['collide', 'no-collisions', 'differ'],
      text: { en: 'Only one host sends.', zh: '只有一台主机发送。' },
    },
    'over-the-hub': {
      set: { via: 2 },
      flips: ['one-sees'],
      text: { en: 'The unicast goes over the hub.', zh: '单播经过集线器。' },
    },
    'over-the-switch': {
      set: { via: 2, both: false },
      flips: ['repeats'],
      text: { en: 'The hub stays silent.', zh: '集线器上没有流量。' },
    },
  },
  async script(context) {
    tell(context);
    await learning(context);
    await ageing(context);
    await unicast(context);
    await twins(context);
    await atOnce(context);
  },
});

function tell({ on, say }: LabTools): void {
  on('switch.learn', ({ values: { port, mac } }) =>
    say({ en: `The switch learns: ${mac} is at ${port}`, zh: `交换机学到：${mac} 在 ${port}` }),
  );
  on('switch.move', ({ values: { port, mac, from } }) =>
    say({ en: `${mac} moves from ${from} to ${port}`, zh: `${mac} 从 ${from} 移到 ${port}` }),
  );
  on('switch.age', ({ values: { mac } }) => say({ en: `The switch forgets ${mac}`, zh: `交换机遗忘 ${mac}` }));
  on('link.collision', ({ host: where, values }) => {
    say({
      en: `Collision: ${where} backs off for ${values.backoffNs} ns (attempt ${values.attempt})`,
      zh: `冲突：${where} 退避 ${values.backoffNs} 纳秒（第 ${values.attempt} 次）`,
    });
  });
}

async function learning({ ann, bob, params, check, events, seen }: Context): Promise<void> {
  if (params.quiet === true) await bob.sh('ping -c 1 -W 1 10.0.1.1');
  const from = events('switch.learn').length;
  const floodsBefore = events('switch.flood').length;
  await ann.sh('ip neigh add 10.0.1.2 lladdr 02:00:00:00:02:01 nud permanent dev eth0');
  await bob.sh('ip neigh add 10.0.1.1 lladdr 02:00:00:00:01:01 nud permanent dev eth0');
  await ann.sh('ping -c 1 -W 1 10.0.1.2');
  const learned = events('switch.learn').slice(from);
  check(
    'learns',
    () => ({
      met:
        learned.map(({ values }) => `${values.mac} ${values.port}`).join(', ') ===
        '02:00:00:00:01:01 sw.port1, 02:00:00:00:02:01 sw.port2',
      saw: learned.map(({ values }) => `${values.mac} ${values.port}`).join(', ') || 'nothing learned',
    }),
    seen('icmp', 'bob.eth0').first,
  );
  const floods = events('switch.flood').slice(floodsBefore);
  await ann.sh('ping -b -c 1 -W 1 10.0.1.255');
  const broadcast = (['bob', 'cat', 'dan'] as const).map((name) => seen('ip.dst == 10.0.1.255', `${name}.eth0`).count);
  check('floods', () => ({
    met: floods.some(({ values }) => values.mac === '02:00:00:00:02:01') && broadcast.join() === '1,1,1',
    saw: `${floods.length} unknown frames flooded, broadcasts seen: ${broadcast.join()}`,
  }));
}

async function ageing({ ann, params, check, sleep, events }: Context): Promise<void> {
  await sleep(Number(params.pause) * 1_000_000_000);
  const before = events('switch.age').length;
  await ann.sh('ping -c 1 -W 1 10.0.1.2');
  const aged = events('switch.age').slice(before);
  check('ages', () => ({
    met: aged.length > 0,
    ...(aged[0] === undefined ? {} : { atNs: aged[0].at }),
    saw: 'no address was forgotten',
  }));
}

async function unicast(context: Context): Promise<void> {
  const { ann, params, check, seen } = context;
  const net = Number(params.via);
  const card = `eth${net - 1}`;
  await ann.sh(`ping -c 1 -W 1 10.0.${net}.2`);
  const watchers = [await capture(context, 'cat', card), await capture(context, 'dan', card)];
  await ann.sh(`ping -c 1 -W 1 10.0.${net}.2`);
  const counts = await Promise.all(watchers.map((stop) => stop()));
  const atBob = seen(`icmp.type == 8 && ip.dst == 10.0.${net}.2`, `bob.${card}`);
  check(
    'one-sees',
    () => ({ met: counts.join() === '0,0' && atBob.count > 0, saw: `Cat saw ${counts[0]}, Dan saw ${counts[1]}` }),
    atBob.last,
  );
  const overHub = Number(params.via) === 2 && params.both === false ? '1' : '2';
  const hubWatchers = [await capture(context, 'cat', 'eth1'), await capture(context, 'dan', 'eth1')];
  await ann.sh(`ping -c 1 -W 1 10.0.${overHub}.2`);
  const repeated = await Promise.all(hubWatchers.map((stop) => stop()));
  check('repeats', () => ({
    met: repeated.every((count) => count > 0),
    saw: `Cat saw ${repeated[0]}, Dan saw ${repeated[1]} frames`,
  }));
}

/** A listening card: answers how many ICMP frames it has seen that were for others. */
async function capture(
  { host: hostOf, sleep }: Context,
  name: 'cat' | 'dan',
  card: string,
): Promise<() => Promise<number>> {
  const running = hostOf(name).start(`tcpdump -n -l -i ${card} icmp`);
  await sleep('50ms');
  return async () => {
    await sleep('50ms');
    running.kill('SIGINT');
    const { stdout } = await running.wait();
    return stdout.split('\n').filter((line) => line.includes('ICMP')).length;
  };
}

async function twins({ cat, dan, ann, check, events }: Context): Promise<void> {
  const macs: string[] = [];
  for (const on of [ann, cat, dan]) {
    const { stdout } = await on.sh('ip -br link');
    const found = [...stdout.matchAll(/^eth\d\S*\s+\S+\s+([0-9a-f]{2}(?::[0-9a-f]{2}){5})/gm)].map((m) => m[1]!);
    // Dan's first card is the twin that breaks the rule.
    macs.push(...(on === dan ? found.slice(1) : found));
  }
  const shared = macs.filter((mac, i) => macs.indexOf(mac) !== i);
  check('unique', () => ({
    met: macs.length === 5 && shared.length === 0,
    saw: `${macs.length} addresses, shared: ${shared.join() || 'none'}`,
  }));
  const before = events('switch.move').length;
  for (let i = 0; i < 3; i++) {
    await cat.sh('ping -c 1 -W 1 10.0.1.1');
    await dan.sh('ping -c 1 -W 1 10.0.1.1');
  }
  const moves = events('switch.move').slice(before);
  check('flapping', () => ({
    met: moves.length >= 4,
    ...(moves[0] === undefined ? {} : { atNs: moves[0].at }),
    saw: `${moves.length} moves`,
  }));
}

async function atOnce({ ann, cat, params, check, events, seen, sleep }: Context): Promise<void> {
  await ann.sh('ping -c 1 10.0.2.2; ping -c 1 10.0.1.2');
  await cat.sh('ping -c 1 10.0.2.4');
  await sleep('1s');
  const before = events('link.collision').length;
  // Large pings at one instant: on the hub both cards find the medium idle and begin.
  const senders = [ann.start('ping -c 3 -i 0.2 -s 1400 10.0.1.2 & ping -c 3 -i 0.2 -s 1400 10.0.2.2; wait')];
  if (params.both === true)
    senders.push(cat.start('ping -c 3 -i 0.2 -s 1400 10.0.1.2 & ping -c 3 -i 0.2 -s 1400 10.0.2.2; wait'));
  for (const sender of senders) await sender.wait();
  const collisions = events('link.collision').slice(before);
  const onHub = collisions.filter(({ values }) => values.card.startsWith('hb') || values.card.endsWith('eth1'));
  const first = onHub[0];
  const evidence = first === undefined ? {} : { atNs: first.at };
  check('collide', () => ({
    met: onHub.length >= 2 && onHub.some(({ values }) => values.attempt >= 1),
    ...evidence,
    saw: `${onHub.length} collisions`,
  }));
  const onSwitch = seen('icmp.type == 8 && ip.dst == 10.0.1.2').packets;
  const atOneInstant = onSwitch.find((p) => onSwitch.some((q) => q.card !== p.card && q.atNs === p.atNs));
  check(
    'no-collisions',
    () => ({
      met: atOneInstant !== undefined && collisions.length === onHub.length,
      saw: `${collisions.length - onHub.length} collisions on the switch, two frames at one instant: ${atOneInstant !== undefined}`,
    }),
    atOneInstant,
  );
  const { stdout } = await ann.sh('ip -s link show eth1; ip -s link show eth0');
  const counts = [...stdout.matchAll(/TX:[^\n]*\n\s*(?:\d+\s+){5}(\d+)/g)].map((m) => Number(m[1]));
  check('differ', () => ({
    met: counts.length === 2 && counts[0]! > 0 && counts[1] === 0,
    saw: `collisions counted: hub ${counts[0]}, switch ${counts[1]}`,
  }));
}

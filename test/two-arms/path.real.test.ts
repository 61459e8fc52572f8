/** The path between two hosts: ping and traceroute, their printed answers and the ICMP messages behind them, in two arms. */
import { twoArms } from './two-arms.ts';

twoArms(
  'ping: three replies through a router, TTL one less each way',
  async (arm) => {
    const frames = await arm.watch('laptop');
    const ping = await arm.run('laptop', 'ping -n -c 3 -i 0.2 10.0.2.2');
    return { ping, frames: await frames() };
  },
  {
    ping: {
      code: 0,
      lines: [
        'PING 10.0.2.2 (10.0.2.2) 56(84) bytes of data.',
        '64 bytes from 10.0.2.2: icmp_seq=1 ttl=63 time=T ms',
        '64 bytes from 10.0.2.2: icmp_seq=2 ttl=63 time=T ms',
        '64 bytes from 10.0.2.2: icmp_seq=3 ttl=63 time=T ms',
        '--- 10.0.2.2 ping statistics ---',
        '3 packets transmitted, 3 received, 0% packet loss, time T',
        'rtt min/avg/max/mdev = T',
      ],
    },
    frames: [1, 2, 3].flatMap(() => ['out ICMP 8/0 ttl=64', 'in ICMP 0/0 ttl=63']),
  },
);

twoArms(
  'ping: the router has no route (ICMP 3/0)',
  async (arm) => {
    const frames = await arm.watch('laptop');
    return { ping: await arm.run('laptop', 'ping -n -c 1 10.77.0.1'), frames: await frames() };
  },
  { frames: ['out ICMP 8/0 ttl=64', 'in ICMP 3/0 ttl=64'] },
);

twoArms(
  'ping: nobody has the address on the last network (ICMP 3/1 after three requests of ARP)',
  async (arm) => {
    const frames = await arm.watch('laptop');
    return { ping: await arm.run('laptop', 'ping -n -c 1 -W 5 10.0.2.9'), frames: await frames() };
  },
  { frames: ['out ICMP 8/0 ttl=64', 'in ICMP 3/1 ttl=64'] },
);

twoArms('ping: nobody has the address on the own network', (arm) => arm.run('laptop', 'ping -n -c 1 -W 5 10.0.1.9'));

twoArms(
  'ping: no route at all, the call fails with ENETUNREACH',
  (arm) => arm.run('laptop', 'ip route del default; ping -n -c 1 10.0.2.2'),
  { code: 2, lines: ['ping: connect: Network is unreachable'] },
);

twoArms(
  'ping: TTL of one ends at the router (ICMP 11/0)',
  async (arm) => {
    const frames = await arm.watch('laptop');
    return { ping: await arm.run('laptop', 'ping -n -c 1 -t 1 10.0.2.2'), frames: await frames() };
  },
  { frames: ['out ICMP 8/0 ttl=1', 'in ICMP 11/0 ttl=64'] },
);

twoArms(
  'ping: too long for the far network and not to be fragmented (ICMP 3/4), then known to the sender',
  async (arm) => {
    const frames = await arm.watch('laptop');
    const ping = await arm.run('laptop', 'ping -n -c 2 -i 0.3 -M do -s 1472 10.0.2.2');
    const route = await arm.run('laptop', 'ip route get 10.0.2.2 | grep -o "mtu [0-9]*"');
    return { ping, route, frames: await frames() };
  },
  { route: { code: 0, lines: ['mtu 1400'] }, frames: ['out ICMP 8/0 ttl=64', 'in ICMP 3/4 ttl=64'] },
);

twoArms(
  'ping: fragments on the way there and back',
  async (arm) => {
    const frames = await arm.watch('web');
    return { ping: await arm.run('laptop', 'ping -n -c 1 -M dont -s 4000 10.0.2.2'), frames: await frames() };
  },
  { ping: { code: 0 } as never },
);

twoArms('ping: the broadcast address asks for -b', (arm) => arm.run('laptop', 'ping -c 1 10.0.1.255'));

for (const [kind, options] of [
  ['UDP', '-q 2'],
  ['ICMP', '-I -q 2'],
  ['TCP', '-T -p 81 -q 2'],
] as const) {
  twoArms(
    `traceroute with ${kind}: router, then host`,
    async (arm) => {
      const { code, lines } = await arm.run('laptop', `traceroute -n ${options} 10.0.2.2`);
      return { code, lines };
    },
    {
      code: 0,
      lines: [
        'traceroute to 10.0.2.2 (10.0.2.2), 30 hops max, 60 byte packets',
        ' 1  10.0.1.1  T  T',
        ' 2  10.0.2.2  T  T',
      ],
    },
  );
}

twoArms(
  'traceroute: no route behind the router is told as !N',
  (arm) => arm.run('laptop', 'traceroute -n -q 1 -m 3 10.77.0.1'),
  { code: 0 },
);

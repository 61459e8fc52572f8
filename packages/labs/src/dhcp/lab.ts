/** DHCP: four messages from nothing to an address, renewal at half of the lease, no address without a server, a pool that runs dry. */
import { cable, host, lab, networkSwitch, param } from '@netarium/core/check/lab.ts';
import type { LabContext, LabTools, SeenPacket } from '@netarium/core/check/lab-context.ts';

type Context = LabContext<'ann' | 'bob' | 'server'>;
const LEASE_S = 60;
const TYPES = ['', 'Discover', 'Offer', 'Request', 'Decline', 'Ack', 'Nak', 'Release', 'Inform'];

const conf = `authoritative;
default-lease-time ${LEASE_S};
max-lease-time ${LEASE_S};
option domain-name-servers 10.0.1.1;
subnet 10.0.1.0 netmask 255.255.255.0 {
  range 10.0.1.100 10.0.1.100;
  option routers 10.0.1.1;
}
`;

export default lab({
  id: 'dhcp',
  title: { en: 'DHCP: an address on loan', zh: 'DHCP：租来的地址' },
  text: {
    en: 'Ann comes without an address and gets the only one of the pool, in four messages. At half of the lease she renews it. Bob finds the pool empty until she gives it back.',
    zh: 'Ann 没有地址，用四个报文得到地址池中唯一的地址；租期过半时续租。Bob 发现地址池已空，直到 Ann 归还地址。',
  },
  params: {
    server: {
      default: 'dhcpd -f eth0',
      choices: ['dhcpd -f eth0', 'sleep 600'],
      text: { en: 'What runs on the server', zh: '服务器上运行什么' },
    },
    wait: {
      default: 35,
      min: 0,
      max: 300,
      text: { en: 'Seconds that Ann keeps her lease under watch', zh: '观察 Ann 的租约多少秒' },
    },
    joins: { default: true, text: { en: 'Ann asks for an address', zh: 'Ann 是否请求地址' } },
    release: { default: true, text: { en: 'Ann gives the address back', zh: 'Ann 是否归还地址' } },
  },
  machines: {
    server: host({ eth0: '10.0.1.1/24', files: { '/etc/dhcp/dhcpd.conf': conf }, run: [param('server')] }),
    ann: host({ eth0: '' }),
    bob: host({ eth0: '' }),
    sw: networkSwitch(),
  },
  cables: (['server', 'ann', 'bob'] as const).map((name) => cable(name, 'sw', { rate: '100Mbit', delay: '1ms' })),
  until: '10m',
  checks: {
    four: {
      text: {
        en: 'Discover, Offer, Request, Ack: four messages make a lease',
        zh: 'Discover、Offer、Request、Ack：四个报文完成一次租约',
      },
      row: 23,
    },
    broadcast: {
      text: {
        en: 'Without an address the client asks from 0.0.0.0 to 255.255.255.255',
        zh: '没有地址的客户端从 0.0.0.0 向 255.255.255.255 询问',
      },
      row: 23,
    },
    configured: {
      text: { en: 'Address, route and name server are in place', zh: '地址、路由和域名服务器都已配置' },
      row: 23,
    },
    renewal: {
      text: {
        en: `By half of the ${LEASE_S} s (the client draws between 3/8 and 1/2) the lease is renewed, by unicast`,
        zh: `${LEASE_S} 秒租期将近一半时（客户端在 3/8 与 1/2 之间随机选取）以单播续租`,
      },
      row: 23,
    },
    empty: { text: { en: 'While the pool is empty Bob gets nothing', zh: '地址池空时 Bob 得不到地址' }, row: 23 },
    handed: { text: { en: 'The address that Ann gave back goes to Bob', zh: 'Ann 归还的地址给了 Bob' }, row: 23 },
  },
  counterRuns: {
    alone: {
      set: { joins: false },
      flips: ['four', 'broadcast', 'configured', 'empty'],
      text: {
        en: 'Ann asks for nothing, so the pool is full when Bob comes.',
        zh: 'Ann 没有请求地址，Bob 来时地址池是满的。',
      },
    },
    'no-server': {
      set: { server: 'sleep 600' },
      flips: ['four', 'configured', 'renewal', 'handed'],
      text: { en: 'Without a server there is no lease.', zh: '没有服务器就没有租约。' },
    },
    early: {
      set: { wait: 10 },
      flips: ['renewal'],
      text: { en: 'Nobody waits for half of the lease.', zh: '没有等到租期过半。' },
    },
    kept: {
      set: { release: false },
      flips: ['handed'],
      text: { en: 'Ann keeps the address.', zh: 'Ann 不归还地址。' },
    },
  },
  async script(context) {
    await context.sleep('100ms');
    tell(context);
    const client = await lease(context);
    await renewal(context);
    await pool(context, client);
  },
});

function tell({ watch, say }: LabTools): void {
  watch('dhcp', (p) => {
    const [who, type, to] = [p.card.split('.')[0], TYPES[Number(p.field('dhcp.option.dhcp'))], p.field('ip.dst')];
    const address = p.field('dhcp.ip.your');
    const offered = address === '0.0.0.0' ? '' : `, ${address}`;
    say({ en: `${who}: DHCP ${type} to ${to}${offered}`, zh: `${who}：DHCP ${type} 发往 ${to}${offered}` });
  });
}

function types(packets: readonly SeenPacket[]): string {
  return packets.map((p) => TYPES[Number(p.field('dhcp.option.dhcp'))]).join(' ');
}

async function lease({ ann, params, check, seen, until }: Context): Promise<ReturnType<Context['ann']['start']>> {
  const client = ann.start(params.joins === true ? 'dhclient -v eth0' : 'exec sleep 600');
  await until(() => ann.readFile('/etc/resolv.conf') !== undefined, '10s');
  const all = seen('dhcp').packets.filter((p) => p.card.startsWith('ann.') || p.card.startsWith('server.'));
  check('four', () => ({ met: types(all) === 'Discover Offer Request Ack', saw: types(all) || 'nothing' }), all.at(-1));
  const first = all[0];
  check(
    'broadcast',
    () => ({
      met:
        first?.field('ip.src') === '0.0.0.0' &&
        first.field('ip.dst') === '255.255.255.255' &&
        first.field('eth.dst') === 'ff:ff:ff:ff:ff:ff',
      saw: `${first?.field('ip.src')} to ${first?.field('ip.dst')}`,
    }),
    first,
  );
  const { stdout } = await ann.sh('ip -br addr show eth0; ip route; cat /etc/resolv.conf');
  check('configured', () => ({
    met:
      stdout.includes('10.0.1.100/24') &&
      stdout.includes('default via 10.0.1.1') &&
      stdout.includes('nameserver 10.0.1.1'),
    saw: stdout.trim().replaceAll('\n', '; '),
  }));
  return client;
}

async function renewal({ params, check, seen, sleep, now }: Context): Promise<void> {
  const from = now;
  await sleep(Number(params.wait) * 1_000_000_000);
  const later = seen('dhcp && ip.src == 10.0.1.100').packets.filter((p) => p.atNs > from);
  const request = later[0];
  const seconds = request === undefined ? 0 : (request.atNs - from) / 1e9;
  check(
    'renewal',
    () => ({
      met: request?.field('ip.dst') === '10.0.1.1' && seconds > 22 && seconds < 31,
      saw: request === undefined ? 'no renewal' : `to ${request.field('ip.dst')} after ${seconds} s`,
    }),
    request,
  );
}

async function pool(
  { ann, bob, params, check, seen }: Context,
  client: ReturnType<Context['ann']['start']>,
): Promise<void> {
  const first = await bob.sh('dhclient -1 -v eth0', { env: {} });
  const offers = seen('dhcp.option.dhcp == 2', 'bob.eth0').packets.filter(
    (p) => p.field('dhcp.hw.mac_addr') === '02:00:00:00:03:01',
  );
  check('empty', () => ({
    met: first.status === 2 && offers.length === 0,
    saw: `status ${first.status}, ${offers.length} offers`,
  }));
  if (params.release === true) await ann.sh('dhclient -r eth0');
  client.kill();
  await client.wait();
  const again = bob.start('dhclient -1 -d -v eth0');
  const until = seen('dhcp').count;
  await ann.sh('sleep 5');
  const { stdout } = await bob.sh('ip -br addr show eth0');
  check(
    'handed',
    () => ({
      met: stdout.includes('10.0.1.100/24'),
      saw: `${stdout.trim()} after ${seen('dhcp').count - until} messages`,
    }),
    seen('dhcp.option.dhcp == 5').last,
  );
  again.kill();
  await again.wait();
}

import { describe, expect, it } from 'vitest';
import { Network } from '../dns/network.test-util.ts';

const CONF = `
authoritative;
default-lease-time 600;
max-lease-time 600;
option domain-name-servers 10.0.1.1;
option domain-name "home.test";
subnet 10.0.1.0 netmask 255.255.255.0 {
  range 10.0.1.100 10.0.1.101;
  option routers 10.0.1.1;
}
`;

function network(options: { conf?: string; run?: string[]; clients?: string[] } = {}): Network {
  const clients = options.clients ?? ['laptop'];
  return new Network({
    machines: {
      ...Object.fromEntries(
        clients.map((name) => [name, { kind: 'host' as const, interfaces: { eth0: {} }, hostname: name }]),
      ),
      gw: {
        kind: 'router',
        interfaces: { eth0: '10.0.1.1/24', eth1: '10.0.2.1/24' },
        files: { '/etc/dhcp/dhcpd.conf': options.conf ?? CONF },
        run: options.run ?? ['dhcpd -d'],
      },
      web: { kind: 'host', interfaces: { eth0: '10.0.2.2/24' }, gateway: '10.0.2.1' },
      sw: { kind: 'switch' },
    },
    cables: [
      ...clients.map((name) => ({ from: name, to: 'sw', delay: '1ms' })),
      { from: 'sw', to: 'gw.eth0', delay: '1ms' },
      { from: 'gw.eth1', to: 'web', delay: '1ms' },
    ],
  });
}

describe('dhclient and dhcpd', () => {
  it('configure a host that has nothing', async () => {
    const net = network();
    const run = await net.sh('laptop', 'dhclient -v -1 eth0');
    expect(run.code).toBe(0);
    expect(
      run.stderr.replace(/interval \d+/, 'interval N').replace(/in \d+ seconds/, 'in N seconds'),
    ).toBe(`Netarium DHCP client, in the manner of ISC dhclient 4.4

Listening on LPF/eth0/02:00:00:00:01:01
Sending on   LPF/eth0/02:00:00:00:01:01
Sending on   Socket/fallback
DHCPDISCOVER on eth0 to 255.255.255.255 port 67 interval N
DHCPOFFER of 10.0.1.100 from 10.0.1.1
DHCPREQUEST for 10.0.1.100 on eth0 to 255.255.255.255 port 67
DHCPACK of 10.0.1.100 from 10.0.1.1
bound to 10.0.1.100 -- renewal in N seconds.
`);
    expect((await net.sh('laptop', 'cat /etc/resolv.conf')).stdout).toBe(
      'domain home.test\nsearch home.test\nnameserver 10.0.1.1\n',
    );
    const { network: stack } = net.host('laptop');
    expect(stack.addresses().map((one) => one.address)).toContain('10.0.1.100/24');
    expect(net.host('gw').daemons[0]!.stderr).toContain(
      'DHCPACK on 10.0.1.100 to 02:00:00:00:01:01 (laptop) via eth0\n',
    );
    expect((await net.sh('gw', 'cat /var/lib/dhcp/dhcpd.leases')).stdout).toContain('lease 10.0.1.100 {');
  });

  it('keep the lease by renewing, and lose it when the server is gone', async () => {
    const net = network();
    await net.sh('laptop', 'dhclient -1 eth0');
    await net.pass(3600);
    const has = () =>
      net
        .host('laptop')
        .network.addresses()
        .some((one) => one.address === '10.0.1.100/24');
    expect(has()).toBe(true);
    expect(net.host('gw').daemons[0]!.stderr.match(/DHCPACK/g)!.length).toBeGreaterThan(10);
    await net.sh('gw', 'kill $(cat /run/dhcpd.pid)');
    await net.pass(400);
    expect(has()).toBe(true);
    await net.pass(220);
    expect(has()).toBe(false);
    const again = net.start('gw', 'dhcpd -d');
    await net.pass(400);
    expect(again.stderr).toContain('DHCPACK on 10.0.1.100');
    expect(has()).toBe(true);
  });

  it('take a lease for ever', async () => {
    const net = network({ conf: CONF.replace(/lease-time 600/g, 'lease-time 4294967295') });
    expect((await net.sh('laptop', 'dhclient -1 eth0')).code).toBe(0);
    await net.pass(1_000_000);
    const { network: stack } = net.host('laptop');
    expect(stack.addresses().find((one) => one.address === '10.0.1.100/24')?.validNs).toBeUndefined();
  });

  it('end with code 2 where there is no server', async () => {
    const net = network({ run: [] });
    const run = await net.sh('laptop', 'dhclient -v -1 eth0');
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/No DHCPOFFERS received.\nUnable to obtain a lease on first try. {2}Exiting.\n$/);
    expect(run.ns / 1e9).toBeGreaterThanOrEqual(60);
    expect(run.ns / 1e9).toBeLessThan(63);
    expect(
      net
        .host('laptop')
        .network.addresses()
        .filter((one) => one.scope === 'global'),
    ).toEqual([]);
  });

  it('share a small pool among three clients: the third gets nothing until one releases', async () => {
    const net = network({ clients: ['a', 'b', 'c'] });
    expect((await net.sh('a', 'dhclient -1 eth0')).code).toBe(0);
    expect((await net.sh('b', 'dhclient -1 eth0')).code).toBe(0);
    expect((await net.sh('c', 'dhclient -1 eth0')).code).toBe(2);
    expect(net.host('gw').daemons[0]!.stderr).toContain('network 10.0.1.0/24: no free leases');
    const released = await net.sh('a', 'dhclient -v -r eth0');
    expect(released.stderr).toBe('Killed old client process\nDHCPRELEASE of 10.0.1.100 on eth0 to 10.0.1.1 port 67\n');
    expect((await net.sh('c', 'dhclient -1 eth0')).code).toBe(0);
    expect(
      net
        .host('c')
        .network.addresses()
        .map((one) => one.address),
    ).toContain('10.0.1.100/24');
  });

  it('ask for the same address after a restart of the client', async () => {
    const net = network();
    await net.sh('laptop', 'dhclient -1 eth0');
    await net.sh('laptop', 'dhclient -x eth0');
    const again = await net.sh('laptop', 'dhclient -v -1 eth0');
    expect(again.stderr).not.toContain('DHCPDISCOVER');
    expect(again.stderr).toContain(
      'DHCPREQUEST for 10.0.1.100 on eth0 to 255.255.255.255 port 67\nDHCPACK of 10.0.1.100 from 10.0.1.1\n',
    );
    const twice = await net.sh('laptop', 'dhclient -1 eth0');
    expect(twice).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^dhclient\(\d+\) is already running - exiting.\n$/),
    });
  });

  it('serve a host that is configured with address dhcp, and its packets go through the router', async () => {
    const net = network();
    await net.sh('laptop', 'dhclient -1 eth0');
    await net.sh('web', 'mkdir -p /etc/bind; echo "options { recursion no; };" > /etc/bind/named.conf; named');
    expect((await net.sh('laptop', 'dig @10.0.2.2 x')).stdout).toContain('status: REFUSED');
  });

  it('say what is wrong', async () => {
    const net = network({ conf: 'subnet 10.9.0.0 netmask 255.255.0.0 { }\nfoo bar;', run: [] });
    expect(await net.sh('gw', 'dhcpd')).toMatchObject({
      code: 1,
      stderr:
        "/etc/dhcp/dhcpd.conf line 2: statement 'foo' is not supported by Netarium; see docs/coverage/dhcpd.md\nConfiguration file errors encountered -- exiting\n",
    });
    await net.sh('gw', 'echo "subnet 10.9.0.0 netmask 255.255.0.0 { }" > /etc/dhcp/dhcpd.conf');
    expect((await net.sh('gw', 'dhcpd')).stderr).toBe('Not configured to listen on any interfaces!\n');
    expect((await net.sh('gw', 'dhcpd eth1')).stderr).toBe('No subnet declaration for eth1 (10.0.2.1).\n');
    expect((await net.sh('laptop', 'dhclient eth7')).stderr).toBe(
      'Error getting hardware address for "eth7": No such device\n',
    );
    expect((await net.sh('laptop', 'dhclient -6')).code).toBe(1);
  });
});

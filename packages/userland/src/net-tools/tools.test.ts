/** ip, arp, ss, nc, traceroute and telnet over a simulated network. */
import { describe, expect, it } from 'vitest';
import { lan } from './lan.test-util.ts';
import { statesOf } from './ss/filter.ts';
import { formatTimer } from './ss/table.ts';
import { newProbes, waitNs } from './traceroute/probes.ts';

describe('ip', () => {
  it('shows addresses, links, routes and neighbours', async () => {
    const net = lan();
    await net.sh('laptop', 'ping -c 1 gw');
    const { stdout } = await net.sh(
      'laptop',
      'ip a; ip r; ip n; ip -br a; ip -br l; ip -o -4 addr show dev eth0; ip route get 10.0.2.2',
    );
    expect(stdout).toBe(`1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc pfifo_fast state UP group default qlen 1000
    link/ether 02:00:00:00:01:01 brd ff:ff:ff:ff:ff:ff
    inet 10.0.1.2/24 scope global eth0
       valid_lft forever preferred_lft forever
default via 10.0.1.1 dev eth0${' '}
10.0.1.0/24 dev eth0 proto kernel scope link src 10.0.1.2${' '}
10.0.1.1 dev eth0 lladdr 02:00:00:00:02:01 REACHABLE${' '}
lo               UNKNOWN        127.0.0.1/8${' '}
eth0             UP             10.0.1.2/24${' '}
lo               UNKNOWN        00:00:00:00:00:00 <LOOPBACK,UP,LOWER_UP>${' '}
eth0             UP             02:00:00:00:01:01 <BROADCAST,MULTICAST,UP,LOWER_UP>${' '}
2: eth0    inet 10.0.1.2/24 scope global eth0\\       valid_lft forever preferred_lft forever
10.0.2.2 via 10.0.1.1 dev eth0 src 10.0.1.2 uid 0${' '}
    cache${' '}
`);
  });

  it('counts what passes a card', async () => {
    const net = lan();
    await net.sh('laptop', 'ping -c 1 gw');
    const { stdout } = await net.sh('laptop', 'ip -s link show eth0');
    expect(stdout.split('\n').slice(2)).toEqual([
      `    RX:  bytes packets errors dropped  missed   mcast           `,
      `           140       2      0       0       0       0 `,
      `    TX:  bytes packets errors dropped carrier collsns           `,
      `           140       2      0       0       0       0 `,
      '',
    ]);
  });

  it('changes what the kernel lets it change', async () => {
    const net = lan();
    const commands = [
      'ip addr add 10.0.1.9/24 brd + dev eth0',
      'ip route add 10.7.0.0/16 via 10.0.1.1 metric 5',
      'ip route add unreachable 10.8.0.0/16',
      'ip neigh add 10.0.1.77 lladdr 02:00:00:00:00:77 dev eth0',
      'ip link set dev eth0 mtu 1400',
      'ip -o addr show eth0 | grep -c "10.0.1.9/24 brd 10.0.1.255"',
      'ip route show 10.7.0.0/16; ip r | grep 10.8; ip neigh show 10.0.1.77; ip -br link show up | wc -l',
      'ip addr del 10.0.1.9/24 dev eth0; ip route del 10.7.0.0/16; ip neigh del 10.0.1.77 dev eth0',
      'ip r | grep -c 10.7; ip neigh show dev eth0; ip link set eth0 down; ip -br link show eth0',
    ];
    expect((await net.sh('laptop', commands.join('\n'))).stdout.split('\n')).toEqual([
      '1',
      '10.7.0.0/16 via 10.0.1.1 dev eth0 metric 5 ',
      'unreachable 10.8.0.0/16 ',
      '10.0.1.77 dev eth0 lladdr 02:00:00:00:00:77 PERMANENT ',
      '2',
      '0',
      'eth0             DOWN           02:00:00:00:01:01 <BROADCAST,MULTICAST> ',
      '',
    ]);
  });

  it.each([
    ['ip frob', 'Object "frob" is unknown, try "ip help".', 1],
    ['ip addr frob', 'Command "frob" is unknown, try "ip address help".', 255],
    ['ip addr add 10.5.5.5/24', 'Not enough information: "dev" argument is required.', 1],
    ['ip addr add bad dev eth0', 'Error: any valid prefix is expected rather than "bad".', 1],
    ['ip addr add 10.0.1.2/24 dev eth0', 'Error: ipv4: Address already assigned.', 2],
    ['ip addr del 10.9.0.2/24 dev eth0', 'Error: ipv4: Address not found.', 2],
    ['ip addr add 10.5.5.5/24 dev nope', 'Cannot find device "nope"', 1],
    ['ip addr show dev nope', 'Device "nope" does not exist.', 1],
    ['ip route add 10.0.0.0/8 via 10.55.0.1', 'Error: Nexthop has invalid gateway.', 2],
    ['ip route add 10.0.1.5/24 dev eth0', 'Error: Invalid prefix for given prefix length.', 2],
    ['ip route add 10.0.1.0/24 dev eth0 proto kernel scope link src 10.0.1.2', 'RTNETLINK answers: File exists', 2],
    ['ip route del 10.3.0.0/16', 'RTNETLINK answers: No such process', 2],
    ['ip neigh del 10.0.1.77 dev eth0', 'RTNETLINK answers: No such file or directory', 2],
    ['ip neigh add 10.0.1.78', 'Device and destination are required arguments.', 255],
    ['ip neigh flush', 'Flush requires arguments.', 1],
    ['ip link set eth0 mtu 10', 'Error: mtu less than device minimum.', 2],
    ['ip link set eth0 mtu x', 'Error: argument "x" is wrong: Invalid "mtu" value', 255],
    ['ip -zz a', 'Option "-zz" is unknown, try "ip -help".', 255],
    ['ip rule', "ip: 'rule' is not supported by Netarium; see docs/coverage/ip.md", 255],
  ])('%s', async (line, text, code) => {
    const result = await lan().sh('laptop', line);
    expect([result.stderr.trim(), result.code]).toEqual([text, code]);
  });
});

describe('arp', () => {
  it('shows and changes the neighbour table', async () => {
    const net = lan();
    const script =
      'ping -c 1 gw >/dev/null; ping -c 1 -W 1 10.0.1.9 >/dev/null; arp -n; arp -a; arp -s 10.0.1.7 02:00:00:00:00:09; arp -an 10.0.1.7; arp -d 10.0.1.7; arp -d 10.0.1.7; arp -n 10.0.1.8';
    expect(await net.sh('laptop', script)).toEqual({
      code: 0,
      stdout: `Address                  HWtype  HWaddress           Flags Mask            Iface
10.0.1.1                 ether   02:00:00:00:02:01   C                     eth0
10.0.1.9                         (incomplete)                              eth0
gw (10.0.1.1) at 02:00:00:00:02:01 [ether] on eth0
? (10.0.1.9) at <incomplete> on eth0
? (10.0.1.7) at 02:00:00:00:00:09 [ether] PERM on eth0
10.0.1.8 (10.0.1.8) -- no entry
`,
      stderr: 'No ARP entry for 10.0.1.7\n',
    });
  });
});

describe('ss and nc', () => {
  it('show a listener, a connection and its TIME-WAIT', async () => {
    const net = lan({ run: ['nc -l -k 81', 'nc -u -l 53'] });
    const client = net.start('laptop', 'nc -p 5000 web 81');
    await net.sleep(0.1);
    const { stdout } = await net.sh('web', 'ss -tan; ss -tln; ss -uanp; ss -tanH state established sport = :81');
    const trimmed = stdout.replace(/pid=\d+/g, 'pid=N').replace(/ +$/gm, '');
    expect(trimmed).toBe(`State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess
LISTEN 0      1            0.0.0.0:81        0.0.0.0:*
ESTAB  0      0           10.0.2.2:81       10.0.1.2:5000
State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess
LISTEN 0      1            0.0.0.0:81        0.0.0.0:*
State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess
UNCONN 0      0            0.0.0.0:53        0.0.0.0:*    users:(("nc",pid=N,fd=3))
0      0      10.0.2.2:81 10.0.1.2:5000
`);
    client.kill();
    await net.sleep(1);
    expect((await net.sh('laptop', 'ss -tano state time-wait')).stdout).toMatch(
      /10\.0\.1\.2:5000\s+10\.0\.2\.2:81 +timer:\(timewait,5\dsec,0\)/,
    );
    expect((await net.sh('laptop', 'ss -s')).stdout).toContain('TCP:   1 (estab 0, closed 1, orphaned 0, timewait 1)');
  });

  it('copies both ways over TCP and UDP', async () => {
    const net = lan();
    const tcp = net.start('web', 'echo from web | nc -v -l -N 81');
    await net.sleep(0.1);
    expect(await net.sh('laptop', 'echo from laptop | nc -v -N web 81')).toEqual({
      code: 0,
      stdout: 'from web\n',
      stderr: 'Connection to web (10.0.2.2) 81 port [tcp/*] succeeded!\n',
    });
    expect(tcp.result().stdout).toBe('from laptop\n');
    expect(tcp.result().stderr).toMatch(/^Listening on 0\.0\.0\.0 81\nConnection received on 10\.0\.1\.2 \d+\n$/);
    const udp = net.start('web', 'nc -u -l 99');
    await net.sh('laptop', 'echo hello | nc -u -q 0 web 99');
    await net.sleep(0.1);
    expect(udp.result().stdout).toBe('hello\n');
  });

  it('scan ports, and say why a connection failed', async () => {
    const net = lan({ run: ['nc -l -k 80'] });
    expect((await net.sh('laptop', 'nc -vz web 79-80')).stderr).toBe(
      'nc: connect to web (10.0.2.2) port 79 (tcp) failed: Connection refused\nConnection to web (10.0.2.2) 80 port [tcp/http] succeeded!\n',
    );
    expect(await net.sh('laptop', 'nc -v -w 1 10.0.2.9 80')).toMatchObject({
      code: 1,
      stderr: 'nc: connect to 10.0.2.9 port 80 (tcp) timed out: Operation now in progress\n',
    });
    expect((await net.sh('laptop', 'nc web')).stderr).toBe('nc: missing port number\n');
    expect((await net.sh('laptop', 'nc -X connect web 80')).stderr).toContain("'-X' is not supported");
  });

  it('name states and timers as ss does', () => {
    expect(statesOf('time-wait')).toEqual(['TIME-WAIT']);
    expect(() => statesOf('nonsense')).toThrow('wrong state name: nonsense');
    expect(
      [59_000_000_000, 72_000_000_000, 204_000_000, 1_500_000_000, 40_000_000, 5_000_000_000, 0].map(formatTimer),
    ).toEqual(['59sec', '1min12sec', '204ms', '1.500ms', '040ms', '5sec', '']);
  });
});

describe('traceroute', () => {
  const shape = (text: string) => text.replace(/\d+\.\d{3} ms/g, 'T');

  it.each([
    ['', ' 1  gw (10.0.1.1)  T  T  T\n 2  web (10.0.2.2)  T  T  T\n'],
    ['-n', ' 1  10.0.1.1  T  T  T\n 2  10.0.2.2  T  T  T\n'],
    ['-n -I', ' 1  10.0.1.1  T  T  T\n 2  10.0.2.2  T  T  T\n'],
    ['-n -T', ' 1  10.0.1.1  T  T  T\n 2  10.0.2.2  T  T  T\n'],
    ['-n -T -p 81 -q 1', ' 1  10.0.1.1  T\n 2  10.0.2.2  T\n'],
    ['-n -f 2 -q 2', ' 2  10.0.2.2  T  T\n'],
  ])('traceroute %s', async (options, wanted) => {
    const { stdout, code } = await lan({ run: ['httpd /tmp'] }).sh('laptop', `traceroute ${options} web`);
    expect([shape(stdout), code]).toEqual([`traceroute to web (10.0.2.2), 30 hops max, 60 byte packets\n${wanted}`, 0]);
  });

  it('shows stars for silence and marks for errors', async () => {
    const net = lan();
    expect(
      shape((await net.sh('laptop', 'traceroute -n -m 2 -q 2 -w 1 10.0.2.9')).stdout)
        .split('\n')
        .slice(1),
    ).toEqual([' 1  10.0.1.1  T  T', ' 2  * *', '']);
    expect(shape((await net.sh('laptop', 'traceroute -n -q 1 10.9.9.9')).stdout).split('\n')[1]).toBe(
      ' 1  10.0.1.1  T !N',
    );
  });

  it('waits for silent probes by what the others needed', () => {
    const probes = newProbes(2, 2);
    const times = { maxNs: 5_000_000_000, here: 3, near: 10 };
    for (const probe of probes) probe.sentNs = 0;
    expect(waitNs(probes, probes[0]!, 2, times)).toBe(5_000_000_000);
    Object.assign(probes[2]!, { done: true, receivedNs: 9_000_000 });
    expect(waitNs(probes, probes[0]!, 2, times)).toBe(100_000_000);
    Object.assign(probes[1]!, { done: true, receivedNs: 1_000_000 });
    expect(waitNs(probes, probes[0]!, 2, times)).toBe(6_000_000);
  });
});

describe('telnet', () => {
  it('shows whether a port answers', async () => {
    const net = lan({ run: ['echo welcome | nc -l -N 23'] });
    expect(await net.sh('laptop', 'telnet web 23 </dev/null')).toEqual({
      code: 1,
      stdout: "Trying 10.0.2.2...\nConnected to web.\nEscape character is '^]'.\nwelcome\n",
      stderr: 'Connection closed by foreign host.\n',
    });
    expect((await net.sh('laptop', 'telnet web 24')).stderr).toBe(
      'telnet: Unable to connect to remote host: Connection refused\n',
    );
  });
});

describe('help', () => {
  it.each(['curl', 'httpd', 'browser', 'ping', 'ss', 'nc', 'telnet', 'arp', 'traceroute', 'tcpdump'])(
    '%s shows its table of options',
    async (name) => {
      const net = lan();
      const { stdout, code } = await net.sh('laptop', `${name} --help`);
      expect([stdout.startsWith('Usage: '), stdout.includes(name), code]).toEqual([true, true, 0]);
      expect((await net.sh('laptop', `${name} --nonsense x`)).stderr).toContain(
        `${name}: '--nonsense' is not supported by Netarium; see docs/coverage/${name}.md`,
      );
    },
  );
});

describe('arping', () => {
  it('asks, by broadcast first and then who answered', async () => {
    const { stdout, code } = await lan().sh('laptop', 'arping -c 2 10.0.1.1');
    expect(stdout).toBe(`ARPING 10.0.1.1 from 10.0.1.2 eth0
Unicast reply from 10.0.1.1 [02:00:00:00:02:01]  2.013ms
Unicast reply from 10.0.1.1 [02:00:00:00:02:01]  2.013ms
Sent 2 probes (1 broadcast(s))
Received 2 response(s)
`);
    expect(code).toBe(0);
  });

  it('-D finds an address taken or free (RFC 5227 section 2.1.1)', async () => {
    const net = lan();
    expect((await net.sh('laptop', 'arping -q -D -c 1 10.0.1.1')).code).toBe(1);
    expect((await net.sh('laptop', 'arping -q -D -c 1 10.0.1.77')).code).toBe(0);
  });

  it('-U and -A change what neighbours believe (RFC 5227 section 3)', async () => {
    for (const mode of ['-U', '-A']) {
      const net = lan();
      await net.sh('gw', 'ping -c 1 10.0.1.2');
      const { stdout } = await net.sh(
        'laptop',
        `ip link set eth0 address 02:00:00:00:00:99; arping ${mode} -c 1 10.0.1.2; ip n`,
      );
      expect(stdout).toContain('Sent 1 probes (1 broadcast(s))\nReceived 0 response(s)\n');
      expect((await net.sh('gw', 'ip neigh show dev eth0')).stdout).toContain('10.0.1.2 lladdr 02:00:00:00:00:99');
    }
  });

  it('names what is wrong', async () => {
    const net = lan();
    const text = async (line: string) => (await net.sh('laptop', line)).stderr;
    expect(await text('arping -c 1 -I eth7 10.0.1.1')).toBe('arping: Device eth7 not available.\n');
    expect(await text('arping -c 1 -I lo 127.0.0.1')).toBe('Interface "lo" is not ARPable\n');
    expect(await text('arping -c 1 -s 10.0.1.7 10.0.1.1')).toBe('arping: bind: Cannot assign requested address\n');
    expect(await text('arping -c x 10.0.1.1')).toBe("arping: invalid argument: 'x'\n");
    expect(await text('arping')).toContain('Usage: arping [options] <destination>');
  });
});

import { describe, expect, it } from 'vitest';
import { Network } from './network.test-util.ts';

const HINTS = '. 3600000 NS a.root.\na.root. 3600000 A 10.0.0.1\n';
const soa = (rest: string) => `$TTL 300\n@ SOA ns h 1 3600 600 86400 60\n${rest}`;
const zone = (name: string, file: string) => `zone "${name}" { type primary; file "${file}"; };\n`;
const authoritative = (zones: string) => `options { recursion no; rrset-order { order fixed; }; };\n${zones}`;

const server = (address: string, name: string, text: string) => ({
  kind: 'host' as const,
  interfaces: { eth0: `${address}/24` },
  gateway: '10.0.0.254',
  files: { '/etc/bind/named.conf': authoritative(zone(name, 'db.zone')), '/etc/bind/db.zone': soa(text) },
  run: ['named -g'],
});

function network(extra: { resolver?: string } = {}): Network {
  return new Network({
    machines: {
      laptop: {
        kind: 'host',
        interfaces: { eth0: '10.0.0.20/24' },
        gateway: '10.0.0.254',
        files: { '/etc/resolv.conf': 'nameserver 10.0.0.53\n' },
      },
      resolver: {
        kind: 'host',
        interfaces: { eth0: '10.0.0.53/24' },
        gateway: '10.0.0.254',
        files: {
          '/etc/bind/named.conf':
            extra.resolver ?? 'options { rrset-order { order fixed; }; };\nzone "." { type hint; file "db.root"; };\n',
          '/etc/bind/db.root': HINTS,
        },
        run: ['named -g'],
      },
      root: server(
        '10.0.0.1',
        '.',
        ' NS a.root.\na.root. A 10.0.0.1\ntest. NS ns.test.\nns.test. A 10.0.0.2\ndead. NS ns.dead.\nns.dead. A 10.0.0.99\n',
      ),
      tld: server('10.0.0.2', 'test', ' NS ns\nns A 10.0.0.2\nshop NS ns.shop\nns.shop A 10.0.0.3\n'),
      shop: server(
        '10.0.0.3',
        'shop.test',
        ` NS ns\nns A 10.0.0.3\nwww CNAME web\nweb A 10.0.0.80\n A 10.0.0.81\nbig TXT ${Array.from({ length: 9 }, (_, i) => `"${String(i).repeat(180)}"`).join(' ')}\n`,
      ),
      sw: { kind: 'switch' },
    },
    cables: ['laptop', 'resolver', 'root', 'tld', 'shop'].map((name) => ({ from: name, to: 'sw', delay: '2ms' })),
  });
}

/** Lines of dig's output without what changes from run to run. */
const answers = (stdout: string) => stdout.split('\n').filter((line) => line !== '' && !line.startsWith(';'));

describe('dig and named', () => {
  it('resolve a name from the root down, then from the cache', async () => {
    const net = network();
    const first = await net.sh('laptop', 'dig www.shop.test');
    expect(first.stderr).toBe('');
    expect(first.stdout.replace(/id: \d+/, 'id: 1').replace(/time: \d+/, 'time: 1')).toBe(`
; <<>> DiG 9.18-Netarium <<>> www.shop.test
;; global options: +cmd
;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1
;; flags: qr rd ra; QUERY: 1, ANSWER: 3, AUTHORITY: 0, ADDITIONAL: 1

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags:; udp: 1232
;; QUESTION SECTION:
;www.shop.test.			IN	A

;; ANSWER SECTION:
www.shop.test.		300	IN	CNAME	web.shop.test.
web.shop.test.		300	IN	A	10.0.0.80
web.shop.test.		300	IN	A	10.0.0.81

;; Query time: 1 msec
;; SERVER: 10.0.0.53#53(10.0.0.53) (UDP)
;; WHEN: Thu Jan 01 00:00:00 UTC 2026
;; MSG SIZE  rcvd: 92

`);
    // Four round trips of 8 ms, and as many for ARP.
    expect(first.stdout).toContain(';; Query time: 64 msec');
    await net.pass(100);
    const second = await net.sh('laptop', 'dig www.shop.test');
    expect(second.stdout).toContain('web.shop.test.\t\t200\tIN\tA\t10.0.0.80');
    expect(second.stdout).toMatch(/;; Query time: (8|16) msec/);
  });

  it('go to TCP for what does not fit, at every step', async () => {
    const net = network();
    const { stdout, code } = await net.sh('laptop', 'dig big.shop.test TXT');
    expect(code).toBe(0);
    expect(stdout.startsWith(';; Truncated, retrying in TCP mode.\n')).toBe(true);
    expect(stdout).toContain('(TCP)');
    expect(answers(stdout)).toHaveLength(1);
    const plain = await net.sh('laptop', 'dig +noedns +ignore big.shop.test TXT @10.0.0.3');
    expect(plain.stdout).toMatch(/flags: qr aa tc rd;/);
    const tcp = await net.sh('laptop', 'dig +tcp +short web.shop.test');
    expect(tcp.stdout).toBe('10.0.0.80\n10.0.0.81\n');
  });

  it('say what went wrong', async () => {
    const net = network();
    expect((await net.sh('laptop', 'dig nothing.shop.test')).stdout).toContain('status: NXDOMAIN');
    expect((await net.sh('laptop', 'dig @10.0.0.3 elsewhere.example')).stdout).toContain('status: REFUSED');
    const dead = await net.sh('laptop', 'dig +tries=1 +time=15 x.dead');
    expect(dead.stdout).toContain('status: SERVFAIL');
    expect(dead.ns / 1e9).toBeGreaterThan(9.9);
    expect(dead.ns / 1e9).toBeLessThan(10.3);
    const silent = await net.sh('laptop', 'dig @10.0.0.99 x +time=1 +tries=2');
    expect(silent).toMatchObject({ code: 9 });
    const refused = await net.sh('laptop', 'dig @10.0.0.20 x');
    expect(refused).toMatchObject({ code: 9 });
    expect(refused.stdout.startsWith(';; communications error to 10.0.0.20#53: connection refused\n'.repeat(3))).toBe(
      true,
    );
    const name = await net.sh('laptop', 'dig a..b');
    expect(name).toMatchObject({ code: 10, stdout: "dig: 'a..b' is not a legal name (empty label)\n" });
    const transfer = await net.sh('laptop', 'dig shop.test AXFR');
    expect(transfer.stdout).toContain("'AXFR' is not supported by Netarium");
  });

  it('trace the way down', async () => {
    const net = network();
    const traced = await net.sh('laptop', 'dig +trace www.shop.test @10.0.0.1');
    expect(traced.stdout.replace(/in \d+ ms/g, 'in N ms')).toBe(`
; <<>> DiG 9.18-Netarium <<>> +trace www.shop.test @10.0.0.1
;; global options: +cmd
.			300	IN	NS	a.root.
;; Received 63 bytes from 10.0.0.1#53(10.0.0.1) in N ms

test.			300	IN	NS	ns.test.
;; Received 75 bytes from 10.0.0.1#53(a.root) in N ms

shop.test.		300	IN	NS	ns.shop.test.
;; Received 75 bytes from 10.0.0.2#53(ns.test) in N ms

www.shop.test.		300	IN	CNAME	web.shop.test.
web.shop.test.		300	IN	A	10.0.0.80
web.shop.test.		300	IN	A	10.0.0.81
shop.test.		300	IN	NS	ns.shop.test.
;; Received 125 bytes from 10.0.0.3#53(ns.shop.test) in N ms

`);
  });

  it('serve many clients at the same time', async () => {
    const net = network();
    const names = Array.from({ length: 20 }, (_, i) => `n${i}.dead`);
    const slow = names.map((name) => net.start('laptop', `dig +tries=1 +time=20 ${name}`));
    const quick = await net.sh('laptop', 'dig +short web.shop.test');
    expect(quick.stdout).toBe('10.0.0.80\n10.0.0.81\n');
    expect(quick.ns / 1e9).toBeLessThan(1);
    await net.pass(12);
    expect(slow.map((one) => /status: (\w+)/.exec(one.stdout)?.[1])).toEqual(names.map(() => 'SERVFAIL'));
  });

  it('forward', async () => {
    const net = network({ resolver: 'options { forwarders { 10.0.0.3; }; forward only; };' });
    expect((await net.sh('laptop', 'dig +short web.shop.test')).stdout.split('\n').sort()).toEqual([
      '',
      '10.0.0.80',
      '10.0.0.81',
    ]);
  });

  it('stop at once on SIGTERM, and read zones again on SIGHUP', async () => {
    const net = network();
    await net.pass(1);
    const reload = await net.sh(
      'shop',
      'echo "new A 10.0.0.90" >> /etc/bind/db.zone; kill -HUP $(cat /run/named/named.pid); sleep 1; dig @10.0.0.3 +short new.shop.test',
    );
    expect(reload.stdout).toBe('10.0.0.90\n');
    await net.sh('shop', 'ip addr add 10.0.0.33/24 dev eth0; kill -HUP $(cat /run/named/named.pid); sleep 1');
    expect((await net.sh('laptop', 'dig @10.0.0.33 +short new.shop.test')).stdout).toBe('10.0.0.90\n');
    await net.sh('shop', 'kill $(cat /run/named/named.pid); sleep 1');
    expect((await net.sh('shop', 'dig @10.0.0.3 web.shop.test')).code).toBe(9);
  });

  it('name the file and line of a mistake', async () => {
    const net = network();
    await net.sh('laptop', 'mkdir -p /etc/bind');
    const run = (conf: string) => net.sh('laptop', `printf '${conf}' > /etc/bind/named.conf; named -g`);
    expect((await run('options {\\n dnssec-enable yes;\\n};')).stderr).toContain(
      "named: /etc/bind/named.conf:2: option 'dnssec-enable' is not supported by Netarium",
    );
    expect((await run('options { recursion yes }')).stderr).toContain("/etc/bind/named.conf:1: missing ';' before '}'");
    await net.sh('laptop', 'printf "\\$TTL 60\\n@ SOA a b 1 2 3 4 5\\n NS a\\nx A 10.0.0\\n" > /etc/bind/bad');
    const zoneError = await run('zone "x" { type primary; file "bad"; };');
    expect(zoneError).toMatchObject({ code: 1 });
    expect(zoneError.stderr).toContain("named: /etc/bind/bad:4: near '10.0.0': bad dotted quad\n");
  });

  it('go to the background without -f, once they serve', async () => {
    const net = network({ resolver: 'nonsense' });
    await net.pass(1);
    const started = await net.sh(
      'tld',
      'kill $(cat /run/named/named.pid); sleep 1; named; echo $?; dig @10.0.0.2 +short ns.test',
    );
    expect(started).toMatchObject({ stdout: '0\n10.0.0.2\n', stderr: '' });
    expect(await net.sh('resolver', 'named')).toMatchObject({
      code: 1,
      stderr: "named: /etc/bind/named.conf:1: missing ';' at end of file\n",
    });
  });
});

describe('host names', () => {
  const getent = async (net: Network, name: string) => {
    const { stdout, code, ns } = await net.sh('laptop', `getent hosts ${name}`);
    return { text: stdout, code, seconds: ns / 1e9 };
  };

  it('come from /etc/hosts first, without a query', async () => {
    const net = network();
    await net.sh('laptop', 'echo "10.9.9.9 web.shop.test web" >> /etc/hosts');
    const card = net.host('laptop').cards[1]!;
    const sent = card.stats.txPackets;
    expect(await getent(net, 'web.shop.test')).toMatchObject({ text: '10.9.9.9        web.shop.test web\n', code: 0 });
    expect(card.stats.txPackets).toBe(sent);
    await net.sh('laptop', 'echo "hosts: dns files" > /etc/nsswitch.conf');
    expect((await getent(net, 'web.shop.test')).text).toBe(
      '10.0.0.80       web.shop.test\n10.0.0.81       web.shop.test\n',
    );
    await net.sh('laptop', 'echo "hosts: files" > /etc/nsswitch.conf');
    expect(await getent(net, 'www.shop.test')).toMatchObject({ text: '', code: 2 });
  });

  it('follow search list, aliases and TCP', async () => {
    const net = network();
    await net.sh('laptop', 'echo "search test shop.test" >> /etc/resolv.conf');
    expect((await getent(net, 'www')).text).toContain('10.0.0.80       web.shop.test www.shop.test\n');
    expect((await getent(net, 'web.shop')).text).toContain('10.0.0.80       web.shop.test\n');
    expect(await getent(net, 'nothing')).toMatchObject({ code: 2 });
  });

  it('take their time when a server is dead, as glibc does', async () => {
    const net = network();
    await net.sh('laptop', 'echo "nameserver 10.0.0.99" > /etc/resolv.conf');
    const both = await getent(net, 'web.shop.test');
    expect(both.code).toBe(2);
    expect(both.seconds).toBeGreaterThan(9.9);
    expect(both.seconds).toBeLessThan(10.2);
    await net.sh('laptop', 'echo "nameserver 10.0.0.53" >> /etc/resolv.conf');
    const second = await getent(net, 'web.shop.test');
    expect(second.text).toContain('10.0.0.80');
    expect(second.seconds).toBeGreaterThan(5);
    expect(second.seconds).toBeLessThan(5.2);
    await net.sh('laptop', 'echo "options timeout:1 attempts:1" >> /etc/resolv.conf');
    expect((await getent(net, 'web.shop.test')).seconds).toBeLessThan(1.2);
  });
});

describe('named with a directory of zones', () => {
  const files = {
    '/zones/db.shop.test': soa(' NS ns\nns A 10.0.0.1\n'),
    '/zones/a.test.zone': soa(' NS n\nn A 10.9.9.9\n'),
  };
  const alone = (extra: Readonly<Record<string, string>> = {}) =>
    new Network({
      machines: { a: { kind: 'host', interfaces: { eth0: '10.0.0.1/24' }, files: { ...files, ...extra } } },
      cables: [],
    });
  const started = 'named /zones/ --port 5353 >/tmp/out & sleep 1;';

  it('serves them on loopback in the foreground, reads them again, and ends with 0', async () => {
    const { stdout } = await alone().sh(
      'a',
      `${started} cat /tmp/out; dig @127.0.0.1 -p 5353 +short ns.shop.test; dig @127.0.0.1 -p 5353 +short n.a.test
       dig @127.0.0.1 -p 5353 +short +tcp ns.shop.test
       dig @127.0.0.1 -p 5353 other.test | grep -c REFUSED
       echo 'new A 10.0.0.2' >> /zones/db.shop.test; kill -HUP $!; sleep 1; dig @127.0.0.1 -p 5353 +short new.shop.test
       kill $!; wait $!; echo $?`,
    );
    expect(stdout.split('\n')).toEqual([
      'listening on 127.0.0.1:5353',
      '10.0.0.1',
      '10.9.9.9',
      '10.0.0.1',
      '1',
      '10.0.0.2',
      '0',
      '',
    ]);
  });

  it('takes a free port for 0', async () => {
    const { stdout } = await alone().sh(
      'a',
      `named /zones --port 0 --bind 10.0.0.1 >/tmp/out & sleep 1; p=$(sed 's/.*://' /tmp/out); dig @10.0.0.1 -p $p +short ns.shop.test; dig @10.0.0.1 -p $p +tcp +short ns.shop.test; kill $!`,
    );
    expect(stdout).toBe('10.0.0.1\n10.0.0.1\n');
  });

  it.each([
    ['named /nowhere', {}, 'named: /nowhere: No such file or directory'],
    ['named /etc/bind --port 99999', {}, "named: port '99999' out of range"],
    ['named /zones', { '/zones/x..y': '' }, "named: /zones/x..y: the file's name is not that of a zone"],
    ['named /zones', { '/zones/a.test': '' }, 'named: /zones/a.test.zone: /zones/a.test has this zone already'],
    [
      'named /zones --bind 192.0.2.1 --port 5353',
      {},
      'named: could not listen on 192.0.2.1#5353: Cannot assign requested address',
    ],
    [
      `${started} named /zones --port 5353; kill $!`,
      {},
      'named: could not listen on 127.0.0.1#5353: Address already in use',
    ],
    ['named /zones', { '/zones/bad.test': '@ SOA x\n' }, 'named: /zones/bad.test:1: '],
  ])('%s is refused in one line', async (line, extra, why) => {
    const { stderr } = await alone(extra).sh('a', line);
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining(why)]);
  });
});

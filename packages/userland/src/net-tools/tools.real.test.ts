/**
 * One command line, two arms: the real tools in network namespaces, ours on simulated hosts, the same three machines in both. Output and exit
 * code must be equal, but for times, MAC addresses, identifiers and what only the real kernel has (IPv6). Needs root.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lan, lan } from './lan.test-util.ts';

const PREFIX = `nt${process.pid}`;
const space = (name: string) => `${PREFIX}-${name}`;
/** traceroute's probes of a hop. */
const PROBES = 3;
/**
 * Kernels send one ICMP error a second to the same host, and a few at once (icmp_ratelimit). traceroute sends probes ahead that use all of those up, but
 * the first hops' come first: a trace needs as many as it asks a hop for.
 */
const earningSeconds = (line: string): number => Number(/ -q (\d+)/.exec(line)?.[1] ?? PROBES) + 1;
/** In virtual time all of them are earned again. */
const REFILL_SECONDS = 6;
const servers: ReturnType<typeof spawn>[] = [];
let folder = '';
let net: Lan;
let ports = 0;

function ip(...words: string[]): void {
  execFileSync('ip', words);
}

function configure(): void {
  for (const name of ['laptop', 'gw', 'web']) {
    ip('netns', 'add', space(name));
    ip('-n', space(name), 'link', 'set', 'lo', 'up');
    spawnSync('ip', ['netns', 'exec', space(name), 'sysctl', '-qw', 'net.ipv6.conf.lo.disable_ipv6=1']);
  }
  const cable = (
    a: string,
    cardA: string,
    addressA: string,
    b: string,
    cardB: string,
    addressB: string,
    mtu: string,
  ) => {
    ip('link', 'add', cardA, 'netns', space(a), 'type', 'veth', 'peer', 'name', cardB, 'netns', space(b));
    for (const [host, card, address] of [
      [a, cardA, addressA],
      [b, cardB, addressB],
    ] as const) {
      // The real arm has no IPv6 either, and its cards no off-loads that a capture would show.
      spawnSync('ip', ['netns', 'exec', space(host), 'sysctl', '-qw', `net.ipv6.conf.${card}.disable_ipv6=1`]);
      ip('-n', space(host), 'addr', 'add', address, 'dev', card);
      ip('-n', space(host), 'link', 'set', card, 'mtu', mtu, 'up');
    }
  };
  cable('laptop', 'eth0', '10.0.1.2/24', 'gw', 'eth0', '10.0.1.1/24', '1500');
  cable('gw', 'eth1', '10.0.2.1/24', 'web', 'eth0', '10.0.2.2/24', '1400');
  spawnSync('ip', ['netns', 'exec', space('gw'), 'sysctl', '-qw', 'net.ipv4.ip_forward=1']);
  ip('-n', space('laptop'), 'route', 'add', 'default', 'via', '10.0.1.1');
  ip('-n', space('web'), 'route', 'add', 'default', 'via', '10.0.2.1');
}

/** What may differ: times, hardware addresses, chance, and names that only one arm prints. */
function normal(text: string): readonly string[] {
  return text
    .replace(/([0-9a-f]{2}:){5}[0-9a-f]{2}/gi, 'MAC')
    .replace(/time=\d+ ms/g, 'time=T ms')
    .replace(/= [\d.]+\/[\d.]+\/[\d.]+\/[\d.]+ ms/g, '= T ms')
    .replace(/\d+\.\d+ ms/g, 'T ms')
    .replace(/time \d+ms/g, 'time Tms')
    .replace(/\] {2}[\d.]+ms/g, ']  Tms')
    .replace(/, pipe \d+|^pipe \d+$/gm, '')
    .replace(/after \d+ ms/g, 'after T ms')
    .replace(/ link-netns \S+/g, '')
    .replace(/^(eth\d)@if\d+ */gm, (_, name) => name.padEnd(17))
    .replace(/@if\d+/g, '')
    .replace(/qdisc (noqueue|pfifo_fast)/g, 'qdisc Q')
    .replace(/pid=\d+/g, 'pid=N')
    .replace(/curl\/[\d.]+/g, 'curl')
    .replace(/[ \t]+$/gm, '')
    .split('\n')
    .filter((line) => !line.includes('inet6') && line !== '');
}

function real(host: string, line: string): { readonly lines: readonly string[]; readonly code: number } {
  if (line.startsWith('traceroute -n')) spawnSync('sleep', [String(earningSeconds(line))]);
  const run = spawnSync('ip', ['netns', 'exec', space(host), 'sh', '-c', `cd ${folder}; ${line}`], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { lines: normal(run.stdout + run.stderr), code: run.status ?? -1 };
}

async function ours(host: string, line: string): Promise<{ readonly lines: readonly string[]; readonly code: number }> {
  await net.sleep(REFILL_SECONDS);
  const { stdout, stderr, code } = await net.sh(host, `cd /tmp; ${line}`);
  return { lines: normal(stdout + stderr), code };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netarium-tools-'));
  writeFileSync(join(folder, 'index.html'), 'hello\n');
  configure();
  const server = spawn('ip', ['netns', 'exec', space('web'), 'python3', '-m', 'http.server', '80', '-d', folder], {
    stdio: 'ignore',
  });
  servers.push(server);
  net = lan({
    mtu: 1400,
    files: { '/srv/index.html': 'hello\n' },
    run: ['httpd /srv'],
    hosts: '127.0.0.1 localhost\n',
  });
  for (let i = 0; i < 50; i++) {
    const up = spawnSync('ip', ['netns', 'exec', space('laptop'), 'nc', '-z', '10.0.2.2', '80']).status === 0;
    if (up) break;
    spawnSync('sleep', ['0.1']);
  }
});

afterAll(() => {
  for (const server of servers) server.kill();
  for (const name of ['laptop', 'gw', 'web']) spawnSync('ip', ['netns', 'delete', space(name)]);
  rmSync(folder, { recursive: true, force: true });
});

// `ping -w` and `-i` go by the clock, and somebody else's work may come in between: only what differs every time is a difference.
describe('the real tools and ours say the same', { retry: 2 }, () => {
  it.each([
    'ping -c 2 -i 0.2 10.0.2.2',
    'ping -q -c 3 -i 0.2 10.0.2.2',
    'ping -n -c 1 -s 1000 10.0.2.2',
    'ping -c 1 -s 4 10.0.2.2',
    'ping -c 1 -t 1 10.0.2.2',
    'ping -c 1 10.77.0.1',
    'ping -c 1 127.0.0.1',
    'ping -c 1 -M do -s 2000 10.0.2.2',
    'ping -c 1 -M do -s 1472 10.0.2.2',
    'ping -c 2 -i 0.2 -M do -s 1472 10.0.2.2',
    'ping -c 1 -W 1 10.0.2.9',
    'ping -w 1 -c 5 -i 0.3 10.0.2.2',
    'ping -I eth0 -c 1 10.0.2.2',
    'ping -I 10.0.1.2 -c 1 10.0.2.2',
    'ping -I nope -c 1 10.0.2.2',
    'ping -c 1 -p ff -s 20 10.0.2.2',
    'ping -c 0 10.0.2.2',
    'ping -c x 10.0.2.2',
    'ping -t 300 10.0.2.2',
    'ping -c 1 10.0.1.255',
    'ping',
    'arping -c 2 -I eth0 10.0.1.1',
    'arping -c 1 10.0.1.1',
    'arping -f -I eth0 10.0.1.1',
    'arping -b -c 2 -I eth0 10.0.1.1',
    'arping -c 1 -I eth0 10.0.1.77',
    'arping -w 2 -I eth0 10.0.1.77',
    'arping -D -c 1 -I eth0 10.0.1.1',
    'arping -D -c 2 -I eth0 10.0.1.77',
    'arping -U -c 2 -I eth0 10.0.1.2',
    'arping -A -c 1 -I eth0 10.0.1.2',
    'arping -q -c 1 -I eth0 10.0.1.1',
    'arping -c 1 -s 10.0.1.7 -I eth0 10.0.1.1',
    'arping -c 1 -I lo 127.0.0.1',
    'arping -c 1 -I eth7 10.0.1.1',
    'arping -c 1 -I eth0 10.9.0.2',
    'arping -c x 10.0.1.1',
    'traceroute -n 10.0.2.2',
    'traceroute -n -q 1 -I 10.0.2.2',
    'traceroute -n -q 1 -T -p 80 10.0.2.2',
    'traceroute -n -q 1 10.0.2.2 100',
    'traceroute -n -f 2 -q 2 10.0.2.2',
    'traceroute -m 300 10.0.2.2',
    'traceroute -q 11 10.0.2.2',
    'nc -vz -n 10.0.2.2 81',
    'nc -z 10.0.2.2 80',
    'nc 10.0.2.2',
    'nc 10.0.2.2 x',
    'nc 10.0.2.2 70000',
    'curl -s http://10.0.2.2/',
    'curl -sS http://10.0.2.2:81/',
    'curl -s -o /dev/null -w "%{http_code} %{size_download} %{remote_ip}:%{remote_port} %{num_connects}" http://10.0.2.2/index.html',
    'curl -sS -f http://10.0.2.2/none',
    'curl -sS gopherx://10.0.2.2/',
    'curl -sS "http://10.0.2.2:99999/"',
  ])('%s', async (line) => {
    expect(await ours('laptop', line)).toEqual(real('laptop', line));
  });

  it.each([
    'ip addr',
    'ip -br addr',
    'ip -o -4 addr',
    'ip link show eth1',
    'ip -br link',
    'ip route',
    'ip route show default',
    'ip route show dev eth1',
    'ip route show table local',
    'ip route get 10.0.2.2',
    'ip route get 10.0.1.1',
    'ip route get 10.99.0.1',
    'ip addr add 10.5.5.5/24',
    'ip addr add bad dev eth0',
    'ip addr add 10.0.1.1/24 dev eth0',
    'ip addr del 10.9.0.2/24 dev eth0',
    'ip addr add 10.5.5.5/24 dev nope',
    'ip addr show dev nope',
    'ip addr frob',
    'ip frob',
    'ip route add 10.0.0.0/8 via 10.55.0.1',
    'ip route add 10.0.1.5/24 dev eth0',
    'ip route add default',
    'ip route del 10.3.0.0/16',
    'ip route add unreachable 10.88.0.0/16; ip route add blackhole 10.90.0.0/16; ip route add 10.7.0.0/16 via 10.0.2.2 metric 7; ip route',
    'ping -c 1 10.88.0.1; ip route get 10.88.0.1; ping -c 1 10.90.0.1',
    'ip route del 10.7.0.0/16; ip route del 10.88.0.0/16; ip route replace 10.90.0.0/16 via 10.0.2.2; ip route; ip route del 10.90.0.0/16',
    'ip neigh add 10.0.1.77 lladdr 02:00:00:00:00:01 dev eth0; ip neigh show 10.0.1.77; ip neigh show dev eth0 nud permanent; arp -n 10.0.1.77; arp -an 10.0.1.77',
    'ip neigh add 10.0.1.77 lladdr 02:00:00:00:00:01 dev eth0',
    'ip neigh del 10.0.1.77 dev eth0; ip neigh del 10.0.1.77 dev eth0',
    'ip neigh add 10.0.1.78',
    'ip neigh add 10.0.1.78 dev eth0',
    'ip link set eth1 mtu x',
    'ip link set eth1 mtu 10',
    'ip link set nope up',
    'arp -s 10.0.1.50 02:00:00:00:00:09; arp -n 10.0.1.50; arp -d 10.0.1.50; arp -d 10.0.1.50',
    'arp -n 10.0.1.99',
    'arping -A -c 1 -I eth0 10.0.1.2',
    'arp -d 10.200.0.1',
    'arp -s 10.0.1.50',
    'arp -s 10.0.1.50 zz',
    'ip addr add 10.0.1.9/24 brd + dev eth0; ip -o -4 addr show dev eth0; ip addr del 10.0.1.9/24 dev eth0',
    'ip link set eth1 down; ip -br link show eth1; ip route; ip link set eth1 up; ip route',
  ])('on the router: %s', async (line) => {
    expect(await ours('gw', line)).toEqual(real('gw', line));
  });

  it.each([
    ['a body until the close', 'HTTP/1.1 200 OK\\r\\n\\r\\nhello', '-v'],
    ['a body of a length', 'HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\nX-Y:  z \\r\\n\\r\\nhello', '-v'],
    ['a body that is cut short', 'HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\nhello', '-v'],
    [
      'chunks and trailers',
      'HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n3\\r\\nabc\\r\\n2;x=y\\r\\nde\\r\\n0\\r\\nT: u\\r\\n\\r\\n',
      '-v',
    ],
    ['a chunk that is cut short', 'HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n9\\r\\nabc', '-v'],
    ['a chunk without a size', 'HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nzz\\r\\n', '-v'],
    ['nothing at all', '', '-v'],
    ['another protocol', 'SSH-2.0-x\\r\\n', '-v'],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\\r\\n\\r\\nhi', '-v'],
    ['no content', 'HTTP/1.1 204 No Content\\r\\n\\r\\n', '-v'],
    ['an error, with -f', 'HTTP/1.1 404 Not Found\\r\\nContent-Length: 3\\r\\n\\r\\nabc', '-f'],
    [
      'an error, with --fail-with-body',
      'HTTP/1.1 404 Not Found\\r\\nContent-Length: 3\\r\\n\\r\\nabc',
      '--fail-with-body',
    ],
    ['a redirect to https', 'HTTP/1.1 302 Found\\r\\nLocation: gopherx://x/\\r\\nContent-Length: 0\\r\\n\\r\\n', '-L'],
    [
      'a redirect that is not followed',
      'HTTP/1.1 302 Found\\r\\nLocation: /x y\\r\\nContent-Length: 0\\r\\n\\r\\n',
      '-w "%{redirect_url} %{http_code}"',
    ],
    [
      'an interim response',
      'HTTP/1.1 100 Continue\\r\\n\\r\\nHTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok',
      '-v',
    ],
    [
      'cookies',
      'HTTP/1.1 200 OK\\r\\nSet-Cookie: a=b; Path=/\\r\\nSet-Cookie: c=d; HttpOnly\\r\\nSet-Cookie: e=f; Domain=evil.test\\r\\nContent-Length: 0\\r\\n\\r\\n',
      '-v -c -',
    ],
    ['a head', 'HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\n', '-v -I'],
    ['headers shown', 'HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nA: b\\r\\n\\r\\nok', '-i -D -'],
    [
      'a posted form',
      'HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok',
      '-v -d a=b -d c=d -A me -e http://r/ -b x=y -H "Foo: bar" -H "Accept:" -H "Empty;" -u u:p -r 0-3',
    ],
    ['data in the query', 'HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok', '-v -G -d q=1 -X PATCH'],
  ])('curl and %s', async (_, response, options) => {
    const port = String(8000 + ++ports);
    const serve = `printf '${response}' | nc -l -N ${port} >/dev/null`;
    const ask = `curl -sS ${options} -m 5 http://10.0.2.2:${port}/p`;
    servers.push(spawn('ip', ['netns', 'exec', space('web'), 'sh', '-c', serve], { stdio: 'ignore' }));
    net.start('web', serve);
    spawnSync('sleep', ['0.2']);
    const theirs = real('laptop', ask);
    // Memory addresses, and a remark on HTTP/2.
    const lines = theirs.lines.filter((line) => !/Found bundle|Can not multiplex/.test(line));
    expect(await ours('laptop', ask)).toEqual({ ...theirs, lines });
  });

  it('ss shows a listener in the same columns', async () => {
    const listener = spawn('ip', ['netns', 'exec', space('gw'), 'nc', '-l', '-k', '7000'], { stdio: 'ignore' });
    servers.push(listener);
    net.start('gw', 'nc -l -k 7000');
    await net.sleep(0.1);
    spawnSync('sleep', ['0.3']);
    for (const line of [
      'ss -tln',
      'ss -tlnH',
      'ss -tan',
      'ss -tn state listening',
      'ss -tln sport = :7000',
      'ss -tln sport = :7001',
      'ss -tlnp',
      'ss -wan',
    ])
      expect(await ours('gw', line), line).toEqual(real('gw', line));
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lan } from '../lan.test-util.ts';
import { formatPercent, formatTrip, PingStatistics } from './statistics.ts';

describe('formats', () => {
  it('shows percentages with six significant digits', () => {
    expect([
      formatPercent(1, 3),
      formatPercent(2, 3),
      formatPercent(0, 5),
      formatPercent(5, 5),
      formatPercent(1, 1000),
      formatPercent(1, 7),
    ]).toEqual(['33.3333', '66.6667', '0', '100', '0.1', '14.2857']);
  });

  it('agrees with floating point where that is exact enough', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.nat(5000), (whole, part) => {
        const lost = part % (whole + 1);
        expect(Number(formatPercent(lost, whole))).toBeCloseTo((lost * 100) / whole, 3);
      }),
    );
  });

  it('shows trips with fewer digits the longer they are', () => {
    expect([7, 1234, 10039, 99_960, 123_456].map(formatTrip)).toEqual([
      '0.007 ms',
      '1.23 ms',
      '10.0 ms',
      '100.0 ms',
      '123 ms',
    ]);
  });

  it('computes the deviation without floating point', () => {
    const statistics = new PingStatistics();
    [1000, 2000, 3000].forEach((us, i) => {
      statistics.transmitted++;
      statistics.reply(i + 1, us);
    });
    expect(statistics.summary('x', 2000, false)).toContain('rtt min/avg/max/mdev = 1.000/2.000/3.000/0.816 ms');
  });
});

describe('on a network', () => {
  it('counts replies through a router', async () => {
    const { stdout, code } = await lan().sh('laptop', 'ping -c 2 -i 0.2 10.0.2.2');
    const lines = stdout.split('\n');
    expect(code).toBe(0);
    expect(lines[0]).toBe('PING 10.0.2.2 (10.0.2.2) 56(84) bytes of data.');
    expect(lines[2]).toMatch(/^64 bytes from 10\.0\.2\.2: icmp_seq=2 ttl=63 time=10\.0 ms$/);
    expect(lines[5]).toBe('2 packets transmitted, 2 received, 0% packet loss, time 200ms');
  });

  it('names the one who could not deliver, and why', async () => {
    const net = lan({ mtu: 1400 });
    const seen: string[] = [];
    for (const command of ['-t 1 10.0.2.2', '10.9.9.9', '10.0.1.9', '-M do -s 1472 10.0.2.2'])
      seen.push((await net.sh('laptop', `ping -c 1 ${command}`)).stdout.split('\n')[1]!);
    expect(seen).toEqual([
      'From 10.0.1.1 icmp_seq=1 Time to live exceeded',
      'From 10.0.1.1 icmp_seq=1 Destination Net Unreachable',
      'From 10.0.1.2 icmp_seq=1 Destination Host Unreachable',
      'From 10.0.1.1 icmp_seq=1 Frag needed and DF set (mtu = 1400)',
    ]);
  });

  it('shows statistics after Ctrl-C', async () => {
    const net = lan();
    const ping = net.start('laptop', 'ping 10.0.2.2');
    await net.sleep(2.5);
    ping.kill();
    await net.sleep(1);
    expect(ping.result().stdout).toContain('3 packets transmitted, 3 received, 0% packet loss, time 2000ms');
  });

  it('ends with 1 without replies and 2 for errors', async () => {
    const net = lan();
    expect((await net.sh('laptop', 'ping -c 1 -W 1 10.0.2.9')).code).toBe(1);
    expect(await net.sh('laptop', 'ping nosuch')).toMatchObject({
      code: 2,
      stderr: 'ping: nosuch: Temporary failure in name resolution\n',
    });
    expect((await net.sh('laptop', 'ping -Z x')).stderr).toContain("'-Z' is not supported");
    expect((await net.sh('laptop', 'ping -c 0 x')).stderr).toBe(
      "ping: invalid argument: '0': out of range: 1 <= value <= 9223372036854775807\n",
    );
  });
});

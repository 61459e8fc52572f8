import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lan } from '../lan.test-util.ts';
import { ABSOLUTE, type PrintContext } from './context.ts';
import { compileFilter, type FilterNames } from './filter.ts';
import { dhcpFrames, dnsFrames, udpFrame } from './frames.test-util.ts';
import { pcapHeader, pcapRecord, readPcap } from './pcap.ts';
import { frameText } from './print-frame.ts';
import { SequenceTracker } from './sequence.ts';

const context = (verbose = 0): PrintContext => ({
  ...{ verbose, quiet: false, numeric: true, linkHeader: false, base: ABSOLUTE },
  host: (address) => address,
  port: String,
});
const names: FilterNames = {
  host: async (name) => (name === 'web' ? ['10.0.2.2'] : undefined),
  port: (name) => (name === 'domain' ? 53 : undefined),
};
const frames = [...dnsFrames(), ...dhcpFrames()];

async function count(expression: string): Promise<number> {
  const test = await compileFilter(expression, names);
  return frames.filter((bytes) => test({ bytes, wireLength: bytes.length })).length;
}

describe('the text', () => {
  it('of DNS is one line', () => {
    expect(frames.slice(0, 4).map((bytes) => frameText(context(), bytes, bytes.length))).toEqual([
      'IP 10.0.1.2.40000 > 10.0.2.2.53: 4711+ [1au] A? www.shop.test. (42)',
      'IP 10.0.1.2.40000 > 10.0.2.2.53: 4711% PTR? www.shop.test. (31)',
      'IP 10.0.1.2.53 > 10.0.2.2.40000: 4711 2/1/1 CNAME web.shop.test., A 10.0.2.2 (93)',
      'IP 10.0.1.2.53 > 10.0.2.2.40000: 4711 NXDomain*- 0/1/0 (73)',
    ]);
  });

  it('of any bytes comes without failing, at any snapshot length', () => {
    const tracker = new SequenceTracker();
    const headed = fc
      .tuple(fc.constantFrom(...frames), fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 8 }), fc.nat(400))
      .map(([frame, changes, length]) => {
        const bytes = frame.slice(0, length);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(headed, fc.uint8Array({ maxLength: 120 })), fc.nat(3), (bytes, verbose) => {
        tracker.base(bytes);
        expect(typeof frameText(context(verbose), bytes, bytes.length)).toBe('string');
      }),
      { numRuns: 500 },
    );
  });
});

describe('filters', () => {
  it('count what they should', async () => {
    expect(await count('')).toBe(frames.length);
    expect(await count('udp port 53')).toBe(10);
    expect(await count('src port domain')).toBe(8);
    expect(await count('port 67 or 68')).toBe(2);
    expect(await count('tcp or icmp')).toBe(0);
    expect(await count('host web and not port 53')).toBe(2);
    expect(await count('udp[8:2] = 4711')).toBe(10);
    expect(await count('ip[8] = 64 && udp[0:2] > 1000 && !(dst port 67)')).toBe(2);
    expect(await count('tcp[13] != 0')).toBe(0);
  });

  it.each([
    ['foo bar', "unknown host 'foo'"],
    ['port', 'syntax error'],
    ['(udp', 'syntax error'],
    ['udp)', 'syntax error'],
    ['host', 'syntax error'],
    ['tcp[0:3] = 1', 'data size must be 1, 2, or 4'],
    ['net 10.0.1.2/24', 'non-network bits set in "10.0.1.2/24"'],
    ['port 70000', 'illegal port number 70000 > 65535'],
    ['icmp port 3', "'icmp' modifier applied to port"],
    ['vlan 5', "'vlan' is not supported by Netarium; see docs/coverage/tcpdump.md"],
  ])('refuse %j', async (expression, wanted) => {
    await expect(compileFilter(expression, names)).rejects.toThrow(wanted);
  });

  it('of any words end with a test or a refusal', async () => {
    const word = fc.constantFrom(
      'host',
      'web',
      '10.0.0.1',
      'port',
      '80',
      'and',
      'or',
      'not',
      '(',
      ')',
      'tcp',
      'udp',
      '[',
      ']',
      '=',
      '&',
      '+',
      'src',
      'dst',
      'net',
      '/',
      '0x10',
      'len',
      ':',
      'ether',
      '-',
      '!',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 9 }), async (words) => {
        const test = await compileFilter(words.join(' '), names).catch((error: Error) => {
          expect(error.name).toBe('FilterError');
          return () => true;
        });
        for (const bytes of frames) test({ bytes, wireLength: bytes.length });
      }),
      { numRuns: 300 },
    );
  });
});

describe('capture files', () => {
  it('come back as they were written', () => {
    const packet = { time: { seconds: 7, nanoseconds: 8000 }, bytes: udpFrame(1, 2, Uint8Array.of(3)), wireLength: 60 };
    const file = readPcap(Uint8Array.from([...pcapHeader(100), ...pcapRecord(packet)]));
    expect(file).toEqual({ linkType: 1, snapshotLength: 100, packets: [packet], problem: undefined });
  });

  it('are read as far as they go', () => {
    const whole = Uint8Array.from([
      ...pcapHeader(100),
      ...pcapRecord({ time: { seconds: 0, nanoseconds: 0 }, bytes: frames[0]!, wireLength: 60 }),
    ]);
    fc.assert(fc.property(fc.nat(whole.length), (length) => void readPcap(whole.slice(0, length))));
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => void readPcap(bytes)));
    expect(readPcap(whole.slice(0, -1))).toMatchObject({
      packets: [],
      problem: expect.stringContaining('truncated dump file'),
    });
  });
});

describe('on a network', () => {
  it('shows a conversation as it happens, and counts at the end', async () => {
    const net = lan({ run: ['httpd /srv'], files: { '/srv/index.html': 'hello' } });
    const capture = net.start('laptop', 'tcpdump -n -t -i eth0');
    await net.sleep(0.1);
    await net.sh('laptop', 'ping -c 1 10.0.1.1; curl -s http://web/');
    capture.kill();
    await net.sleep(0.1);
    const { stdout, stderr, code } = capture.result();
    const shown = stdout.split('\n').map((line) =>
      line
        .replace(/, options \[.*\]/, '')
        .replace(/seq \d{4,}/, 'seq S')
        .replace(/ack \d{4,}/, 'ack A')
        .replace(/\.\d{5}\b/g, '.P'),
    );
    expect(shown.slice(0, 4)).toEqual([
      'ARP, Request who-has 10.0.1.1 tell 10.0.1.2, length 28',
      'ARP, Reply 10.0.1.1 is-at 02:00:00:00:02:01, length 28',
      expect.stringMatching(/^IP 10\.0\.1\.2 > 10\.0\.1\.1: ICMP echo request, id \d+, seq 1, length 64$/),
      expect.stringMatching(/^IP 10\.0\.1\.1 > 10\.0\.1\.2: ICMP echo reply, id \d+, seq 1, length 64$/),
    ]);
    expect(shown.slice(4, 8)).toEqual([
      'IP 10.0.1.2.P > 10.0.2.2.80: Flags [S], seq S, win 64240, length 0',
      'IP 10.0.2.2.80 > 10.0.1.2.P: Flags [S.], seq S, ack A, win 65160, length 0',
      'IP 10.0.1.2.P > 10.0.2.2.80: Flags [.], ack 1, win 502, length 0',
      'IP 10.0.1.2.P > 10.0.2.2.80: Flags [P.], seq 1:68, ack 1, win 502, length 67: HTTP: GET / HTTP/1.1',
    ]);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^tcpdump: verbose output suppressed, use -v\[v\]\.\.\. for full protocol decode\nlistening on eth0, link-type EN10MB \(Ethernet\), snapshot length 262144 bytes\n\n(\d+) packets captured\n\1 packets received by filter\n0 packets dropped by kernel\n$/,
    );
  });

  it('ends by itself after -c packets', async () => {
    const net = lan();
    const capture = net.start('laptop', 'tcpdump -n -c 1 -i any icmp');
    await net.sleep(0.1);
    await net.sh('laptop', 'ping -c 1 10.0.1.1');
    expect(capture.result()).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('eth0  Out IP 10.0.1.2 > 10.0.1.1: ICMP echo request'),
    });
    expect(capture.result().stderr).toContain('1 packet captured\n');
  });

  it('refuses what it cannot do', async () => {
    const net = lan();
    expect((await net.sh('laptop', 'tcpdump -i nope')).stderr).toBe(
      'tcpdump: nope: No such device exists\n(No such device exists)\n',
    );
    expect((await net.sh('laptop', 'tcpdump -i eth0 port')).stderr).toBe(
      "tcpdump: can't parse filter expression: syntax error\n",
    );
    expect((await net.sh('laptop', 'tcpdump -G 5')).stderr).toContain("'-G' is not supported");
  });
});

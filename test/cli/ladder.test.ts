/** `netarium ladder` as a person uses it: what is drawn is what the run's packets did. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ran } from './in-process.ts';

const scratch = mkdtempSync(join(tmpdir(), 'netarium-ladder-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Two networks and a router; the second echo request is lost behind it. */
const LAB = join(scratch, 'routed.yaml');
writeFileSync(
  LAB,
  `machines:
  pc: !host { eth0: 10.0.1.2/24, gateway: 10.0.1.1 }
  gw: !router { eth0: 10.0.1.1/24, eth1: 10.0.2.1/24 }
  web: !host { eth0: 10.0.2.2/24, gateway: 10.0.2.1 }
cables:
  - [pc, gw, { delay: 1ms }]
  - [gw, web, { delay: 2ms, drop: { nth: 2, matching: icmp.type == 8 } }]
steps:
  - pc: ping -c 2 -i 0.2 -W 1 10.0.2.2
`,
);

const arrows = (out: string): string[] => out.split('\n').filter((line) => /^ *\d+\.\d{9} /.test(line));

describe('netarium ladder', () => {
  test('in a pipe: whole lines, no colours, a router passed through, a loss with its reason', async () => {
    const { code, out, err } = await ran(['ladder', LAB, '--filter', 'icmp']);
    expect([code, err]).toEqual([0, '']);
    expect(out).not.toContain('\u001b');
    const [request, reply, lost, ...rest] = arrows(out);
    expect(rest).toEqual([]);
    // One way takes 3 ms; the router first asks for the MAC address.
    expect(request).toMatch(/ {2,}\+7ms +├─+┼─+>│ +ICMP Echo \(ping\) request/);
    expect(reply).toMatch(/\+3ms +│<─+┼─+┤ +ICMP Echo \(ping\) reply/);
    expect(lost).toMatch(/├─+┼─+✗ +│ +ICMP Echo \(ping\) request.* ✗ lost \(gw\)$/);
    expect(out).toContain('3 packets, 3 hosts');
  });

  test('a terminal cuts lines to its width, and colours the loss', async () => {
    const { out } = await ran(['ladder', LAB, '--color', 'never'], 100);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    expect(arrows(out).some((line) => line.includes('…'))).toBe(true);
    expect((await ran(['ladder', LAB, '--color', 'always'])).out).toContain('\u001b[31m');
  });

  test('--between, --from, --to', async () => {
    const near = arrows((await ran(['ladder', LAB, '--between', 'pc,gw'])).out);
    expect(near.length).toBeGreaterThan(0);
    expect(near.every((line) => / (ARP|ICMP) /.test(line))).toBe(true);
    const all = arrows((await ran(['ladder', LAB])).out);
    const times = all.map((line) => Number(/\d+\.\d+/.exec(line)![0]));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const late = arrows((await ran(['ladder', LAB, '--from', '100ms'])).out);
    const early = arrows((await ran(['ladder', LAB, '--to', '100ms'])).out);
    expect([...early, ...late]).toHaveLength(all.length);
  });

  test('--json is the same every time, --svg escapes', async () => {
    const svg = join(scratch, 'a.svg');
    const first = await ran(['ladder', LAB, '--json', '--svg', svg, '--filter', 'icmp']);
    const document = JSON.parse(first.out);
    expect(Object.keys(document)).toEqual(['lab', 'seed', 'params', 'wireDigest', 'hosts', 'rows', 'timers']);
    expect(document.hosts).toEqual(['pc', 'gw', 'web']);
    expect(document.rows[2]).toMatchObject({
      from: 'pc',
      arrivals: [],
      drops: [{ host: 'gw', reason: 'lost', before: 'web' }],
    });
    expect(document.rows[1]).toMatchObject({ cause: 'reply', of: document.rows[0].packet });
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg [\s\S]*Echo \(ping\) request[\s\S]*<\/svg>\n$/);
    expect((await ran(['ladder', LAB, '--json', '--filter', 'icmp'])).out).toBe(first.out);
  });

  test('--json has ports, findings, selective acknowledgements and timers of what is shown', async () => {
    const { out } = await ran([
      'ladder',
      'one-lost-packet',
      '--json',
      '--filter',
      'tcp',
      '--from',
      '280ms',
      '--to',
      '300ms',
    ]);
    const { rows, timers } = JSON.parse(out);
    expect(rows[0]).toMatchObject({ protocol: 'TCP', srcPort: expect.any(Number), dstPort: expect.any(Number) });
    const told = rows.find(({ sack }: { sack?: unknown }) => sack !== undefined);
    expect(told).toMatchObject({ findings: ['duplicate_ack'], sack: [[expect.any(Number), expect.any(Number)]] });
    const names = new Set(timers.map(({ timer }: { timer: string }) => timer));
    expect([...names]).toEqual(expect.arrayContaining(['retransmission', 'reordering', 'sack-compression']));
    for (const { fromNs, endNs } of timers) expect(fromNs <= 300e6 && endNs >= 280e6).toBe(true);
    const arp = JSON.parse((await ran(['ladder', 'one-lost-packet', '--json', '--filter', 'arp'])).out);
    expect([arp.rows.length > 0, arp.timers]).toEqual([true, []]);
  });

  test('Chinese', async () => {
    const { out } = await ran(['ladder', LAB, '--lang', 'zh']);
    expect(out).toMatch(/虚拟时间 +途中用时[\s\S]*\d+ 个分组，3 台主机/);
  });

  test.each([
    [['--filter', 'tcp.flagz'], /--filter[\s\S]*tcp\.flags/],
    [['--filter', 'tcp.flagz', '--lang', 'zh'], /--filter[\s\S]*tcp\.flagz 既不是字段，也不是协议/],
    [['--between', 'pc'], /two hosts or more/],
    [['--between', 'pc,nobody'], /no host 'nobody'; it has pc, gw, web/],
    [['--from', '2s', '--to', '1s'], /lies after/],
    [['--to', 'soon'], /--to soon/],
    [['--svg', '/nowhere/at/all.svg'], /cannot write/],
    [['--set', 'a=1'], /no such parameter/],
  ])('%j is told in words', async (more, words) => {
    expect(await ran(['ladder', LAB, ...more])).toMatchObject({ code: 3, err: expect.stringMatching(words) });
  });

  test('nothing to show', async () => {
    expect(await ran(['ladder', LAB, '--filter', 'tcp'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('No packets'),
    });
  });
});

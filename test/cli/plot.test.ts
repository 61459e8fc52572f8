/** `netarium plot` as a person uses it: the curves are those of the run. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sequence } from '@netarium/view/plot/sequence.ts';
import { afterAll, describe, expect, test } from 'vitest';
import { ran } from './in-process.ts';

const scratch = mkdtempSync(join(tmpdir(), 'netarium-plot-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** 300 kB over a slow cable with a short queue: slow start ends in a full queue. */
const LAB = join(scratch, 'slow.yaml');
writeFileSync(
  LAB,
  `machines:
  pc: !host { eth0: 10.0.1.2/24 }
  web: !host { eth0: 10.0.1.3/24 }
cables:
  - [pc, web, { rate: 10Mbit, delay: 10ms, queue: 20, drop: !nth 180 }]
steps:
  - start: { web: nc -l 7000 > /tmp/got }
  - sleep: 10ms
  - pc: head -c 300000 /dev/zero | nc -N 10.0.1.3 7000
`,
);

interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
  readonly bound?: readonly (readonly [number, number])[];
  readonly samples?: readonly (readonly [number, number])[];
}

async function curves(kind: string): Promise<readonly Curve[]> {
  const { code, out, err } = await ran(['plot', LAB, kind, '--json']);
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out).curves;
}

/** Under a rate in Mbit/s. */
function bytes(points: Curve['points']): number {
  return Math.round(points.reduce((sum, [at, rate], i) => sum + (rate * ((points[i + 1]?.[0] ?? at) - at)) / 8000, 0));
}

async function sequences(): Promise<readonly Sequence[]> {
  const { code, out, err } = await ran(['plot', LAB, 'sequence', '--json']);
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out).sequences;
}

const most = (curve: Curve): number => Math.max(...curve.points.map(([, value]) => value));

describe('netarium plot', () => {
  test('cwnd: slow start from ten segments, then a threshold', async () => {
    const sender = (await curves('cwnd')).find(({ name }) => name.startsWith('pc '))!;
    expect(sender.name).toMatch(/^pc 10\.0\.1\.2:\d+ → 10\.0\.1\.3:7000$/);
    expect(sender.points[0]![1]).toBe(10);
    expect(most(sender)).toBeGreaterThan(20);
    expect(sender.bound!.length).toBeGreaterThan(0);
  });

  test('rtt: never below the cable, above it where the queue is full', async () => {
    const sender = (await curves('rtt')).find(({ name }) => name.startsWith('pc '))!;
    for (const [, rttMs] of sender.points) expect(rttMs).toBeGreaterThan(20);
    expect(most(sender)).toBeGreaterThan(25);
    // RFC 6298 section 2.2: the first measurement is taken as it is, the others are smoothed.
    const samples = sender.samples!.map(([, rttMs]) => rttMs);
    expect(sender.points[0]![1]).toBeCloseTo(samples[0]!, 2);
    expect(samples.length).toBeGreaterThan(10);
    expect(Math.min(...samples)).toBeGreaterThan(20);
    expect(Math.max(...samples)).toBeGreaterThan(most(sender));
  });

  test('goodput: all bytes, never more than the cable carries', async () => {
    const [flow, ...rest] = await curves('goodput');
    expect(rest).toEqual([]);
    const { points, bound } = flow!;
    expect(bytes(points)).toBe(300_000);
    // The throughput is more: headers of 20 and 32 bytes, and what was sent again.
    const { segments } = (await sequences())[0]!;
    const sent = segments.reduce((sum, { from, to }) => sum + to - from + 52, 0);
    expect(sent).toBeGreaterThan(300_000);
    // SYN with its 20 bytes of options, the handshake's ACK, and what acknowledges the peer's FIN; its own lies with the last data.
    expect(bytes(bound!) - sent).toBe(60 + 52 + 52);
  });

  test('queue: fills to its end and drains to nothing', async () => {
    const queue = (await curves('queue')).find(({ name }) => name === 'pc.eth0')!;
    expect(most(queue)).toBe(20);
    expect(queue.points.at(-1)![1]).toBe(0);
  });

  test('sequence: every byte is sent and acknowledged, and no one before the window lets it go', async () => {
    const [upload, ...rest] = await sequences();
    expect([rest, upload!.name]).toEqual([[], expect.stringMatching(/^pc 10\.0\.1\.2:\d+ → 10\.0\.1\.3:7000$/)]);
    const { segments, acks, window, sacks } = upload!;
    expect(Math.max(...segments.map(({ to }) => to))).toBe(300_001);
    // The FIN takes a number too.
    expect(acks.at(-1)![1]).toBe(300_002);
    // What lies around the lost frame is acknowledged selectively, and it is sent again.
    expect(segments.filter(({ again }) => again).length).toBeGreaterThan(0);
    expect(sacks.length).toBeGreaterThan(0);
    for (const { atNs, to } of segments) expect(to).toBeLessThanOrEqual(window.filter(([at]) => at <= atNs).at(-1)![1]);
    const svg = join(scratch, 's.svg');
    const drawn = await ran(['plot', LAB, 'sequence', '--lang', 'zh', '--svg', svg], 80);
    expect(drawn.out).toMatch(/Stevens[\s\S]*300000 字节[\s\S]*[\u2801-\u28ff][\s\S]*窗口右边沿/);
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg [\s\S]*窗口右边沿[\s\S]*<\/svg>\n$/);
  });

  test('in a pipe, in a narrow terminal, in Chinese, as SVG', async () => {
    const svg = join(scratch, 'a.svg');
    const plain = await ran(['plot', LAB, 'cwnd', '--only', 'pc ', '--svg', svg]);
    expect(plain.out).toMatch(/Congestion window[\s\S]*least \d+, most \d+[\s\S]*[\u2801-\u28ff][\s\S]*virtual time/);
    expect(plain.out).not.toContain('\u001b');
    expect(plain.out).not.toContain('web 10.');
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg [\s\S]*<path[\s\S]*→ 10\.0\.1\.3:7000[\s\S]*<\/svg>\n$/);
    const narrow = (await ran(['plot', LAB, 'queue', '--color', 'never'], 60)).out.split('\n').slice(1);
    for (const line of narrow) expect(line.length).toBeLessThanOrEqual(60);
    expect((await ran(['plot', LAB, 'rtt', '--lang', 'zh'])).out).toMatch(/平滑往返时间[\s\S]*最小[\s\S]*虚拟时间/);
  });

  test('what it cannot draw is told in words', async () => {
    expect(await ran(['plot', LAB, 'speed'])).toMatchObject({
      code: 3,
      err: expect.stringContaining("no plot 'speed'"),
    });
    expect(await ran(['plot', LAB, 'cwnd', '--only', 'zz'])).toMatchObject({
      code: 3,
      err: expect.stringContaining('zz'),
    });
    expect(await ran(['plot', LAB])).toMatchObject({ code: 3, err: expect.stringContaining('<what>') });
  });
});

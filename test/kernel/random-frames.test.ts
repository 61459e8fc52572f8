import { hex } from '@netarium/core/base/bytes.ts';
import { expect, test } from 'vitest';
import { areaOf, RandomFrames } from './random-frames.ts';

test('a seed gives the same frames again, and every area turns up', () => {
  const [first, second] = [new RandomFrames(5), new RandomFrames(5)];
  const found = new Map<string, number>();
  for (let i = 0; i < 500; i++) {
    const sent = first.next();
    expect(second.next().map(([port, bytes]) => `${port} ${hex(bytes)}`)).toEqual(
      sent.map(([port, bytes]) => `${port} ${hex(bytes)}`),
    );
    const area = areaOf(sent) ?? 'other';
    found.set(area, (found.get(area) ?? 0) + 1);
  }
  expect([...found.keys()].sort()).toEqual(['arp', 'frag', 'icmp', 'other', 'udp']);
  for (const count of found.values()) expect(count).toBeGreaterThan(10);
});

test.each(['arp', 'frag', 'icmp', 'udp'] as const)('a generator of %s makes nothing else', (area) => {
  const random = new RandomFrames(5, area);
  for (let i = 0; i < 300; i++) expect(areaOf(random.next())).toBe(area);
});

test('nothing, and a frame cut in its header, belong to no area', () => {
  expect(areaOf([])).toBeUndefined();
  expect(areaOf([[0, new Uint8Array(20).fill(8)]])).toBeUndefined();
});

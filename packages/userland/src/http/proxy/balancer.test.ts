import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Backend, Balancer, type BalancerOptions } from './balancer.ts';

const SECOND = 1_000_000_000;
const NOBODY: ReadonlySet<Backend> = new Set();
const backends = (count: number) =>
  Array.from({ length: count }, (_, i) => new Backend(`b${i}:80`, { address: '127.0.0.1', port: 80 + i }));
const balancer = (count: number, more: Partial<BalancerOptions> = {}) =>
  new Balancer(backends(count), { balance: 'roundrobin', maxFails: 1, failNs: 10 * SECOND, ...more });

describe('round robin', () => {
  it('gives each as many, whoever is left out', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.nat(5), fc.integer({ min: 1, max: 50 }), (count, ill, rounds) => {
        const all = balancer(count);
        const out = all.backends[ill];
        if (out && count > 1) out.healthy = false;
        const well = all.backends.filter(({ healthy }) => healthy);
        const picked = new Map<Backend, number>();
        for (let i = 0; i < rounds * well.length; i++) {
          const one = all.pick(NOBODY, 0)!;
          picked.set(one, (picked.get(one) ?? 0) + 1);
        }
        expect([...picked.values()]).toEqual(well.map(() => rounds));
      }),
    );
  });

  it('tries each once for one request, and none after that', () => {
    const all = balancer(3);
    const tried = new Set<Backend>();
    for (let i = 0; i < 3; i++) tried.add(all.pick(tried, 0)!);
    expect(tried.size).toBe(3);
    expect(all.pick(tried, 0)).toBeUndefined();
  });
});

describe('least connections', () => {
  it('takes the one with the fewest, and turns among equals', () => {
    const all = balancer(3, { balance: 'leastconn' });
    const [a, b, c] = all.backends as [Backend, Backend, Backend];
    a.active = 2;
    b.active = 1;
    c.active = 5;
    expect(all.pick(NOBODY, 0)).toBe(b);
    b.active = 2;
    expect([all.pick(NOBODY, 0), all.pick(NOBODY, 0)]).toEqual([a, b]);
  });
});

describe('failures', () => {
  it('put a backend aside for a time, after as many as were asked for', () => {
    const all = balancer(2, { maxFails: 2 });
    const [a, b] = all.backends as [Backend, Backend];
    expect(all.failed(a, 0)).toBe(false);
    expect(all.usable(a, 0)).toBe(true);
    expect(all.failed(a, SECOND)).toBe(true);
    expect([all.usable(a, 11 * SECOND), all.usable(a, 11 * SECOND + 1)]).toEqual([false, true]);
    expect([all.pick(NOBODY, 2 * SECOND), all.pick(NOBODY, 2 * SECOND)]).toEqual([b, b]);
    all.served(a);
    expect(all.usable(a, 2 * SECOND)).toBe(true);
  });

  it('are forgotten when they lie far apart', () => {
    const all = balancer(2, { maxFails: 2 });
    const a = all.backends[0]!;
    all.failed(a, 0);
    expect(all.failed(a, 20 * SECOND)).toBe(false);
  });

  it('do not put aside the only one', () => {
    const all = balancer(1);
    const a = all.backends[0]!;
    expect(all.failed(a, 0)).toBe(false);
    expect(all.pick(NOBODY, 0)).toBe(a);
  });
});

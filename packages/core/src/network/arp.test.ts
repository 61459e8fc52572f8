import { describe, expect, test } from 'vitest';
import { MS, SECOND } from '../time/instant.ts';
import { ICMP } from '../wire/packet.ts';
import { TestWorld, Watch } from './hosts.test-kit.ts';

function pair() {
  const world = new TestWorld();
  const a = world.host('a', { eth0: '10.0.0.1/24' });
  const b = world.host('b', { eth0: '10.0.0.2/24' });
  const cable = world.cable(a.eth(), b.eth(), { delayNs: 5 * MS });
  return { world, a, b, cable, onA: new Watch(a.eth()), onB: new Watch(b.eth()) };
}

describe('resolution', () => {
  test('one broadcast request, one unicast reply, both sides know each other', () => {
    const { world, a, b, onA } = pair();
    a.ping('10.0.0.2');
    world.run(SECOND);
    expect(onA.lines).toEqual([
      '0 out arp who-has 10.0.0.2 tell 10.0.0.1 broadcast',
      '10000000 in arp 10.0.0.2 is-at 02:00:00:00:00:02 unicast',
      '10000000 out 10.0.0.1>10.0.0.2 ttl 64 icmp 8/0 84',
      '20000000 in 10.0.0.2>10.0.0.1 ttl 64 icmp 0/0 84',
    ]);
    expect(a.received.map(({ at }) => at)).toEqual([20 * MS]);
    expect(a.neighbours()).toEqual(['10.0.0.2 02:00:00:00:00:02 REACHABLE']);
    // b learnt a's address from the request, and used it: it waits five seconds for a confirmation.
    expect(b.neighbours()).toEqual(['10.0.0.1 02:00:00:00:00:01 DELAY']);
  });

  test('nobody there: three requests a second apart, then host unreachable to the sender itself at 3 s', () => {
    const { world, a, onA } = pair();
    a.ping('10.0.0.9');
    a.ping('10.0.0.9', 2);
    world.run(10 * SECOND);
    expect(onA.lines).toEqual([0, 1, 2].map((s) => `${s * SECOND} out arp who-has 10.0.0.9 tell 10.0.0.1 broadcast`));
    expect(a.errors.map(({ at, type, code, from }) => ({ at, type, code, from }))).toEqual([
      { at: 3 * SECOND, type: ICMP.unreachable, code: 1, from: '10.0.0.1' },
      { at: 3 * SECOND, type: ICMP.unreachable, code: 1, from: '10.0.0.1' },
    ]);
    expect(a.neighbours()).toEqual(['10.0.0.9 - FAILED']);
  });
});

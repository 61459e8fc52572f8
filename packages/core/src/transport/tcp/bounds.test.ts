/** Memory per half-open, closing and waiting connection is bounded: what a flood can make a host keep is what its variables allow. */
import { expect, test } from 'vitest';
import { ack, fin, Scenario, syn } from '../testing/scenario.ts';

test('half-open connections stop at the backlog; beyond it cookies keep nothing', () => {
  const t = new Scenario();
  t.listen(8);
  for (let port = 1; port <= 1000; port++) t.send(syn({ port }));
  expect(t.tcp.flows.all().length).toBe(8);
  expect(t.take().length).toBe(1000);
});

test('without cookies SYNs beyond three quarters of tcp_max_syn_backlog are dropped', () => {
  const t = new Scenario({ 'net.ipv4.tcp_syncookies': '0', 'net.ipv4.tcp_max_syn_backlog': '16' });
  t.listen(100);
  for (let port = 1; port <= 1000; port++) t.send(syn({ port }));
  expect(t.tcp.flows.all().length).toBe(13);
  t.at(200_000);
  expect(t.tcp.flows.all().length).toBe(0);
});

/** `count` connections from as many ports, each closed by the host first, and by the peer where `finished`. */
function closed(t: Scenario, count: number, finished: boolean): void {
  const listener = t.listen(count);
  for (let port = 1; port <= count; port++) {
    t.send(syn({ port })).send(ack(1, { seq: 1, port }));
    const c = listener.accept();
    if (c !== undefined && 'close' in c) c.close();
    if (finished) t.send(fin(1, 2, { port }));
  }
}

test('tcp_max_tw_buckets bounds TIME-WAIT: the next one is simply over', () => {
  const t = new Scenario({ 'net.ipv4.tcp_max_tw_buckets': '5' });
  closed(t, 20, true);
  expect([t.tcp.timeWaits, t.tcp.flows.all().length]).toEqual([5, 5]);
  t.at(61_000);
  expect([t.tcp.timeWaits, t.tcp.flows.all().length]).toEqual([0, 0]);
});

test('tcp_max_orphans bounds ownerless connections: the next one is reset', () => {
  const t = new Scenario({ 'net.ipv4.tcp_max_orphans': '5' });
  closed(t, 20, false);
  expect([t.tcp.orphans, t.tcp.flows.all().length]).toEqual([5, 5]);
  expect(t.take().filter((segment) => (segment.flags & 4) !== 0).length).toBe(15);
  t.at(2_000_000);
  expect([t.tcp.orphans, t.tcp.flows.all().length]).toEqual([0, 0]);
});

test('a listener that is closed leaves no orphan behind', () => {
  const t = new Scenario();
  const listener = t.listen();
  t.send(syn()).send(ack(1, { seq: 1 }));
  listener.close();
  expect([t.tcp.orphans, t.tcp.flows.all().length]).toEqual([0, 0]);
});

import { expect, test } from 'vitest';
import { E } from '../../base/errno.ts';
import { ack, bytes, data, Scenario, UNREACHABLE } from '../testing/scenario.ts';
import { CA } from './constants.ts';

const SACK = { sackPermitted: true } as const;

/** Ten segments of 1000 bytes are out; a round trip of 20 ms passes. */
function tenOut(t: Scenario, offer = {}): ReturnType<Scenario['accepted']> {
  const c = t.accepted(offer, 20);
  c.send(bytes(10_000));
  expect(t.take().length).toBe(10);
  t.at(t.nowMs + 20);
  return c;
}

test('RFC 6298 section 5: time-out after srtt + max(200 ms, 4 rttvar), doubling up to 120 s, the first segment again', () => {
  const t = new Scenario();
  const c = t.accepted();
  const start = t.nowMs;
  c.send(bytes(1000));
  t.take();
  t.at(start + 7000);
  const sent = t.takeTimed();
  expect(sent.map(([ms]) => ms - start)).toEqual([201, 603, 1407, 3015, 6231]);
  for (const [, segment] of sent) expect(segment.payload.length).toBe(1000);
});

test('RFC 9293 MUST-20 and tcp_retries2: a silent peer ends the connection after about 15 minutes with ETIMEDOUT', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.send(bytes(1000));
  t.at(900_000);
  expect(c.stateName).toBe('ESTABLISHED');
  t.at(1_100_000);
  expect(c.stateName).toBe('CLOSED');
  expect(c.takeError()).toBe(E.ETIMEDOUT);
});

test('the last ICMP error is the reason of a later time-out (RFC 9293 section 3.9.2.2)', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.send(bytes(1000));
  t.at(2000).icmp(3, 1, 1);
  t.at(1_100_000);
  expect(c.takeError()).toBe(E.EHOSTUNREACH);
});

test('TCP_USER_TIMEOUT ends the wait early', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.setOption('TCP_USER_TIMEOUT', 5000);
  c.send(bytes(1000));
  t.at(5500);
  expect(c.takeError()).toBe(E.ETIMEDOUT);
});

test('RFC 5681 section 3.2: the third duplicate ACK sends the first segment again, without SACK', () => {
  const t = new Scenario({ 'net.ipv4.tcp_congestion_control': 'reno' });
  const c = tenOut(t);
  t.send(ack(1)).send(ack(1)).expectNothing();
  t.send(ack(1)).expect({ seq: 1, length: 1000 });
  expect(c.caState).toBe(CA.RECOVERY);
  expect(c.ssthresh).toBe(5);
});

test('RFC 6582: a partial ACK sends the next hole at once, the full one ends recovery', () => {
  const t = new Scenario();
  const c = tenOut(t);
  for (let i = 0; i < 3; i++) t.send(ack(1));
  t.expect({ seq: 1, length: 1000 });
  for (let i = 0; i < 4; i++) t.send(ack(1));
  t.take();
  t.at(t.nowMs + 20).send(ack(3001));
  const again = t.take();
  expect(again.map((s) => s.payload.length)).toContain(1000);
  expect(c.caState).toBe(CA.RECOVERY);
  t.at(t.nowMs + 20).send(ack(10_001));
  expect(c.packetsOut).toBe(0);
  c.send(bytes(1000));
  t.take();
  t.at(t.nowMs + 20).send(ack(11_001));
  expect(c.caState).toBe(CA.OPEN);
});

test('RFC 3042 with RFC 6675: the first two duplicates let new segments out', () => {
  const t = new Scenario();
  const c = t.accepted(SACK, 20);
  c.send(bytes(20_000));
  t.take();
  t.at(40)
    .send(ack(1, { sack: [[1001, 2001]] }))
    .expect({ seq: 10_001, length: 1000 });
  // Within a millisecond of the last one Linux would wait for a whole burst (tcp_tso_should_defer).
  t.at(42)
    .send(ack(1, { sack: [[1001, 3001]] }))
    .expect({ seq: 11_001, length: 1000 });
});

test('RFC 8985: with three segments SACKed beyond it the first is lost, and only it goes again', () => {
  const t = new Scenario();
  const c = tenOut(t, SACK);
  t.send(ack(1, { sack: [[1001, 2001]] }))
    .send(ack(1, { sack: [[1001, 3001]] }))
    .expectNothing();
  t.send(ack(1, { sack: [[1001, 4001]] }))
    .expect({ seq: 1, length: 1000 })
    .expectNothing();
  expect(c.caState).toBe(CA.RECOVERY);
  expect(c.info().lost).toBe(1);
});

test('RFC 6675: two holes, both go again while SACKs clock them out', () => {
  const t = new Scenario();
  const c = tenOut(t, SACK);
  t.send(ack(1, { sack: [[1001, 4001]] }));
  t.send(
    ack(1, {
      sack: [
        [5001, 8001],
        [1001, 4001],
      ],
    }),
  );
  t.send(
    ack(1, {
      sack: [
        [5001, 10_001],
        [1001, 4001],
      ],
    }),
  );
  const seqs = t.take().map((s) => (s.seq - c.iss) >>> 0);
  expect(seqs).toEqual([1, 4001]);
  t.at(t.nowMs + 20).send(ack(4001, { sack: [[5001, 10_001]] }));
  t.at(t.nowMs + 1).send(ack(10_001));
  expect(c.packetsOut).toBe(0);
  expect(c.caState).toBe(CA.OPEN);
});

test('RFC 8985 section 7: a lost tail is probed after two round trips, by its last segment', () => {
  const t = new Scenario();
  const c = t.accepted(SACK);
  c.send(bytes(3000));
  t.take();
  t.at(21).send(ack(1001));
  const start = t.nowMs;
  t.at(start + 150);
  const sent = t.takeTimed();
  expect(sent.length).toBe(1);
  expect((sent[0]![1].seq - c.iss) >>> 0).toBe(2001);
  expect(sent[0]![0] - start).toBeLessThan(60);
});

test('RFC 8985 section 7.4.2: an ACK of the probe alone with D-SACK leaves the window as it is', () => {
  const t = new Scenario();
  const c = t.accepted(SACK);
  c.send(bytes(3000));
  t.take();
  t.at(21).send(ack(1001));
  t.at(80);
  t.take();
  const before = c.cwnd;
  t.send(ack(3001, { sack: [[2001, 3001]] }));
  expect(c.cwnd).toBeGreaterThanOrEqual(before);
  expect(c.caState).toBe(CA.OPEN);
});

test('after a time-out all is lost but what was SACKed; slow start from one segment (RFC 5681 section 3.1)', () => {
  const t = new Scenario({ 'net.ipv4.tcp_frto': '0', 'net.ipv4.tcp_early_retrans': '0' });
  const c = tenOut(t, SACK);
  t.at(1000);
  const [first] = t.take();
  expect((first!.seq - c.iss) >>> 0).toBe(1);
  expect(c.caState).toBe(CA.LOSS);
  t.send(ack(1001, { sack: [[3001, 6001]] }));
  const seqs = t.take().map((s) => (s.seq - c.iss) >>> 0);
  // Four segments were delivered, and slow start counts them all.
  expect(seqs).toEqual([1001, 2001, 6001, 7001, 8001]);
});

test('RFC 5682 F-RTO: a time-out that was spurious is taken back, no needless retransmissions', () => {
  const t = new Scenario();
  const c = tenOut(t, SACK);
  const before = c.cwnd;
  t.at(1000);
  t.take();
  expect(c.caState).toBe(CA.LOSS);
  t.send(ack(3001)); // covers what was never sent again (step 3.b)
  expect(c.caState).toBe(CA.OPEN);
  expect(c.cwnd).toBeGreaterThanOrEqual(before);
});

test('RFC 2018 section 8: a SACKed segment is kept until it is acknowledged, and all is resent after reneging', () => {
  const t = new Scenario({ 'net.ipv4.tcp_frto': '0' });
  const c = tenOut(t, SACK);
  t.send(ack(1, { sack: [[1001, 10_001]] }));
  t.take();
  expect(c.sackedOut).toBe(9);
  t.at(t.nowMs + 20).send(ack(1001)); // no SACK any more: 1001 .. 10001 were thrown away
  t.at(t.nowMs + 3000);
  expect(c.sackedOut).toBe(0);
  expect(t.take().some((s) => (s.seq - c.iss) >>> 0 === 1001)).toBe(true);
});

test('RFC 7323 with RFC 3522: an ACK that echoes the original’s time stamp undoes the reduction', () => {
  const t = new Scenario();
  const c = t.accepted({ ...SACK, ts: [1, 0] }, 20);
  c.send(bytes(9000));
  const first = t.take()[0]!.tsVal;
  t.at(40);
  const before = c.cwnd;
  for (const right of [1977, 2965, 3953]) t.send(ack(1, { sack: [[989, right]], ts: [2, first] }));
  expect(c.caState).toBe(CA.RECOVERY);
  t.at(45).send(ack(8893, { ts: [3, first] }));
  expect(c.caState).toBe(CA.OPEN);
  expect(c.cwnd).toBeGreaterThanOrEqual(before);
});

test('RFC 1191: "fragmentation needed" cuts the MSS, and what is out goes again smaller, at once', () => {
  const t = new Scenario();
  const c = t.accepted({ mss: 1460 });
  c.send(bytes(2920));
  expect(t.take().map((s) => s.payload.length)).toEqual([1460, 1460]);
  t.ip.setMtu(1000);
  t.at(10).icmp(3, 4, 1, 1000);
  expect(t.take().map((s) => s.payload.length)).toEqual([960, 960, 960, 40]);
  expect(c.mss).toBe(960);
});

test('small segments that were lost together are resent as one (tcp_retrans_collapse)', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.setOption('TCP_NODELAY', 1);
  for (let i = 0; i < 3; i++) c.send(bytes(100));
  expect(t.take().length).toBe(3);
  t.at(500);
  expect(t.take().map((s) => s.payload.length)).toEqual([300]);
});

test('a window taken back to zero: the retransmission is one segment, and the peer’s answers keep the connection (RFC 9293 MUST-34)', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.send(bytes(3000));
  t.take();
  t.at(5).send(ack(1, { window: 0 }));
  t.at(1000);
  for (const segment of t.take()) expect((segment.seq - c.iss) >>> 0).toBe(1);
  expect(c.stateName).toBe('ESTABLISHED');
});

test('keep-alive: probes below SND.NXT after the idle time, ETIMEDOUT after the count (RFC 9293 section 3.8.4)', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.setOption('SO_KEEPALIVE', 1);
  c.setOption('TCP_KEEPIDLE', 10);
  c.setOption('TCP_KEEPINTVL', 5);
  c.setOption('TCP_KEEPCNT', 3);
  t.at(24_000);
  const probes = t.takeTimed();
  expect(probes.map(([ms]) => Math.round(ms / 1000))).toEqual([10, 15, 20]);
  for (const [, probe] of probes) expect((probe.seq - c.iss) >>> 0).toBe(0);
  t.at(26_000);
  expect(c.takeError()).toBe(E.ETIMEDOUT);
  expect(t.take().at(-1)!.has(4)).toBe(true);
});

test('keep-alive: an answer resets the count (RFC 9293 section 3.8.4)', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.setOption('TCP_KEEPIDLE', 10);
  c.setOption('TCP_KEEPINTVL', 5);
  c.setOption('SO_KEEPALIVE', 1);
  t.at(10_500);
  expect(t.take().length).toBe(1);
  t.send(ack(1));
  t.at(20_000).expectNothing();
  t.at(20_600);
  expect(t.take().length).toBe(1);
  expect(c.stateName).toBe('ESTABLISHED');
});

test('data in both directions while recovering: SACK blocks shrink the payload (RFC 6691)', () => {
  const t = new Scenario();
  const c = t.accepted({ ...SACK, mss: 1000, ts: [1, 0] });
  t.at(5).send(data(1001, 10, { ts: [2, 0] }));
  t.take();
  c.send(bytes(3000));
  expect(t.take()[0]!.length).toBeLessThanOrEqual(1020);
});

test('a route that is gone does not end the connection at once, nor keep it for ever; it comes back in time', () => {
  for (const back of [true, false]) {
    const t = new Scenario();
    const c = t.accepted();
    t.ip.breakRoutes(E.ENETUNREACH);
    c.send(bytes(1000));
    t.at(5000).expectNothing();
    expect(c.stateName).toBe('ESTABLISHED');
    if (back) {
      t.ip.routeError = undefined;
      t.at(8000);
      expect(t.take().map((s) => s.payload.length)).toEqual([1000]);
    } else {
      t.at(1_200_000);
      expect(c.takeError()).toBe(E.ENETUNREACH);
    }
  }
});

test('an unreachable about the segment that timed out takes one doubling back, in either half of the sequence space (RFC 6069)', () => {
  const halves = new Set<boolean>();
  // The clock of initial sequence numbers runs through half of them in 2^31 x 64 ns.
  for (const openedMs of [0, 137_439]) {
    const t = new Scenario().at(openedMs);
    const c = t.connected();
    c.send(bytes(1000));
    t.at(openedMs + 900);
    expect(c.backoff).toBe(2);
    t.icmp(UNREACHABLE, 1, 1);
    expect(c.backoff).toBe(1);
    halves.add(c.iss < 0);
  }
  expect(halves.size).toBe(2);
});

test('RFC 8985 section 6.2 step 4: a recovery counts for the reordering window when it is over, and only when it was needed', () => {
  const t = new Scenario();
  const c = tenOut(t, SACK);
  c.rackPersist = 16;
  t.send(ack(1, { sack: [[1001, 4001]] })).take();
  expect([c.caState, c.rackPersist]).toEqual([CA.RECOVERY, 16]);
  t.at(t.nowMs + 20).send(ack(10_001));
  expect([c.caState, c.rackPersist]).toEqual([CA.OPEN, 15]);
});

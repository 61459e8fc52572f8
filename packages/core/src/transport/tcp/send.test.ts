import { expect, test } from 'vitest';
import { ack, bytes, data, Scenario } from '../testing/scenario.ts';

test('a write is cut by MSS; only its last segment carries PSH (RFC 9293 section 3.9.1.2)', () => {
  const t = new Scenario();
  t.accepted().send(bytes(2500));
  t.expect({ flags: '.', seq: 1, length: 1000 })
    .expect({ flags: '.', seq: 1001, length: 1000 })
    .expect({ flags: 'P.', seq: 2001, length: 500 });
});

test('RFC 9293 SHLD-7, Nagle: a second small write waits for the ACK of the first', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.send(bytes(10));
  t.expect({ flags: 'P.', seq: 1, length: 10 });
  c.send(bytes(10));
  c.send(bytes(10));
  t.expectNothing();
  t.at(30).send(ack(11)).expect({ flags: 'P.', seq: 11, length: 20 });
});

test('Nagle in Minshall’s form: a small tail after full segments goes at once', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.send(bytes(1500));
  t.expect({ seq: 1, length: 1000, flags: '.' }).expect({ seq: 1001, length: 500, flags: 'P.' });
  c.send(bytes(10));
  t.expectNothing();
});

test('RFC 9293 MUST-17, TCP_NODELAY: small writes go at once, and what waited goes when it is set', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.send(bytes(10));
  c.send(bytes(10));
  t.expect({ length: 10, flags: 'P.' }).expectNothing();
  c.setOption('TCP_NODELAY', 1);
  t.expect({ seq: 11, length: 10, flags: 'P.' });
  c.send(bytes(7));
  t.expect({ seq: 21, length: 7, flags: 'P.' });
});

test('TCP_CORK holds partial segments, full ones go; uncorking sends the rest', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.setOption('TCP_CORK', 1);
  c.send(bytes(600));
  t.expectNothing();
  c.send(bytes(600));
  t.expect({ seq: 1, length: 1000, flags: '.' }).expectNothing();
  c.setOption('TCP_CORK', 0);
  t.expect({ seq: 1001, length: 200, flags: 'P.' });
});

test('MSG_MORE holds a partial segment until the next write without it', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.send(bytes(100), { more: true });
  t.expectNothing();
  c.send(bytes(100));
  t.expect({ seq: 1, length: 200, flags: 'P.' });
});

test('MSG_EOR: bytes of two records never share a segment', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.setOption('TCP_NODELAY', 1);
  c.setOption('TCP_CORK', 1);
  c.send(bytes(100), { eor: true });
  c.send(bytes(100), { eor: true });
  c.setOption('TCP_CORK', 0);
  t.expect({ seq: 1, length: 100, flags: 'P.' }).expect({ seq: 101, length: 100, flags: 'P.' });
});

test('RFC 6928: ten segments before the first ACK; then two per acknowledged two (RFC 5681 slow start)', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.send(bytes(40_000));
  expect(t.take().length).toBe(10);
  t.at(50).send(ack(2001));
  expect(t.take().length).toBe(4);
  t.at(55).send(ack(4001));
  expect(t.take().length).toBe(4);
});

test('RFC 9293 section 3.8.6: never more than the window offered', () => {
  const t = new Scenario();
  const c = t.accepted({ window: 2500 });
  c.send(bytes(5000));
  // A writer ahead of half the window pushes on the way.
  t.expect({ seq: 1, length: 1000, flags: '.' }).expect({ seq: 1001, length: 1000, flags: 'P.' }).expectNothing();
});

test('a window below the MSS from the start halves the segment size (tcp_bound_to_half_wnd)', () => {
  const t = new Scenario();
  const c = t.accepted({ window: 800 });
  c.send(bytes(2000));
  t.expect({ seq: 1, length: 400 }).expect({ seq: 401, length: 400 }).expectNothing();
});

test('RFC 9293 MUST-35: zero window, probes after 200 ms doubling; data when it opens', () => {
  const t = new Scenario();
  const c = t.accepted();
  t.send(ack(1, { window: 0 }));
  c.send(bytes(500));
  t.expectNothing();
  t.at(2001);
  const probes = t.takeTimed();
  expect(probes.map(([ms]) => ms)).toEqual([202, 604, 1408]);
  for (const [, probe] of probes) expect(probe.payload.length).toBe(0);
  t.send(ack(1, { window: 5000 })).expect({ flags: 'P.', seq: 1, length: 500 });
});

test('zero-window probes lie one below SND.UNA and go on while the peer answers (RFC 9293 MUST-37)', () => {
  const t = new Scenario();
  const c = t.accepted();
  t.send(ack(1, { window: 0 }));
  c.send(bytes(500));
  for (let i = 0; i < 60; i++) {
    t.at(t.nowMs + 60_000);
    for (const probe of t.take()) {
      expect(probe.payload.length).toBe(0);
      t.send(ack(1, { window: 0 }));
    }
  }
  expect(c.stateName).toBe('ESTABLISHED');
  t.send(ack(1, { window: 1000 })).expect({ flags: 'P.', seq: 1, length: 500 });
});

test('a window that opens by less than a segment is used by the next probe, with what fits (RFC 9293 SHLD-30)', () => {
  const t = new Scenario();
  const c = t.accepted();
  t.send(ack(1, { window: 0 }));
  c.send(bytes(1500));
  t.at(10)
    .send(ack(1, { window: 300 }))
    .expectNothing();
  t.at(400);
  t.expectAt(211, { seq: 1, length: 300, flags: 'P.' });
});

test('send buffer: a write is taken by groups until SO_SNDBUF is passed; writable again at one third free', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.setOption('SO_SNDBUF', 10_000);
  expect(c.getOption('SO_SNDBUF')).toBe(20_000);
  // A group of 32,000 bytes (half of the peer's window), and as much again as left at once.
  expect(c.send(bytes(100_000))).toBe(42_000);
  expect(c.send(bytes(10))).toBeUndefined();
  expect(c.readiness() & 4).toBe(0);
});

test('an answer within the delayed-ACK time makes the connection interactive: no separate ACK', () => {
  const t = new Scenario();
  const c = t.accepted();
  for (let i = 0; i < 20; i++) {
    const seq = 1 + i * 10;
    t.at(100 * i).send(data(seq, 10, { ack: 1 + i * 10, flags: 'P.' }));
    c.receive(100);
    if (i < 2) t.take();
    c.send(bytes(10));
    const sent = t.take();
    if (i >= 2) expect(sent.map((s) => s.payload.length)).toEqual([10]);
  }
});

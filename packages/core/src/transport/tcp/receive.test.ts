import { expect, test } from 'vitest';
import { E } from '../../base/errno.ts';
import { ack, bytes, data, fin, Scenario } from '../testing/scenario.ts';
import { END_OF_STREAM } from './api.ts';

const SACK = { sackPermitted: true } as const;

test('Linux quick ACKs: the first segments of a connection are acknowledged at once', () => {
  const t = new Scenario();
  t.accepted();
  t.at(5).send(data(1, 1000)).expect({ flags: '.', ack: 1001 });
  t.at(6).send(data(1001, 1000)).expect({ flags: '.', ack: 2001 });
});

test('RFC 9293 MUST-58: out of quick-ACK mode, every second full segment is acknowledged', () => {
  const t = new Scenario();
  const c = t.accepted();
  let seq = 1;
  for (let i = 0; i < 40; i++) {
    t.at(5 + i).send(data(seq, 1000));
    seq += 1000;
    c.receive(10_000);
  }
  t.take();
  const base = seq;
  t.at(100).send(data(base, 1000));
  c.receive(10_000);
  t.at(101).send(data(base + 1000, 1000));
  const segments = t.take();
  expect(segments.length).toBe(1);
});

test('RFC 5681 section 4.2: a delayed ACK goes out after 40 ms', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.setOption('TCP_QUICKACK', 0);
  t.at(100).send(data(1, 100)).expectNothing();
  t.at(139).expectNothing();
  t.at(200);
  t.expectAt(140, { flags: '.', ack: 101 });
});

test('RFC 5681 section 4.2: out-of-order segments are acknowledged at once, and so is the one that fills the gap', () => {
  const t = new Scenario();
  const c = t.accepted(SACK);
  t.at(5)
    .send(data(1001, 1000))
    .expect({ flags: '.', ack: 1, sack: [[1001, 2001]] });
  t.at(6)
    .send(data(2001, 1000))
    .expect({ flags: '.', ack: 1, sack: [[1001, 3001]] });
  t.at(7).send(data(1, 1000)).expect({ flags: '.', ack: 3001, sack: [] });
  expect(c.receive(10_000)).toHaveLength(3000);
});

test('RFC 2018 section 4: the block of the latest arrival comes first, older ones follow', () => {
  const t = new Scenario();
  t.accepted(SACK);
  t.at(5)
    .send(data(1001, 500))
    .expect({ sack: [[1001, 1501]] });
  t.send(data(3001, 500)).expect({
    sack: [
      [3001, 3501],
      [1001, 1501],
    ],
  });
  t.send(data(5001, 500)).expect({
    sack: [
      [5001, 5501],
      [3001, 3501],
      [1001, 1501],
    ],
  });
  // The fourth of its kind waits for a tenth of a millisecond (tcp_comp_sack_slack_ns) while no round trip is known.
  t.send(data(1501, 500)).expectNothing();
  t.at(t.nowMs + 0.1).expect({
    sack: [
      [1001, 2001],
      [5001, 5501],
      [3001, 3501],
    ],
  });
});

test('RFC 2883: a duplicate is reported by D-SACK, once', () => {
  const t = new Scenario();
  t.accepted(SACK);
  t.at(5).send(data(1, 1000)).expect({ ack: 1001 });
  t.at(6)
    .send(data(1, 1000))
    .expect({ flags: '.', ack: 1001, sack: [[1, 1001]] });
  t.at(7).send(data(1001, 10)).expect({ ack: 1011, sack: [] });
});

test('RFC 2883 section 4: a duplicate of an out-of-order segment, D-SACK before the block that holds it', () => {
  const t = new Scenario();
  t.accepted(SACK);
  t.at(5)
    .send(data(2001, 1000))
    .expect({ sack: [[2001, 3001]] });
  t.at(6)
    .send(data(2001, 500))
    .expect({
      ack: 1,
      sack: [
        [2001, 2501],
        [2001, 3001],
      ],
    });
});

test('overlapping segments in any order are read as one stream', () => {
  const t = new Scenario();
  const c = t.accepted();
  t.at(5).send(data(501, 1000)).send(data(301, 400)).send(data(1, 2000));
  const read = c.receive(10_000) as Uint8Array;
  expect(read).toHaveLength(2000);
  for (let i = 0; i < 2000; i++) expect(read[i]).toBe((i + 1) & 255);
});

test('the FIN of an out-of-order segment waits for its turn', () => {
  const t = new Scenario();
  const c = t.accepted();
  t.at(5).send({ flags: 'F.', seq: 11, ack: 1, length: 10 });
  expect(c.stateName).toBe('ESTABLISHED');
  t.send(data(1, 10));
  expect(c.stateName).toBe('CLOSE-WAIT');
  expect(c.receive(100)).toHaveLength(20);
  expect(c.receive(100)).toBe(END_OF_STREAM);
});

test('RFC 9293 SHLD-14: the window closes as data waits, and its right edge never moves back', () => {
  const t = new Scenario();
  const listener = t.listen();
  listener.setOption('SO_RCVBUF', 8192);
  const c = acceptFrom(t, listener);
  let edge = 0;
  let seq = 1;
  for (let i = 0; i < 20; i++) {
    t.at(10 + i).send(data(seq, 1000));
    for (const segment of t.take()) {
      const right = ((segment.ack - 0xffff_ff00) >>> 0) + segment.window;
      expect(right).toBeGreaterThanOrEqual(edge);
      edge = right;
      seq = (segment.ack - 0xffff_ff00) >>> 0;
    }
  }
  expect(c.receiveQueueLength).toBeGreaterThanOrEqual(seq - 1);
});

test('RFC 9293 MUST-39: after a slow reader closed the window, it reopens by a large step', () => {
  const t = new Scenario();
  const listener = t.listen();
  listener.setOption('SO_RCVBUF', 5000);
  const c = acceptFrom(t, listener);
  let seq = 1;
  let window = 65_535;
  for (let i = 0; i < 40 && window > 0; i++) {
    t.at(10 + i).send(data(seq, Math.min(1000, window)));
    for (const segment of t.take()) {
      seq = (segment.ack - 0xffff_ff00) >>> 0;
      window = segment.window;
    }
  }
  expect(window).toBe(0);
  c.receive(100);
  t.expectNothing();
  c.receive(10_000);
  const [update] = t.take();
  expect(update!.window).toBeGreaterThanOrEqual(1000);
});

function acceptFrom(t: Scenario, listener: ReturnType<Scenario['listen']>): ReturnType<Scenario['accepted']> {
  t.send({ flags: 'S', seq: 0, window: 65_535, mss: 1000 });
  t.take();
  t.send(ack(1, { seq: 1 }));
  t.take();
  return listener.accept() as ReturnType<Scenario['accepted']>;
}

test('data beyond the window is not taken, and answered with an ACK (RFC 9293 section 3.10.7.4)', () => {
  const t = new Scenario();
  t.accepted();
  t.at(5).send(data(100_000, 10)).expect({ flags: '.', ack: 1 });
  expect(t.drops).toContain('tcp-not-acceptable');
});

test('recv: nothing yet, then data, peek leaves it there; end of stream after FIN', () => {
  const t = new Scenario();
  const c = t.accepted();
  expect(c.receive(10)).toBeUndefined();
  t.at(1).send(data(1, 3));
  expect(c.receive(10, { peek: true })).toHaveLength(3);
  expect(c.receive(2)).toHaveLength(2);
  expect(c.receive(10)).toHaveLength(1);
  t.send(fin(4, 1));
  expect(c.receive(10)).toBe(END_OF_STREAM);
  expect(c.receive(10)).toBe(END_OF_STREAM);
});

test('urgent data: one byte aside, the mark stops a read (RFC 9293 section 3.8.5)', () => {
  const t = new Scenario();
  const c = t.accepted();
  t.at(5).send({ flags: 'P.U', seq: 1, ack: 1, data: 'abcd', urgent: 3 });
  expect(c.receiveUrgent()).toBe(99);
  expect(c.receiveUrgent()).toBe(E.EINVAL);
  expect(c.receive(10)).toEqual(Uint8Array.of(97, 98));
  expect(c.atMark).toBe(true);
  expect(c.receive(10)).toEqual(Uint8Array.of(100));
});

test('urgent data out: URG and a pointer behind the last byte (RFC 6093)', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.send(bytes(3), { oob: true });
  t.expect({ flags: 'P.U', seq: 1, length: 3, urgent: 3 });
});

test('a receiver that reads gets a larger window by auto-tuning (tcp_moderate_rcvbuf)', () => {
  const t = new Scenario();
  const c = t.accepted({ windowScale: 7, ts: [1, 0], sackPermitted: true });
  let seq = 1;
  for (let round = 0; round < 12; round++) {
    for (let i = 0; i < 40; i++) {
      t.at(20 * round + 20 + i / 10).send(data(seq, 988, { ts: [20 * round + 2, Math.max(1, 20 * round)] }));
      seq += 988;
      c.receive(100_000);
    }
    t.take();
  }
  expect(c.receiveBuffer).toBeGreaterThanOrEqual(131_072);
});

test('RFC 9293 section 3.10.7.4: of a segment that begins with known bytes only the new ones are taken', () => {
  const t = new Scenario();
  const c = t.accepted(SACK);
  const text = (): string => Buffer.from(c.receive(100) as Uint8Array).toString();
  t.at(5)
    .send(data(1, 6, { data: 'abcdef' }))
    .expect({ ack: 7 });
  t.at(6)
    .send(data(4, 6, { data: 'defghi' }))
    .expect({ ack: 10 });
  expect(text()).toBe('abcdefghi');
  // Ahead of its turn, and met by one that reaches into it from before.
  t.at(7)
    .send(data(13, 4, { data: 'MNOP' }))
    .expect({ ack: 10 });
  t.at(8)
    .send(data(8, 8, { data: 'HIJKLMNO' }))
    .expect({ ack: 17 });
  expect(text()).toBe('JKLMNOP');
});

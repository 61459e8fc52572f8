import { expect, test } from 'vitest';
import { E } from '../../base/errno.ts';
import { ack, bytes, data, rst, Scenario, syn } from '../testing/scenario.ts';
import type { TcpConnection } from './connection.ts';

test('RFC 5961 section 3.2: RST at exactly RCV.NXT resets', () => {
  const t = new Scenario();
  const c = t.accepted();
  t.send(rst(1));
  expect(c.stateName).toBe('CLOSED');
  expect(c.takeError()).toBe(E.ECONNRESET);
});

test('RFC 5961 section 3.2: RST elsewhere in the window is challenged, outside it is dropped', () => {
  const t = new Scenario();
  const c = t.accepted();
  t.at(5).send(rst(500)).expect({ flags: '.', seq: 1, ack: 1 });
  t.send(rst(90_000)).expectNothing();
  expect(c.stateName).toBe('ESTABLISHED');
  expect(t.drops).toEqual(['tcp-rst-ignored', 'tcp-rst-ignored']);
});

test('RFC 5961 section 4.2: SYN on a connection is challenged', () => {
  const t = new Scenario();
  const c = t.accepted();
  t.at(5)
    .send(syn({ seq: 1 }))
    .expect({ flags: '.', seq: 1, ack: 1 });
  t.at(1000)
    .send(syn({ seq: 70_000 }))
    .expect({ flags: '.', seq: 1, ack: 1 });
  expect(c.stateName).toBe('ESTABLISHED');
});

test('challenge ACKs are limited to two a second (net.ipv4.tcp_invalid_ratelimit)', () => {
  const t = new Scenario();
  t.accepted();
  t.at(5)
    .send(syn({ seq: 1 }))
    .expect({ flags: '.' });
  t.at(300)
    .send(syn({ seq: 1 }))
    .expectNothing();
  t.at(600)
    .send(syn({ seq: 1 }))
    .expect({ flags: '.' });
});

test('RFC 5961 section 5.2: an ACK far below SND.UNA is challenged and its data not taken', () => {
  const t = new Scenario();
  const c = t.accepted();
  t.at(5).send(data(1, 10, { ack: -100_000 }));
  expect(c.receive(10)).toBeUndefined();
  t.expect({ flags: '.', ack: 1 });
});

test('RFC 9293 section 3.10.7.4: an ACK of what was never sent is dropped', () => {
  const t = new Scenario();
  const c = t.accepted();
  t.at(5).send(data(1, 10, { ack: 500 }));
  expect(c.receive(10)).toBeUndefined();
  expect(t.drops).toEqual(['tcp-invalid-ack']);
});

test('RFC 7323 section 5.3 (PAWS): a segment with an older time stamp is dropped and acknowledged; RST passes', () => {
  const t = new Scenario();
  const c = t.accepted({ ts: [1000, 0] });
  t.at(5)
    .send(data(1, 10, { ts: [500, 0] }))
    .expect({ flags: '.', ack: 1 });
  expect(t.drops).toEqual(['tcp-paws']);
  expect(c.receive(10)).toBeUndefined();
  t.send(rst(1, { ts: [500, 0] }));
  expect(c.stateName).toBe('CLOSED');
});

test('RFC 7323 section 4.3: the echo is the time stamp of the segment that the ACK answers first', () => {
  const t = new Scenario();
  t.accepted({ ts: [1000, 0] });
  t.at(5).send(data(1, 10, { ts: [1005, 0] }));
  expect(t.take()[0]!.tsEcr).toBe(1005);
  t.at(6).send(data(21, 10, { ts: [1006, 0] })); // a gap: the last in order still counts
  expect(t.take()[0]!.tsEcr).toBe(1005);
});

test('a segment without ACK on an open connection is dropped (RFC 9293 section 3.10.7.4, fifth)', () => {
  const t = new Scenario();
  const c = t.accepted();
  t.at(5)
    .send(data(1, 10, { flags: 'P' }))
    .expectNothing();
  expect(c.receive(10)).toBeUndefined();
});

test('the listen backlog: n + 1 connections wait, the next handshake’s last ACK is dropped and its SYN-ACK repeated', () => {
  const t = new Scenario();
  const listener = t.listen(1);
  for (const port of [1001, 1002]) {
    t.send(syn({ port }));
    t.take();
    t.send(ack(1, { seq: 1, port }));
  }
  expect(listener.receiveQueueLength).toBe(2);
  t.send(syn({ port: 1003 })).expectNothing();
  expect(t.drops).toContain('tcp-backlog-full');
  expect((listener.accept() as TcpConnection).remotePort).toBe(1001);
  t.send(syn({ port: 1003 })).expect({ flags: 'S.' });
});

/** A listener of backlog 2 with three connections waiting and a fourth half open. */
function overflowing(t: Scenario): TcpConnection {
  const listener = t.listen(2);
  const open = (port: number): void => {
    t.send(syn({ port }));
    t.take();
  };
  const complete = (port: number): void => {
    t.send(ack(1, { seq: 1, port }));
  };
  for (const port of [1001, 1002]) {
    open(port);
    complete(port);
  }
  open(1003);
  open(1004);
  complete(1003);
  expect(listener.receiveQueueLength).toBe(3);
  return listener;
}

test('a third ACK that finds the accept queue full is dropped; the SYN-ACK comes again and then it fits', () => {
  const t = new Scenario();
  const listener = overflowing(t);
  t.send(ack(1, { seq: 1, port: 1004 })).expectNothing();
  expect(listener.receiveQueueLength).toBe(3);
  listener.accept();
  t.at(1200);
  expect(t.take().length).toBe(1);
  t.send(ack(1, { seq: 1, port: 1004 }));
  expect(listener.receiveQueueLength).toBe(3);
});

test('tcp_abort_on_overflow resets instead', () => {
  const t = new Scenario({ 'net.ipv4.tcp_abort_on_overflow': '1' });
  overflowing(t);
  t.send(ack(1, { seq: 1, port: 1004 })).expect({ flags: 'R', seq: 1 });
});

test('errno of a broken connection: EPIPE after the peer closed and reset', () => {
  const t = new Scenario();
  const c = t.accepted();
  t.at(5).send({ flags: 'F.', seq: 1, ack: 1 });
  c.send(bytes(10));
  t.take();
  t.at(6).send(rst(2));
  expect(c.takeError()).toBe(E.EPIPE);
});

test('a RST goes back in the service class that the segment came in, without its ECN bits, and with DF (ip_send_unicast_reply)', () => {
  const t = new Scenario();
  t.send(syn({ tos: 0xbb }));
  expect(t.takePackets().map(({ tos, dontFragment, ttl }) => [tos, dontFragment, ttl])).toEqual([[0xb8, true, 64]]);
});

test('DF is clear where the reported MTU is not believed, and as IP_MTU_DISCOVER says (ip_dont_fragment)', () => {
  const t = new Scenario();
  const c = t.accepted();
  const flag = (): boolean => {
    c.send(bytes(10));
    t.at(t.nowMs + 1).send(ack((c.sndNxt - c.iss) >>> 0));
    return t.takePackets()[0]!.dontFragment;
  };
  expect(flag()).toBe(true);
  t.ip.setMtu(552, true);
  expect(flag()).toBe(false);
  c.setOption('IP_MTU_DISCOVER', 2);
  expect(flag()).toBe(true);
  c.setOption('IP_MTU_DISCOVER', 0);
  expect(flag()).toBe(false);
});

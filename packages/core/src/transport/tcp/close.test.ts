import { expect, test } from 'vitest';
import { E } from '../../base/errno.ts';
import { ack, bytes, data, fin, rst, Scenario, syn } from '../testing/scenario.ts';
import { END_OF_STREAM } from './api.ts';

test('RFC 9293 figure 12: active close, FIN-WAIT-1, FIN-WAIT-2, TIME-WAIT for 60 s', () => {
  const t = new Scenario();
  const c = t.accepted();
  t.states.length = 0;
  c.close();
  t.expect({ flags: 'F.', seq: 1, ack: 1 });
  t.at(10).send(ack(2, { seq: 1 }));
  t.at(20).send(fin(1, 2)).expect({ flags: '.', seq: 2, ack: 2 });
  expect(t.states).toEqual(['ESTABLISHED>FIN-WAIT-1', 'FIN-WAIT-1>FIN-WAIT-2', 'FIN-WAIT-2>TIME-WAIT']);
  t.at(60_019);
  expect(t.tcp.endpoints().length).toBe(2);
  t.at(60_020);
  expect(t.states.at(-1)).toBe('TIME-WAIT>CLOSED');
});

test('RFC 9293 figure 12: passive close, CLOSE-WAIT, LAST-ACK', () => {
  const t = new Scenario();
  const c = t.accepted();
  t.at(0).send(fin(1, 1));
  expect(c.stateName).toBe('CLOSE-WAIT');
  expect(c.receive(10)).toBe(END_OF_STREAM);
  t.at(100);
  t.take();
  c.close();
  t.expect({ flags: 'F.', seq: 1, ack: 2 });
  t.at(110).send(ack(2, { seq: 2 }));
  expect(c.stateName).toBe('CLOSED');
  expect(t.states.slice(-3)).toEqual(['ESTABLISHED>CLOSE-WAIT', 'CLOSE-WAIT>LAST-ACK', 'LAST-ACK>CLOSED']);
});

test('a program that closes at once on end of stream: FIN and ACK share a segment, three segments in all', () => {
  const t = new Scenario();
  const c = t.accepted();
  t.at(5).send(fin(1, 1));
  t.expectNothing();
  c.close();
  t.expect({ flags: 'F.', seq: 1, ack: 2 });
});

test('RFC 9293 figure 13: simultaneous close, FIN-WAIT-1, CLOSING, TIME-WAIT', () => {
  const t = new Scenario();
  const c = t.accepted();
  t.states.length = 0;
  c.close();
  t.expect({ flags: 'F.', seq: 1, ack: 1 });
  t.at(5).send(fin(1, 1)).expect({ flags: '.', seq: 2, ack: 2 });
  t.at(10).send(ack(2, { seq: 2 }));
  expect(t.states).toEqual(['ESTABLISHED>FIN-WAIT-1', 'FIN-WAIT-1>CLOSING', 'CLOSING>TIME-WAIT']);
});

test('RFC 9293 section 3.6: FIN that acknowledges ours leads to TIME-WAIT directly', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.shut('write');
  t.expect({ flags: 'F.' });
  t.at(10).send(fin(1, 2)).expect({ flags: '.', ack: 2 });
  expect(t.states.slice(-2)).toEqual(['FIN-WAIT-1>FIN-WAIT-2', 'FIN-WAIT-2>TIME-WAIT']);
});

test('RFC 9293 section 3.6: half close, data still flows in', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.shut('write');
  expect(c.send(bytes(1))).toBe(E.EPIPE);
  t.expect({ flags: 'F.' });
  t.at(10).send(ack(2, { seq: 1 }));
  t.at(20).send(data(1, 100, { ack: 2 }));
  expect(c.receive(1000)).toHaveLength(100);
  expect(c.stateName).toBe('FIN-WAIT-2');
});

test('the FIN follows unsent data and rides on its last segment', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.send(bytes(1500));
  c.close();
  t.expect({ flags: '.', seq: 1, length: 1000 })
    .expect({ flags: 'P.', seq: 1001, length: 500 })
    .expect({ flags: 'F.', seq: 1501 });
});

test('RFC 2525 section 2.17: close with unread data sends RST', () => {
  const t = new Scenario();
  const c = t.accepted();
  t.at(0).send(data(1, 10));
  t.take();
  c.close();
  t.expect({ flags: 'R.', seq: 1, ack: 11 });
  expect(t.states.at(-1)).toBe('ESTABLISHED>CLOSED');
});

test('SO_LINGER with time 0: close is an abort, one RST', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.setLinger({ onoff: true, seconds: 0 });
  c.close();
  t.expect({ flags: 'R.', seq: 1, ack: 1 }).expectNothing();
});

test('RFC 9293 section 3.6.1: data for a program that has closed is answered with RST', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.close();
  t.expect({ flags: 'F.' });
  t.at(10)
    .send(data(1, 10, { ack: 1 }))
    .expect({ flags: 'R', seq: 1 });
  t.at(20)
    .send(ack(2, { seq: 11 }))
    .expect({ flags: 'R' });
});

test('RFC 9293 section 3.6.1: data in FIN-WAIT-2 without an owner is answered with RST', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.close();
  t.expect({ flags: 'F.' });
  t.at(5).send(ack(2, { seq: 1 }));
  t.at(10)
    .send(data(1, 10, { ack: 2 }))
    .expect({ flags: 'R', seq: 2 });
});

test('FIN-WAIT-2 without an owner lasts tcp_fin_timeout', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.close();
  t.expect({ flags: 'F.' });
  t.at(5).send(ack(2, { seq: 1 }));
  t.at(60_004);
  expect(t.states.at(-1)).toBe('FIN-WAIT-1>FIN-WAIT-2');
  t.at(60_005);
  expect(t.states.at(-1)).toBe('FIN-WAIT-2>CLOSED');
  t.send(fin(1, 2)).expect({ flags: 'R' });
});

test('a lost FIN is repeated, with a doubling time-out', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.close();
  t.expect({ flags: 'F.', seq: 1 });
  t.at(2000);
  const times = t.takeTimed();
  expect(times.length).toBeGreaterThanOrEqual(2);
  for (const [, segment] of times) expect(segment.has(1)).toBe(true);
});

test('TIME-WAIT: a repeated FIN is acknowledged and restarts the 60 s', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.close();
  t.expect({ flags: 'F.' });
  t.at(10).send(fin(1, 2)).expect({ flags: '.', ack: 2 });
  t.at(30_000).send(fin(1, 2)).expect({ flags: '.', seq: 2, ack: 2 });
  t.at(60_010);
  expect(t.states.at(-1)).toBe('FIN-WAIT-2>TIME-WAIT');
  t.at(90_000);
  expect(t.states.at(-1)).toBe('TIME-WAIT>CLOSED');
});

test('RFC 9293 MAY-2: a newer SYN in TIME-WAIT opens a new connection above the old sequence numbers', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.close();
  t.expect({ flags: 'F.' });
  t.at(10).send(fin(1, 2)).expect({ flags: '.' });
  t.at(1000).send(syn({ seq: 5000 }));
  const [answer] = t.take();
  expect(answer!.has(2) && answer!.has(16)).toBe(true);
  expect(t.states.slice(-2)).toEqual(['TIME-WAIT>CLOSED', 'LISTEN>SYN-RECEIVED']);
});

test('an old SYN in TIME-WAIT is acknowledged, not accepted', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.close();
  t.expect({ flags: 'F.' });
  t.at(10).send(fin(1, 2)).expect({ flags: '.' });
  t.at(1000)
    .send(syn({ seq: 1 }))
    .expect({ flags: '.', seq: 2, ack: 2 });
});

test('RFC 1337: RST ends TIME-WAIT, unless tcp_rfc1337 is set', () => {
  for (const guarded of [false, true]) {
    const t = new Scenario(guarded ? { 'net.ipv4.tcp_rfc1337': '1' } : {});
    const c = t.accepted();
    c.close();
    t.expect({ flags: 'F.' });
    t.at(10).send(fin(1, 2)).expect({ flags: '.' });
    t.at(20).send(rst(2));
    expect(t.states.at(-1)).toBe(guarded ? 'FIN-WAIT-2>TIME-WAIT' : 'TIME-WAIT>CLOSED');
  }
});

test('the socket of a reset connection: data first, then ECONNRESET once, then end of stream; writes are EPIPE', () => {
  const t = new Scenario();
  const c = t.accepted();
  t.at(0).send(data(1, 4));
  t.send(rst(5));
  expect(c.receive(10)).toHaveLength(4);
  expect(c.receive(10)).toBe(E.ECONNRESET);
  expect(c.receive(10)).toBe(END_OF_STREAM);
  expect(c.send(bytes(1))).toBe(E.EPIPE);
});

test('closing a listener resets what nobody accepted', () => {
  const t = new Scenario();
  const listener = t.listen();
  t.at(0).send(syn()).expect({ flags: 'S.' });
  t.send(ack(1, { seq: 1 }));
  listener.close();
  t.expect({ flags: 'R.', seq: 1, ack: 1 });
  t.send(syn({ port: 999 })).expect({ flags: 'R.' });
});

import { expect, test } from 'vitest';
import { ERROR_ORIGIN } from '../error-origin.ts';
import { READY } from '../readiness.ts';
import { ack, bytes, Scenario } from '../testing/scenario.ts';
import type { TcpNotice } from './api.ts';
import type { TcpConnection } from './connection.ts';

const ZERO_COPY = { zerocopy: true };

function zeroCopying(t: Scenario): TcpConnection {
  const c = t.accepted() as TcpConnection;
  expect(c.setOption('SO_ZEROCOPY', 1)).toBeUndefined();
  return c;
}

function sendWhole(c: TcpConnection, length: number): void {
  expect(c.send(bytes(length), ZERO_COPY)).toBe(length);
  c.sendReturned();
}

function range(notice: TcpNotice | undefined): readonly [number, number] | undefined {
  if (notice === undefined) return undefined;
  expect(notice).toMatchObject({ errno: '', origin: ERROR_ORIGIN.ZEROCOPY, code: 1 });
  return [notice.info, notice.data];
}

test('a zero-copy call is told of when its last byte is acknowledged, and poll says POLLERR until it is read', () => {
  const t = new Scenario();
  const c = zeroCopying(t);
  sendWhole(c, 2000);
  t.at(10).send(ack(1001));
  expect(c.takeNotice()).toBeUndefined();
  expect(c.readiness() & READY.ERR).toBe(0);
  t.at(20).send(ack(2001));
  expect(c.readiness() & READY.ERR).toBe(READY.ERR);
  expect(range(c.takeNotice())).toEqual([0, 0]);
  expect(c.readiness() & READY.ERR).toBe(0);
  expect(c.takeNotice()).toBeUndefined();
});

test('notices that follow one another are one range while nobody reads them', () => {
  const t = new Scenario();
  const c = zeroCopying(t);
  for (let i = 0; i < 3; i++) sendWhole(c, 1000);
  t.at(10).send(ack(1001));
  t.at(11).send(ack(2001));
  expect(range(c.takeNotice())).toEqual([0, 1]);
  t.at(12).send(ack(3001));
  expect(range(c.takeNotice())).toEqual([2, 2]);
});

test('a call that waits for room is one call, and is not told of before it returns', () => {
  const t = new Scenario();
  const c = zeroCopying(t);
  expect(c.send(bytes(1000), ZERO_COPY)).toBe(1000);
  t.at(10).send(ack(1001));
  expect(c.takeNotice()).toBeUndefined();
  expect(c.send(bytes(500), { ...ZERO_COPY, continued: true })).toBe(500);
  t.at(20).send(ack(1501));
  expect(c.takeNotice()).toBeUndefined();
  c.sendReturned();
  expect(range(c.takeNotice())).toEqual([0, 0]);
});

test('calls whose bytes lie in one buffer are told of together', () => {
  const t = new Scenario();
  const c = zeroCopying(t);
  c.setOption('TCP_CORK', 1);
  sendWhole(c, 100);
  sendWhole(c, 100);
  c.setOption('TCP_CORK', 0);
  t.at(10).send(ack(101));
  expect(c.takeNotice()).toBeUndefined();
  t.at(20).send(ack(201));
  expect(range(c.takeNotice())).toEqual([0, 1]);
});

test('without the option the flag is nothing, and without the flag the option', () => {
  const t = new Scenario();
  const c = t.accepted() as TcpConnection;
  sendWhole(c, 500);
  expect(c.notices).toBeUndefined();
  c.setOption('SO_ZEROCOPY', 1);
  c.send(bytes(500));
  t.at(10).send(ack(1001));
  expect(c.notices).toBeUndefined();
  expect(c.readiness() & READY.ERR).toBe(0);
});

test('a buffer has room for seventeen pieces', () => {
  const t = new Scenario();
  const c = zeroCopying(t);
  c.setOption('TCP_NODELAY', 1);
  c.setOption('SO_SNDBUF', 200_000);
  expect(c.send(bytes(20), { ...ZERO_COPY, pieces: Array.from({ length: 20 }, () => 1) })).toBe(20);
  t.expect({ seq: 1, length: 17, flags: 'P.' }).expect({ seq: 18, length: 3, flags: 'P.' });
});

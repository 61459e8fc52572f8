import { expect, test } from 'vitest';
import { E } from '../../base/errno.ts';
import { ERROR_ORIGIN } from '../error-origin.ts';
import { ack, bytes, Scenario } from '../testing/scenario.ts';
import type { TcpConnection } from './connection.ts';
import { STAMPING } from './send-stamps.ts';

const { TX_SOFTWARE, TX_SCHED, TX_ACK, SOFTWARE, OPT_ID, OPT_ID_TCP, OPT_TSONLY } = STAMPING;
const [SENT, SCHEDULED, ACKED] = [0, 1, 2];

function stamped(t: Scenario, flags: number): TcpConnection {
  const c = t.accepted() as TcpConnection;
  expect(c.setOption('SO_TIMESTAMPING', flags)).toBeUndefined();
  return c;
}

/** Kind and number of the entries that wait. */
function told(c: TcpConnection): (readonly [kind: number, byte: number])[] {
  const kinds: (readonly [number, number])[] = [];
  for (let notice = c.takeNotice(); notice !== undefined; notice = c.takeNotice()) {
    expect(notice).toMatchObject({ errno: 'ENOMSG', origin: ERROR_ORIGIN.TIMESTAMPING });
    kinds.push([notice.info, notice.data]);
  }
  return kinds;
}

test('a stamp is of the segment with the last byte of a call', () => {
  const t = new Scenario();
  const c = stamped(t, TX_SCHED | TX_SOFTWARE | TX_ACK | SOFTWARE | OPT_ID | OPT_TSONLY);
  c.send(bytes(2500));
  expect(told(c)).toEqual([
    [SCHEDULED, 2499],
    [SENT, 2499],
  ]);
  t.at(10).send(ack(2001));
  expect(told(c)).toEqual([]);
  t.at(20).send(ack(2501));
  expect(told(c)).toEqual([[ACKED, 2499]]);
});

test('a call that took a part is stamped at the end of that part where it is unsent', () => {
  const t = new Scenario();
  const c = stamped(t, TX_ACK | SOFTWARE | OPT_ID | OPT_TSONLY);
  c.setOption('SO_SNDBUF', 8_000);
  c.send(bytes(10_000));
  const taken = c.send(bytes(100_000)) as number;
  expect(taken).toBeGreaterThan(0);
  expect(taken).toBeLessThan(100_000);
  c.sendReturned();
  t.at(10).send(ack(10_001));
  expect(told(c)).toEqual([[ACKED, 9_999]]);
  for (let at = 20; c.sndUna !== c.writeSeq; at += 10) t.at(at).send(ack((c.sndNxt - c.iss) >>> 0));
  expect(told(c)).toEqual([[ACKED, 9_999 + taken]]);
});

test('one call asks for itself, and the stamp tells of the bytes that left', () => {
  const t = new Scenario();
  const c = stamped(t, SOFTWARE | OPT_ID);
  expect(c.send(bytes(100), { stamping: SOFTWARE })).toBe(E.EINVAL);
  c.send(bytes(100));
  expect(told(c)).toEqual([]);
  c.send(bytes(100), { stamping: TX_ACK | TX_SOFTWARE });
  t.at(10).send(ack(101));
  expect(c.takeNotice()).toMatchObject({ info: SENT, data: 199, payload: { length: 140 } });
  t.at(20).send(ack(201));
  expect(c.takeNotice()).toMatchObject({ info: ACKED, data: 199, payload: { length: 100 } });
});

test('flags that do not exist or fit are refused, and those that are not here by name', () => {
  const t = new Scenario();
  const c = t.accepted() as TcpConnection;
  const set = (flags: number) => c.setOption('SO_TIMESTAMPING', flags);
  expect(set(1 << 19)).toBe(E.EINVAL);
  expect(set(OPT_ID_TCP)).toBe(E.EINVAL);
  expect(set(0x1000 | OPT_TSONLY)).toBe(E.EOPNOTSUPP);
  expect(c.getOption('SO_TIMESTAMPING')).toBe(0);
  expect(set(SOFTWARE)).toBeUndefined();
  expect(c.getOption('SO_TIMESTAMPING')).toBe(SOFTWARE);
});

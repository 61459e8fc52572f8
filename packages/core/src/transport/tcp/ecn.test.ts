import { expect, test } from 'vitest';
import { ack, bytes, data, Scenario, syn, synAck } from '../testing/scenario.ts';
import { CA } from './constants.ts';

const ECT = 2;
const CE = 3;

/** The ECN fields of what the host sent since the last look, with the flags. */
function marks(t: Scenario): string[] {
  return t.takePackets().map((packet) => {
    const { payload } = packet;
    return payload.kind === 'tcp' ? `${t.summary(payload)[0]} ${packet.tos & 3}` : '';
  });
}

/** A connection that the peer opened with ECN. */
function granted(t: Scenario): ReturnType<Scenario['accepted']> {
  const listener = t.listen();
  t.send(syn({ flags: 'SEW' })).expect({ flags: 'S.E' });
  t.at(1).send(ack(1, { seq: 1 }));
  const c = listener.accept() as ReturnType<Scenario['accepted']>;
  expect(c.info().ecn).toBe(true);
  return c;
}

test('a SYN asks only with tcp_ecn = 1; a SYN-ACK with ECE alone grants (RFC 3168 section 6.1.1)', () => {
  const quiet = new Scenario();
  quiet.tcp.socket().connect(quiet.peer, 4321);
  quiet.expect({ flags: 'S' });
  const t = new Scenario({ 'net.ipv4.tcp_ecn': '1' });
  const c = t.tcp.socket();
  c.connect(t.peer, 4321);
  t.port = c.localPort;
  expect(marks(t)).toEqual(['SEW 0']);
  t.send(synAck({ flags: 'S.E' }));
  expect(marks(t)).toEqual(['. 0']);
  c.send(bytes(10));
  expect(marks(t)).toEqual(['P. 2']);
});

test('a SYN-ACK without ECE, or with both bits, leaves ECN off', () => {
  for (const flags of ['S.', 'S.EW']) {
    const t = new Scenario({ 'net.ipv4.tcp_ecn': '1' });
    const c = t.connected({ flags });
    c.send(bytes(10));
    expect(marks(t)).toEqual(['P. 0']);
  }
});

test('who asks is granted with tcp_ecn 1 and 2, not with 0, nor where the SYN itself is marked (section 6.1.1)', () => {
  for (const [mode, ecn, flags] of [
    ['1', 0, 'S.E'],
    ['2', 0, 'S.E'],
    ['0', 0, 'S.'],
    ['2', ECT, 'S.'],
  ] as const) {
    const t = new Scenario({ 'net.ipv4.tcp_ecn': mode });
    t.listen();
    t.send(syn({ flags: 'SEW', tos: ecn })).expect({ flags });
  }
});

test('the second SYN does not ask any more, unless tcp_ecn_fallback is 0 (section 6.1.1.1)', () => {
  for (const [fallback, flags] of [
    ['1', 'S'],
    ['0', 'SEW'],
  ] as const) {
    const t = new Scenario({ 'net.ipv4.tcp_ecn': '1', 'net.ipv4.tcp_ecn_fallback': fallback });
    t.tcp.socket().connect(t.peer, 4321);
    t.expect({ flags: 'SEW' });
    t.at(1000).expect({ flags });
  }
});

test('a mark is echoed until CWR comes, on every segment (section 6.1.3)', () => {
  const t = new Scenario();
  const c = granted(t);
  t.send(data(1, 1000, { tos: ECT })).expect({ flags: '.' });
  t.send(data(1001, 1000, { tos: CE })).expect({ flags: '.E', ack: 2001 });
  c.send(bytes(10));
  expect(marks(t)).toEqual(['P.E 2']);
  t.send(data(2001, 1000, { tos: ECT }));
  t.at(200).expectAt(41, { flags: '.E' });
  t.send(data(3001, 1000, { tos: ECT, flags: '.W' })).expect({ flags: '.', ack: 4001 });
  expect(c.info()).toMatchObject({ ecn_seen: true });
});

test('an echo reduces the window once per window of data, and the next new data carries CWR (section 6.1.2)', () => {
  const t = new Scenario({ 'net.ipv4.tcp_congestion_control': 'reno' });
  const c = granted(t);
  c.send(bytes(10_000));
  expect(marks(t).slice(0, 2)).toEqual(['. 2', '. 2']);
  t.at(50).send(ack(2001, { flags: '.E' }));
  expect(c.caState).toBe(CA.CWR);
  expect(c.ssthresh).toBe(5);
  expect(c.info()).toMatchObject({ delivered_ce: 2, total_retrans: 0 });
  t.send(ack(4001, { flags: '.E' }));
  expect(c.ssthresh).toBe(5);
  c.send(bytes(2000));
  t.send(ack(8001));
  expect(marks(t)).toEqual(['.W 2', 'P. 2']);
  t.send(ack(12_001));
  expect(c.caState).toBe(CA.OPEN);
  expect(c.cwnd).toBe(5);
});

test('a retransmission and a bare ACK are not marked ECT (section 6.1.4 and 6.1.5)', () => {
  const t = new Scenario();
  const c = granted(t);
  c.send(bytes(100));
  expect(marks(t)).toEqual(['P. 2']);
  t.at(1000);
  expect(marks(t)[0]).toBe('P. 0');
  t.send(data(1, 100, { ack: 1, tos: ECT }));
  expect(marks(t)).toEqual(['. 0']);
});

test('a SYN cookie remembers ECN in its time stamp', () => {
  const t = new Scenario({ 'net.ipv4.tcp_syncookies': '2' });
  const listener = t.listen();
  t.at(1000).send(syn({ flags: 'SEW', ts: [1, 0] }));
  const [cookie] = t.take();
  expect(t.summary(cookie!)[0]).toBe('S.E');
  t.send(ack(1, { seq: 1, ts: [2, cookie!.tsVal] }));
  const c = listener.accept() as ReturnType<Scenario['accepted']>;
  expect(c.info().ecn).toBe(true);
});

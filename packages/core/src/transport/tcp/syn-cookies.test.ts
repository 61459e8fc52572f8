import { expect, test } from 'vitest';
import { ack, bytes, data, Scenario, syn } from '../testing/scenario.ts';
import type { TcpConnection } from './connection.ts';

/** A listener of backlog 1 whose queue is full of a half-open connection. */
function flooded(sysctl: Readonly<Record<string, string>> = {}): { t: Scenario; listener: TcpConnection } {
  const t = new Scenario(sysctl);
  const listener = t.listen(1);
  t.send(syn({ port: 1 })).expect({ flags: 'S.' });
  return { t, listener };
}

test('RFC 4987 section 3.6: with a full SYN queue a cookie answers, nothing is stored, and a genuine client connects', () => {
  const { t, listener } = flooded();
  t.at(5).send(syn({ port: 2, sackPermitted: true, windowScale: 7, ts: [100, 0], mss: 1460 }));
  const [answer] = t.take();
  expect(answer!.options).toEqual({ mss: 1460, windowScale: 7, sackPermitted: true });
  expect(t.tcp.endpoints().length).toBe(2);
  t.take();
  t.send(data(1, 5, { flags: 'P.', ack: 1, port: 2, ts: [120, answer!.tsVal] }));
  const child = listener.accept() as TcpConnection;
  expect([child.stateName, child.remotePort]).toEqual(['ESTABLISHED', 2]);
  expect([child.timestampsOn, child.sackOn, child.sndScale, child.peerMss]).toEqual([true, true, 7, 1460]);
  expect(child.receive(10)).toHaveLength(5);
});

test('without time stamps a cookie offers neither SACK nor scaling, and rounds the MSS down to its table', () => {
  const { t, listener } = flooded();
  t.at(5).send(syn({ port: 2, sackPermitted: true, windowScale: 7, mss: 1400 }));
  t.expect({ flags: 'S.', sackPermitted: false, windowScale: -1 });
  t.send(ack(1, { seq: 1, port: 2 }));
  const child = listener.accept() as TcpConnection;
  expect([child.sackOn, child.scalingOn, child.peerMss]).toEqual([false, false, 1300]);
  child.send(bytes(10));
  t.expect({ flags: 'P.', seq: 1, length: 10 });
});

test('a forged or stale cookie is reset', () => {
  const { t } = flooded();
  t.at(5)
    .send(syn({ port: 2 }))
    .expect({ flags: 'S.' });
  t.send(ack(100, { seq: 1, port: 2 })).expect({ flags: 'R' });
  t.at(130_000);
  t.take();
  t.send(ack(1, { seq: 1, port: 2 })).expect({ flags: 'R' });
});

test('tcp_syncookies 0 drops instead; 2 always sends cookies', () => {
  const { t } = flooded({ 'net.ipv4.tcp_syncookies': '0' });
  t.at(5)
    .send(syn({ port: 2 }))
    .expectNothing();
  expect(t.drops).toContain('tcp-syn-queue-full');
  const always = new Scenario({ 'net.ipv4.tcp_syncookies': '2' });
  const listener = always.listen(5);
  always.send(syn()).expect({ flags: 'S.' });
  expect(always.tcp.endpoints().length).toBe(1);
  always.send(ack(1, { seq: 1 }));
  expect((listener.accept() as TcpConnection).stateName).toBe('ESTABLISHED');
});

test('an ACK is no cookie where none was ever sent', () => {
  const t = new Scenario();
  t.listen();
  t.send(ack(1, { seq: 1 })).expect({ flags: 'R', seq: 1 });
});

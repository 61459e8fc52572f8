import { expect, test } from 'vitest';
import { E } from '../../base/errno.ts';
import { TCP_FLAG, TcpSegment } from '../../wire/packet.ts';
import { EMPTY_PAYLOAD } from '../../wire/payload.ts';
import { ip4 } from '../testing/fake-ip.ts';
import { ack, bytes, data, fin, rst, Scenario, syn, synAck, UNREACHABLE } from '../testing/scenario.ts';
import type { TcpConnection } from './connection.ts';

const STAMPED = { mss: 1460, sackPermitted: true, windowScale: 7 } as const;

test('RFC 9293 figure 6: passive open, SYN, SYN-ACK, ACK, with Linux options and windows', () => {
  const t = new Scenario();
  const listener = t.listen();
  t.at(0).send(syn({ ...STAMPED, ts: [100, 0] }));
  t.expect({ flags: 'S.', seq: 0, ack: 1, mss: 1460, sackPermitted: true, windowScale: 7, window: 65_160 });
  expect(listener.accept()).toBeUndefined();
  t.at(10).send(ack(1, { ts: [110, 0] }));
  t.expectNothing();
  const child = listener.accept() as TcpConnection;
  expect(child.stateName).toBe('ESTABLISHED');
  expect(t.states).toEqual(['CLOSED>LISTEN', 'LISTEN>SYN-RECEIVED', 'SYN-RECEIVED>ESTABLISHED']);
});

test('RFC 9293 figure 6: active open; the SYN offers 64240 bytes and scale 7', () => {
  const t = new Scenario();
  const c = t.tcp.socket();
  expect(c.connect(t.peer, 4321)).toBe(E.EINPROGRESS);
  t.port = c.localPort;
  t.expect({ flags: 'S', seq: 0, mss: 1460, sackPermitted: true, windowScale: 7, window: 64_240 });
  expect(c.connect(t.peer, 4321)).toBe(E.EALREADY);
  t.at(20).send(synAck({ ...STAMPED, ts: [5, 0] }));
  t.expect({ flags: '.', seq: 1, ack: 1, window: 502 });
  expect(c.connect(t.peer, 4321)).toBeUndefined();
  expect(c.connect(t.peer, 4321)).toBe(E.EISCONN);
});

test('options that the peer does not offer are not used (RFC 7323 section 2.2, RFC 2018 section 2)', () => {
  const t = new Scenario();
  t.listen();
  t.at(0).send(syn({ mss: 1000 }));
  t.expect({ flags: 'S.', sackPermitted: false, windowScale: -1, ts: undefined, window: 64_240 });
});

test('RFC 9293 MUST-15: without an MSS option segments carry at most 536 bytes', () => {
  const t = new Scenario();
  const listener = t.listen();
  t.at(0).send({ flags: 'S', seq: 0, window: 65_535 });
  t.expect({ flags: 'S.' });
  t.send(ack(1, { seq: 1 }));
  const child = listener.accept() as TcpConnection;
  child.send(bytes(1200));
  t.expect({ flags: '.', length: 536 }).expect({ flags: '.', length: 536 }).expect({ flags: 'P.', length: 128 });
});

test('RFC 9293 figure 7: simultaneous open ends established on four segments', () => {
  const t = new Scenario();
  const c = t.connecting();
  t.at(5).send(syn());
  t.expect({ flags: 'S.', seq: 0, ack: 1 });
  expect(c.stateName).toBe('SYN-RECEIVED');
  t.at(10).send(synAck());
  expect(c.stateName).toBe('ESTABLISHED');
  // Linux acknowledges the peer's SYN once more, as it does any segment that lies below RCV.NXT.
  t.expect({ flags: '.', seq: 1, ack: 1, length: 0 });
  c.send(bytes(10));
  t.expect({ flags: 'P.', seq: 1, ack: 1, length: 10 });
});

test('connect to a closed port: RST in answer to the SYN is ECONNREFUSED', () => {
  const t = new Scenario();
  const c = t.connecting();
  t.at(3).send(rst(0, { flags: 'R.', ack: 1 }));
  expect(c.stateName).toBe('CLOSED');
  expect(c.takeError()).toBe(E.ECONNREFUSED);
  expect(c.takeError()).toBeUndefined();
});

test('RFC 9293 section 3.10.7.3: a RST without a good ACK does not touch SYN-SENT', () => {
  const t = new Scenario();
  const c = t.connecting();
  t.at(3).send(rst(0));
  expect(c.stateName).toBe('SYN-SENT');
  t.send({ flags: 'R.', seq: 0, ack: 77 }); // an ACK for something never sent
  expect(c.stateName).toBe('SYN-SENT');
});

test('RFC 9293 section 3.10.7.3: an unacceptable ACK in SYN-SENT is reset', () => {
  const t = new Scenario();
  t.connecting();
  t.at(3).send({ flags: '.', seq: 0, ack: 77 });
  t.expect({ flags: 'R', seq: 77 });
});

test('RFC 9293 section 3.10.7.1: a segment for no connection is reset, from its ACK or acknowledging all of it', () => {
  const t = new Scenario();
  t.send({ flags: '.', seq: 10, ack: 99 }).expect({ flags: 'R', seq: 99 });
  t.send(syn()).expect({ flags: 'R.', seq: 0, ack: 1 });
  t.send(data(50, 7, { flags: 'F' })).expect({ flags: 'R.', ack: 58 });
  t.send(rst(5)).expectNothing();
});

test('SYN with linear time-outs (Linux 6.5): 1, 2, 3, 4, 5, 7, 11, 19, 35, 67 s, ETIMEDOUT at 131 s', () => {
  const t = new Scenario();
  const c = t.connecting();
  t.at(140_000);
  expect(t.takeTimed().map(([ms]) => ms / 1000)).toEqual([1, 2, 3, 4, 5, 7, 11, 19, 35, 67]);
  expect(c.takeError()).toBe(E.ETIMEDOUT);
  expect(t.states.at(-1)).toBe('SYN-SENT>CLOSED');
});

test('the classic SYN schedule with tcp_syn_linear_timeouts = 0: 1, 3, 7, 15, 31, 63 s, ETIMEDOUT at 127 s', () => {
  const t = new Scenario({ 'net.ipv4.tcp_syn_linear_timeouts': '0' });
  const c = t.connecting();
  t.at(126_999);
  expect(t.takeTimed().map(([ms]) => ms / 1000)).toEqual([1, 3, 7, 15, 31, 63]);
  expect(c.stateName).toBe('SYN-SENT');
  t.at(127_000);
  expect(c.takeError()).toBe(E.ETIMEDOUT);
});

test('SYN-ACK is repeated after 1, 3, 7, 15, 31 s and given up at 63 s (tcp_synack_retries 5)', () => {
  const t = new Scenario();
  t.listen();
  t.at(0).send(syn()).expect({ flags: 'S.' });
  t.at(70_000);
  expect(t.takeTimed().map(([ms]) => ms / 1000)).toEqual([1, 3, 7, 15, 31]);
  expect(t.states.at(-1)).toBe('SYN-RECEIVED>CLOSED');
  t.send(ack(1, { seq: 1 })).expect({ flags: 'R' });
});

test('a repeated SYN is answered with the same SYN-ACK, not more than twice a second', () => {
  const t = new Scenario();
  t.listen();
  t.at(0).send(syn()).expect({ flags: 'S.', seq: 0, ack: 1 });
  t.at(100).send(syn()).expect({ flags: 'S.', seq: 0, ack: 1 });
  t.at(200).send(syn()).expectNothing();
});

test('RFC 9293 section 3.10.7.4: an ACK of something else resets a half-open connection’s peer', () => {
  const t = new Scenario();
  t.listen();
  t.at(0).send(syn()).expect({ flags: 'S.' });
  t.send(ack(2, { seq: 1 })).expect({ flags: 'R', seq: 2 });
});

test('RFC 9293 MUST-11: RST returns a half-open connection to LISTEN', () => {
  const t = new Scenario();
  const listener = t.listen();
  t.at(0).send(syn()).expect({ flags: 'S.' });
  t.send(rst(1));
  t.send(ack(1, { seq: 1 })).expect({ flags: 'R' });
  expect(listener.accept()).toBeUndefined();
  expect(listener.stateName).toBe('LISTEN');
});

test('data on the third segment is received (RFC 9293 section 3.5)', () => {
  const t = new Scenario();
  const listener = t.listen();
  t.at(0).send(syn()).expect({ flags: 'S.' });
  t.send(data(1, 5, { flags: 'P.', ack: 1 }));
  const child = listener.accept() as TcpConnection;
  expect(child.receive(10)).toEqual(Uint8Array.of(1, 2, 3, 4, 5));
});

test('ICMP errors end an opening connection at once (RFC 9293 section 3.9.2.2, as Linux)', () => {
  const t = new Scenario();
  const c = t.connecting();
  t.at(2).icmp(UNREACHABLE, 1, 0);
  expect(c.takeError()).toBe(E.EHOSTUNREACH);
  expect(c.stateName).toBe('CLOSED');
});

test('RFC 5927: an ICMP error does not end an established connection', () => {
  const t = new Scenario();
  const c = t.accepted();
  c.send(bytes(10));
  t.icmp(UNREACHABLE, 3, 1);
  expect(c.stateName).toBe('ESTABLISHED');
  expect(c.takeError()).toBeUndefined();
});

test('RFC 9293 MUST-57: nothing answers a SYN to a broadcast address, connect to one is ENETUNREACH', () => {
  const t = new Scenario();
  t.listen();
  const c = t.tcp.socket();
  expect(c.connect(ip4('10.0.0.255'), 80)).toBe(E.ENETUNREACH);
  expect(c.connect(ip4('239.1.1.1'), 80)).toBe(E.ENETUNREACH);
  t.deliver(new TcpSegment(1, 80, 0, 0, TCP_FLAG.syn, 1000, 0, -1, 0, undefined, EMPTY_PAYLOAD), ip4('10.0.0.255'));
  t.expectNothing();
});

test('a bound broadcast or group says nothing about the source: connect chooses one (__inet_bind)', () => {
  for (const bound of ['255.255.255.255', '224.0.0.1']) {
    const t = new Scenario();
    const c = t.tcp.socket();
    expect(c.bind(ip4(bound), 7000)).toBeUndefined();
    expect(c.connect(t.peer, 80)).toBe(E.EINPROGRESS);
    expect(String(c.localAddress)).toBe('10.0.0.1');
    t.expect({ flags: 'S' });
  }
});

test('bind once more: where the port was not bound by this socket it went with the connection (SOCK_BINDPORT_LOCK)', () => {
  const t = new Scenario();
  const child = t.accepted();
  expect(child.bind(ip4('0.0.0.0'), 7000)).toBe(E.EINVAL);
  t.send(rst(1));
  expect(child.bind(ip4('0.0.0.0'), child.localPort)).toBe(E.EADDRINUSE);
  expect(child.bind(ip4('10.0.0.1'), 7000)).toBeUndefined();

  const listener = t.tcp.socket();
  expect(listener.listen(1)).toBeUndefined();
  expect(listener.bind(ip4('10.0.0.1'), 7001)).toBe(E.EINVAL);
  expect(listener.shut('read')).toBeUndefined();
  expect(listener.bind(ip4('10.0.0.1'), 7001)).toBeUndefined();
  expect(listener.bind(ip4('10.0.0.1'), 7002)).toBe(E.EINVAL);
});

test('RFC 6528: sequence numbers of one pair rise with time, other pairs differ', () => {
  const t = new Scenario();
  const { sequences } = t.tcp;
  const first = sequences.initial(t.host, 1, t.peer, 2, 0);
  const later = sequences.initial(t.host, 1, t.peer, 2, 6_400_000);
  expect((later - first) >>> 0).toBe(100_000);
  expect(sequences.initial(t.host, 3, t.peer, 2, 0)).not.toBe(first);
});

test('TCP_DEFER_ACCEPT: a bare ACK does not complete the handshake, data does', () => {
  const t = new Scenario();
  const listener = t.listen();
  listener.setOption('TCP_DEFER_ACCEPT', 3);
  t.at(0).send(syn()).expect({ flags: 'S.' });
  t.send(ack(1, { seq: 1 }));
  expect(listener.accept()).toBeUndefined();
  t.at(5).send(data(1, 3, { flags: 'P.', ack: 1 }));
  expect((listener.accept() as TcpConnection).stateName).toBe('ESTABLISHED');
});

test('a close while the handshake lasts: SYN-SENT simply ends', () => {
  const t = new Scenario();
  const c = t.connecting();
  c.close();
  expect(t.states.at(-1)).toBe('SYN-SENT>CLOSED');
  t.expectNothing();
  t.at(200_000).expectNothing();
});

test('FIN right behind the handshake is taken (RFC 9293 section 3.10.7.4)', () => {
  const t = new Scenario();
  const listener = t.listen();
  t.at(0).send(syn()).expect({ flags: 'S.' });
  t.send(fin(1, 1));
  const child = listener.accept() as TcpConnection;
  expect(child.stateName).toBe('CLOSE-WAIT');
});

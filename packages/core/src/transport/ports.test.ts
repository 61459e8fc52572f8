import { expect, test } from 'vitest';
import { E } from '../base/errno.ts';
import { SysctlTable } from '../base/sysctl.ts';
import { PortSettings } from './ports.ts';
import { ip4, TestClock } from './testing/fake-ip.ts';
import { bytes, rst, Scenario } from './testing/scenario.ts';

const ANY = ip4('0.0.0.0');

test('ephemeral ports of connect are even and within ip_local_port_range; the same peer gets another one each time (RFC 6056)', () => {
  const t = new Scenario();
  const seen = new Set<number>();
  for (let i = 0; i < 50; i++) {
    const c = t.tcp.socket();
    c.connect(t.peer, 80);
    expect(c.localPort).toBeGreaterThanOrEqual(32_768);
    expect(c.localPort).toBeLessThanOrEqual(60_999);
    expect(c.localPort % 2).toBe(0);
    seen.add(c.localPort);
  }
  expect(seen.size).toBe(50);
});

test('bind to port 0 takes an odd port first', () => {
  const t = new Scenario();
  const c = t.tcp.socket();
  expect(c.bind(ANY, 0)).toBeUndefined();
  expect(c.localPort % 2).toBe(1);
});

test('one port serves connects to different peers; the same peer is EADDRNOTAVAIL when the range is used up', () => {
  const t = new Scenario({ 'net.ipv4.ip_local_port_range': '40000 40000' });
  const a = t.tcp.socket();
  const b = t.tcp.socket();
  const c = t.tcp.socket();
  expect(a.connect(ip4('10.0.0.2'), 80)).toBe(E.EINPROGRESS);
  expect(b.connect(ip4('10.0.0.3'), 80)).toBe(E.EINPROGRESS);
  expect([a.localPort, b.localPort]).toEqual([40_000, 40_000]);
  expect(c.connect(ip4('10.0.0.2'), 80)).toBe(E.EADDRNOTAVAIL);
});

test('ip_local_port_range does not run backwards; a single number is its lower end (proc_dointvec_minmax)', () => {
  const range = new SysctlTable();
  new PortSettings({ ...new TestClock().context('host'), sysctl: range });
  const cell = range.get('net.ipv4.ip_local_port_range')!;
  expect([cell.set('50000 40000'), cell.set('61000'), cell.set('0 40000'), cell.text]).toEqual([
    ...[false, false, false],
    '32768\t60999',
  ]);
  expect([cell.set('50000'), cell.text]).toEqual([true, '50000\t60999']);
});

test('bind: EADDRINUSE, shared with SO_REUSEADDR until one listens', () => {
  const t = new Scenario();
  const a = t.tcp.socket();
  const b = t.tcp.socket();
  expect(a.bind(ANY, 8080)).toBeUndefined();
  expect(b.bind(ip4('10.0.0.1'), 8080)).toBe(E.EADDRINUSE);
  a.setOption('SO_REUSEADDR', 1);
  expect(b.bind(ANY, 8080)).toBe(E.EADDRINUSE);
  b.setOption('SO_REUSEADDR', 1);
  expect(b.bind(ANY, 8080)).toBeUndefined();
  expect(a.listen(5)).toBeUndefined();
  expect(b.listen(5)).toBe(E.EADDRINUSE);
  const d = t.tcp.socket();
  d.setOption('SO_REUSEADDR', 1);
  expect(d.bind(ANY, 8080)).toBe(E.EADDRINUSE);
});

test('SO_REUSEPORT: several listeners of one user share the port', () => {
  const t = new Scenario();
  for (let i = 0; i < 3; i++) {
    const c = t.tcp.socket();
    c.setOption('SO_REUSEPORT', 1);
    expect(c.bind(ANY, 8080)).toBeUndefined();
    expect(c.listen(5)).toBeUndefined();
  }
  const other = t.tcp.socket();
  other.uid = 7;
  other.setOption('SO_REUSEPORT', 1);
  expect(other.bind(ANY, 8080)).toBe(E.EADDRINUSE);
});

test('TIME-WAIT keeps a server’s port, unless SO_REUSEADDR is set', () => {
  const t = new Scenario();
  const c = t.accepted();
  const listener = t.tcp.endpoints()[0] as ReturnType<Scenario['listen']>;
  c.close();
  t.take();
  t.at(10).send({ flags: 'F.', seq: 1, ack: 2 });
  listener.close();
  const again = t.tcp.socket();
  expect(again.bind(ANY, 80)).toBe(E.EADDRINUSE);
  t.at(70_000);
  expect(again.bind(ANY, 80)).toBeUndefined();
});

test('privileged ports: EACCES for users; a foreign address: EADDRNOTAVAIL', () => {
  const t = new Scenario();
  const c = t.tcp.socket();
  c.uid = 1000;
  expect(c.bind(ANY, 1023)).toBe(E.EACCES);
  expect(c.bind(ip4('10.9.9.9'), 1024)).toBe(E.EADDRNOTAVAIL);
  expect(c.bind(ANY, 1024)).toBeUndefined();
  expect(c.bind(ANY, 1025)).toBe(E.EINVAL);
});

test('calls in the wrong order', () => {
  const t = new Scenario();
  const c = t.tcp.socket();
  expect(c.accept()).toBe(E.EINVAL);
  expect(c.send(bytes(1))).toBe(E.EPIPE);
  expect(c.receive(1)).toBe(E.ENOTCONN);
  expect(c.shut('write')).toBe(E.ENOTCONN);
  expect(c.listen(1)).toBeUndefined();
  expect(c.localPort).toBeGreaterThan(0);
  expect(c.connect(t.peer, 80)).toBe(E.EISCONN);
  expect(c.receive(1)).toBe(E.ENOTCONN);
});

test('after a refused connect the socket may try again, from another port', () => {
  const t = new Scenario();
  const c = t.connecting();
  const first = c.localPort;
  t.send(rst(0, { flags: 'R.', ack: 1 }));
  expect(c.connect(t.peer, 4321)).toBe(E.ECONNREFUSED);
  expect(c.connect(t.peer, 4321)).toBe(E.EINPROGRESS);
  expect(c.localPort).not.toBe(first);
});

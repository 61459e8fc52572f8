/** ECN over a real path (RFC 3168): a queue that marks keeps a transfer free of losses that the same queue without ECN has. */
import { expect, test } from 'vitest';
import { Errno } from '../../base/errno.ts';
import { ip, TestWorld } from '../../network/hosts.test-kit.ts';
import { MS, SECOND } from '../../time/instant.ts';
import { bytes } from '../testing/scenario.ts';
import type { TcpConnection } from './connection.ts';
import { Tcp } from './tcp.ts';

const SIZE = 2_000_000;
const QUEUE = 60;
const MARK = 10;

/** 2 MB over 10 Mbit/s and 20 ms, through a queue that marks; what became of it. */
function transfer(ecn: number) {
  const world = new TestWorld();
  const sender = world.host('a', { eth0: '10.0.0.1/24' });
  const receiver = world.host('b', { eth0: '10.0.0.2/24' });
  const link = { rate: 10_000_000, delayNs: 10 * MS, queuePackets: QUEUE, markPackets: MARK };
  world.cable(sender.eth(), receiver.eth(), link);
  const [from, to] = [new Tcp(sender.context, sender.stack), new Tcp(receiver.context, receiver.stack)];
  sender.set('net.ipv4.tcp_ecn', ecn);
  const listener = to.socket();
  listener.bind(ip('0.0.0.0'), 80);
  listener.listen(1);
  const connection = from.socket();
  connection.connect(ip('10.0.0.2'), 80);
  let sent = 0;
  let received = 0;
  let accepted: TcpConnection | undefined;
  for (let at = 0; at < 60 * SECOND && received < SIZE; at += MS) {
    world.run(at);
    if (connection.stateName === 'ESTABLISHED' && sent < SIZE) {
      const taken = connection.send(bytes(Math.min(50_000, SIZE - sent)));
      if (typeof taken === 'number') sent += taken;
    }
    const child = accepted === undefined ? listener.accept() : undefined;
    if (child !== undefined && !(child instanceof Errno)) accepted = child;
    const read = accepted?.receive(1 << 20);
    if (read instanceof Uint8Array) received += read.length;
  }
  const { queueDropped } = sender.eth().stats;
  return { received, queueDropped, info: connection.info(), seen: accepted!.info().ecn_seen };
}

test('with ECN no segment is lost or sent again, and the window follows the marks', () => {
  const { received, queueDropped, info, seen } = transfer(1);
  expect(received).toBe(SIZE);
  expect(queueDropped).toBe(0);
  expect(info.total_retrans).toBe(0);
  expect(info.delivered_ce).toBeGreaterThan(0);
  expect(info.snd_ssthresh).toBeLessThan(QUEUE);
  expect(seen).toBe(true);
});

test('without it the same queue overflows', () => {
  const { received, queueDropped, info, seen } = transfer(0);
  expect(received).toBe(SIZE);
  expect(queueDropped).toBeGreaterThan(0);
  expect(info.total_retrans).toBeGreaterThan(0);
  expect([info.delivered_ce, seen]).toEqual([0, false]);
});

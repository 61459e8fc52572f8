import { expect, test } from 'vitest';
import { ack, bytes, data, Scenario } from '../testing/scenario.ts';
import type { TcpConnection } from './connection.ts';

const GIB4 = 0x1_0000_0000;

test('bytes_acked and bytes_received go on beyond 4 GiB, where sequence numbers come round', () => {
  const t = new Scenario();
  const c = t.accepted() as TcpConnection;
  t.at(5).send(data(1, 700));
  c.receive(10_000);
  c.send(bytes(300));
  t.at(10).send(ack(301, { seq: 701 }));
  expect(c.info()).toMatchObject({ bytes_acked: 300, bytes_received: 700 });
  // As after as many bytes each way: numbers are those of before, counts are not.
  c.bytesSent += 2 * GIB4 + 5000;
  c.bytesRetransmitted += 5000;
  c.bytesMeasured += GIB4;
  expect(c.info()).toMatchObject({ bytes_acked: 2 * GIB4 + 300, bytes_received: GIB4 + 700 });
  // Just before the numbers come round, with bytes that are out.
  c.ackedFrom = (c.sndUna + 10) | 0;
  c.bytesSent = GIB4 - 10 + 5000;
  c.send(bytes(400));
  expect(c.info()).toMatchObject({ bytes_acked: GIB4 - 10 });
});

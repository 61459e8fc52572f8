import { expect, test } from 'vitest';
import { SysctlTable } from '../../base/sysctl.ts';
import { TcpConfig } from './config.ts';

test('RFC 9293 SHLD-10: IP is asked for another way after three retransmissions (tcp_retries1)', () => {
  const table = new SysctlTable();
  expect(new TcpConfig(table).retries1.number).toBe(3);
  expect(table.get('net.ipv4.tcp_retries1')?.text).toBe('3');
});

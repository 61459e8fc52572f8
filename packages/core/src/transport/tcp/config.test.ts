import { expect, test } from 'vitest';
import { SysctlTable } from '../../base/sysctl.ts';
import { TcpConfig } from './config.ts';

test('RFC 9293 SHLD-10: IP is asked for another way after three retransmissions (tcp_retries1)', () => {
  const table = new SysctlTable();
  expect(new TcpConfig(table).retries1.number).toBe(3);
  expect(table.get('net.ipv4.tcp_retries1')?.text).toBe('3');
});

test('tcp_invalid_ratelimit is kept in ticks of the kernel, 4 ms, rounded up (proc_dointvec_ms_jiffies)', () => {
  const table = new SysctlTable();
  const config = new TcpConfig(table);
  const cell = table.get('net.ipv4.tcp_invalid_ratelimit')!;
  const readBack = ['0', '1', '4', '5', '255', '2147483647', '-1'].map((text) =>
    cell.set(text) ? cell.text : 'EINVAL',
  );
  expect(readBack).toEqual(['0', '4', '4', '8', '256', '2147483648', 'EINVAL']);
  expect(config.invalidRateLimitMs.number).toBe(2_147_483_648);
});

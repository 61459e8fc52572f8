import { describe, expect, it } from 'vitest';
import { runPacketScript } from './run-script.ts';

/** A server, and a client whose options stand in FreeBSD's order. */
function script(setUp: string, answer: string): string {
  return `0 \`${setUp}\`
0    socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0   bind(3, ..., ...) = 0
+0   listen(3, 1) = 0
+0   < S 0:0(0) win 65535 <mss 1460,nop,wscale 6,sackOK,TS val 100 ecr 0>
+0   > S. 0:0(0) ack 1 win 65535 <${answer}>
`;
}
const ALL = 'mss 1460,nop,wscale 6,sackOK,TS val 500 ecr 100';

describe("scripts that set FreeBSD's variables", () => {
  it.each([
    ['sysctl -w net.inet.tcp.rfc1323=1', ALL],
    ['sysctl net.inet.tcp.sack.enable=0', 'mss 1460,nop,wscale 6,nop,nop,TS val 500 ecr 100'],
    ['sysctl -w net.inet.tcp.rfc1323=0', 'mss 1460,sackOK,eol,eol'],
    ['sysctl -w net.inet.tcp.rfc1323=2', 'mss 1460,nop,wscale 6,sackOK,eol,eol'],
    ['sysctl -w net.inet.tcp.hostcache.purgenow=1 net.inet.tcp.keepidle=60000 kern.ipc.soacceptqueue=5', ALL],
    ['sysctl -w net.inet.tcp.recvspace=70000; sysctl -w net.inet.tcp.recvbuf_max=8000000', ALL],
  ])('%s: the options in any order and padding, windows as they are', (setUp, answer) => {
    expect(runPacketScript(script(setUp, answer))).toEqual({ verdict: 'pass' });
  });

  it('misses an option, and a wrong echo', () => {
    const setUp = 'sysctl -w net.inet.tcp.rfc1323=1';
    expect(runPacketScript(script(setUp, 'mss 1460,nop,wscale 6,sackOK')).verdict).toBe('fail');
    expect(runPacketScript(script(setUp, ALL.replace('ecr 100', 'ecr 99'))).verdict).toBe('fail');
    expect(runPacketScript(script(setUp, ALL.replace('1460', '1400'))).verdict).toBe('fail');
  });

  it('is strict where a script sets none of them', () => {
    expect(runPacketScript(script('sysctl -q net.ipv4.tcp_sack=1', ALL)).verdict).toBe('fail');
  });

  it.each([
    'net.inet.tcp.no_such_variable=1',
    'net.inet.tcp.ecn.enable=3',
    'net.inet.tcp.msl=100',
    'net.inet.tcp.keepidle=1500',
    'net.inet.tcp.cc.algorithm=htcp',
    'net.inet.tcp.recvspace=x',
  ])('cannot run %s', (setting) => {
    const missing = `the variable ${setting.split('=')[0]}`;
    expect(runPacketScript(script(`sysctl -w ${setting}`, ALL))).toEqual({
      verdict: 'cannot run',
      line: 1,
      missing,
      seen: setting,
    });
  });
});

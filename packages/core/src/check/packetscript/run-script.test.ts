import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseScript } from './parser.ts';
import { CannotRun } from './problem.ts';
import { runPacketScript } from './run-script.ts';

const SERVER = `
0    socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0   bind(3, ..., ...) = 0
+0   listen(3, 1) = 0
`;
const OPEN = `${SERVER}
+0   < S 0:0(0) win 32792 <mss 1000,nop,wscale 7>
+0   > S. 0:0(0) ack 1 <mss 1460,nop,wscale 7>
+.1  < . 1:1(0) ack 1 win 257
+0   accept(3, ..., ...) = 4
`;

describe('runPacketScript', () => {
  it('passes a script that tells what the host does', () => {
    expect(runPacketScript(`${OPEN}\n+0 write(4, ..., 100) = 100\n+0 > P. 1:101(100) ack 1`)).toEqual({
      verdict: 'pass',
    });
  });

  it('names the line, what was seen and what is missing', () => {
    const verdict = runPacketScript('0 socket(..., SOCK_STREAM, 0) = 3\n+0 connect(3, ..., ...) = 0');
    expect(verdict).toEqual({
      verdict: 'fail',
      line: 2,
      seen: 'connect blocks',
      missing: 'its return at once',
    });
    expect(runPacketScript(`${OPEN}+0 > . 1:101(100) ack 1`)).toMatchObject({ verdict: 'fail', line: 10 });
    expect(runPacketScript(`${OPEN}+0 read(4, ..., 10) = -1 EBADF (x)`)).toMatchObject({ verdict: 'fail', line: 10 });
  });

  it.each([
    ['+0 < S 0:0(0) win 9 <mss 1000,FO 0011>', 'TCP Fast Open (the option FO)'],
    ['+0 < SA 0:0(0) win 9', 'AccECN (the flag AE)'],
    ['+0 `tc qdisc add dev tun0 root fq`', 'the queueing discipline fq'],
    ['+0 `sysctl -q net.ipv4.tcp_fastopen=3`', 'the variable net.ipv4.tcp_fastopen'],
    ['+0 vmsplice(3, 4) = 0', 'the system call vmsplice'],
    ['+0 splice(3, NULL, 3, NULL, 9, SPLICE_F_ALL) = 0', 'the flag SPLICE_F_ALL of splice'],
    ['+0 open("/tmp/a", O_SYNC) = 4', 'the flag O_SYNC of open'],
    ['+0 %{ import os }%', 'code other than assert, assignments and if'],
    ['--wire_client=1', 'the in-script option --wire_client'],
    ['+0 setsockopt(3, SOL_SOCKET, SO_BUSY_POLL, [1], 4) = 0', 'the socket option SO_BUSY_POLL'],
    ['+0 sendto(3, ..., 1, MSG_FASTOPEN, ..., ...) = 1', 'the message flag MSG_FASTOPEN'],
    ['+0 < . 1:1(0) ack 1 win 65536', 'syntax: a window expected'],
    ['+0 < . 1:1(0) ack 1 win 9 urg 65536', 'syntax: an urgent pointer expected'],
    ['+0 < S 0:0(0) win 9 <mss 65536>', 'syntax: a segment size expected'],
    ['+0 < S 0:0(0) win 9 <wscale 256>', 'syntax: a shift count expected'],
    ['+0 setsockopt(3, SOL_TCP, TCP_CONGESTION, "bbr", 3) = 0', 'the congestion control bbr'],
  ])('cannot run %s', (row, missing) => {
    expect(runPacketScript(`${SERVER}${row}`)).toMatchObject({ verdict: 'cannot run', line: 5, missing });
  });

  it('sets variables of the host, and only those that it has', () => {
    const window = (setUp: string): unknown =>
      runPacketScript(`${setUp}${SERVER}+0 < S 0:0(0) win 9 <mss 1000,nop,wscale 7>\n+0 > S. 0:0(0) ack 1 <mss 1460>`)
        .verdict;
    expect(window('')).toBe('fail');
    expect(window('`sysctl -q net.ipv4.tcp_window_scaling=0`')).toBe('pass');
    expect(window('`set_sysctls.py /proc/sys/net/ipv4/tcp_window_scaling=0`')).toBe('pass');
    expect(window('`sysctl -q net.ipv4.tcp_window_scaling=x`')).toBe('cannot run');
    expect(window('`sysctl -q net.ipv4.tcp_ecn=0; sysctl -w net/ipv4/tcp_window_scaling = 0`')).toBe('pass');
    expect(window('`ip link set dev tun0 mtu 1500 && ip route add 10.0.0.0/8 via 192.168.0.2`')).toBe('fail');
  });

  it.each([
    ['tcpi_snd_cwnd == 10', 'pass'],
    ['tcpi_snd_cwnd in (9, 10), f"window {tcpi_snd_cwnd[0]}".format()', 'pass'],
    ['tcpi_snd_cwnd in (9, 11)', 'fail'],
    ['abs(tcpi_snd_cwnd - 12) <= 2 and max(1, min(3, 4)) == 3', 'pass'],
    ['not (tcpi_options & TCPI_OPT_SACK) and int(7 / 2) == 3', 'pass'],
    ['tcpi_snd_cwnd in', 'cannot run'],
    ['tcpi_fackets == 0 and tcpi_last_ack_sent == 0', 'pass'],
    ['sum(1, 2) == 3', 'cannot run'],
  ])('assert %s: %s', (condition, verdict) => {
    expect(runPacketScript(`${OPEN}+0 %{ assert ${condition} }%`).verdict).toBe(verdict);
  });

  it.each([
    ['a = tcpi_snd_cwnd; assert a == 10', 'pass'],
    ['a = 1\na += 2\nassert a == 4, "a; (b"', 'fail'],
    ['if tcpi_snd_cwnd > 9:\n  assert True\nelse:\n  assert False', 'pass'],
    [
      'if tcpi_snd_cwnd > 10:\n  assert True\nelif tcpi_snd_cwnd > 9:\n  if 1: assert False\nelse:\n  assert True',
      'fail',
    ],
    ['assert (1 if tcpi_snd_cwnd else 0) and tcpi_snd_cwnd not in [9, 11]; print("x"); pass', 'pass'],
    ['assert never', 'cannot run'],
    ['if 1 assert True', 'cannot run'],
    ['while 1: pass', 'cannot run'],
  ])('code %s: %s', (code, verdict) => {
    expect(runPacketScript(`${OPEN}+0 %{ ${code}\n}%`).verdict).toBe(verdict);
  });

  it('names the row of an assertion that does not hold, and keeps variables between blocks', () => {
    const blocks = '+0 %{ a = 3 }%\n+0 %{\nassert a == 3\nassert a == 4\n}%';
    expect(runPacketScript(`${OPEN}${blocks}`)).toMatchObject({ verdict: 'fail', line: 13, seen: 'a = 3' });
  });

  it.each([
    ['tc qdisc replace dev tun0 root pfifo limit 100', 'pass'],
    ['tc qdisc add dev tun0 root netem delay 10ms', 'cannot run'],
    ['tc qdisc add dev eth9 root pfifo', 'cannot run'],
    ['ethtool -K tun0 tso off gso off > /dev/null 2>&1', 'pass'],
    ['ethtool -K tun0 tso on', 'cannot run'],
    ['echo 0 > /proc/sys/net/ipv4/tcp_sack', 'pass'],
    ['echo 0 > /proc/sys/net/ipv4/no_such_variable', 'cannot run'],
    ['echo 0 > /tmp/x', 'cannot run'],
    ['ss -tn | grep ESTAB', 'cannot run'],
    ['sysctl net.ipv4.tcp_sack', 'pass'],
    ['sysctl net.ipv4.no_such_variable', 'cannot run'],
  ])('`%s`: %s', (command, verdict) => {
    expect(runPacketScript(`\`${command}\`\n${OPEN}`).verdict).toBe(verdict);
  });

  it('takes addresses of its own, and tells those that no host could have', () => {
    const addresses = (options: string): string => runPacketScript(`${options}\n${OPEN}`).verdict;
    expect(addresses('--local_ip=10.0.0.1\n--remote_ip=203.0.113.9')).toBe('pass');
    expect(addresses('--local_ip=10.0.0.1\n--netmask_ip=255.255.255.0\n--gateway_ip=10.0.0.254')).toBe('pass');
    expect(addresses('--local_ip=10.0.0.1\n--gateway_ip=192.168.0.2')).toBe('cannot run');
    expect(addresses('--local_ip=10.0.0.1\n--netmask_ip=255.255.255.255')).toBe('cannot run');
  });

  it('--define replaces words in what follows', () => {
    const socket = '0 socket(..., SOCK_STREAM, PROTOCOL) = 3';
    expect(runPacketScript(`--define=PROTOCOL=IPPROTO_TCP\n${socket}`).verdict).toBe('pass');
    expect(runPacketScript(`--define=OFF=\`sysctl -q net.ipv4.no_such_variable=0\`\n0 OFF`).verdict).toBe('cannot run');
    expect(runPacketScript(`--define=PROTOCOL\n${socket}`)).toMatchObject({ verdict: 'cannot run', line: 1 });
    expect(runPacketScript(`--init_scripts=other.sh\n${OPEN}`)).toMatchObject({ verdict: 'cannot run', line: 1 });
  });

  it('judges time stamps by the script’s clock and tolerance', () => {
    const script = (ns: number): string => `${OPEN}+0 setsockopt(4, SOL_SOCKET, SO_TIMESTAMPING,
  [SOF_TIMESTAMPING_TX_SOFTWARE|SOF_TIMESTAMPING_SOFTWARE|SOF_TIMESTAMPING_OPT_TSONLY], 4) = 0
+1 write(4, ..., 10) = 10
+0 > P. 1:11(10) ack 1
+.1 recvmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 0}], msg_flags=MSG_ERRQUEUE,
  msg_control=[{cmsg_level=SOL_SOCKET, cmsg_type=SCM_TIMESTAMPING, cmsg_data={scm_sec=1, scm_nsec=${ns}}},
    {cmsg_level=SOL_IP, cmsg_type=IP_RECVERR,
     cmsg_data={ee_errno=ENOMSG, ee_origin=SO_EE_ORIGIN_TIMESTAMPING, ee_type=0, ee_code=0, ee_info=SCM_TSTAMP_SND, ee_data=0}}]},
  MSG_ERRQUEUE) = 0`;
    expect(runPacketScript(script(103_000_000))).toEqual({ verdict: 'pass' });
    expect(runPacketScript(script(105_000_000))).toMatchObject({
      seen: expect.stringMatching(/SCM_TIMESTAMPING 1100000000 ns IP_RECVERR/),
    });
  });

  it('looks at msg_flags and ancillary data where the script gives them', () => {
    const read = (flags: string, control: string): string =>
      `${OPEN}+0 setsockopt(4, SOL_TCP, TCP_INQ, [1], 4) = 0
+0 < P. 1:11(10) ack 1 win 257
+0 > . 1:1(0) ack 11
+0 recvmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 4}], msg_flags=${flags}, msg_control=${control}}, 0) = 4`;
    const inq = (bytes: number): string => `[{cmsg_level=SOL_TCP, cmsg_type=TCP_CM_INQ, cmsg_data=${bytes}}]`;
    expect(runPacketScript(read('0', inq(6)))).toEqual({ verdict: 'pass' });
    expect(runPacketScript(read('MSG_TRUNC', inq(6)))).toMatchObject({
      verdict: 'fail',
      seen: 'recvmsg: msg_flags 0x0',
    });
    expect(runPacketScript(read('0', inq(7)))).toMatchObject({ seen: 'recvmsg: msg_control TCP_CM_INQ 6' });
    expect(runPacketScript(read('0', '[]'))).toMatchObject({ missing: 'recvmsg: msg_control none' });
    expect(runPacketScript(read('0', '[{cmsg_level=SOL_SOCKET, cmsg_type=SO_MARK, cmsg_data=1}]'))).toMatchObject({
      verdict: 'cannot run',
      missing: 'ancillary data of the type SO_MARK',
    });
  });

  it('allows an eighth of a wait, and counts on from the packet itself', () => {
    const syn = (first: string, second: string): unknown =>
      runPacketScript(`0 socket(..., SOCK_STREAM, 0) = 3
+0 fcntl(3, F_SETFL, O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS
+0 > S 0:0(0) <...>
${first} > S 0:0(0) <...>
${second} > S 0:0(0) <...>`).verdict;
    expect(syn('+1.1', '+0.95')).toBe('pass');
    expect(syn('+1.1', '+1.15')).toBe('fail');
    expect(syn('+1.2', '+1')).toBe('fail');
  });

  it('lets packets in that no well-behaved sender makes', () => {
    const answer = (packet: string): unknown =>
      runPacketScript(`${SERVER}+0 < ${packet}\n+0 > S. 0:0(0) ack 1 <mss 1460>`).verdict;
    expect(answer('S 0:0(0) win 9')).toBe('pass');
    expect(answer('[badsum] S 0:0(0) win 9')).toBe('fail');
    expect(answer('[src "224.0.0.1"] S 0:0(0) win 9')).toBe('fail');
    expect(answer('[dst "192.168.255.255"] S 0:0(0) win 9')).toBe('fail');
    expect(answer('[ipopt "1e040000"] S 0:0(0) win 9 <raw "fd0300",nop>')).toBe('pass');
    expect(answer('[ipopt "xx"] S 0:0(0) win 9')).toBe('cannot run');
    expect(answer(`S 0:0(0) win 9 <raw "${'01'.repeat(40)}",nop>`)).toBe('cannot run');
  });

  it('ends where virtual time does', () => {
    expect(
      runPacketScript(`${SERVER}+7999999 socket(..., SOCK_STREAM, 0) = 4\n+7999999 connect(4, ..., ...) = 0`),
    ).toMatchObject({
      verdict: 'cannot run',
    });
  });

  it('waits for blocking calls on threads of their own', () => {
    const script = `0 socket(..., SOCK_STREAM, 0) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0...0.3 accept(3, ..., ...) = 4
+.1 < S 0:0(0) win 1000 <mss 1000>
+0 > S. 0:0(0) ack 1 <mss 1460>
+.2 < . 1:1(0) ack 1 win 1000
+0...0.1 read(4, ..., 10) = 10
+.1 < P. 1:11(10) ack 1 win 1000
+.1 > . 1:1(0) ack 11`;
    expect(runPacketScript(script)).toMatchObject({
      verdict: 'fail',
      line: 10,
      seen: expect.stringContaining('0.400000'),
    });
    expect(runPacketScript(script.replace('+.1 > .', '+0~+0.1 > .'))).toEqual({ verdict: 'pass' });
    expect(runPacketScript(script.replace('...0.3', '...0.2'))).toMatchObject({ verdict: 'fail', line: 4 });
  });
});

describe('parseScript', () => {
  const ends = (text: string): void => {
    try {
      parseScript(text);
    } catch (error) {
      expect(error).toBeInstanceOf(CannotRun);
      expect((error as CannotRun).line).toBeGreaterThan(0);
    }
  };

  it('ends for any text, with a script or with a line', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), ends));
  });

  it('ends for any row of the words of the language', () => {
    const words = [
      '+',
      '.1',
      '0',
      '*',
      '~',
      '...',
      '<',
      '>',
      'S',
      '.',
      'P.',
      '0:0(0)',
      '1:1001(1000)',
      'ack',
      'win',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '=',
      '-1',
      'EAGAIN',
      'mss',
      'TS',
      'val',
      'sack',
      ',',
      '|',
      'icmp',
      'udp',
      'ect0',
      '\n',
      '"x"',
      '%{',
      '}%',
      '`',
      'read(3, ..., 1) = 1',
    ];
    fc.assert(fc.property(fc.array(fc.constantFrom(...words), { maxLength: 40 }), (row) => ends(row.join(' '))));
  });

  it('refuses a packet longer than IPv4 can say', () => {
    const script = (length: number): string =>
      `0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3\n+0 bind(3, ..., ...) = 0\n+0 < udp (${length})\n`;
    expect(runPacketScript(script(65_507)).verdict).toBe('pass');
    expect(runPacketScript(script(65_508))).toMatchObject({ verdict: 'cannot run', line: 3 });
  });

  it('refuses endless nesting', () => {
    expect(() => parseScript(`0 f(${'['.repeat(5000)}`)).toThrow(CannotRun);
  });
});

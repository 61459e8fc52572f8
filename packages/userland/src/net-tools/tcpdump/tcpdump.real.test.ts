/** Our text beside that of the real tcpdump, line by line, for the same capture file. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { startCommand } from '@netarium/core/world/commands.ts';
import type { Host } from '@netarium/core/world/host.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lan, lan } from '../lan.test-util.ts';
import { dhcpFrames, dnsFrames, igmpFrames } from './frames.test-util.ts';
import { pcapHeader, pcapRecord } from './pcap.ts';

const TRAFFIC = [
  'ping -c 1 web',
  'ping -c 1 -s 3000 web',
  'ping -c 1 -t 1 web',
  'ping -c 1 10.9.9.9',
  'ping -c 1 -M do -s 1472 web',
  'ping -c 1 -Q 3 web',
  'curl -s http://web/',
  'nc -z web 81',
  'nc -zu web 9',
  'traceroute -n web',
  'traceroute -n -T web',
];
const ARGUMENTS = [
  ...['-n', '-n -v', '-n -vv', '-n -vvv', '-n -e', '-n -e -v', '-n -q', '-n -S', '-n -s 60', '-n -#'],
  ...['-n -x', '-n -xx', '-n -X', '-n -XX', '-n -A', '-n -t', '-n -tt', '-n -ttt', '-n -tttt', '-n -ttttt', '-n -c 3'],
  ...['-n icmp', '-n tcp port 80', '-n port 80 or 81', '-n host 10.0.2.2 and not tcp', '-n not (icmp or tcp)'],
  ...['-n udp or arp and host 10.0.1.1', '-n tcp[tcpflags] & (tcp-syn|tcp-fin) != 0', '-n ip[8] < 5', '-n arp'],
  ...['-n icmp[icmptype] == icmp-echo', '-n src net 10.0.1.0/24 and udp', '-n greater 500', '-n ether broadcast'],
  ...['-n portrange 50-100', '-n ip proto 1', '-n len > 100 and less 300', '-n src host 10.0.1.1 or dst 10.9.9.9'],
  ...['-n net 10.0.2', '-n net 10.0.2.0 mask 255.255.255.0', '-n udp dst port 33434', '-n ip[2:2] - 20 > 1000'],
  ...['-n ether host 02:00:00:00:01:01 and icmp', '-n src or dst host 10.0.2.2 and icmp', '-n ip[6:2] & 0x1fff != 0'],
  ...['-n tcp src port 80 and tcp[tcpflags] & tcp-push != 0', '-n ether proto 0x806', '-n dst portrange 33434-33440'],
];

function lines(text: string): readonly string[] {
  return text.split('\n');
}

describe('the text of a capture is that of the real tcpdump', () => {
  const folder = mkdtempSync(join(tmpdir(), 'netarium-tcpdump-'));
  let net: Lan;

  const real = (args: string, file: string) =>
    lines(
      execFileSync('tcpdump', [...args.split(' '), '-r', join(folder, file)], {
        stdio: ['ignore', 'pipe', 'ignore'],
      }).toString('latin1'),
    );
  const ours = async (args: string, file: string) =>
    lines(
      (
        await net.sh(
          'laptop',
          `tcpdump ${args
            .split(' ')
            .map((word) => `'${word}'`)
            .join(' ')} -r /tmp/${file}`,
        )
      ).stdout,
    );

  beforeAll(async () => {
    net = lan({ mtu: 1400, files: { '/srv/index.html': 'x'.repeat(4000) }, run: ['httpd /srv'] });
    const capture = net.start('laptop', 'tcpdump -i eth0 -w /tmp/walk.pcap');
    await net.sleep(0.1);
    for (const line of TRAFFIC) await net.sh('laptop', line);
    capture.kill();
    await net.sleep(0.1);
    const kernel = (net.world.machines.get('laptop') as Host).kernel;
    const copy = startCommand(kernel, 'cat /tmp/walk.pcap');
    await net.sleep(1);
    writeFileSync(join(folder, 'walk.pcap'), copy.stdoutBytes);
    const frames = [...dnsFrames(), ...dhcpFrames(), ...igmpFrames()];
    const made = concatBytes([
      pcapHeader(262144),
      ...frames.map((bytes, i) =>
        pcapRecord({ time: { seconds: i, nanoseconds: 0 }, bytes, wireLength: bytes.length }),
      ),
    ]);
    writeFileSync(join(folder, 'made.pcap'), made);
    startCommand(kernel, 'cat > /tmp/made.pcap', { stdin: made });
    await net.sleep(1);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(ARGUMENTS)('tcpdump %s', async (args) => {
    expect(await ours(args, 'walk.pcap')).toEqual(real(args, 'walk.pcap'));
  });

  it.each(['-n', '-n -v', '-n -vv', '-n -vvv', '-n -q', '-n -e'])('tcpdump %s of DNS, DHCP and IGMP', async (args) => {
    expect(await ours(args, 'made.pcap')).toEqual(real(args, 'made.pcap'));
  });
});

/**
 * Our network layer and the kernel of this machine, as routers in the same place, are sent the same random frames; they must answer with the
 * same bytes. Needs root (network namespaces) and Python 3 (packet sockets). KERNEL_SEED and KERNEL_CASES make another run.
 */
import { expect, test } from 'vitest';
import { compareFrames } from './compare-frames.ts';
import { RandomFrames } from './random-frames.ts';

const SEED = Number(process.env.KERNEL_SEED ?? 1);
const CASES = Number(process.env.KERNEL_CASES ?? 1000);

test(`${CASES} random frames from seed ${SEED}: the same answers as the kernel`, () => {
  const random = new RandomFrames(SEED);
  const { differences, answered } = compareFrames(Array.from({ length: CASES }, () => random.next()));
  expect(answered).toBeGreaterThan(CASES / 5);
  expect(differences).toEqual([]);
});

test.each(['arp', 'icmp', 'frag', 'udp'] as const)('%s: cases that ask for an answer, and get the same', (area) => {
  const random = new RandomFrames(SEED, area);
  const { differences, answered } = compareFrames(Array.from({ length: 300 }, () => random.next()));
  expect(answered).toBeGreaterThan(300 / 2);
  expect(differences).toEqual([]);
});

/** Below net.ipv4, for both routers. */
const SETTINGS = {
  'a host that does not forward': ['ip_forward=0', 'conf.all.arp_filter=1', 'conf.all.rp_filter=2'],
  'a strict one': ['conf.all.rp_filter=1', 'conf.all.arp_ignore=1', 'conf.eth0.forwarding=0', 'ip_no_pmtu_disc=1'],
  'one that answers its subnets': ['conf.all.arp_ignore=2', 'conf.eth0.accept_local=1', 'ip_default_ttl=7'],
  'one that answers for others': [
    ...['conf.eth0.proxy_arp=1', 'conf.eth1.proxy_arp=1', 'neigh.eth0.proxy_delay=0', 'neigh.eth1.proxy_delay=0'],
    ...['icmp_errors_use_inbound_ifaddr=1', 'icmp_echo_ignore_broadcasts=0', 'conf.all.arp_accept=1'],
  ],
};

test.each(Object.entries(SETTINGS))('%s: the same answers', (_, settings) => {
  for (const area of ['arp', 'icmp'] as const) {
    const random = new RandomFrames(SEED, area);
    const { differences, answered } = compareFrames(
      Array.from({ length: 100 }, () => random.next()),
      false,
      settings,
    );
    expect(answered).toBeGreaterThan(100 / 3);
    expect(differences).toEqual([]);
  }
});

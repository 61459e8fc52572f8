import type { SocketInfo } from '@netarium/core/syscall/netlink.ts';
import { expect, test } from 'vitest';
import { internalsLine } from './internals.ts';

const socket = (tcpInfo: Readonly<Record<string, number | boolean | string>>): SocketInfo =>
  ({ state: 'ESTAB', tcpInfo }) as unknown as SocketInfo;

/** What the kernel told iproute2's ss of a connection over lo, and how it put it. */
const OVER_LO = {
  ...{
    timestamps: false,
    sack: true,
    ecn: true,
    ecn_seen: true,
    wscale: true,
    snd_wscale: 10,
    rcv_wscale: 10,
    ca_name: 'reno',
  },
  ...{
    rto: 204_000,
    rtt: 19,
    rttvar: 10,
    ato: 40_000,
    snd_mss: 32_768,
    pmtu: 65_535,
    rcv_mss: 5000,
    advmss: 65_483,
    snd_cwnd: 11,
  },
  ...{ snd_ssthresh: 0x7fff_ffff, bytes_sent: 100, bytes_acked: 100, bytes_received: 5000, segs_out: 2, segs_in: 4 },
  ...{ data_segs_out: 1, data_segs_in: 1, last_data_sent: 56, last_data_recv: 160, last_ack_recv: 56, reordering: 3 },
  ...{
    pacing_rate: 52_025_596_899,
    delivered: 2,
    rcv_space: 65_483,
    rcv_ssthresh: 107_138,
    min_rtt: 18,
    snd_wnd: 65_536,
  },
};

test('the line of iproute2, in full and in short', () => {
  const begin =
    '\t sack ecn ecnseen reno wscale:10,10 rto:204 rtt:0.019/0.01 ato:40 mss:32768 pmtu:65535 rcvmss:5000 advmss:65483 cwnd:11 ' +
    'bytes_sent:100 bytes_acked:100 bytes_received:5000 segs_out:2 segs_in:4 data_segs_out:1 data_segs_in:1 ';
  const end = 'delivered:2 rcv_space:65483 rcv_ssthresh:107138 minrtt:0.018 snd_wnd:65536\n';
  const ages = 'lastsnd:56 lastrcv:160 lastack:56';
  expect(internalsLine(socket(OVER_LO), true)).toBe(
    `${begin}send 151767578947bps ${ages} pacing_rate 416204775192bps ${end}`,
  );
  expect(internalsLine(socket(OVER_LO), false)).toBe(`${begin}send 152Gbps ${ages} pacing_rate 416Gbps ${end}`);
});

test('limits as shares of the busy time, losses and reordering where there are any', () => {
  const info = {
    ...{
      busy_time: 12_000,
      rwnd_limited: 4000,
      sndbuf_limited: 0,
      unacked: 3,
      retrans: 1,
      total_retrans: 2,
      lost: 1,
      sacked: 1,
    },
    ...{ dsack_dups: 1, reordering: 5, reord_seen: 1, notsent_bytes: 700, rcv_ooopack: 2, delivered_ce: 4 },
  };
  expect(internalsLine(socket(info), true)).toBe(
    '\t delivered_ce:4 busy:12ms rwnd_limited:4ms(33.3%) unacked:3 retrans:1/2 lost:1 sacked:1 dsack_dups:1 reordering:5 reord_seen:1 ' +
      'notsent:700 rcv_ooopack:2\n',
  );
});

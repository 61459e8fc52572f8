/**
 * Random packet scripts whose expectations are what our host does: a hand-played peer that acknowledges, selects, sends and stays silent, writes,
 * reads and options in between, at random times. The kernel then judges them: retransmissions, PSH, timers, results of calls and TCP_INFO. Seeded: one
 * seed, the same scripts.
 */
import type { Stream } from '@netarium/core/random/random.ts';
import { Choices } from './choices.ts';
import { RecordedPlay } from './recorded-play.ts';

interface Offer {
  readonly syn: string;
  readonly answer: string;
  readonly sack?: true;
  readonly stamps?: true;
}

const OFFERS: readonly Offer[] = [
  { syn: 'mss 1000', answer: 'mss 1460' },
  { syn: 'mss 1000,sackOK,nop,nop', answer: 'mss 1460,nop,nop,sackOK', sack: true },
  { syn: 'mss 1000,sackOK,nop,nop,nop,wscale 7', answer: 'mss 1460,nop,nop,sackOK,nop,wscale 7', sack: true },
  {
    syn: 'mss 1012,sackOK,TS val 100 ecr 0,nop,wscale 7',
    answer: 'mss 1460,sackOK,TS val 500 ecr 100,nop,wscale 7',
    sack: true,
    stamps: true,
  },
];
/** No less: of a round trip of 2 ms the kernel measures 2.1, and sends larger bursts (tcp_tso_autosize). */
const GAPS_MS = [10, 10, 20, 50, 50, 100, 600];

/** Variables that change what a sender or a receiver does; most scripts have none. */
const VARIABLES = [
  'tcp_congestion_control=reno',
  'tcp_congestion_control=reno',
  'tcp_early_retrans=0',
  'tcp_recovery=0',
  'tcp_frto=0',
  'tcp_reordering=5',
  'tcp_slow_start_after_idle=0',
  'tcp_min_tso_segs=1',
  'tcp_tso_win_divisor=0',
  'tcp_dsack=0',
  'tcp_retrans_collapse=0',
  'tcp_thin_linear_timeouts=1',
  'tcp_notsent_lowat=2000',
  'tcp_pacing_ss_ratio=100',
  'tcp_comp_sack_nr=0',
];

const OPTIONS = [
  'setsockopt(4, SOL_TCP, TCP_NODELAY, [1], 4)',
  'setsockopt(4, SOL_TCP, TCP_NODELAY, [0], 4)',
  'setsockopt(4, SOL_TCP, TCP_CORK, [1], 4)',
  'setsockopt(4, SOL_TCP, TCP_CORK, [0], 4)',
  'setsockopt(4, SOL_TCP, TCP_QUICKACK, [0], 4)',
  'setsockopt(4, SOL_TCP, TCP_QUICKACK, [1], 4)',
  'setsockopt(4, SOL_TCP, TCP_NOTSENT_LOWAT, [1500], 4)',
  'setsockopt(4, SOL_SOCKET, SO_SNDBUF, [6000], 4)',
  'setsockopt(4, SOL_SOCKET, SO_RCVLOWAT, [1500], 4)',
  'setsockopt(4, SOL_TCP, TCP_MAXSEG, [700], 4)',
  'setsockopt(4, SOL_TCP, TCP_WINDOW_CLAMP, [3000], 4)',
  'setsockopt(4, SOL_TCP, TCP_USER_TIMEOUT, [700], 4)',
  'setsockopt(4, SOL_TCP, TCP_THIN_LINEAR_TIMEOUTS, [1], 4)',
  'setsockopt(4, SOL_SOCKET, SO_OOBINLINE, [1], 4)',
];

const QUESTIONS = [
  'ioctl(4, SIOCINQ, ...)',
  'getsockopt(4, SOL_TCP, TCP_MAXSEG, ..., [4])',
  'read(4, ..., 500)',
  'read(4, ..., 10000)',
  'recv(4, ..., 1000, MSG_PEEK)',
  'recv(4, ..., 1, MSG_OOB)',
];

/** Of TCP_INFO, what is exact on a busy machine too. */
const FIELDS =
  `state ca_state retransmits probes backoff unacked sacked lost retrans snd_ssthresh snd_cwnd reordering total_retrans delivered
delivered_ce snd_mss advmss pmtu dsack_dups reord_seen bytes_acked bytes_received bytes_sent bytes_retrans data_segs_out data_segs_in
segs_in notsent_bytes rcv_ooopack snd_wnd`.split(/\s+/);

export class RandomScripts extends Choices {
  next(): string {
    const offer = this.pick(OFFERS);
    const window = offer.syn.includes('wscale') ? 300 : 32_792;
    const ecn = this.chance(6);
    const variables = ecn ? ['tcp_ecn=1'] : this.chance(2) ? [this.pick(VARIABLES)] : [];
    const active = !ecn && this.chance(3);
    const play = new RecordedPlay((active ? activeOpening : opening)(offer, window, variables, ecn), 100);
    const peer = new Peer(this.random, play, offer, window, ecn);
    const count = 4 + this.random.below(9);
    const end = this.chance(4) ? this.random.below(count) : count;
    for (let i = 0; i < count; i++) {
      play.wait(this.pick(GAPS_MS));
      if (i === end) play.call('close(4)');
      else if (i > end) peer.act(this.random.below(4));
      else this.step(play, peer);
      if (play.alive && i < end && this.chance(2)) play.assert(FIELDS);
    }
    play.wait(this.pick([50, 300]));
    if (play.alive && end === count) play.assert(FIELDS);
    return play.text;
  }

  private step(play: RecordedPlay, peer: Peer): void {
    const kind = this.random.below(24);
    if (kind < 8 || play.sentUpTo === 1) this.write(play);
    else if (kind < 20) peer.act(kind - 17);
    else if (kind === 20) play.call(this.pick(OPTIONS));
    else if (kind < 23) play.call(this.pick(QUESTIONS));
    else if (this.chance(3)) play.call(this.pick(['shutdown(4, SHUT_WR)', 'shutdown(4, SHUT_RD)']));
    else peer.disturb();
  }

  private write(play: RecordedPlay): void {
    const size = this.pick([100, 1000, 2500, 5000, 10_000, 15_000]);
    const flags = this.pick(['0', '0', '0', 'MSG_MORE', 'MSG_EOR']);
    play.call(`send(4, ..., ${size}, ${flags})`);
  }
}

function opening(offer: Offer, window: number, variables: readonly string[], ecn: boolean): string {
  const commands = variables.map((one) => `\`sysctl -q net.ipv4.${one}\`\n`).join('');
  const stamps = offer.stamps === true ? ' <nop,nop,TS val 200 ecr 500>' : '';
  // The kernel's timers come up to an eighth late, and here one may have begun before the line that its time is told from.
  return `--tolerance_usecs=45000
${commands}0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < ${ecn ? 'SEW' : 'S'} 0:0(0) win 32792 <${offer.syn}>
+0 > ${ecn ? 'SE.' : 'S.'} 0:0(0) ack 1 <${offer.answer}>
+.1 < . 1:1(0) ack 1 win ${window}${stamps}
+0 accept(3, ..., ...) = 4
+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0
`;
}

/** The same from the other side: options that the peer grants stand in its SYN-ACK. */
function activeOpening(offer: Offer, window: number, variables: readonly string[]): string {
  const commands = variables.map((one) => `\`sysctl -q net.ipv4.${one}\`\n`).join('');
  const granted = offer.syn.replace('TS val 100 ecr 0', 'TS val 100 ecr 500');
  return `--tolerance_usecs=45000
${commands}0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 4
+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(4, ..., ...) = -1 EINPROGRESS
+0 > S 0:0(0) <mss 1460,sackOK,TS val 500 ecr 0,nop,wscale 7>
+.1 < S. 0:0(0) ack 1 win ${Math.min(65_535, window * (window < 1000 ? 128 : 1))} <${granted}>
+0 > . 1:1(0) ack 1${offer.stamps === true ? ' <nop,nop,TS val 600 ecr 100>' : ''}
`;
}

/** The other end, played by hand: it keeps to its own numbers, most of the time. */
class Peer extends Choices {
  private next = 1;
  private acknowledged = 1;
  private stamp = 200;
  private finished = false;

  constructor(
    random: Stream,
    private readonly play: RecordedPlay,
    private readonly offer: Offer,
    private readonly window: number,
    private readonly ecn: boolean,
  ) {
    super(random);
  }

  /** Below 0: acknowledges; else one of four, mostly data. */
  act(kind: number): void {
    if (kind < 0 || kind === 3) this.acknowledge();
    else this.send();
  }

  private options(sack = ''): string {
    const stamps = this.offer.stamps === true ? `TS val ${++this.stamp} ecr ${this.play.stamp}` : '';
    const both = [stamps, sack].filter((one) => one !== '').map((one) => `nop,nop,${one}`);
    return both.length === 0 ? '' : ` <${both.join(',')}>`;
  }

  /** Up to what was sent, forward or not, with blocks above it where the peer may select; now and then another window. */
  acknowledge(): void {
    const { play } = this;
    const outstanding = play.sentUpTo - this.acknowledged;
    // Now and then in the middle of a segment.
    const wanted = this.acknowledged + Math.min(outstanding, this.pick([0, 0, 1000, 2000, 5000, 100_000]));
    const whole = Math.max(this.acknowledged, ...[...play.edges].filter((edge) => edge <= wanted));
    this.acknowledged = this.random.below(10) === 0 ? wanted : whole;
    const window = this.pick([this.window, this.window, this.window, this.window, this.window, this.window >> 4, 0]);
    const flags = this.ecn && this.pick([0, 0, 1]) === 1 ? 'E.' : '.';
    play.say(
      `< ${flags} ${this.next}:${this.next}(0) ack ${this.acknowledged} win ${window}${this.options(this.blocks())}`,
    );
  }

  /** Whole segments, as a receiver has them. */
  private blocks(): string {
    const { play, acknowledged } = this;
    if (this.offer.sack !== true) return '';
    // A duplicate of what was acknowledged (RFC 2883).
    if (acknowledged > 1001 && this.random.below(8) === 0) return `sack ${acknowledged - 1000}:${acknowledged}`;
    const edges = [...play.edges].filter((edge) => edge > acknowledged).sort((a, b) => a - b);
    if (edges.length < 2 || this.random.below(3) === 0) return '';
    const from = this.random.below(edges.length - 1);
    const to = Math.min(edges.length - 1, from + 1 + this.random.below(4));
    const second = this.random.below(4) === 0 && to + 2 < edges.length;
    return `sack ${edges[from]}:${edges[to]}${second ? ` ${edges[to + 1]}:${edges[to + 2]}` : ''}`;
  }

  /** Data in order, behind a gap, or again; at the end FIN. */
  send(): void {
    const length = this.pick([10, 1000, 1000]);
    const ahead = this.pick([0, 0, 0, 1000, -500]);
    const start = Math.max(1, this.next + ahead);
    const mark = this.ecn && this.pick([0, 1]) === 1 ? '[ce] ' : '';
    const last = ahead === 0 && this.random.below(8) === 0;
    const flags = `${last ? 'F' : ''}P.`;
    if (this.finished) return;
    this.play.say(
      `< ${mark}${flags} ${start}:${start + length}(${length}) ack ${this.acknowledged} win ${this.window}${this.options()}`,
    );
    if (ahead === 0) this.next += length + (last ? 1 : 0);
    this.next = Math.max(this.next, this.play.heardUpTo);
    this.finished = last;
  }

  /** What does not fit, and what routers say. */
  disturb(): void {
    const { play, next, acknowledged, window } = this;
    const length = Math.min(1000, play.sentUpTo - acknowledged);
    const quoted = `[${acknowledged}:${acknowledged + length}(${length})]`;
    const lines = [
      `< S ${next}:${next}(0) win 1000`,
      `< R ${next + 100}:${next + 100}(0) win 0`,
      `< . ${next}:${next}(0) ack ${play.sentUpTo + 1000} win ${window}`,
      `< . ${next + 100_000_000}:${next + 100_000_000}(0) ack ${acknowledged} win ${window}`,
      `< icmp unreachable frag_needed mtu 800 ${quoted}`,
      `< icmp unreachable host_unreachable ${quoted}`,
      `< icmp unreachable port_unreachable ${quoted}`,
    ];
    const line = this.pick(lines);
    if (!line.includes('icmp') || length > 0) play.say(line);
  }
}

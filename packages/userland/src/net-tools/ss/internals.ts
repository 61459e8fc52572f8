/** The second line of `ss -i`: TCP_INFO in the words and the order of iproute2 6.1. Left out: the delivery rate, which our TCP does not sample. */
import type { SocketInfo } from '@netarium/core/syscall/netlink.ts';

/** A slow-start threshold from here on counts as none. */
const SSTHRESH_NONE = 0xffff;
const DEFAULT_REORDERING = 3;

/** Shown where the value is not 0. */
type Field = readonly [shown: string, name: string];
const SIZES: readonly Field[] = [
  ['mss', 'snd_mss'],
  ['pmtu', 'pmtu'],
  ['rcvmss', 'rcv_mss'],
  ['advmss', 'advmss'],
  ['cwnd', 'snd_cwnd'],
];
const COUNTS: readonly Field[] = [
  ['bytes_sent', 'bytes_sent'],
  ['bytes_retrans', 'bytes_retrans'],
  ['bytes_acked', 'bytes_acked'],
  ['bytes_received', 'bytes_received'],
  ['segs_out', 'segs_out'],
  ['segs_in', 'segs_in'],
  ['data_segs_out', 'data_segs_out'],
  ['data_segs_in', 'data_segs_in'],
];
const AGES: readonly Field[] = [
  ['lastsnd', 'last_data_sent'],
  ['lastrcv', 'last_data_recv'],
  ['lastack', 'last_ack_recv'],
];

/** `%g` of microseconds in milliseconds: six digits at most. */
function milliseconds(us: number): string {
  return String(Number((us / 1000).toPrecision(6)));
}

/** Bits per second, with `-n` in full, else in three digits. */
function rate(bytesPerSecond: number, numeric: boolean): string {
  const bits = bytesPerSecond * 8;
  if (numeric) return `${bits.toFixed(0)}bps`;
  for (const [size, letter] of [
    [1e12, 'T'],
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (bits > size) return `${Number((bits / size).toPrecision(3))}${letter}bps`;
  }
  return `${Number(bits.toPrecision(6))}bps`;
}

class Line {
  readonly words: string[] = [];

  constructor(private readonly info: NonNullable<SocketInfo['tcpInfo']>) {}

  number(name: string): number {
    const value = this.info[name];
    return typeof value === 'number' ? value : 0;
  }

  fields(fields: readonly Field[]): void {
    for (const [shown, name] of fields) this.when(this.number(name), (value) => `${shown}:${value}`);
  }

  when(value: number, text: (value: number) => string): void {
    if (value > 0) this.words.push(text(value));
  }

  flag(shown: string, name: string): void {
    if (this.info[name] === true) this.words.push(shown);
  }
}

export function internalsLine(socket: SocketInfo, numeric: boolean): string {
  const info = socket.tcpInfo;
  if (!info) return '';
  const line = new Line(info);
  options(line, info);
  timing(line);
  line.fields(SIZES);
  const ssthresh = line.number('snd_ssthresh');
  if (ssthresh < SSTHRESH_NONE) line.when(ssthresh, (value) => `ssthresh:${value}`);
  line.fields(COUNTS);
  rates(line, numeric);
  line.when(line.number('delivered'), (value) => `delivered:${value}`);
  line.when(line.number('delivered_ce'), (value) => `delivered_ce:${value}`);
  limits(line);
  losses(line, socket.state === 'LISTEN');
  receiving(line);
  return `\t ${line.words.join(' ')}\n`;
}

function options(line: Line, info: NonNullable<SocketInfo['tcpInfo']>): void {
  line.flag('ts', 'timestamps');
  line.flag('sack', 'sack');
  line.flag('ecn', 'ecn');
  line.flag('ecnseen', 'ecn_seen');
  if (typeof info.ca_name === 'string') line.words.push(info.ca_name);
  if (info.wscale === true) line.words.push(`wscale:${line.number('snd_wscale')},${line.number('rcv_wscale')}`);
}

function timing(line: Line): void {
  line.when(line.number('rto'), (us) => `rto:${milliseconds(us)}`);
  line.when(line.number('backoff'), (value) => `backoff:${value}`);
  line.when(line.number('rtt'), (us) => `rtt:${milliseconds(us)}/${milliseconds(line.number('rttvar'))}`);
  line.when(line.number('ato'), (us) => `ato:${milliseconds(us)}`);
}

function rates(line: Line, numeric: boolean): void {
  const rtt = line.number('rtt');
  if (rtt > 0) {
    const bytesPerSecond = (line.number('snd_cwnd') * line.number('snd_mss') * 1_000_000) / rtt;
    line.when(bytesPerSecond, (value) => `send ${rate(value, numeric)}`);
  }
  line.fields(AGES);
  line.when(line.number('pacing_rate'), (value) => `pacing_rate ${rate(value, numeric)}`);
}

function limits(line: Line): void {
  const busy = line.number('busy_time');
  if (busy === 0) return;
  line.words.push(`busy:${Math.floor(busy / 1000)}ms`);
  for (const name of ['rwnd_limited', 'sndbuf_limited']) {
    const text = (us: number): string => `${name}:${Math.floor(us / 1000)}ms(${((100 * us) / busy).toFixed(1)}%)`;
    line.when(line.number(name), text);
  }
}

function losses(line: Line, listening: boolean): void {
  line.fields([['unacked', 'unacked']]);
  const total = line.number('total_retrans');
  line.when(total, () => `retrans:${line.number('retrans')}/${total}`);
  line.fields([['lost', 'lost']]);
  if (!listening) line.fields([['sacked', 'sacked']]);
  line.fields([['dsack_dups', 'dsack_dups']]);
  if (line.number('reordering') !== DEFAULT_REORDERING) line.fields([['reordering', 'reordering']]);
  line.fields([['reord_seen', 'reord_seen']]);
}

function receiving(line: Line): void {
  line.when(line.number('rcv_rtt'), (us) => `rcv_rtt:${milliseconds(us)}`);
  line.fields([
    ['rcv_space', 'rcv_space'],
    ['rcv_ssthresh', 'rcv_ssthresh'],
    ['notsent', 'notsent_bytes'],
  ]);
  line.when(line.number('min_rtt'), (us) => `minrtt:${milliseconds(us)}`);
  line.fields([
    ['rcv_ooopack', 'rcv_ooopack'],
    ['snd_wnd', 'snd_wnd'],
  ]);
}

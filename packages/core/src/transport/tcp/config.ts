/** The sysctl variables that TCP honours (Documentation/networking/ip-sysctl), one set per host. Only what has an effect is declared. */
import type { SysctlCell, SysctlTable } from '../../base/sysctl.ts';
import { SECOND } from '../../time/instant.ts';
import { CONGESTION_NAMES } from './congestion/registry.ts';

export class TcpConfig {
  readonly synRetries: SysctlCell;
  readonly synLinearTimeouts: SysctlCell;
  readonly synAckRetries: SysctlCell;
  readonly retries1: SysctlCell;
  readonly retries2: SysctlCell;
  readonly orphanRetries: SysctlCell;
  readonly finTimeout: SysctlCell;
  readonly keepaliveTime: SysctlCell;
  readonly keepaliveInterval: SysctlCell;
  readonly keepaliveProbes: SysctlCell;
  readonly timestamps: SysctlCell;
  readonly windowScaling: SysctlCell;
  readonly sack: SysctlCell;
  readonly dsack: SysctlCell;
  readonly rmem: SysctlCell;
  readonly wmem: SysctlCell;
  readonly synCookies: SysctlCell;
  readonly maxSynBacklog: SysctlCell;
  readonly somaxconn: SysctlCell;
  readonly abortOnOverflow: SysctlCell;
  readonly slowStartAfterIdle: SysctlCell;
  readonly invalidRateLimitMs: SysctlCell;
  readonly reordering: SysctlCell;
  readonly maxReordering: SysctlCell;
  readonly recovery: SysctlCell;
  readonly earlyRetransmit: SysctlCell;
  readonly frto: SysctlCell;
  readonly moderateReceiveBuffer: SysctlCell;
  readonly advWinScale: SysctlCell;
  readonly minSendMss: SysctlCell;
  readonly notSentLowat: SysctlCell;
  readonly rfc1337: SysctlCell;
  readonly twReuse: SysctlCell;
  readonly retransmitCollapse: SysctlCell;
  readonly stdUrg: SysctlCell;
  readonly congestion: SysctlCell;

  constructor(sysctl: SysctlTable) {
    const tcp = (name: string, initial: number | readonly number[] | string, min = 0, max?: number): SysctlCell =>
      sysctl.declare({ key: `net.ipv4.tcp_${name}`, initial, min, ...(max === undefined ? {} : { max }) });
    this.synRetries = tcp('syn_retries', 6, 1, 127);
    this.synLinearTimeouts = tcp('syn_linear_timeouts', 4, 0, 127);
    this.synAckRetries = tcp('synack_retries', 5, 0, 255);
    this.retries1 = tcp('retries1', 3, 0, 255);
    this.retries2 = tcp('retries2', 15);
    this.orphanRetries = tcp('orphan_retries', 0);
    this.finTimeout = tcp('fin_timeout', 60);
    this.keepaliveTime = tcp('keepalive_time', 7200);
    this.keepaliveInterval = tcp('keepalive_intvl', 75);
    this.keepaliveProbes = tcp('keepalive_probes', 9);
    this.timestamps = tcp('timestamps', 1, 0, 2);
    this.windowScaling = tcp('window_scaling', 1, 0, 1);
    this.sack = tcp('sack', 1, 0, 1);
    this.dsack = tcp('dsack', 1, 0, 1);
    this.rmem = tcp('rmem', [4096, 131_072, 6_291_456], 1);
    this.wmem = tcp('wmem', [4096, 16_384, 4_194_304], 1);
    this.synCookies = tcp('syncookies', 1, 0, 2);
    this.maxSynBacklog = tcp('max_syn_backlog', 1024);
    this.somaxconn = sysctl.declare({ key: 'net.core.somaxconn', initial: 4096, min: 0 });
    this.abortOnOverflow = tcp('abort_on_overflow', 0, 0, 1);
    this.slowStartAfterIdle = tcp('slow_start_after_idle', 1, 0, 1);
    this.invalidRateLimitMs = tcp('invalid_ratelimit', 500);
    this.reordering = tcp('reordering', 3, 1);
    this.maxReordering = tcp('max_reordering', 300, 1);
    this.recovery = tcp('recovery', 1, 0, 7);
    this.earlyRetransmit = tcp('early_retrans', 3, 0, 4);
    this.frto = tcp('frto', 2, 0, 2);
    this.moderateReceiveBuffer = tcp('moderate_rcvbuf', 1, 0, 1);
    this.advWinScale = tcp('adv_win_scale', 1, -31, 31);
    this.minSendMss = tcp('min_snd_mss', 48, 48, 65_535);
    this.notSentLowat = tcp('notsent_lowat', 4_294_967_295, 0, 4_294_967_295);
    this.rfc1337 = tcp('rfc1337', 0, 0, 1);
    this.twReuse = tcp('tw_reuse', 2, 0, 2);
    this.retransmitCollapse = tcp('retrans_collapse', 1, 0, 1);
    this.stdUrg = tcp('stdurg', 0, 0, 1);
    this.congestion = sysctl.declare({
      key: 'net.ipv4.tcp_congestion_control',
      initial: CONGESTION_NAMES[0]!,
    });
  }

  get finTimeoutNs(): number {
    return this.finTimeout.number * SECOND;
  }

  /** The part of a buffer that may hold payload: half, less bookkeeping, with the default of tcp_adv_win_scale. */
  windowFromSpace(space: number): number {
    const scale = this.advWinScale.number;
    if (scale <= 0) return space >> -scale;
    return space - Math.floor(space / (1 << scale));
  }

  /** The buffer that a window needs: the inverse of `windowFromSpace`. */
  spaceFromWindow(window: number): number {
    const scale = this.advWinScale.number;
    if (scale <= 0) return window * (1 << -scale);
    return Math.floor((window * (1 << scale)) / ((1 << scale) - 1));
  }
}

/** The sysctl variables that TCP honours (Documentation/networking/ip-sysctl), one set per host. Only what has an effect is declared. */
import { SysctlSet, type SysctlSpec, type SysctlTable } from '../../base/sysctl.ts';
import { JIFFY_NS, MS, SECOND } from '../../time/instant.ts';
import { CONGESTION_NAMES } from './congestion/registry.ts';

const tcp = (name: string, initial: number | readonly number[], min = 0, max?: number): SysctlSpec => ({
  key: `net.ipv4.tcp_${name}`,
  initial,
  min,
  ...(max === undefined ? {} : { max }),
});

/** A byte that counts as a switch: Linux bounds it no further (proc_dou8vec_minmax). */
const byte = (name: string, initial: number): SysctlSpec => tcp(name, initial, 0, 255);

const TCP_SET = new SysctlSet({
  synRetries: tcp('syn_retries', 6, 1, 127),
  synLinearTimeouts: tcp('syn_linear_timeouts', 4, 0, 127),
  synAckRetries: byte('synack_retries', 5),
  retries1: byte('retries1', 3),
  retries2: byte('retries2', 15),
  orphanRetries: byte('orphan_retries', 0),
  finTimeout: tcp('fin_timeout', 60),
  keepaliveTime: tcp('keepalive_time', 7200),
  keepaliveInterval: tcp('keepalive_intvl', 75),
  keepaliveProbes: byte('keepalive_probes', 9),
  timestamps: byte('timestamps', 1),
  windowScaling: byte('window_scaling', 1),
  sack: byte('sack', 1),
  dsack: byte('dsack', 1),
  /** 3 to 5 would be Accurate ECN. */
  ecn: tcp('ecn', 2, 0, 2),
  ecnFallback: tcp('ecn_fallback', 1, 0, 1),
  compressSackDelay: tcp('comp_sack_delay_ns', 1_000_000, 0, Number.MAX_SAFE_INTEGER),
  compressSackSlack: tcp('comp_sack_slack_ns', 100_000, 0, Number.MAX_SAFE_INTEGER),
  compressSackCount: byte('comp_sack_nr', 44),
  rmem: tcp('rmem', [4096, 131_072, 6_291_456], 1),
  wmem: tcp('wmem', [4096, 16_384, 4_194_304], 1),
  synCookies: byte('syncookies', 1),
  maxSynBacklog: tcp('max_syn_backlog', 1024),
  maxTimeWaits: tcp('max_tw_buckets', 131_072),
  maxOrphans: tcp('max_orphans', 131_072),
  somaxconn: { key: 'net.core.somaxconn', initial: 4096, min: 0 },
  abortOnOverflow: byte('abort_on_overflow', 0),
  slowStartAfterIdle: byte('slow_start_after_idle', 1),
  invalidRateLimitMs: { ...tcp('invalid_ratelimit', 500), tick: JIFFY_NS / MS },
  reordering: tcp('reordering', 3, 1, 300),
  maxReordering: tcp('max_reordering', 300, 1),
  recovery: byte('recovery', 1),
  earlyRetransmit: tcp('early_retrans', 3, 0, 4),
  frto: byte('frto', 2),
  moderateReceiveBuffer: byte('moderate_rcvbuf', 1),
  minSendMss: tcp('min_snd_mss', 48, 48, 65_535),
  mtuProbing: byte('mtu_probing', 0),
  baseMss: tcp('base_mss', 1024),
  mtuProbeFloor: tcp('mtu_probe_floor', 48, 48, 65_535),
  probeThreshold: tcp('probe_threshold', 8),
  probeInterval: tcp('probe_interval', 600),
  rtoMinUs: tcp('rto_min_us', 200_000, 1),
  rtoMaxMs: tcp('rto_max_ms', 120_000, 1000, 120_000),
  minRttWindow: tcp('min_rtt_wlen', 300, 0, 86_400),
  pingpongThreshold: tcp('pingpong_thresh', 1, 1, 255),
  thinLinearTimeouts: byte('thin_linear_timeouts', 0),
  reflectTos: tcp('reflect_tos', 0, 0, 1),
  twReuseDelayMs: tcp('tw_reuse_delay', 1000, 1, 60_000),
  challengeAckLimit: tcp('challenge_ack_limit', 0x7fff_ffff, 0, 0x7fff_ffff),
  shrinkWindow: tcp('shrink_window', 0, 0, 1),
  tsoWinDivisor: byte('tso_win_divisor', 3),
  minTsoSegments: tcp('min_tso_segs', 2, 1, 255),
  tsoRttLog: byte('tso_rtt_log', 9),
  pacingSsRatio: tcp('pacing_ss_ratio', 200, 0, 1000),
  pacingCaRatio: tcp('pacing_ca_ratio', 120, 0, 1000),
  notSentLowat: tcp('notsent_lowat', 4_294_967_295, 0, 4_294_967_295),
  rfc1337: byte('rfc1337', 0),
  twReuse: tcp('tw_reuse', 2, 0, 2),
  retransmitCollapse: byte('retrans_collapse', 1),
  stdUrg: byte('stdurg', 0),
  congestion: { key: 'net.ipv4.tcp_congestion_control', initial: CONGESTION_NAMES[0]! },
});

const { initial } = TCP_SET;

export class TcpConfig {
  readonly synRetries = initial.synRetries;
  readonly synLinearTimeouts = initial.synLinearTimeouts;
  readonly synAckRetries = initial.synAckRetries;
  readonly retries1 = initial.retries1;
  readonly retries2 = initial.retries2;
  readonly orphanRetries = initial.orphanRetries;
  readonly finTimeout = initial.finTimeout;
  readonly keepaliveTime = initial.keepaliveTime;
  readonly keepaliveInterval = initial.keepaliveInterval;
  readonly keepaliveProbes = initial.keepaliveProbes;
  readonly timestamps = initial.timestamps;
  readonly windowScaling = initial.windowScaling;
  readonly sack = initial.sack;
  readonly dsack = initial.dsack;
  readonly ecn = initial.ecn;
  readonly ecnFallback = initial.ecnFallback;
  readonly compressSackDelay = initial.compressSackDelay;
  readonly compressSackSlack = initial.compressSackSlack;
  readonly compressSackCount = initial.compressSackCount;
  readonly rmem = initial.rmem;
  readonly wmem = initial.wmem;
  readonly synCookies = initial.synCookies;
  readonly maxSynBacklog = initial.maxSynBacklog;
  readonly maxTimeWaits = initial.maxTimeWaits;
  readonly maxOrphans = initial.maxOrphans;
  readonly somaxconn = initial.somaxconn;
  readonly abortOnOverflow = initial.abortOnOverflow;
  readonly slowStartAfterIdle = initial.slowStartAfterIdle;
  readonly invalidRateLimitMs = initial.invalidRateLimitMs;
  readonly reordering = initial.reordering;
  readonly maxReordering = initial.maxReordering;
  readonly recovery = initial.recovery;
  readonly earlyRetransmit = initial.earlyRetransmit;
  readonly frto = initial.frto;
  readonly moderateReceiveBuffer = initial.moderateReceiveBuffer;
  readonly minSendMss = initial.minSendMss;
  readonly mtuProbing = initial.mtuProbing;
  readonly baseMss = initial.baseMss;
  readonly mtuProbeFloor = initial.mtuProbeFloor;
  readonly probeThreshold = initial.probeThreshold;
  readonly probeInterval = initial.probeInterval;
  readonly rtoMinUs = initial.rtoMinUs;
  readonly rtoMaxMs = initial.rtoMaxMs;
  readonly minRttWindow = initial.minRttWindow;
  readonly pingpongThreshold = initial.pingpongThreshold;
  readonly thinLinearTimeouts = initial.thinLinearTimeouts;
  readonly reflectTos = initial.reflectTos;
  readonly twReuseDelayMs = initial.twReuseDelayMs;
  readonly challengeAckLimit = initial.challengeAckLimit;
  readonly shrinkWindow = initial.shrinkWindow;
  readonly tsoWinDivisor = initial.tsoWinDivisor;
  readonly minTsoSegments = initial.minTsoSegments;
  readonly tsoRttLog = initial.tsoRttLog;
  readonly pacingSsRatio = initial.pacingSsRatio;
  readonly pacingCaRatio = initial.pacingCaRatio;
  readonly notSentLowat = initial.notSentLowat;
  readonly rfc1337 = initial.rfc1337;
  readonly twReuse = initial.twReuse;
  readonly retransmitCollapse = initial.retransmitCollapse;
  readonly stdUrg = initial.stdUrg;
  readonly congestion = initial.congestion;

  constructor(sysctl: SysctlTable) {
    sysctl.declareSet(TCP_SET, this);
  }

  get rtoMaxNs(): number {
    return this.rtoMaxMs.number * MS;
  }

  get finTimeoutNs(): number {
    return this.finTimeout.number * SECOND;
  }
}

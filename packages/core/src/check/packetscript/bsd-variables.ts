/**
 * Variables of FreeBSD's tcp(4), ip(4) and icmp(4) that scripts written for it set, in words of Linux's: the same switch by its other name, or a value
 * that says what our host does anyway. A value that asks for something else is not here, and the script cannot be run.
 */
import type { SysctlTable } from '../../base/sysctl.ts';

/** Linux variables and their values. */
export type Settings = readonly (readonly [name: string, value: string])[];
type Translation = (value: string, table: SysctlTable) => Settings | undefined;

export function isBsdVariable(name: string): boolean {
  return /^(net\.inet|kern\.ipc)\./.test(name);
}

/** Undefined for a variable or a value that has no counterpart. */
export function fromBsd(name: string, value: string, table: SysctlTable): Settings | undefined {
  return TRANSLATIONS.get(name)?.(value, table);
}

const NOTHING: Settings = [];
const MS_PER_SECOND = 1_000;

/** The same numbers by another name. */
function same(linux: string, ...values: readonly string[]): Translation {
  return (value) => (values.length === 0 || values.includes(value) ? [[linux, value]] : undefined);
}

function words(map: Readonly<Record<string, Settings>>): Translation {
  const known = new Map(Object.entries(map));
  return (value) => known.get(value);
}

/** Our host does what these values say. */
function only(...values: readonly string[]): Translation {
  return (value) => (values.includes(value) ? NOTHING : undefined);
}

const anything: Translation = () => NOTHING;

/** Milliseconds to whole seconds. */
function seconds(linux: string): Translation {
  return (value) => {
    const ms = Number(value);
    return Number.isSafeInteger(ms) && ms > 0 && ms % MS_PER_SECOND === 0
      ? [[linux, String(ms / MS_PER_SECOND)]]
      : undefined;
  };
}

/** One of the three numbers of tcp_rmem or tcp_wmem: least, default, most. The largest is never below the default. */
function bufferNumber(linux: string, i: 1 | 2): Translation {
  return (value, table) => {
    const numbers = (table.get(linux)?.text ?? '').split(/\s+/);
    const bytes = Number(value);
    if (numbers.length !== 3 || !Number.isSafeInteger(bytes)) return undefined;
    numbers[i] = value;
    if (Number(numbers[2]) < bytes) numbers[2] = value;
    return [[linux, numbers.join(' ')]];
  };
}

const STAMPS = 'net.ipv4.tcp_timestamps';
const SCALE = 'net.ipv4.tcp_window_scaling';
const COOKIES = 'net.ipv4.tcp_syncookies';
const TCP = 'net.inet.tcp.';

const TRANSLATIONS: ReadonlyMap<string, Translation> = new Map<string, Translation>([
  [
    `${TCP}rfc1323`,
    words({
      0: [
        [STAMPS, '0'],
        [SCALE, '0'],
      ],
      1: [
        [STAMPS, '1'],
        [SCALE, '1'],
      ],
      2: [
        [STAMPS, '0'],
        [SCALE, '1'],
      ],
      3: [
        [STAMPS, '1'],
        [SCALE, '0'],
      ],
    }),
  ],
  [`${TCP}sack.enable`, same('net.ipv4.tcp_sack', '0', '1')],
  // 0 never, 1 asks and grants, 2 grants: the same three in both.
  [`${TCP}ecn.enable`, same('net.ipv4.tcp_ecn', '0', '1', '2')],
  // After so many SYNs without an answer the next does not ask: RFC 3168 section 6.1.1.1.
  [`${TCP}ecn.maxretries`, words({ 1: [['net.ipv4.tcp_ecn_fallback', '1']] })],
  [`${TCP}syncookies`, same(COOKIES, '0', '1')],
  [`${TCP}syncookies_only`, words({ 0: NOTHING, 1: [[COOKIES, '2']] })],
  [
    `${TCP}cc.algorithm`,
    words({
      newreno: [['net.ipv4.tcp_congestion_control', 'reno']],
      cubic: [['net.ipv4.tcp_congestion_control', 'cubic']],
    }),
  ],
  [`${TCP}keepidle`, seconds('net.ipv4.tcp_keepalive_time')],
  [`${TCP}keepintvl`, seconds('net.ipv4.tcp_keepalive_intvl')],
  [`${TCP}keepcnt`, same('net.ipv4.tcp_keepalive_probes')],
  [`${TCP}finwait2_timeout`, seconds('net.ipv4.tcp_fin_timeout')],
  [`${TCP}recvspace`, bufferNumber('net.ipv4.tcp_rmem', 1)],
  [`${TCP}recvbuf_max`, bufferNumber('net.ipv4.tcp_rmem', 2)],
  [`${TCP}recvbuf_auto`, same('net.ipv4.tcp_moderate_rcvbuf', '0', '1')],
  [`${TCP}sendspace`, bufferNumber('net.ipv4.tcp_wmem', 1)],
  [`${TCP}sendbuf_max`, bufferNumber('net.ipv4.tcp_wmem', 2)],
  [`${TCP}minmss`, same('net.ipv4.tcp_min_snd_mss')],
  [`${TCP}syncache.rexmtlimit`, same('net.ipv4.tcp_synack_retries')],
  [`${TCP}syncache.rst_on_sock_fail`, same('net.ipv4.tcp_abort_on_overflow', '0', '1')],
  [
    `${TCP}path_mtu_discovery`,
    words({ 0: [['net.ipv4.ip_no_pmtu_disc', '1']], 1: [['net.ipv4.ip_no_pmtu_disc', '0']] }),
  ],
  ['net.inet.ip.ttl', same('net.ipv4.ip_default_ttl')],
  ['kern.ipc.soacceptqueue', same('net.core.somaxconn')],
  [
    'kern.ipc.maxsockbuf',
    (value) => [
      ['net.core.rmem_max', value],
      ['net.core.wmem_max', value],
    ],
  ],
  // What our host does anyway.
  [`${TCP}msl`, only('30000')],
  [`${TCP}mssdflt`, only('536')],
  [`${TCP}initcwnd_segments`, only('10')],
  [`${TCP}rexmit_initial`, only('1000')],
  [`${TCP}rexmit_min`, (value) => (/^\d{1,6}$/.test(value) ? [['net.ipv4.tcp_rto_min_us', `${value}000`]] : undefined)],
  [`${TCP}rexmit_drop_options`, only('0')],
  [`${TCP}delayed_ack`, only('1')],
  [`${TCP}always_keepalive`, only('0')],
  [`${TCP}blackhole`, only('0')],
  [`${TCP}drop_synfin`, only('1')],
  [`${TCP}icmp_may_rst`, only('1')],
  [`${TCP}insecure_syn`, only('0')],
  [`${TCP}insecure_rst`, only('0')],
  [`${TCP}insecure_ack`, only('0')],
  [`${TCP}tolerate_missing_ts`, only('1')],
  [`${TCP}ts_offset_per_conn`, only('1')],
  [`${TCP}rfc3042`, only('1')],
  // Not looked at while initcwnd_segments is set.
  [`${TCP}rfc3390`, anything],
  [`${TCP}do_prr`, only('1')],
  [`${TCP}do_lrd`, only('1')],
  [`${TCP}sack.lrd`, only('1')],
  [`${TCP}sack.revised`, only('1')],
  [`${TCP}sendbuf_auto`, only('1')],
  [`${TCP}tso`, only('0')],
  [`${TCP}functions_default`, only('freebsd')],
  [`${TCP}fastopen.server_enable`, only('0')],
  [`${TCP}fastopen.client_enable`, only('0')],
  [`${TCP}udp_tunneling_port`, only('0')],
  [`${TCP}fast_finwait2_recycle`, only('0')],
  [`${TCP}nolocaltimewait`, only('0')],
  // Our hosts keep no metrics of their peers, and no log.
  [`${TCP}hostcache.enable`, only('0')],
  [`${TCP}hostcache.purge`, anything],
  [`${TCP}hostcache.purgenow`, anything],
  [`${TCP}hostcache.expire`, anything],
  [`${TCP}hostcache.prune`, anything],
  [`${TCP}log_in_vain`, anything],
  [`${TCP}log_debug`, anything],
]);

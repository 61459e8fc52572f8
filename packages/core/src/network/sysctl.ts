/**
 * The sysctl variables that the network layer honours, with Linux's names, defaults and bounds (ip-sysctl.rst of the kernel). A variable
 * that is not here does not exist on our hosts. Two simplifications are stated: neighbour parameters are per host
 * (`neigh.default.*`), not per card; `conf.default.*` acts on cards attached later, as in Linux.
 */
import {
  type SysctlCell,
  type SysctlCells,
  type SysctlFamily,
  SysctlSet,
  type SysctlSpec,
  type SysctlTable,
} from '../base/sysctl.ts';
import { JIFFY_NS, MS } from '../time/instant.ts';

/** The variables of one card, of `all`, or of `default`. rp_filter is 0 as in the kernel; distributions may set 1 or 2. */
export class CardVariables {
  forwarding = 0;
  accept_redirects = 1;
  secure_redirects = 1;
  shared_media = 1;
  send_redirects = 1;
  /** Of `all`, 0, and that switches it off: source routes are not here. */
  accept_source_route = 1;
  route_localnet = 0;
  /** What it would write goes to the kernel's log, which no program of ours reads; a recording has every martian (`ip.drop`). */
  log_martians = 0;
  rp_filter = 0;
  accept_local = 0;
  proxy_arp = 0;
  arp_announce = 0;
  arp_ignore = 0;
  arp_filter = 0;
  arp_accept = 0;
  arp_notify = 0;
  arp_evict_nocarrier = 1;
  drop_gratuitous_arp = 0;
  ignore_routes_with_linkdown = 0;
  promote_secondaries = 0;
  force_igmp_version = 0;
  igmpv2_unsolicited_report_interval = 10_000;
  igmpv3_unsolicited_report_interval = 1000;
  /** Their faces in /proc/sys, once somebody looked. */
  cells: Map<CardVariable, SysctlCell> | undefined;

  /** Changes a variable from inside. */
  put(variable: CardVariable, value: number): void {
    this[variable] = value;
    const cell = this.cells?.get(variable);
    if (cell !== undefined) cell.number = value;
  }
}

export type CardVariable = Exclude<keyof CardVariables, 'cells' | 'put'>;

const CARD_VARIABLES = Object.keys(new CardVariables()).filter((name) => name !== 'cells') as readonly CardVariable[];

function spec(key: string, initial: number, min = 0, max?: number): SysctlSpec {
  const full = `net.ipv4.${key}`;
  return Object.freeze(max === undefined ? { key: full, initial, min } : { key: full, initial, min, max });
}

const HOST_SPECS = {
  defaultTtl: spec('ip_default_ttl', 64, 1, 255),
  nonlocalBind: spec('ip_nonlocal_bind', 0, 0, 255),
  noPmtuDisc: spec('ip_no_pmtu_disc', 0, 0, 255),
  minPmtu: spec('route.min_pmtu', 552, 68),
  mtuExpires: spec('route.mtu_expires', 600),
  ipfragTime: spec('ipfrag_time', 30),
  ipfragHighThresh: spec('ipfrag_high_thresh', 4 * 1024 * 1024),
  ipfragMaxDist: spec('ipfrag_max_dist', 64),
  echoIgnoreAll: spec('icmp_echo_ignore_all', 0, 0, 1),
  echoIgnoreBroadcasts: spec('icmp_echo_ignore_broadcasts', 1, 0, 1),
  errorsUseInboundIfaddr: spec('icmp_errors_use_inbound_ifaddr', 0, 0, 1),
  icmpRatelimit: { ...spec('icmp_ratelimit', 1000), tick: JIFFY_NS / MS },
  icmpRatemask: spec('icmp_ratemask', 6168, -0x8000_0000),
  icmpMsgsPerSec: spec('icmp_msgs_per_sec', 1000),
  icmpMsgsBurst: spec('icmp_msgs_burst', 50),
  igmpQrv: spec('igmp_qrv', 2, 1),
  igmpLinkLocalReports: spec('igmp_link_local_mcast_reports', 1, 0, 255),
} as const;

/** `locktime` and `proxy_delay` are in hundredths of a second in /proc (USER_HZ). */
const NEIGHBOUR_SPECS = {
  baseReachableTimeMs: spec('neigh.default.base_reachable_time_ms', 30_000, 1),
  retransTimeMs: spec('neigh.default.retrans_time_ms', 1000, 1),
  delayFirstProbeTime: spec('neigh.default.delay_first_probe_time', 5),
  gcStaleTime: spec('neigh.default.gc_stale_time', 60),
  mcastSolicit: spec('neigh.default.mcast_solicit', 3),
  ucastSolicit: spec('neigh.default.ucast_solicit', 3),
  unresQlenBytes: spec('neigh.default.unres_qlen_bytes', 212_992),
  locktime: spec('neigh.default.locktime', 100),
  proxyDelay: spec('neigh.default.proxy_delay', 80),
  proxyQlen: spec('neigh.default.proxy_qlen', 64),
  gcThresh1: spec('neigh.default.gc_thresh1', 128),
  gcThresh2: spec('neigh.default.gc_thresh2', 512),
  gcThresh3: spec('neigh.default.gc_thresh3', 1024),
} as const;

const HOST_SET = new SysctlSet(HOST_SPECS);
const NEIGHBOUR_SET = new SysctlSet(NEIGHBOUR_SPECS);

export type NeighbourCells = SysctlCells<keyof typeof NEIGHBOUR_SPECS>;

/** `net.ipv4.conf.NAME.*` */
class CardFamily implements SysctlFamily {
  constructor(
    private readonly owner: NetworkSysctl,
    private readonly cardName: string,
    private readonly variables: CardVariables,
  ) {}

  private get prefix(): string {
    return `net.ipv4.conf.${this.cardName}.`;
  }

  covers(key: string): boolean {
    return key.startsWith(this.prefix);
  }

  declare(table: SysctlTable): void {
    const { owner, prefix, variables } = this;
    variables.cells = new Map();
    for (const variable of CARD_VARIABLES) {
      const initial = variables[variable];
      // The kernel takes any int (devinet_conf_proc), and so do we where it means something.
      const none = variable === 'accept_source_route' && variables === owner.all ? { max: 0 } : {};
      const least = variable.endsWith('_interval') || variable === 'accept_source_route' ? { min: 0 } : {};
      const cell = table.declare({ key: prefix + variable, initial, ...least, ...none });
      cell.onChange(({ number }) => owner.changed(variables, variable, number));
      variables.cells.set(variable, cell);
    }
  }
}

const IP_FORWARD = Object.freeze({ key: 'net.ipv4.ip_forward', initial: 0 });

export class NetworkSysctl implements SysctlFamily {
  readonly host = { ...HOST_SET.initial };
  readonly neighbour: NeighbourCells = { ...NEIGHBOUR_SET.initial };
  readonly all = Object.assign(new CardVariables(), { accept_source_route: 0 });
  readonly defaults = new CardVariables();
  /** Told when a variable changed on which routing decisions depend. */
  routing: { sysctlChanged(): void } | undefined;
  private readonly cards: CardVariables[] = [];
  private ipForward: SysctlCell | undefined;

  constructor(private readonly table: SysctlTable) {
    table.declareLater(this);
    table.declareSet(HOST_SET, this.host);
    table.declareSet(NEIGHBOUR_SET, this.neighbour);
    table.declareLater(new CardFamily(this, 'all', this.all));
    table.declareLater(new CardFamily(this, 'default', this.defaults));
  }

  covers(key: string): boolean {
    return key === IP_FORWARD.key;
  }

  declare(table: SysctlTable): void {
    const cell = (this.ipForward = table.declare(IP_FORWARD));
    cell.number = this.all.forwarding;
    cell.onChange(({ number }) => this.spreadForwarding(number));
  }

  /** The variables of a newly attached card, beginning with the defaults of now. */
  attach(cardName: string): CardVariables {
    const variables = Object.assign(new CardVariables(), this.defaults);
    variables.cells = undefined;
    this.cards.push(variables);
    this.table.declareLater(new CardFamily(this, cardName, variables));
    return variables;
  }

  /** A variable of a card, of `all` or of `default` was set through /proc/sys. */
  changed(variables: CardVariables, variable: CardVariable, value: number): void {
    if (variable === 'forwarding' && variables === this.all) {
      this.spreadForwarding(value);
      return;
    }
    variables[variable] = value;
    this.routing?.sysctlChanged();
  }

  /** net.ipv4.ip_forward and conf.all.forwarding are one variable that sets all cards' and the default; a router believes no redirects (inet_forward_change). */
  private spreadForwarding(value: number): void {
    if (value === this.all.forwarding) return;
    this.all.put('accept_redirects', value === 0 ? 1 : 0);
    if (this.ipForward !== undefined) this.ipForward.number = value;
    for (const variables of [this.all, this.defaults, ...this.cards]) variables.put('forwarding', value);
    this.routing?.sysctlChanged();
  }
}

/**
 * The sysctl variables that the network layer honours, with Linux's names, defaults and bounds (ip-sysctl.rst of the kernel). A variable
 * that is not here does not exist on our hosts. Two simplifications are stated: neighbour parameters are per host
 * (`neigh.default.*`), not per card; `conf.default.*` acts on cards attached later, as in Linux.
 */
import type { SysctlCell, SysctlSpec, SysctlTable } from '../base/sysctl.ts';

const SWITCH = { min: 0, max: 1 } as const;
const COUNT = { min: 0 } as const;

/** Per-card variables: Linux's default and bounds. rp_filter is 0 as in the kernel; distributions may set 1 or 2. */
const CARD_VARIABLES = [
  ['forwarding', 0, 1],
  ['accept_redirects', 1, 1],
  ['send_redirects', 1, 1],
  ['rp_filter', 0, 2],
  ['accept_local', 0, 1],
  ['proxy_arp', 0, 1],
  ['arp_announce', 0, 2],
  ['arp_ignore', 0, 8],
  ['arp_filter', 0, 1],
  ['arp_accept', 0, 2],
  ['arp_notify', 0, 1],
  ['arp_evict_nocarrier', 1, 1],
  ['ignore_routes_with_linkdown', 0, 1],
  ['promote_secondaries', 0, 1],
] as const;

type CardVariable = (typeof CARD_VARIABLES)[number][0];

/** The variables of one card, of `all`, or of `default`. */
export type CardCells = Readonly<Record<CardVariable, SysctlCell>>;

export class NetworkSysctl {
  readonly ipForward: SysctlCell;
  readonly defaultTtl: SysctlCell;
  readonly noPmtuDisc: SysctlCell;
  readonly minPmtu: SysctlCell;
  readonly mtuExpires: SysctlCell;
  readonly ipfragTime: SysctlCell;
  readonly ipfragHighThresh: SysctlCell;
  readonly ipfragMaxDist: SysctlCell;
  readonly echoIgnoreAll: SysctlCell;
  readonly echoIgnoreBroadcasts: SysctlCell;
  readonly errorsUseInboundIfaddr: SysctlCell;
  readonly icmpRatelimit: SysctlCell;
  readonly icmpRatemask: SysctlCell;
  readonly icmpMsgsPerSec: SysctlCell;
  readonly icmpMsgsBurst: SysctlCell;
  readonly neighbour: NeighbourCells;
  readonly all: CardCells;
  readonly defaults: CardCells;
  /** Told when a variable changed on which routing decisions depend. */
  routingChanged: () => void = () => {};
  private readonly cards: CardCells[] = [];

  constructor(private readonly table: SysctlTable) {
    const declare = (key: string, initial: number, bounds: Partial<SysctlSpec> = COUNT): SysctlCell =>
      table.declare({ key: `net.ipv4.${key}`, initial, ...bounds });
    this.ipForward = declare('ip_forward', 0, SWITCH);
    this.defaultTtl = declare('ip_default_ttl', 64, { min: 1, max: 255 });
    this.noPmtuDisc = declare('ip_no_pmtu_disc', 0, { min: 0, max: 3 });
    this.minPmtu = declare('route.min_pmtu', 552, { min: 68 });
    this.mtuExpires = declare('route.mtu_expires', 600, COUNT);
    this.ipfragTime = declare('ipfrag_time', 30, COUNT);
    this.ipfragHighThresh = declare('ipfrag_high_thresh', 4 * 1024 * 1024, COUNT);
    this.ipfragMaxDist = declare('ipfrag_max_dist', 64, COUNT);
    this.echoIgnoreAll = declare('icmp_echo_ignore_all', 0, SWITCH);
    this.echoIgnoreBroadcasts = declare('icmp_echo_ignore_broadcasts', 1, SWITCH);
    this.errorsUseInboundIfaddr = declare('icmp_errors_use_inbound_ifaddr', 0, SWITCH);
    this.icmpRatelimit = declare('icmp_ratelimit', 1000, COUNT);
    this.icmpRatemask = declare('icmp_ratemask', 6168, COUNT);
    this.icmpMsgsPerSec = declare('icmp_msgs_per_sec', 1000, COUNT);
    this.icmpMsgsBurst = declare('icmp_msgs_burst', 50, COUNT);
    this.neighbour = neighbourCells(table);
    this.all = this.cells('all');
    this.defaults = this.cells('default');
    this.linkForwarding();
  }

  /** The variables of a newly attached card, beginning with the defaults of now. */
  attach(cardName: string): CardCells {
    const cells = this.cells(cardName);
    for (const [name] of CARD_VARIABLES)
      if (cells[name].number !== this.defaults[name].number) cells[name].set(this.defaults[name].text);
    this.cards.push(cells);
    return cells;
  }

  private cells(name: string): CardCells {
    const cells: Partial<Record<CardVariable, SysctlCell>> = {};
    for (const [variable, initial, max] of CARD_VARIABLES) {
      const cell = this.table.declare({ key: `net.ipv4.conf.${name}.${variable}`, initial, min: 0, max });
      cell.onChange = () => this.routingChanged();
      cells[variable] = cell;
    }
    return cells as CardCells;
  }

  /** net.ipv4.ip_forward and conf.all.forwarding are one variable that sets all cards' and the default (inet_forward_change). */
  private linkForwarding(): void {
    const spread = (cell: SysctlCell): void => {
      for (const other of [
        this.ipForward,
        this.all.forwarding,
        this.defaults.forwarding,
        ...this.cards.map((c) => c.forwarding),
      ]) {
        if (other.number !== cell.number) assign(other, cell.number);
      }
      this.routingChanged();
    };
    this.ipForward.onChange = spread;
    this.all.forwarding.onChange = spread;
  }
}

/** Sets a cell without telling anybody. */
function assign(cell: SysctlCell, value: number): void {
  cell.number = value;
  cell.numbers = [value];
  cell.text = String(value);
}

export interface NeighbourCells {
  readonly baseReachableTimeMs: SysctlCell;
  readonly retransTimeMs: SysctlCell;
  readonly delayFirstProbeTime: SysctlCell;
  readonly gcStaleTime: SysctlCell;
  readonly mcastSolicit: SysctlCell;
  readonly ucastSolicit: SysctlCell;
  readonly unresQlenBytes: SysctlCell;
  readonly locktime: SysctlCell;
  readonly proxyDelay: SysctlCell;
  readonly proxyQlen: SysctlCell;
  readonly gcThresh1: SysctlCell;
  readonly gcThresh2: SysctlCell;
  readonly gcThresh3: SysctlCell;
}

/** Times of `locktime` and `proxy_delay` are in units of 1/100 s in /proc (USER_HZ). */
function neighbourCells(table: SysctlTable): NeighbourCells {
  const declare = (key: string, initial: number, min = 0): SysctlCell =>
    table.declare({ key: `net.ipv4.neigh.default.${key}`, initial, min });
  return {
    baseReachableTimeMs: declare('base_reachable_time_ms', 30_000, 1),
    retransTimeMs: declare('retrans_time_ms', 1000, 1),
    delayFirstProbeTime: declare('delay_first_probe_time', 5),
    gcStaleTime: declare('gc_stale_time', 60),
    mcastSolicit: declare('mcast_solicit', 3),
    ucastSolicit: declare('ucast_solicit', 3),
    unresQlenBytes: declare('unres_qlen_bytes', 212_992),
    locktime: declare('locktime', 100),
    proxyDelay: declare('proxy_delay', 80),
    proxyQlen: declare('proxy_qlen', 64),
    gcThresh1: declare('gc_thresh1', 128),
    gcThresh2: declare('gc_thresh2', 512),
    gcThresh3: declare('gc_thresh3', 1024),
  };
}

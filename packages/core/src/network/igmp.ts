/**
 * IGMP of a host (RFC 3376, RFC 2236, RFC 1112) as Linux does it (igmp.c): reports when a group gets its first member on a card and when its last one
 * leaves, answers to queries after a random part of the time that they allow, and the older version while an older querier was heard or
 * net.ipv4.conf.CARD.force_igmp_version says so. 224.0.0.1 is never reported. Left out: source filters (a member wants every source) and the router's
 * side.
 */
import { IPV4_ANY, type IpAddress, Ipv4Address } from '../base/address.ts';
import type { NetworkCard } from '../link/card.ts';
import type { Stream } from '../random/random.ts';
import type { HostContext } from '../record/host-context.ts';
import { type Instant, MS, SECOND } from '../time/instant.ts';
import { Timer } from '../time/timer.ts';
import {
  IGMP_RECORD,
  IGMP_TYPE,
  type IgmpQuery,
  type IgmpRecord,
  igmpMessage,
  igmpReport,
  readIgmp,
} from '../wire/igmp.ts';
import { IP_PROTOCOL, type Ipv4Packet, PacketId, type RawPdu } from '../wire/packet.ts';
import type { Fib } from './fib.ts';
import type { Interface } from './interface.ts';
import type { Ipv4Output } from './ipv4-output.ts';
import type { OutputRoutes } from './output-route.ts';
import { Path } from './path.ts';
import type { NetworkSysctl } from './sysctl.ts';
import type { TransportHandler } from './types.ts';

const ALL_HOSTS = 0xe000_0001;
const ALL_ROUTERS = new Ipv4Address(0xe000_0002);
/** All routers that know version 3 (RFC 3376 section 4.2.14). */
const ALL_V3_ROUTERS = new Ipv4Address(0xe000_0016);
/** RFC 2113: every router is to look at the message. */
const ROUTER_ALERT = Uint8Array.of(148, 4, 0, 0);
const INTERNETWORK_CONTROL = 0xc0;
/** Timers run two ticks of a 250 Hz kernel longer than drawn. */
const TIMER_SLACK_NS = 8 * MS;
const QUERY_INTERVAL_NS = 125 * SECOND; // RFC 3376 section 8.2
const RESPONSE_INTERVAL_NS = 10 * SECOND; // section 8.3
const TENTH_NS = 100 * MS;

class Membership {
  /** State changes still to be told of (version 3), and unsolicited reports still to be sent (versions 1 and 2). */
  changes = 0;
  unsolicited = 0;
  /** We were the last to report, so a leave is ours to tell (RFC 2236 section 3). */
  reporter = false;
  timer: Timer | undefined;
  constructor(readonly group: Ipv4Address) {}
}

/** What IGMP keeps of one card, from the first group or query on. */
class Link {
  /** Newest first, as Linux reports them. */
  members: Membership[] = [];
  /** Groups left, with the changes still to be told of. */
  left: Membership[] = [];
  /** Older queriers are taken to be present until then (RFC 3376 section 7.2.1). */
  v1Until: Instant = -1;
  v2Until: Instant = -1;
  robustness = 0;
  changeRounds = 0;
  changeTimer: Timer | undefined;
  generalTimer: Timer | undefined;
  constructor(
    readonly on: Interface,
    readonly random: Stream,
  ) {}

  member(group: IpAddress): Membership | undefined {
    return this.members.find((member) => member.group.key === group.key);
  }
}

export interface IgmpParts {
  readonly context: HostContext;
  readonly sysctl: NetworkSysctl;
  readonly fib: Fib;
  readonly routes: OutputRoutes;
  readonly ipv4: Ipv4Output;
  readonly interfaces: ReadonlyMap<number, Interface>;
}

export class Igmp implements TransportHandler {
  private readonly links = new Map<number, Link>();

  constructor(private readonly parts: IgmpParts) {}

  private link(on: Interface): Link {
    let link = this.links.get(on.ifindex);
    if (link !== undefined) return link;
    link = new Link(on, this.parts.context.random.stream(`igmp/${on.card.fullName}`));
    this.links.set(on.ifindex, link);
    return link;
  }

  private get now(): Instant {
    return this.parts.context.queue.now;
  }

  /** Whether a group is spoken of at all. */
  private told(group: IpAddress): boolean {
    const key = group.key as number;
    if (key === ALL_HOSTS) return false;
    return key >>> 8 !== 0xe000_00 || this.parts.sysctl.host.igmpLinkLocalReports.number !== 0;
  }

  private version(link: Link): 1 | 2 | 3 {
    const forced = link.on.forcedIgmpVersion;
    if (forced === 1 || forced === 2 || forced === 3) return forced;
    if (this.now < link.v1Until) return 1;
    return this.now < link.v2Until ? 2 : 3;
  }

  private robustness(link: Link): number {
    return link.robustness > 0 ? link.robustness : this.parts.sysctl.host.igmpQrv.number;
  }

  // -- memberships (igmp_group_added, igmp_group_dropped)

  /** The group's first member on this card. */
  joined(on: Interface, group: IpAddress): void {
    if (on.card.loopback || !this.told(group)) return;
    const link = this.link(on);
    const member = new Membership(group as Ipv4Address);
    link.members.unshift(member);
    link.left = link.left.filter((one) => one.group.key !== group.key);
    member.unsolicited = this.parts.sysctl.host.igmpQrv.number;
    if (this.version(link) < 3) this.startTimer(link, member, 1);
    else {
      member.changes = this.robustness(link);
      this.tellChanges(link);
    }
  }

  /** The group's last member on this card is gone. */
  left(on: Interface, group: IpAddress): void {
    const link = this.links.get(on.ifindex);
    const member = link?.member(group);
    if (link === undefined || member === undefined) return;
    link.members = link.members.filter((one) => one !== member);
    member.timer?.dispose();
    const version = this.version(link);
    if (version === 2 && member.reporter) this.send(link, ALL_ROUTERS, igmpMessage(IGMP_TYPE.leave, 0, member.group));
    if (version !== 3) return;
    member.changes = this.robustness(link);
    link.left.unshift(member);
    this.tellChanges(link);
  }

  /** The card went down: nothing more is told. */
  down(on: Interface): void {
    const link = this.links.get(on.ifindex);
    if (link === undefined) return;
    for (const member of link.members) member.timer?.dispose();
    link.changeTimer?.dispose();
    link.generalTimer?.dispose();
    this.links.delete(on.ifindex);
  }

  shutdown(): void {
    for (const { on } of [...this.links.values()]) this.down(on);
  }

  // -- version 3: changes, told as often as the robustness asks

  private tellChanges(link: Link): void {
    link.changeRounds = this.robustness(link);
    this.startChangeTimer(link, 1);
  }

  private startChangeTimer(link: Link, mostNs: number): void {
    link.changeTimer ??= new Timer(this.parts.context.queue, () => this.changeTimeout(link));
    link.changeTimer.setAfter(link.random.belowWide(mostNs) + TIMER_SLACK_NS);
  }

  private changeTimeout(link: Link): void {
    const records: IgmpRecord[] = [];
    for (const member of link.left) records.push({ type: IGMP_RECORD.toInclude, group: member.group });
    for (const member of link.left) member.changes--;
    link.left = link.left.filter((member) => member.changes > 0);
    for (const member of link.members) {
      if (member.changes === 0) continue;
      member.changes--;
      records.push({ type: IGMP_RECORD.toExclude, group: member.group });
    }
    if (records.length > 0) this.send(link, ALL_V3_ROUTERS, igmpReport(records));
    if (link.changeRounds === 0) return;
    link.changeRounds--;
    this.startChangeTimer(link, link.on.conf.igmpv3_unsolicited_report_interval * MS);
  }

  // -- reports of single groups

  private startTimer(link: Link, member: Membership, mostNs: number): void {
    member.timer ??= new Timer(this.parts.context.queue, () => this.memberTimeout(link, member));
    member.timer.setAfter(link.random.belowWide(mostNs) + TIMER_SLACK_NS);
  }

  private memberTimeout(link: Link, member: Membership): void {
    const { conf } = link.on;
    const version = this.version(link);
    if (member.unsolicited > 0 && --member.unsolicited > 0) {
      const interval =
        version === 3 ? conf.igmpv3_unsolicited_report_interval : conf.igmpv2_unsolicited_report_interval;
      this.startTimer(link, member, interval * MS);
    }
    member.reporter = true;
    const { group } = member;
    if (version === 3) this.send(link, ALL_V3_ROUTERS, igmpReport([{ type: IGMP_RECORD.isExclude, group }]));
    else this.send(link, group, igmpMessage(version === 1 ? IGMP_TYPE.report1 : IGMP_TYPE.report2, 0, group));
  }

  // -- what comes in

  receive(packet: Ipv4Packet, card: NetworkCard): void {
    const on = this.parts.interfaces.get(card.ifindex);
    // Our own report, delivered to a member on this host.
    if (on === undefined || this.parts.fib.isLocal(packet.src)) return;
    const message = packet.payload.kind === 'raw' ? readIgmp(packet.payload.payload.bytes()) : undefined;
    if (message === undefined) this.parts.ipv4.dropped(packet, 'transport-header-invalid', 'IGMP');
    else if (message.kind === 'query') this.heardQuery(this.link(on), message);
    else if (message.kind === 'report' && packet.dst.isMulticast) this.heardReport(on, message.group);
  }

  error(): void {
    // Nobody complains about a multicast, and nothing would follow from it.
  }

  /** RFC 2236 section 3: another member has reported, which is enough for the querier. */
  private heardReport(on: Interface, group: IpAddress): void {
    const member = this.links.get(on.ifindex)?.member(group);
    if (member === undefined) return;
    member.timer?.clear();
    member.unsolicited = 0;
    member.reporter = false;
  }

  /** igmp_heard_query */
  private heardQuery(link: Link, query: IgmpQuery): void {
    const { now } = this;
    let { group } = query;
    let mostNs = query.maxResponseTenths * TENTH_NS;
    if (query.version < 3) {
      const present = this.robustness(link) * QUERY_INTERVAL_NS + RESPONSE_INTERVAL_NS;
      if (query.version === 1) link.v1Until = now + present;
      else link.v2Until = now + present;
      // The older querier would not understand what was still to be told.
      link.changeTimer?.clear();
      link.changeRounds = 0;
      link.left = [];
    }
    if (query.version === 1 || this.version(link) === 1) {
      mostNs = RESPONSE_INTERVAL_NS;
      group = IPV4_ANY;
    } else if (query.version === 3 && this.version(link) === 3) {
      mostNs = Math.max(mostNs, 4 * MS);
      if (query.robustness > 0) link.robustness = query.robustness;
      if (group.isUnspecified) {
        if (query.sources === 0) this.answerAll(link, mostNs);
        return;
      }
    }
    for (const member of link.members) {
      if (group.isUnspecified || group.key === member.group.key) this.answerSoon(link, member, mostNs);
    }
  }

  /** RFC 3376 section 5.2, rule 2: one report of all groups, unless one is due sooner. */
  private answerAll(link: Link, mostNs: number): void {
    const timer = (link.generalTimer ??= new Timer(this.parts.context.queue, () => this.reportAll(link)));
    const at = this.now + link.random.belowWide(mostNs) + TIMER_SLACK_NS;
    if (!timer.running || at < timer.deadline) timer.set(at);
  }

  private reportAll(link: Link): void {
    const records = link.members.map(({ group }) => ({ type: IGMP_RECORD.isExclude, group }));
    if (records.length > 0) this.send(link, ALL_V3_ROUTERS, igmpReport(records));
  }

  /** igmp_mod_timer: a report that is due within the time anyway stays where it is. */
  private answerSoon(link: Link, member: Membership, mostNs: number): void {
    member.unsolicited = 0;
    const { timer } = member;
    if (timer?.running === true && timer.deadline - this.now < mostNs) return;
    this.startTimer(link, member, mostNs);
  }

  /** With TTL 1, router alert and DF (RFC 3376 section 4). */
  private send(link: Link, to: Ipv4Address, message: RawPdu): void {
    const { context, routes, ipv4 } = this.parts;
    const path = routes.find(to, undefined, link.on);
    if (!(path instanceof Path)) return;
    const ident = new PacketId(context.ids.next());
    const options = { tos: INTERNETWORK_CONTROL, ttl: 1, dontFragment: true, ident, ipOptions: ROUTER_ALERT };
    ipv4.output(path, message, IP_PROTOCOL.igmp, options);
  }
}

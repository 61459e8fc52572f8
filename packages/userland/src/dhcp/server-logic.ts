/**
 * What a DHCP server answers (RFC 2131 section 4.3): a message and the table in, a reply, its destination and log lines out. Pure but for
 * the table, which it changes.
 *
 * Left out: the ICMP echo before an offer (section 2.2 has it as SHOULD), classes, dynamic DNS, failover.
 */
import { parseIpv4 } from '@netarium/core/base/address.ts';
import { hex } from '@netarium/core/base/bytes.ts';
import {
  BOOTREPLY,
  BOOTREQUEST,
  DHCP_BROADCAST_FLAG,
  type DhcpMessage,
  optionAddress,
  optionNumber,
  optionText,
} from '@netarium/core/wire/dhcp.ts';
import { DHCP_OPTION, DHCP_TYPE, type DhcpOption, dhcpTypeName } from '@netarium/core/wire/dhcp-options.ts';
import { addressText, type DhcpdConfig, inSubnet, type Reservation, type Subnet } from './dhcpd-conf.ts';
import { type LeaseTable, OFFER_SECONDS } from './lease-table.ts';

/** ISC dhcpd's default-lease-time and max-lease-time. */
const DEFAULT_LEASE_S = 43_200;
const MAX_LEASE_S = 86_400;

/** An interface that the server serves. */
export interface ServedLink {
  readonly name: string;
  readonly address: string;
}

export type Destination =
  | { readonly kind: 'broadcast' }
  /** To an address that its owner does not have yet, so past ARP, straight to the card. */
  | { readonly kind: 'link'; readonly address: string; readonly mac: string }
  | { readonly kind: 'unicast'; readonly address: string; readonly port: number };

export interface ServerAnswer {
  readonly reply?: { readonly message: DhcpMessage; readonly to: Destination };
  readonly log: readonly string[];
  /** The lease file is to be written before the reply leaves (section 3.1, point 4). */
  readonly tableChanged: boolean;
}

interface Request {
  readonly message: DhcpMessage;
  readonly link: ServedLink;
  readonly subnet: Subnet;
  readonly client: string;
  readonly mac: string;
  readonly host: Reservation | undefined;
  readonly hostname: string | undefined;
  readonly nowS: number;
}

export class DhcpServer {
  private log: string[] = [];
  private changed = false;

  constructor(
    private readonly config: DhcpdConfig,
    readonly table: LeaseTable,
  ) {}

  handle(message: DhcpMessage, link: ServedLink, nowS: number): ServerAnswer {
    this.log = [];
    this.changed = false;
    const reply = this.dispatch(message, link, nowS);
    return { ...(reply ? { reply } : {}), log: this.log, tableChanged: this.changed };
  }

  private dispatch(message: DhcpMessage, link: ServedLink, nowS: number): ServerAnswer['reply'] {
    const type = optionNumber(message, DHCP_OPTION.MESSAGE_TYPE);
    if (message.op !== BOOTREQUEST || message.htype !== 1 || message.chaddr.length !== 6 || type === undefined)
      return undefined;
    const request = this.request(message, link, nowS);
    if (!request) {
      const from = message.giaddr === '0.0.0.0' ? link.name : message.giaddr;
      this.log.push(`${dhcpTypeName(type)} from ${hex(message.chaddr, ':')} via ${from}: unknown network segment`);
      return undefined;
    }
    switch (type) {
      case DHCP_TYPE.DISCOVER:
        return this.discover(request);
      case DHCP_TYPE.REQUEST:
        return this.requested(request);
      case DHCP_TYPE.RELEASE:
        this.released(request);
        return undefined;
      case DHCP_TYPE.DECLINE:
        this.declined(request);
        return undefined;
      case DHCP_TYPE.INFORM:
        return this.inform(request);
      default:
        return undefined;
    }
  }

  private request(message: DhcpMessage, link: ServedLink, nowS: number): Request | undefined {
    // Section 4.3.1: the network is that of the relay, else that of the interface where the message came in.
    const at = message.giaddr === '0.0.0.0' ? link.address : message.giaddr;
    const subnet = this.config.subnets.find((one) => inSubnet(one, at));
    if (!subnet) return undefined;
    const mac = hex(message.chaddr, ':');
    const id = message.options.find((option) => option.code === DHCP_OPTION.CLIENT_ID);
    const client = id?.kind === 'raw' && id.bytes.length > 0 ? hex(id.bytes) : mac;
    const host = this.config.hosts.find((one) => one.mac === mac);
    const hostname = optionText(message, DHCP_OPTION.HOST_NAME) ?? this.table.ofClient(client)?.hostname;
    return { message, link, subnet, client, mac, host, hostname, nowS };
  }

  private who({ mac, hostname, link, message }: Request): string {
    const via = message.giaddr === '0.0.0.0' ? link.name : message.giaddr;
    return `${mac}${hostname === undefined || hostname === '' ? '' : ` (${hostname})`} via ${via}`;
  }

  private discover(request: Request): ServerAnswer['reply'] {
    const address = this.choose(request);
    if (address === undefined) {
      const { network, prefixLength } = request.subnet;
      this.log.push(
        `DHCPDISCOVER from ${this.who(request)}: network ${addressText(network)}/${prefixLength}: no free leases`,
      );
      return undefined;
    }
    this.log.push(`DHCPDISCOVER from ${this.who(request)}`, `DHCPOFFER on ${address} to ${this.who(request)}`);
    const { client, mac, hostname, nowS } = request;
    const known = this.table.get(address);
    // An offer does not shorten a lease that the client still holds.
    if (known?.state !== 'active' || known.endsAt <= nowS || known.client !== client)
      this.table.set({
        address,
        client,
        mac,
        hostname,
        state: 'offered',
        startsAt: nowS,
        endsAt: nowS + OFFER_SECONDS,
      });
    return this.reply(request, DHCP_TYPE.OFFER, address);
  }

  /** Section 4.3.1: reserved, current, former, requested, then any free address. */
  private choose(request: Request): string | undefined {
    const { subnet, client, host, message, nowS } = request;
    if (host?.address !== undefined && inSubnet(subnet, host.address)) return host.address;
    const wanted = [this.table.ofClient(client)?.address, optionAddress(message, DHCP_OPTION.REQUESTED_ADDRESS)];
    for (const address of wanted)
      if (address !== undefined && this.isOnOffer(subnet, address) && this.table.isFreeFor(address, client, nowS))
        return address;
    return this.freeAddress(subnet, client, nowS);
  }

  /** Never used addresses first, in order; then the one whose lease ended longest ago. */
  private freeAddress(subnet: Subnet, client: string, nowS: number): string | undefined {
    for (const { from, to } of subnet.ranges) {
      for (let value = from; value <= to; value++) {
        const address = addressText(value);
        if (!this.table.get(address) && this.isOnOffer(subnet, address)) return address;
      }
    }
    const ended = this.table
      .all()
      .filter((lease) => this.isOnOffer(subnet, lease.address) && this.table.isFreeFor(lease.address, client, nowS));
    ended.sort((a, b) => a.endsAt - b.endsAt);
    return ended[0]?.address;
  }

  /** In a range, and not reserved for somebody. */
  private isOnOffer(subnet: Subnet, address: string): boolean {
    const value = parseIpv4(address)!.key;
    if (!subnet.ranges.some(({ from, to }) => from <= value && value <= to)) return false;
    return !this.config.hosts.some((host) => host.address === address);
  }

  private requested(request: Request): ServerAnswer['reply'] {
    const { message, link, client } = request;
    const server = optionAddress(message, DHCP_OPTION.SERVER_ID);
    const wanted = optionAddress(message, DHCP_OPTION.REQUESTED_ADDRESS);
    const address = wanted ?? message.ciaddr;
    const text = `DHCPREQUEST for ${address}${server === undefined ? '' : ` (${server})`} from ${this.who(request)}`;
    // SELECTING: the client names the server that it chose (section 4.3.2).
    if (server !== undefined && server !== link.address) {
      this.log.push(`${text}: not for this server`);
      this.table.withdraw(client);
      return undefined;
    }
    const verdict = this.mayHave(request, address);
    if (verdict === 'yes') {
      this.log.push(text);
      return this.acknowledge(request, address);
    }
    this.log.push(`${text}: ${verdict.why}`);
    return verdict.refuse || server !== undefined ? this.refuse(request, address) : undefined;
  }

  private mayHave(request: Request, address: string): 'yes' | { readonly why: string; readonly refuse: boolean } {
    const { subnet, client, host, nowS } = request;
    const authoritative = subnet.authoritative ?? this.config.authoritative ?? false;
    // INIT-REBOOT on the wrong network is refused by any server (section 4.3.2); who is not authoritative cannot know more.
    if (!inSubnet(subnet, address)) return { why: 'wrong network.', refuse: true };
    if (host?.address !== undefined)
      return host.address === address ? 'yes' : { why: 'lease owned by peer', refuse: true };
    const lease = this.table.get(address);
    if (lease?.client === client && lease.state !== 'abandoned') return 'yes';
    if (!this.isOnOffer(subnet, address)) return { why: `unknown lease ${address}.`, refuse: authoritative };
    if (!this.table.isFreeFor(address, client, nowS)) return { why: `lease ${address} unavailable.`, refuse: true };
    return lease || authoritative ? 'yes' : { why: `unknown lease ${address}.`, refuse: false };
  }

  private acknowledge(request: Request, address: string): ServerAnswer['reply'] {
    const { client, mac, hostname, nowS } = request;
    this.table.set({
      address,
      client,
      mac,
      hostname,
      state: 'active',
      startsAt: nowS,
      endsAt: nowS + this.leaseSeconds(request),
    });
    this.changed = true;
    this.log.push(`DHCPACK on ${address} to ${this.who(request)}`);
    return this.reply(request, DHCP_TYPE.ACK, address);
  }

  private refuse(request: Request, address: string): ServerAnswer['reply'] {
    this.log.push(`DHCPNAK on ${address} to ${this.who(request)}`);
    const { message, link } = request;
    const options: DhcpOption[] = [
      { code: DHCP_OPTION.MESSAGE_TYPE, kind: 'number', value: DHCP_TYPE.NAK },
      { code: DHCP_OPTION.SERVER_ID, kind: 'address', address: link.address },
    ];
    const relayed = message.giaddr !== '0.0.0.0';
    const reply = { ...this.bare(request, options), flags: relayed ? DHCP_BROADCAST_FLAG : message.flags };
    // A client that is told no has no address to be reached at: section 4.1.
    const to: Destination = relayed ? { kind: 'unicast', address: message.giaddr, port: 67 } : { kind: 'broadcast' };
    return { message: reply, to };
  }

  private released(request: Request): void {
    const { ciaddr } = request.message;
    const found = this.table.release(ciaddr, request.client, request.nowS);
    this.changed = found;
    this.log.push(`DHCPRELEASE of ${ciaddr} from ${this.who(request)} (${found ? '' : 'not '}found)`);
  }

  private declined(request: Request): void {
    const address = optionAddress(request.message, DHCP_OPTION.REQUESTED_ADDRESS) ?? '0.0.0.0';
    const found = this.table.abandon(address, request.client, request.nowS);
    this.changed = found;
    this.log.push(`DHCPDECLINE of ${address} from ${this.who(request)}: ${found ? 'abandoned' : 'not found'}`);
  }

  /** Section 4.3.5: options alone, no lease. */
  private inform(request: Request): ServerAnswer['reply'] {
    const { ciaddr } = request.message;
    this.log.push(
      `DHCPINFORM from ${ciaddr} via ${request.link.name}`,
      `DHCPACK to ${ciaddr} (${request.mac}) via ${request.link.name}`,
    );
    const head: DhcpOption[] = [
      { code: DHCP_OPTION.MESSAGE_TYPE, kind: 'number', value: DHCP_TYPE.ACK },
      { code: DHCP_OPTION.SERVER_ID, kind: 'address', address: request.link.address },
    ];
    const message = this.bare(request, [...head, ...this.options(request)]);
    return { message, to: { kind: 'unicast', address: ciaddr, port: 68 } };
  }

  // Replies

  private leaseSeconds({ message, subnet, host }: Request): number {
    const wanted = optionNumber(message, DHCP_OPTION.LEASE_TIME);
    const scopes = [host, subnet, this.config];
    const longest = scopes.find((one) => one?.maxLeaseSeconds !== undefined)?.maxLeaseSeconds ?? MAX_LEASE_S;
    const usual = scopes.find((one) => one?.defaultLeaseSeconds !== undefined)?.defaultLeaseSeconds ?? DEFAULT_LEASE_S;
    return Math.min(wanted ?? usual, longest);
  }

  /** The configured options that the client asked for; all of them where it named none. */
  private options({ message, subnet, host }: Request): DhcpOption[] {
    const merged = new Map<number, DhcpOption>();
    merged.set(DHCP_OPTION.SUBNET_MASK, { code: DHCP_OPTION.SUBNET_MASK, kind: 'address', address: subnet.mask });
    for (const scope of [this.config, subnet, host])
      for (const [code, option] of scope?.options ?? []) merged.set(code, option);
    const list = message.options.find((option) => option.code === DHCP_OPTION.PARAMETER_LIST);
    if (list?.kind !== 'codes') return [...merged.values()];
    return list.codes.flatMap((code) => merged.get(code) ?? []);
  }

  private reply(request: Request, type: number, address: string): ServerAnswer['reply'] {
    const lease = this.leaseSeconds(request);
    const number = (code: number, value: number): DhcpOption => ({ code, kind: 'number', value });
    const options: DhcpOption[] = [
      number(DHCP_OPTION.MESSAGE_TYPE, type),
      { code: DHCP_OPTION.SERVER_ID, kind: 'address', address: request.link.address },
      number(DHCP_OPTION.LEASE_TIME, lease),
      number(DHCP_OPTION.RENEWAL_TIME, Math.floor(lease / 2)),
      number(DHCP_OPTION.REBINDING_TIME, Math.floor((lease * 7) / 8)),
      ...this.options(request),
    ];
    const ciaddr = type === DHCP_TYPE.ACK ? request.message.ciaddr : '0.0.0.0';
    const message = { ...this.bare(request, options), yiaddr: address, ciaddr };
    return { message, to: destination(request, address) };
  }

  private bare({ message }: Request, options: readonly DhcpOption[]): DhcpMessage {
    return {
      ...message,
      op: BOOTREPLY,
      hops: 0,
      secs: 0,
      ciaddr: '0.0.0.0',
      yiaddr: '0.0.0.0',
      siaddr: '0.0.0.0',
      sname: '',
      file: '',
      options,
    };
  }
}

/** Section 4.1: the relay, the address that the client has, all, or the card that asked. */
function destination({ message, mac }: Request, address: string): Destination {
  if (message.giaddr !== '0.0.0.0') return { kind: 'unicast', address: message.giaddr, port: 67 };
  if (message.ciaddr !== '0.0.0.0') return { kind: 'unicast', address: message.ciaddr, port: 68 };
  if (message.flags & DHCP_BROADCAST_FLAG) return { kind: 'broadcast' };
  return { kind: 'link', address, mac };
}

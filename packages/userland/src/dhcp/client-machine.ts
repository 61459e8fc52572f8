/**
 * The DHCP client's state machine (RFC 2131 section 4.4, figure 5). Pure: events with their time and a random number in, actions out.
 *
 * Promises: in every state but the last a timer is set or a message is awaited; retransmission follows section 4.1 (4, 8, 16 … 64 s, each
 * off by up to one second); renewal begins between three quarters of T1 and T1, as ISC dhclient spreads it.
 * Left out: DHCPDECLINE and the address probe before use (section 2.2 has both as SHOULD), DHCPINFORM.
 */
import { sameBytes } from '@netarium/core/base/bytes.ts';
import { type DhcpMessage, optionAddress, optionNumber } from '@netarium/core/wire/dhcp.ts';
import { DHCP_OPTION, DHCP_TYPE, type DhcpOption, dhcpTypeName } from '@netarium/core/wire/dhcp-options.ts';
import { type Lease, leaseOf, PAST_THE_END_SECONDS } from './lease.ts';

export type ClientState =
  | 'INIT'
  | 'SELECTING'
  | 'REQUESTING'
  | 'REBOOTING'
  | 'BOUND'
  | 'RENEWING'
  | 'REBINDING'
  | 'STOPPED';

export type ClientAction =
  /** To all on the link, from 0.0.0.0, or to one server from the leased address. */
  | { readonly kind: 'send'; readonly message: DhcpMessage; readonly to: 'broadcast' | string }
  | { readonly kind: 'bind'; readonly lease: Lease; readonly renewal: boolean }
  | { readonly kind: 'unbind'; readonly lease: Lease; readonly why: 'expired' | 'refused' }
  /** No server has answered for so long that a person should know. */
  | { readonly kind: 'no-lease' }
  | { readonly kind: 'log'; readonly text: string };

export interface ClientConfig {
  readonly interface: string;
  readonly mac: Uint8Array;
  readonly hostname: string;
  /** How long to look for a server before `no-lease`: dhclient.conf's `timeout`. */
  readonly timeoutNs: number;
  /** How long to wait after that before the next try: `retry`. */
  readonly retryNs: number;
}

const SECOND = 1_000_000_000;
const FIRST_INTERVAL_S = 4;
const LAST_INTERVAL_S = 64;
const REBOOT_TRIES = 2;
const REQUEST_TRIES = 4;
const MIN_RENEW_RETRY_NS = 60 * SECOND;
const ETHERNET = 1;
const PARAMETERS = [
  DHCP_OPTION.SUBNET_MASK,
  DHCP_OPTION.BROADCAST,
  DHCP_OPTION.ROUTERS,
  DHCP_OPTION.DOMAIN_NAME,
  DHCP_OPTION.NAME_SERVERS,
  DHCP_OPTION.HOST_NAME,
  DHCP_OPTION.INTERFACE_MTU,
];

export class DhcpClientMachine {
  state: ClientState = 'INIT';
  /** When `timer` is to be called. */
  timerNs: number | undefined;
  lease: Lease | undefined;
  private actions: ClientAction[] = [];
  private xid = 0;
  private startNs = 0;
  private intervalS = FIRST_INTERVAL_S;
  private tries = 0;
  private wanted: { readonly address: string; readonly server: string | undefined } | undefined;
  private requestedNs = 0;
  private renewNs = 0;
  private rebindNs = 0;
  private expireNs = 0;

  constructor(private readonly config: ClientConfig) {}

  takeActions(): readonly ClientAction[] {
    const actions = this.actions;
    this.actions = [];
    return actions;
  }

  /** Begins; with the address of a lease that has not run out the client asks for it again (INIT-REBOOT). */
  start(nowNs: number, draw: number, previous?: string): void {
    this.begin(nowNs, draw);
    if (previous === undefined) {
      this.discover(nowNs, draw);
      return;
    }
    this.state = 'REBOOTING';
    this.wanted = { address: previous, server: undefined };
    this.request(nowNs, draw);
  }

  timer(nowNs: number, draw: number): void {
    switch (this.state) {
      case 'INIT':
        this.begin(nowNs, draw);
        this.discover(nowNs, draw);
        break;
      case 'SELECTING':
        this.noOffer(nowNs, draw);
        break;
      case 'REQUESTING':
      case 'REBOOTING':
        if (this.tries >= (this.state === 'REBOOTING' ? REBOOT_TRIES : REQUEST_TRIES)) this.restart(nowNs, draw);
        else this.request(nowNs, draw);
        break;
      case 'BOUND':
      case 'RENEWING':
      case 'REBINDING':
        this.renew(nowNs, draw);
        break;
      case 'STOPPED':
        break;
    }
  }

  receive(message: DhcpMessage, nowNs: number, draw: number): void {
    if (message.op !== 2 || message.xid !== this.xid || !sameBytes(message.chaddr, this.config.mac)) return;
    const type = optionNumber(message, DHCP_OPTION.MESSAGE_TYPE);
    if (type === DHCP_TYPE.OFFER && this.state === 'SELECTING') this.offered(message, nowNs, draw);
    else if (type === DHCP_TYPE.ACK && this.asking) this.acknowledged(message, nowNs, draw);
    else if (type === DHCP_TYPE.NAK && this.asking) this.refused(message, nowNs, draw);
  }

  /** Gives the lease back (section 4.4.6). */
  release(nowNs: number, draw: number): void {
    const { lease } = this;
    if (lease) {
      this.xid = draw;
      this.startNs = nowNs;
      const server: DhcpOption = { code: DHCP_OPTION.SERVER_ID, kind: 'address', address: lease.server };
      this.log(`DHCPRELEASE of ${lease.address} on ${this.config.interface} to ${lease.server} port 67`);
      this.send(DHCP_TYPE.RELEASE, lease.server, nowNs, [server], lease.address);
    }
    this.lease = undefined;
    this.state = 'STOPPED';
    this.timerNs = undefined;
  }

  // States

  private get asking(): boolean {
    return ['REQUESTING', 'REBOOTING', 'RENEWING', 'REBINDING'].includes(this.state);
  }

  private begin(nowNs: number, draw: number): void {
    this.xid = draw;
    this.startNs = nowNs;
    this.intervalS = FIRST_INTERVAL_S;
    this.tries = 0;
    this.wanted = undefined;
  }

  private restart(nowNs: number, draw: number): void {
    this.begin(nowNs, draw);
    this.discover(nowNs, draw);
  }

  private discover(nowNs: number, draw: number): void {
    this.state = 'SELECTING';
    const seconds = this.nextInterval(nowNs, draw);
    this.log(`DHCPDISCOVER on ${this.config.interface} to 255.255.255.255 port 67 interval ${seconds}`);
    this.send(DHCP_TYPE.DISCOVER, 'broadcast', nowNs, this.parameters());
  }

  private noOffer(nowNs: number, draw: number): void {
    if (nowNs - this.startNs < this.config.timeoutNs) {
      this.discover(nowNs, draw);
      return;
    }
    this.log('No DHCPOFFERS received.');
    this.state = 'INIT';
    this.timerNs = nowNs + this.config.retryNs;
    this.actions.push({ kind: 'no-lease' });
  }

  /** The first offer is taken: dhclient's select-timeout is 0. */
  private offered(message: DhcpMessage, nowNs: number, draw: number): void {
    const server = optionAddress(message, DHCP_OPTION.SERVER_ID);
    if (server === undefined || message.yiaddr === '0.0.0.0') return;
    this.log(`DHCPOFFER of ${message.yiaddr} from ${server}`);
    this.state = 'REQUESTING';
    this.wanted = { address: message.yiaddr, server };
    this.intervalS = FIRST_INTERVAL_S;
    this.tries = 0;
    this.request(nowNs, draw);
  }

  private request(nowNs: number, draw: number): void {
    const { address, server } = this.wanted!;
    this.tries += 1;
    this.requestedNs = nowNs;
    this.nextInterval(nowNs, draw);
    const options: DhcpOption[] = [{ code: DHCP_OPTION.REQUESTED_ADDRESS, kind: 'address', address }];
    if (server !== undefined) options.unshift({ code: DHCP_OPTION.SERVER_ID, kind: 'address', address: server });
    this.log(`DHCPREQUEST for ${address} on ${this.config.interface} to 255.255.255.255 port 67`);
    this.send(DHCP_TYPE.REQUEST, 'broadcast', nowNs, [...options, ...this.parameters()]);
  }

  private acknowledged(message: DhcpMessage, nowNs: number, draw: number): void {
    const lease = leaseOf(message);
    if (!lease) return;
    const renewal = this.lease?.address === lease.address;
    if (this.lease && !renewal) this.actions.push({ kind: 'unbind', lease: this.lease, why: 'refused' });
    this.log(`DHCPACK of ${lease.address} from ${lease.server}`);
    // ISC dhclient: somewhere in the last quarter before T1, so that hosts that booted together do not renew together.
    const t1 = lease.renewSeconds;
    const renewIn = Math.floor((t1 * 3 + 3) / 4) + (t1 > 0 ? Math.floor(((draw % t1) + 3) / 4) : 0);
    this.lease = lease;
    this.state = 'BOUND';
    this.renewNs = this.requestedNs + Math.min(renewIn, lease.rebindSeconds) * SECOND;
    this.rebindNs = this.requestedNs + lease.rebindSeconds * SECOND;
    this.expireNs = this.requestedNs + lease.leaseSeconds * SECOND;
    this.timerNs = t1 < PAST_THE_END_SECONDS ? this.renewNs : undefined;
    this.actions.push({ kind: 'bind', lease, renewal });
    this.log(
      `bound to ${lease.address} -- renewal in ${Math.floor(Math.max(0, this.renewNs - nowNs) / SECOND)} seconds.`,
    );
  }

  private refused(message: DhcpMessage, nowNs: number, draw: number): void {
    const server = optionAddress(message, DHCP_OPTION.SERVER_ID);
    this.log(`${dhcpTypeName(DHCP_TYPE.NAK)} from ${server ?? 'unknown server'}`);
    if (this.lease) this.actions.push({ kind: 'unbind', lease: this.lease, why: 'refused' });
    this.lease = undefined;
    this.restart(nowNs, draw);
  }

  /** T1, T2 and the end of the lease (section 4.4.5). */
  private renew(nowNs: number, draw: number): void {
    const lease = this.lease!;
    if (nowNs >= this.expireNs) {
      this.actions.push({ kind: 'unbind', lease, why: 'expired' });
      this.lease = undefined;
      this.restart(nowNs, draw);
      return;
    }
    if (this.state === 'BOUND') {
      this.xid = draw;
      this.startNs = nowNs;
    }
    const rebinding = nowNs >= this.rebindNs;
    this.state = rebinding ? 'REBINDING' : 'RENEWING';
    // Half of what is left until the next state, but not more often than every minute.
    const next = rebinding ? this.expireNs : this.rebindNs;
    const half = Math.floor((next - nowNs) / 2);
    this.timerNs = Math.min(next, nowNs + Math.max(half, MIN_RENEW_RETRY_NS));
    this.requestedNs = nowNs;
    const to = rebinding ? 'broadcast' : lease.server;
    this.log(
      `DHCPREQUEST for ${lease.address} on ${this.config.interface} to ${rebinding ? '255.255.255.255' : to} port 67`,
    );
    this.send(DHCP_TYPE.REQUEST, to, nowNs, this.parameters(), lease.address);
  }

  // Messages

  /** Sets the timer for the next retransmission; answers whole seconds for the log. */
  private nextInterval(nowNs: number, draw: number): number {
    // Section 4.1: 4 s, doubled up to 64 s, each by a uniform number between -1 and +1 s off.
    const jitterNs = (draw % (2 * SECOND + 1)) - SECOND;
    let intervalNs = this.intervalS * SECOND + jitterNs;
    this.intervalS = Math.min(this.intervalS * 2, LAST_INTERVAL_S);
    if (this.state === 'SELECTING')
      intervalNs = Math.min(intervalNs, Math.max(SECOND, this.startNs + this.config.timeoutNs - nowNs));
    this.timerNs = nowNs + intervalNs;
    return Math.floor(intervalNs / SECOND);
  }

  private parameters(): DhcpOption[] {
    const options: DhcpOption[] = [];
    if (this.config.hostname !== '')
      options.push({ code: DHCP_OPTION.HOST_NAME, kind: 'text', text: this.config.hostname });
    options.push({ code: DHCP_OPTION.PARAMETER_LIST, kind: 'codes', codes: PARAMETERS });
    return options;
  }

  private send(type: number, to: string, nowNs: number, options: readonly DhcpOption[], ciaddr = '0.0.0.0'): void {
    const message: DhcpMessage = {
      op: 1,
      htype: ETHERNET,
      hops: 0,
      xid: this.xid,
      secs: Math.min(0xffff, Math.floor((nowNs - this.startNs) / SECOND)),
      // A client that reads frames can take unicast before it has an address (section 4.1), so BROADCAST stays clear.
      flags: 0,
      ciaddr,
      yiaddr: '0.0.0.0',
      siaddr: '0.0.0.0',
      giaddr: '0.0.0.0',
      chaddr: this.config.mac,
      sname: '',
      file: '',
      options: [{ code: DHCP_OPTION.MESSAGE_TYPE, kind: 'number', value: type }, ...options],
    };
    this.actions.push({ kind: 'send', message, to });
  }

  private log(text: string): void {
    this.actions.push({ kind: 'log', text });
  }
}

/**
 * The client's two ways to talk: a packet socket while it has no address (it must hear replies to addresses that are not its own yet), a UDP
 * socket on port 68 once it is bound. One of them is open at a time, so that a bound host is not woken by every frame.
 */
import type { LinkInfo } from '@netarium/core/syscall/netlink.ts';
import { POLL, type Sys } from '@netarium/core/syscall/sys.ts';
import { DHCP_CLIENT_PORT, DHCP_SERVER_PORT, type DhcpMessage, encodeDhcp } from '@netarium/core/wire/dhcp.ts';
import { decodeDhcp } from '@netarium/core/wire/dhcp-decoder.ts';
import { errnoOf } from '../lib/failure.ts';
import { decodeDatagram, ETHERTYPE_IPV4, encodeDatagram } from './datagram.ts';

const BROADCAST_MAC = 'ff:ff:ff:ff:ff:ff';
const ANY = '0.0.0.0';
const ALL = '255.255.255.255';

export class ClientPort {
  private fd = -1;
  private raw = false;

  constructor(
    private readonly sys: Sys,
    private readonly link: LinkInfo,
  ) {}

  async listenRaw(): Promise<void> {
    if (this.fd >= 0 && this.raw) return;
    await this.close();
    this.raw = true;
    this.fd = await this.sys.socket('packet', 'dgram', ETHERTYPE_IPV4, { nonblock: true, cloexec: true });
    await this.sys.bind(this.fd, { family: 'packet', ifindex: this.link.ifindex, protocol: ETHERTYPE_IPV4 });
  }

  async listenUdp(): Promise<void> {
    if (this.fd >= 0 && !this.raw) return;
    await this.close();
    this.raw = false;
    this.fd = await this.sys.socket('inet', 'dgram', 'udp', { nonblock: true, cloexec: true });
    await this.sys.setsockopt(this.fd, 'socket', 'SO_REUSEADDR', 1);
    await this.sys.setsockopt(this.fd, 'socket', 'SO_BROADCAST', 1);
    await this.sys.setsockopt(this.fd, 'socket', 'SO_BINDTODEVICE', this.link.name);
    await this.sys.bind(this.fd, { family: 'inet', address: ANY, port: DHCP_CLIENT_PORT });
  }

  async close(): Promise<void> {
    if (this.fd >= 0) await this.sys.close(this.fd);
    this.fd = -1;
  }

  /** A send that fails is a lost message: the timer of the state machine is there for that. */
  async send(message: DhcpMessage, to: 'broadcast' | string): Promise<void> {
    const payload = encodeDhcp(message);
    const address = to === 'broadcast' ? ALL : to;
    try {
      if (!this.raw) await this.sys.sendto(this.fd, payload, { family: 'inet', address, port: DHCP_SERVER_PORT });
      else await this.sendRaw(payload, address);
    } catch (error) {
      errnoOf(error);
    }
  }

  private async sendRaw(payload: Uint8Array, address: string): Promise<void> {
    const packet = encodeDatagram({
      from: { address: ANY, port: DHCP_CLIENT_PORT },
      to: { address, port: DHCP_SERVER_PORT },
      payload,
    });
    const { ifindex } = this.link;
    await this.sys.sendto(this.fd, packet, {
      family: 'packet',
      ifindex,
      protocol: ETHERTYPE_IPV4,
      address: BROADCAST_MAC,
    });
  }

  /** The next DHCP message within the time, or undefined; -1 waits for ever. */
  async receive(timeoutNs: number): Promise<DhcpMessage | undefined> {
    const ready = await this.sys.poll([{ fd: this.fd, events: POLL.IN }], timeoutNs);
    if (ready.length === 0) return undefined;
    try {
      const { data, from } = await this.sys.recvfrom(this.fd, 65_535);
      if (!this.raw) return message(data);
      if (from?.family === 'packet' && from.packetType === 'outgoing') return undefined;
      const datagram = decodeDatagram(data);
      return datagram?.to.port === DHCP_CLIENT_PORT ? message(datagram.payload) : undefined;
    } catch (error) {
      errnoOf(error);
      return undefined;
    }
  }
}

function message(bytes: Uint8Array): DhcpMessage | undefined {
  const decoded = decodeDhcp(bytes);
  return decoded.problem ? undefined : decoded.message;
}

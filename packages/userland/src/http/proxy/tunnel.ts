/** Two connections joined to one stream of bytes each way (RFC 9110 section 9.3.6): what one sends the other gets, and each FIN is passed on. */
import type { ErrnoCode } from '@netarium/core/base/errno.ts';
import { Channel, type ChannelEvents } from '../../lib/channel.ts';
import { connectTo } from '../../lib/connecting.ts';
import { Deadline } from '../../lib/event-loop.ts';
import type { Place } from '../../lib/serving.ts';
import { latin1Bytes } from '../message.ts';
import type { Session } from '../server/session.ts';

/** HAProxy's advice for `timeout tunnel`. */
const IDLE_NS = 3_600_000_000_000;
const ESTABLISHED = latin1Bytes('HTTP/1.1 200 Connection established\r\n\r\n');

/** One end: hands everything to the other. */
class End implements ChannelEvents {
  other!: End;
  channel!: Channel;
  private over = false;

  constructor(private readonly tunnel: Tunnel) {}

  async data(bytes: Uint8Array): Promise<void> {
    const { channel } = this.other;
    this.tunnel.moved(bytes.length);
    channel.write(bytes);
    await channel.flush();
    if (channel.full) await this.channel.setReading(false);
  }

  async ended(): Promise<void> {
    this.over = true;
    await this.other.channel.end();
    if (this.other.over && this.other.channel.pending === 0 && this.channel.pending === 0) await this.tunnel.close();
  }

  async drained(): Promise<void> {
    this.tunnel.moved(0);
    if (this.over && this.other.over && this.other.channel.pending === 0) return this.tunnel.close();
    await this.other.channel.setReading(true);
  }

  failed(_code: ErrnoCode): Promise<void> {
    return this.tunnel.close();
  }
}

export class Tunnel {
  private readonly near = new End(this);
  private readonly far = new End(this);
  private readonly idle: Deadline;
  private bytes = 0;
  private open = true;

  private constructor(
    private readonly session: Session,
    fd: number,
  ) {
    const { sys, loop } = session.context;
    this.near.other = this.far;
    this.far.other = this.near;
    this.near.channel = session.channel;
    this.far.channel = new Channel(sys, loop, fd, this.far);
    this.idle = new Deadline(loop, () => this.close());
  }

  /** Answers the CONNECT and joins the client with a connected descriptor. */
  static async join(session: Session, fd: number): Promise<void> {
    const tunnel = new Tunnel(session, fd);
    session.writeRaw(ESTABLISHED);
    const early = session.detach(tunnel.near);
    await tunnel.far.channel.start();
    await session.channel.flush();
    await session.channel.setReading(true);
    if (early.length > 0) await tunnel.near.data(early);
    tunnel.moved(0);
  }

  moved(bytes: number): void {
    this.bytes += bytes;
    this.idle.set(this.session.context.loop.nowNs + IDLE_NS);
  }

  async close(): Promise<void> {
    if (!this.open) return;
    this.open = false;
    this.idle.dispose();
    await this.far.channel.close();
    this.session.record(200, this.bytes);
    await this.session.leave();
  }
}

/** Tries the places in turn; `failed` gets the status that says why none would do. */
export async function openTunnel(
  session: Session,
  places: readonly Place[],
  timeoutNs: number,
  failed: (status: number) => Promise<void>,
): Promise<void> {
  const { sys, loop } = session.context;
  const attempt = async (at: number, status: number): Promise<void> => {
    const place = places[at];
    if (place === undefined) return failed(status);
    await connectTo(sys, loop, place, timeoutNs, async (result) => {
      if (typeof result !== 'number') return attempt(at + 1, result === 'ETIMEDOUT' ? 504 : 502);
      if (session.channel.closed) return sys.close(result);
      await Tunnel.join(session, result);
    });
  };
  await attempt(0, 502);
}

/**
 * The server's side: frames to requests, requests to procedures, results to frames. Calls of one connection are worked on side by side: a slow one does not
 * hold up those behind it. A request that comes again under its key gets the reply that the first one got, and nothing is done a second time.
 */
import type { ErrnoCode } from '@netarium/core/base/errno.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { Channel, type ChannelEvents } from '../../lib/channel.ts';
import type { EventLoop } from '../../lib/event-loop.ts';
import { encodeFrame, type Frame, FrameReader, type Json } from './frames.ts';
import { FAULT, idOf, type Reply, type Request, type RpcFault, readRequest } from './messages.ts';
import { PROCEDURES, ProcedureError, type ServerState } from './procedures.ts';

const NS_PER_MS = 1_000_000;
/** So many replies are remembered for requests that come again. */
const REMEMBERED = 1024;
/** So many requests of one client are worked on at a time; it is not read from until there are fewer. */
const MAX_UNDER_WAY = 256;

export interface RpcServerOptions {
  /** So many replies at the beginning are lost on purpose, with their connections. */
  readonly lose: number;
}

/** What connections share. */
export class RpcService {
  readonly state: ServerState = { counter: 0 };
  private readonly replies = new Map<string, Outcome>();
  private toLose: number;

  constructor(
    readonly sys: Sys,
    readonly loop: EventLoop,
    options: RpcServerOptions,
  ) {
    this.toLose = options.lose;
  }

  remembered(key: string | undefined): Outcome | undefined {
    return key === undefined ? undefined : this.replies.get(key);
  }

  remember(key: string | undefined, outcome: Outcome): void {
    if (key === undefined) return;
    this.replies.set(key, outcome);
    if (this.replies.size > REMEMBERED) this.replies.delete(this.replies.keys().next().value!);
  }

  /** True where this reply is to be lost. */
  loses(): boolean {
    return this.toLose > 0 && this.toLose-- > 0;
  }
}

type Outcome = { readonly result: Json } | { readonly error: RpcFault };

export class RpcConnection implements ChannelEvents {
  private readonly channel: Channel;
  private readonly frames = new FrameReader();
  private underWay = 0;
  private over = false;

  constructor(
    private readonly service: RpcService,
    fd: number,
  ) {
    this.channel = new Channel(service.sys, service.loop, fd, this);
  }

  start(): Promise<void> {
    return this.channel.start();
  }

  async data(bytes: Uint8Array): Promise<void> {
    this.frames.push(bytes);
    await this.work();
  }

  async ended(): Promise<void> {
    this.over = true;
    if (this.underWay === 0) await this.finish();
  }

  async drained(): Promise<void> {
    if (this.over && this.underWay === 0) await this.channel.close();
    else await this.work();
  }

  async failed(_code: ErrnoCode): Promise<void> {}

  private async work(): Promise<void> {
    while (!this.channel.closed && this.underWay < MAX_UNDER_WAY && !this.channel.full) {
      const frame = this.frames.next();
      if (frame === undefined) break;
      await this.frame(frame);
    }
    await this.channel.setReading(this.underWay < MAX_UNDER_WAY && !this.channel.full);
    await this.channel.flush();
  }

  private async frame(frame: Frame): Promise<void> {
    if (frame === 'too long') {
      // Where the next frame begins cannot be known any more.
      this.send({ id: null, error: { code: FAULT.notARequest, message: 'frame too long' } });
      this.over = true;
      return this.finish();
    }
    if (frame === 'not JSON') return this.send({ id: null, error: { code: FAULT.notJson, message: 'not JSON' } });
    const request = readRequest(frame.value);
    if (typeof request === 'string')
      return this.send({ id: idOf(frame.value), error: { code: FAULT.notARequest, message: request } });
    await this.carryOut(request);
  }

  private async carryOut(request: Request): Promise<void> {
    const { loop } = this.service;
    const known = this.service.remembered(request.key);
    if (known !== undefined) return this.send({ id: request.id, ...known });
    const { afterNs, outcome } = this.run(request);
    this.service.remember(request.key, outcome);
    if (afterNs === 0) return this.reply(request, outcome);
    this.underWay++;
    // Whoever waits no longer is told so when its time is over, not when the result would be there.
    const budgetNs = (request.budgetMs ?? Number.MAX_SAFE_INTEGER / NS_PER_MS) * NS_PER_MS;
    const late: Outcome = { error: { code: FAULT.deadline, message: 'deadline exceeded' } };
    loop.at((await loop.now()) + Math.min(afterNs, budgetNs), async () => {
      this.underWay--;
      await this.reply(request, budgetNs < afterNs ? late : outcome);
      if (this.over && this.underWay === 0) await this.finish();
      else await this.work();
    });
  }

  private run({ method, params, budgetMs }: Request): { readonly afterNs: number; readonly outcome: Outcome } {
    const fails = (code: number, message: string) => ({ afterNs: 0, outcome: { error: { code, message } } });
    if (budgetMs === 0) return fails(FAULT.deadline, 'deadline exceeded');
    const procedure = PROCEDURES.get(method);
    if (procedure === undefined) return fails(FAULT.unknownMethod, `no method ${method}`);
    try {
      const { result, afterNs = 0 } = procedure.run(params, this.service.state);
      return { afterNs, outcome: { result } };
    } catch (error) {
      if (!(error instanceof ProcedureError)) throw error;
      return { afterNs: 0, outcome: { error: error.fault } };
    }
  }

  private async reply(request: Request, outcome: Outcome): Promise<void> {
    if (this.channel.closed) return;
    if (this.service.loses()) return this.channel.close();
    this.send({ id: request.id, ...outcome });
  }

  private send(reply: Reply): void {
    this.channel.write(encodeFrame(reply as unknown as Json));
  }

  private async finish(): Promise<void> {
    await this.channel.end();
    if (this.channel.pending === 0) await this.channel.close();
  }
}

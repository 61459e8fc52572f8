/**
 * The caller's side. A *stub* looks like the object that lies on the other machine: `calculator.add(2, 3)` marshals the call, sends it, waits and answers, or
 * throws what went wrong over there. It cannot hide everything: a call takes time, may be lost on the way, and may have been carried out although no reply
 * came; so it has a deadline, is tried again only where that does no harm, and carries a key where the server must know it again.
 */
import { hex } from '@netarium/core/base/bytes.ts';
import { SysError } from '@netarium/core/base/errno.ts';
import { Chance } from '../../lib/chance.ts';
import type { Future } from '../../runtimes/asyncio/future.ts';
import type { EventLoop } from '../../runtimes/asyncio/loop.ts';
import type { StreamReader } from '../../runtimes/asyncio/stream-reader.ts';
import type { StreamWriter } from '../../runtimes/asyncio/stream-writer.ts';
import { openConnection } from '../../runtimes/asyncio/streams.ts';
import { createTask, sleep } from '../../runtimes/asyncio/task.ts';
import { encodeFrame, FrameReader, type Json } from './frames.ts';
import { FAULT, type Reply, type Request, type RpcFault, readReply } from './messages.ts';
import { PROCEDURES } from './procedures.ts';

/** What the other side, or the way there, made of a call. */
export class RpcError extends Error {
  override readonly name = 'RpcError';

  constructor(
    readonly code: number,
    message: string,
    /** It never got there, or no reply came back: another attempt may help. */
    readonly transient = false,
  ) {
    super(message);
  }
}

export interface CallerOptions {
  readonly address: string;
  readonly port: number;
  /** For all attempts at one call together. */
  readonly timeoutNs: number;
  /** Attempts after the first. */
  readonly retries: number;
  /** Told each frame, for those who want to see. */
  readonly show?: (direction: '>' | '<', bytes: Uint8Array) => Promise<void>;
}

const READ_BYTES = 65_536;
const NS_PER_MS = 1_000_000;
const FIRST_PAUSE_NS = 50_000_000;

export class Caller {
  private writer: StreamWriter | undefined;
  private readonly waiting = new Map<number, Future<Reply>>();
  private lastId = 0;
  private connecting: Future<void> | undefined;
  private name = '';

  constructor(
    private readonly loop: EventLoop,
    private readonly options: CallerOptions,
  ) {}

  /** One call, with its attempts. */
  async call(method: string, params: readonly Json[]): Promise<Json> {
    const deadlineNs = (await this.loop.timeNs()) + this.options.timeoutNs;
    const key = PROCEDURES.get(method)?.idempotent === true ? undefined : await this.newKey();
    let pauseNs = FIRST_PAUSE_NS;
    for (let left = this.options.retries; ; left--) {
      try {
        return await this.attempt(method, params, key, deadlineNs);
      } catch (error) {
        if (!(error instanceof RpcError) || !error.transient || left === 0) throw error;
        const remainingNs = deadlineNs - (await this.loop.timeNs());
        if (remainingNs <= pauseNs) throw error;
        await sleep(this.loop, pauseNs);
        pauseNs *= 2;
      }
    }
  }

  async close(): Promise<void> {
    await this.writer?.close();
  }

  private async newKey(): Promise<string> {
    if (this.name === '') this.name = hex(await new Chance(this.loop.sys).bytes(8));
    return `${this.name}-${++this.lastId}`;
  }

  private async attempt(
    method: string,
    params: readonly Json[],
    key: string | undefined,
    deadlineNs: number,
  ): Promise<Json> {
    const writer = await this.connected();
    const id = ++this.lastId;
    const remainingNs = deadlineNs - (await this.loop.timeNs());
    const budgetMs = Math.max(0, Math.ceil(remainingNs / NS_PER_MS));
    const request: Request = { id, method, params, budgetMs, ...(key === undefined ? {} : { key }) };
    const reply = this.loop.createFuture<Reply>();
    this.waiting.set(id, reply);
    const late = () => reply.done || reply.setException(new RpcError(FAULT.deadline, 'no reply in time'));
    const timer = await this.loop.callLater(Math.max(0, remainingNs), () => void late(), 'deadline of a call');
    try {
      const frame = encodeFrame(request as unknown as Json);
      await this.options.show?.('>', frame);
      await writer.write(frame);
      return outcomeOf(await reply.wait());
    } catch (error) {
      if (error instanceof SysError) throw new RpcError(FAULT.failed, error.reason.text, true);
      throw error;
    } finally {
      timer.cancel();
      this.waiting.delete(id);
    }
  }

  /** The connection that all calls share; the first call makes it, the others wait for it. */
  private async connected(): Promise<StreamWriter> {
    while (this.writer === undefined) {
      if (this.connecting !== undefined) {
        await this.connecting.wait();
        continue;
      }
      this.connecting = this.loop.createFuture<void>();
      try {
        await this.connect();
      } catch (error) {
        if (error instanceof SysError) throw new RpcError(FAULT.failed, error.reason.text, true);
        throw error;
      } finally {
        this.connecting.setResult(undefined);
        this.connecting = undefined;
      }
    }
    return this.writer;
  }

  private async connect(): Promise<void> {
    const { address, port } = this.options;
    const [reader, writer] = await openConnection(this.loop, address, port);
    this.writer = writer;
    createTask(this.loop, () => this.receive(reader));
  }

  /** Replies come in any order; each finds its call by the id. */
  private async receive(reader: StreamReader): Promise<void> {
    const frames = new FrameReader();
    let fault: RpcFault = { code: FAULT.failed, message: 'connection closed' };
    try {
      for (let bytes = await reader.read(READ_BYTES); bytes.length > 0; bytes = await reader.read(READ_BYTES)) {
        frames.push(bytes);
        for (let frame = frames.next(); frame !== undefined; frame = frames.next()) {
          const reply = typeof frame === 'string' ? undefined : readReply(frame.value);
          if (reply === undefined) throw new RpcError(FAULT.notJson, 'the server does not speak this protocol');
          await this.options.show?.('<', encodeFrame(reply as unknown as Json));
          this.tell(reply);
        }
      }
    } catch (error) {
      if (error instanceof RpcError) fault = error;
      else if (error instanceof SysError) fault = { code: FAULT.failed, message: error.reason.text };
      else throw error;
    }
    await this.writer?.close();
    this.writer = undefined;
    for (const reply of this.waiting.values())
      if (!reply.done) reply.setException(new RpcError(fault.code, fault.message, fault.code === FAULT.failed));
  }

  private tell(reply: Reply): void {
    const future = reply.id === null ? undefined : this.waiting.get(reply.id);
    if (future !== undefined && !future.done) future.setResult(reply);
  }
}

function outcomeOf(reply: Reply): Json {
  if ('error' in reply) throw new RpcError(reply.error.code, reply.error.message);
  return reply.result;
}

/** An object whose methods are calls: `stub<Calculator>(caller, ['add'])` answers something with a method `add`. */
export function stub<T extends Readonly<Record<string, (...args: never[]) => Promise<unknown>>>>(
  caller: Caller,
  methods: readonly (keyof T & string)[],
): T {
  const calls = methods.map((method) => [method, (...params: Json[]) => caller.call(method, params)] as const);
  return Object.fromEntries(calls) as unknown as T;
}

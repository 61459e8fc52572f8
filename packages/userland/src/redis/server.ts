/**
 * `redis-server [--port N] [--bind ADDRESS]`: a key-value server that speaks RESP2 and RESP3: strings with expiry, counters, lists with blocking pops, publish and
 * subscribe, transactions. One thread, one event loop, all in memory; nothing is saved. Other options and commands are errors that name them.
 */
import { E, SysError } from '@netarium/core/base/errno.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf } from '../lib/failure.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { LOOPBACK, listenOrSay, type Place, parseBind, parsePort, sayReady, serverProgram } from '../lib/serving.ts';
import type { EventLoop } from '../runtimes/asyncio/loop.ts';
import { run } from '../runtimes/asyncio/run.ts';
import { untilSignalled } from '../runtimes/asyncio/signals.ts';
import type { StreamReader } from '../runtimes/asyncio/stream-reader.ts';
import type { StreamWriter } from '../runtimes/asyncio/stream-writer.ts';
import { startServerOn } from '../runtimes/asyncio/streams.ts';
import { createTask, wake } from '../runtimes/asyncio/task.ts';
import { OUTPUT_MAX } from './config.ts';
import { encodeReply, fromBytes, NULL_ARRAY, ProtocolError, type Reply, RequestParser, toBytes } from './resp.ts';
import { type Blocked, isWaiting, Session, type Waiting } from './session.ts';
import { Shop } from './shop.ts';

const DEFAULT_PORT = 6379;
const READ_SIZE = 16_384;
const NS_PER_MS = 1_000_000;

export const options: ProgramOptions = {
  name: 'redis-server',
  usage: 'redis-server [--port N] [--bind ADDRESS]',
  options: [
    { names: ['--port'], value: 'N', help: `where to listen (default ${DEFAULT_PORT}; 0: any free port)` },
    { names: ['--bind'], value: 'ADDRESS', help: `the address to listen at (default ${LOOPBACK})` },
  ],
};

export const redisServer = serverProgram<Place>(
  options,
  (parsed) => ({
    address: parseBind(options.name, parsed.value('--bind') ?? LOOPBACK),
    port: parsePort(options.name, parsed.value('--port') ?? String(DEFAULT_PORT)),
  }),
  async (sys, place) => {
    const listening = await listenOrSay(sys, options.name, place, true);
    await sayReady(sys, listening);
    await run(sys, (loop) => serve(loop, listening.fd));
    return 0;
  },
);

async function serve(loop: EventLoop, listening: number): Promise<void> {
  const { sys } = loop;
  const clock = await clockOf(sys);
  const shop = new Shop(() => clock.nowMs);
  await startServerOn(loop, (reader, writer) => new Client(loop, shop, clock, reader, writer).talk(), listening);
  await untilSignalled(loop, 'SIGTERM', 'SIGINT');
}

/** The clock that expiries go by: read once for each batch of requests, as Redis does. */
interface ServerClock {
  nowMs: number;
  read(): Promise<void>;
}

async function clockOf(sys: Sys): Promise<ServerClock> {
  const clock = {
    nowMs: 0,
    async read() {
      clock.nowMs = Math.floor((await sys.clock_gettime('realtime')) / NS_PER_MS);
    },
  };
  await clock.read();
  return clock;
}

class Client {
  private readonly session: Session;
  private readonly parser = new RequestParser();
  /** What is to be sent when the batch is done. */
  private out = '';
  private gone = false;
  /** Somebody is sending, or about to. */
  private flushing = false;

  constructor(
    private readonly loop: EventLoop,
    private readonly shop: Shop,
    private readonly clock: ServerClock,
    private readonly reader: StreamReader,
    private readonly writer: StreamWriter,
  ) {
    this.session = new Session(shop, (reply) => this.tell(reply));
  }

  private encoded(reply: Reply): string {
    return encodeReply(reply, this.session.protocol);
  }

  async talk(): Promise<void> {
    try {
      await this.requests();
    } catch (error) {
      // The connection broke: there is nobody to tell.
      errnoOf(error);
    } finally {
      this.gone = true;
      this.shop.leave(this.session);
      await this.writer.close();
    }
  }

  private async requests(): Promise<void> {
    while (!this.session.over) {
      const bytes = await this.reader.read(READ_SIZE);
      if (bytes.length === 0) return;
      await this.clock.read();
      this.parser.feed(fromBytes(bytes));
      const broken = await this.batch();
      await this.flush();
      if (broken) return;
    }
  }

  /** All whole requests that have come; true where one breaks the protocol. */
  private async batch(): Promise<boolean> {
    try {
      for (let words = this.parser.next(); words !== undefined && !this.session.over; words = this.parser.next())
        if (words.length > 0) await this.one(words);
      return false;
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.out += this.encoded({ error: `ERR Protocol error: ${error.message}` });
      return true;
    }
  }

  private async one(words: readonly string[]): Promise<void> {
    const answer = this.session.answer(words);
    if (answer === undefined) return;
    if (!isWaiting(answer)) {
      this.out += this.encoded(answer);
      return;
    }
    await this.flush();
    this.out += this.encoded(await this.wait(answer));
    await this.clock.read();
  }

  /** Until another client pushes, or the time is over. */
  private async wait({ wait, timeoutMs }: Waiting): Promise<Reply> {
    const pushed = this.loop.createFuture<void>();
    let reply: Reply = NULL_ARRAY;
    const blocked: Blocked = {
      ...wait,
      give: (key, item) => {
        if (this.gone || this.reader.atEof) return false;
        reply = [key, item];
        wake(pushed);
        return true;
      },
    };
    this.shop.wait(blocked);
    const timer =
      timeoutMs === 0
        ? undefined
        : await this.loop.callLater(timeoutMs * NS_PER_MS, () => wake(pushed), 'end of a pop');
    // Who hangs up does not wait any longer; what it sent behind this request is not answered either.
    const forget = this.reader.whenEnded(() => {
      this.session.over = true;
      wake(pushed);
    });
    await pushed.wait();
    forget();
    timer?.cancel();
    this.shop.giveUp(blocked);
    return reply;
  }

  /** A message, or one of several answers: goes out when the batch is done, or where none is under way by a task of its own. */
  private tell(reply: Reply): void {
    this.out += this.encoded(reply);
    if (this.out.length > OUTPUT_MAX) this.hangUp();
    else if (!this.flushing) createTask(this.loop, () => this.flush());
  }

  /** Who does not read what it has subscribed to must not fill the server's memory (client-output-buffer-limit pubsub). */
  private hangUp(): void {
    if (this.gone) return;
    this.gone = true;
    this.out = '';
    this.shop.leave(this.session);
    createTask(this.loop, () => this.writer.fail(new SysError(E.ENOBUFS, 'send')));
  }

  private async flush(): Promise<void> {
    if (this.flushing || this.gone) return;
    this.flushing = true;
    try {
      while (this.out !== '') {
        const bytes = toBytes(this.out);
        this.out = '';
        await this.writer.write(bytes);
        await this.writer.drain();
      }
    } catch (error) {
      errnoOf(error);
      this.gone = true;
    }
    this.flushing = false;
  }
}

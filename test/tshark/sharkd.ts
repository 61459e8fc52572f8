/**
 * A sharkd of our own (sharkd(1)): Wireshark's dissection as a server that reads capture after capture, where tshark would have to start for each of
 * them. It speaks JSON-RPC 2.0, a request and its answer a line each, and ends with its standard input, that is with this process.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Environment } from './home.ts';

interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

export interface Columns {
  readonly protocol: string;
  readonly info: string;
}

interface FrameRow {
  readonly num: number;
  readonly c: readonly [protocol: string, info: string];
}

/** Its answer to `check` where the expression does not compile. */
const FILTER_INVALID = -5001;

export class Sharkd {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly lines: AsyncIterator<string>;
  private errors = '';
  private failure: Error | undefined;
  private requests = 0;
  /** The end of all that was asked so far: one capture is open at a time. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(env: Environment) {
    this.child = spawn('sharkd', ['-'], { env });
    this.child.on('error', (error) => (this.failure = error));
    // Whoever waits for its answer is told that it ended.
    this.child.stdin.on('error', () => undefined);
    this.child.stderr.on('data', (data: Buffer) => (this.errors += data.toString()));
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  /** The columns of the preferences: protocol and info of each frame. */
  async columns(file: string): Promise<Columns[]> {
    const frames = await this.frames(file, {});
    return frames.map(({ c: [protocol, info] }) => ({ protocol, info }));
  }

  /** Numbers of the frames that a display filter lets through. */
  async matching(file: string, filter: string): Promise<number[]> {
    return (await this.frames(file, { filter })).map(({ num }) => num);
  }

  /** Whether it takes a display filter. */
  async takes(filter: string): Promise<boolean> {
    const { error } = await this.inTurn(() => this.request('check', { filter }));
    if (error !== undefined && error.code !== FILTER_INVALID) throw new Error(`sharkd: ${error.message}`);
    return error === undefined;
  }

  private frames(file: string, which: { readonly filter?: string }): Promise<readonly FrameRow[]> {
    return this.inTurn(async () => {
      await this.ask('load', { file });
      return (await this.ask('frames', which)) as readonly FrameRow[];
    });
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }

  private async ask(method: string, params: object): Promise<unknown> {
    const { result, error } = await this.request(method, params);
    if (error !== undefined) throw new Error(`sharkd, ${method}: ${error.message}`);
    return result;
  }

  private async request(method: string, params: object): Promise<Answer> {
    this.child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: ++this.requests, method, params })}\n`);
    const { value, done } = await this.lines.next();
    if (done === true) throw this.failure ?? new Error(`sharkd ended: ${this.errors}`);
    return JSON.parse(value) as Answer;
  }
}

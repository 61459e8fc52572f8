/** What `httpd` does with a request: plans the answer and sends the parts of the file, as fast as the client takes them. */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { type Framing, latin1Bytes, type RequestHead } from '../message.ts';
import type { RequestHandler } from '../server/request-handler.ts';
import type { Session } from '../server/session.ts';
import type { HttpdConfig } from './config.ts';
import { type FileCache, KEPT_FILE_BYTES } from './file-cache.ts';
import { bodyLength, type PlannedFile, planResponse, type ResponsePlan, type Segment } from './respond.ts';

const CONTINUE = latin1Bytes('HTTP/1.1 100 Continue\r\n\r\n');
const FILE_READ_BYTES = 65_536;
/** A fast client of a large file gives way to others after so many pieces. */
const PIECES_A_TURN = 8;

/** Nothing in the request makes the answer another than the whole file. */
function isPlain({ method, fields }: RequestHead): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  for (const { name } of fields) if (/^(if-|range)/i.test(name)) return false;
  return true;
}

export class FileHandler implements RequestHandler {
  private head: RequestHead | undefined;
  private fd: number | undefined;
  private queue: Segment[] = [];
  private position = -1;

  constructor(
    private readonly sys: Sys,
    private readonly config: HttpdConfig,
    private readonly cache: FileCache,
    private readonly session: Session,
  ) {}

  request(head: RequestHead, framing: Framing): Promise<void> | undefined {
    this.head = head;
    const expectations = head.fields.tokens('expect');
    if (expectations.length === 0) return undefined;
    if (expectations.some((expectation) => expectation !== '100-continue')) return this.session.answerError(417, true);
    // RFC 9110 section 10.1.1: the client waits for this before it sends the body, which is read and dropped.
    if (framing.kind === 'none' || head.version.minor === 0) return undefined;
    this.session.writeRaw(CONTINUE);
    return this.session.flush();
  }

  data(): undefined {
    return undefined;
  }

  complete(): Promise<void> | undefined {
    const head = this.head!;
    const plain = !this.config.chunked && isPlain(head);
    const kept = plain ? this.cache.fresh(head.target, this.session.context.loop.nowNs) : undefined;
    return kept === undefined ? this.look(head, plain) : this.session.answerShared(kept);
  }

  async drained(): Promise<void> {
    if (this.queue.length > 0) await this.pour();
  }

  aborted(): Promise<void> {
    return this.release();
  }

  private async look(head: RequestHead, plain: boolean): Promise<void> {
    const kept = plain ? await this.cache.find(head.target, this.session.context.loop.nowNs) : undefined;
    if (kept !== undefined) return this.session.answerShared(kept);
    const plan = await planResponse(this.sys, this.config, head);
    if (plain && head.method === 'GET' && plan.file !== undefined && plan.file.stat.size <= KEPT_FILE_BYTES)
      await this.read(head.target, plan, plan.file);
    else await this.send(plan, head);
  }

  /** Reads a small file whole, sends it, and keeps it. */
  private async read(target: string, plan: ResponsePlan, { path, stat }: PlannedFile): Promise<void> {
    const { context } = this.session;
    this.fd = plan.fd;
    const content = stat.size === 0 ? new Uint8Array(0) : await this.sys.read(plan.fd!, stat.size);
    await this.release();
    if (content.length < stat.size) return this.session.abort();
    const response = { fields: context.formatFields(plan.fields), content };
    await this.cache.keep(target, path, stat, response, context.loop);
    await this.session.answerShared(response);
  }

  private async send(plan: ResponsePlan, head: RequestHead): Promise<void> {
    this.fd = plan.fd;
    this.position = -1;
    const chunked = this.config.chunked && plan.status === 200 && plan.fd !== undefined && head.version.minor >= 1;
    const bare = plan.status === 304 || plan.status === 204;
    const length = bodyLength(plan.body);
    this.session.begin(
      plan.status,
      plan.fields,
      chunked ? { kind: 'stream' } : bare ? { kind: 'none' } : { kind: 'length', length },
    );
    this.queue = head.method === 'HEAD' ? [] : [...plan.body];
    await this.pour();
  }

  /** Sends until the client is full, the body is at its end, or others should have their turn. */
  private async pour(): Promise<void> {
    for (let pieces = 0; this.queue.length > 0; pieces++) {
      if (this.session.full) {
        await this.session.flush();
        if (this.session.full) return;
      }
      if (pieces === PIECES_A_TURN) {
        this.session.context.loop.soon(() => this.drained());
        return;
      }
      if (!(await this.piece())) return;
    }
    await this.release();
    await this.session.finish();
  }

  /** Queues the next piece; false where the file became shorter than it was announced: only closing tells the client. */
  private async piece(): Promise<boolean> {
    const segment = this.queue[0]!;
    if (segment instanceof Uint8Array) {
      this.session.write(segment);
      this.queue.shift();
      return true;
    }
    const fd = this.fd!;
    if (this.position !== segment.offset) await this.sys.lseek(fd, segment.offset, 'set');
    const bytes = await this.sys.read(fd, Math.min(segment.length, FILE_READ_BYTES));
    if (bytes.length === 0) {
      await this.release();
      await this.session.abort();
      return false;
    }
    this.position = segment.offset + bytes.length;
    this.session.write(bytes);
    if (bytes.length === segment.length) this.queue.shift();
    else this.queue[0] = { offset: this.position, length: segment.length - bytes.length };
    return true;
  }

  private async release(): Promise<void> {
    this.queue = [];
    const { fd } = this;
    this.fd = undefined;
    if (fd !== undefined) await this.sys.close(fd);
  }
}

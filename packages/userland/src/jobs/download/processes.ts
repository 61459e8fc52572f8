/**
 * A pool of child processes: attempts go down a pipe to each, results come back up another, a line of JSON for each. A child that dies takes its attempt with
 * it, which counts as failed; another child takes its place.
 */
import { decodeUtf8 } from '@netarium/core/base/utf8.ts';
import { POLL, type Sys } from '@netarium/core/syscall/sys.ts';
import { unless } from '../../lib/failure.ts';
import { LineReader, writeAll } from '../../lib/stdio.ts';
import type { FetchSettings } from './conclusion.ts';
import { Fetcher } from './fetch.ts';
import type { Attempt, Result } from './scheduler.ts';
import { inOrder } from './threads.ts';
import { type ThreadUse, WaitMeter } from './wait-meter.ts';
import type { Run, Way } from './way.ts';

type Answer = { readonly ready: true } | { readonly result: Result } | { readonly use: ThreadUse };

const READ_BYTES = 65_536;

export const processes: Way = async (run) => {
  const parent = new Parent(run);
  await parent.run();
  return parent.end();
};

interface Child {
  readonly name: string;
  readonly pid: number;
  /** Our ends: attempts down (-1 once it is closed), results up. */
  down: number;
  readonly up: number;
  ready: boolean;
  /** A line that is not whole yet. */
  rest: string;
  attempt: Attempt | undefined;
}

class Parent {
  private readonly children = new Set<Child>();
  private readonly uses: ThreadUse[] = [];
  private made = 0;

  constructor(private readonly pass: Run) {}

  async run(): Promise<void> {
    const { sys, scheduler, concurrency } = this.pass;
    await sys.sigaction('SIGPIPE', 'ignore');
    while (this.made < concurrency) await this.fork();
    while ([...this.children].some(({ ready }) => !ready)) await this.take(-1);
    await this.pass.began();
    for (;;) {
      const nowNs = await sys.clock_gettime('monotonic');
      const free = [...this.children].find(({ attempt }) => attempt === undefined);
      const room = free !== undefined || this.children.size < concurrency;
      const next = room ? scheduler.next(nowNs) : { do: 'idle' as const };
      if (next.do === 'end') return;
      if (next.do === 'start') await this.deal(free ?? (await this.fork()), next.attempt);
      else await this.take(next.do === 'wait' ? next.untilNs - nowNs : -1);
    }
  }

  /** Tells all to go, and waits for them. */
  async end(): Promise<ThreadUse[]> {
    for (const child of this.children) {
      await this.pass.sys.close(child.down);
      child.down = -1;
    }
    while (this.children.size > 0) await this.take(-1);
    return inOrder(this.uses);
  }

  private async fork(): Promise<Child> {
    const { sys, settings } = this.pass;
    const name = `process-${++this.made}`;
    const [downRead, down] = await sys.pipe();
    const [up, upWrite] = await sys.pipe();
    // The ends of its brothers too: a pipe whose writer another child holds would never end.
    const foreign = [down, up, ...[...this.children].flatMap((child) => [child.down, child.up])];
    const pid = await sys.fork('child', [name, { ...settings }, downRead, upWrite, foreign]);
    await sys.close(downRead);
    await sys.close(upWrite);
    const child = { name, pid, down, up, ready: false, rest: '', attempt: undefined };
    this.children.add(child);
    return child;
  }

  private async deal(child: Child, attempt: Attempt): Promise<void> {
    child.attempt = attempt;
    // One that has died is heard of by the end of its other pipe.
    await unless(writeAll(this.pass.sys, child.down, `${JSON.stringify(attempt)}\n`), 'EPIPE');
  }

  private async take(timeoutNs: number): Promise<void> {
    const { sys } = this.pass;
    const requests = [...this.children].map(({ up }) => ({ fd: up, events: POLL.IN }));
    const ready = new Set((await sys.poll(requests, timeoutNs)).map(({ fd }) => fd));
    for (const child of [...this.children]) if (ready.has(child.up)) await this.hear(child);
  }

  private async hear(child: Child): Promise<void> {
    const { sys } = this.pass;
    const bytes = await sys.read(child.up, READ_BYTES);
    if (bytes.length === 0) return this.bury(child);
    const lines = (child.rest + decodeUtf8(bytes)).split('\n');
    child.rest = lines.pop()!;
    for (const line of lines) {
      const answer = JSON.parse(line) as Answer;
      if ('ready' in answer) child.ready = true;
      else if ('use' in answer) this.uses.push(answer.use);
      else {
        child.attempt = undefined;
        await this.pass.report(answer.result, child.name);
      }
    }
  }

  /** It has ended, by itself or not. */
  private async bury(child: Child): Promise<void> {
    const { sys } = this.pass;
    this.children.delete(child);
    await sys.close(child.up);
    await sys.waitpid(child.pid);
    if (child.down >= 0) await sys.close(child.down);
    if (child.attempt !== undefined) await this.pass.report(lostWith(child.attempt), child.name);
  }
}

function lostWith({ index }: Attempt): Result {
  const nothing = { ok: false, status: 0, type: '', bytes: 0, sha256: '', disk: false, validator: '', retryAfterNs: 0 };
  return { ...nothing, index, reason: 'the process that downloaded it died', again: true, tookNs: 0 };
}

/** A child: attempts until the pipe ends. */
export async function child(
  own: Sys,
  name: string,
  settings: FetchSettings,
  down: number,
  up: number,
  foreign: readonly number[],
): Promise<number> {
  for (const fd of foreign) await own.close(fd);
  const meter = await WaitMeter.create(own);
  const lines = new LineReader(meter.sys, down);
  const fetcher = new Fetcher(meter.sys, settings, meter);
  await writeAll(own, up, '{"ready":true}\n');
  for (;;) {
    const line = await lines.next();
    if (line === undefined) break;
    const result = await fetcher.fetch(JSON.parse(line) as Attempt);
    await writeAll(own, up, `${JSON.stringify({ result })}\n`);
  }
  await fetcher.close();
  await writeAll(own, up, `${JSON.stringify({ use: await meter.use(name) })}\n`);
  return 0;
}

/**
 * A reactor in one thread: `getPage` for each file, callbacks for what comes of it, a DeferredList over all lanes that stops the reactor after the last file,
 * also where some have failed. As with Twisted's getPage each request has a connection of its own, and looking up a name blocks.
 */
import { SysError } from '@netarium/core/base/errno.ts';
import type { SockAddrIn } from '@netarium/core/syscall/sys.ts';
import { lookupHost } from '../../http/client/names.ts';
import type { ResponseHead } from '../../http/message.ts';
import { authorityOf, parseUrl, portOf, targetOf, type Url } from '../../http/url.ts';
import { CancelledError, Deferred, deferredList, type Failure } from '../../runtimes/twisted/deferred.ts';
import { getPage, PartialDownloadError } from '../../runtimes/twisted/get-page.ts';
import { type DelayedCall, Reactor } from '../../runtimes/twisted/reactor.ts';
import { Conclusion } from './conclusion.ts';
import { MAX_REDIRECTS } from './fetch.ts';
import { PartFile } from './part-file.ts';
import { type Meaning, meaningOf, requestFields, retryAfterNs, validatorOf } from './response.ts';
import type { Attempt, Result } from './scheduler.ts';
import { Deadlines, type TimeOut } from './time-limits.ts';
import { Trouble } from './trouble.ts';
import { WaitMeter } from './wait-meter.ts';
import type { Run, Way } from './way.ts';

export const reactor: Way = async (run) => {
  const meter = await WaitMeter.create(run.sys);
  const loop = await Reactor.create(meter.sys);
  const downloads = new Downloads(run, loop, meter);
  const lanes = Array.from({ length: run.concurrency }, () => new Deferred(loop));
  const all = await deferredList(loop, lanes);
  await all.addBoth(() => loop.stop());
  await loop.callWhenRunning(async () => {
    for (const lane of lanes) await downloads.goOn(lane);
  });
  await run.began();
  await loop.run();
  return [await meter.use('main')];
};

class Downloads {
  private readonly addresses = new Map<string, string>();

  constructor(
    private readonly pass: Run,
    private readonly loop: Reactor,
    private readonly meter: WaitMeter,
  ) {}

  /** The lane's next file, until there is nothing to start. */
  async goOn(lane: Deferred): Promise<void> {
    const nowNs = await this.loop.sys.clock_gettime('monotonic');
    const next = this.pass.scheduler.next(nowNs);
    if (next.do === 'end' || next.do === 'idle') await lane.callback(undefined);
    else if (next.do === 'wait') await this.loop.callLater(next.untilNs - nowNs, () => this.goOn(lane));
    else {
      await Page.begin(this.pass, this.loop, this.meter, this.addresses, next.attempt, async (result) => {
        await this.pass.report(result, 'main');
        await this.goOn(lane);
      });
    }
  }
}

/** One attempt. */
class Page {
  private url: Url;
  private hops = 0;
  private have = 0;
  private validator = '';
  private meaning: Meaning | undefined = undefined;
  private head: ResponseHead | undefined = undefined;
  private heardNs = 0;
  private watch: DelayedCall | undefined = undefined;
  private readonly deadlines: Deadlines;
  private connecting = true;
  /** Why it was given up. */
  private timeOut: TimeOut | undefined = undefined;

  private constructor(
    private readonly pass: Run,
    private readonly loop: Reactor,
    private readonly meter: WaitMeter,
    private readonly addresses: Map<string, string>,
    private readonly file: PartFile,
    private readonly conclusion: Conclusion,
    url: string,
    private readonly done: (result: Result) => Promise<void>,
  ) {
    this.url = parseUrl(url) as Url;
    this.deadlines = new Deadlines(pass.settings, conclusion.startNs);
  }

  static async begin(
    pass: Run,
    loop: Reactor,
    meter: WaitMeter,
    addresses: Map<string, string>,
    attempt: Attempt,
    done: (result: Result) => Promise<void>,
  ): Promise<void> {
    const file = new PartFile(loop.sys, attempt.path, attempt.url);
    const conclusion = await Conclusion.create(loop.sys, attempt, file, pass.settings);
    const page = new Page(pass, loop, meter, addresses, file, conclusion, attempt.url, done);
    try {
      Object.assign(page, await file.goOn(attempt.validator, pass.settings.resume));
      await page.request();
    } catch (error) {
      await page.fail(error);
    }
  }

  private async request(): Promise<void> {
    const { loop, url } = this;
    const server = await this.server();
    this.meaning = undefined;
    this.connecting = true;
    this.heard();
    const page = await getPage(loop, server, targetOf(url), {
      connected: () => {
        this.connecting = false;
        this.heard();
      },
      fields: requestFields(authorityOf(url), this.have, this.validator),
      head: (head) => this.began(head),
      data: (bytes) => this.came(bytes),
    });
    await this.watchOver(page);
    await page.addCallbacks(
      () => this.complete(),
      (failure: Failure) => this.broken(failure.error),
    );
  }

  private async server(): Promise<SockAddrIn> {
    const { host } = this.url;
    const address = this.addresses.get(host) ?? (await lookupHost(this.loop.sys, host))?.[0];
    if (address === undefined) throw new Trouble(`${host}: name not found`, true);
    this.addresses.set(host, address);
    return { family: 'inet', address, port: portOf(this.url) };
  }

  private async began(head: ResponseHead): Promise<void> {
    const { known } = this.conclusion;
    this.head = head;
    known.status = head.status;
    this.meaning = meaningOf(head, this.url, this.have);
    if (this.meaning.take !== 'body') return;
    known.type = head.fields.get('content-type') ?? '';
    known.validator = validatorOf(head);
    if (this.meaning.from === 0) await this.file.begin(this.meaning.length, known.validator);
  }

  private async came(bytes: Uint8Array): Promise<void> {
    this.heard();
    if (this.meaning?.take === 'body' && this.file.take(bytes)) await this.file.flush();
  }

  /** By the end of the last wait. */
  private heard(): void {
    this.heardNs = this.meter.lastNs;
  }

  /** Gives up a page that takes too long. */
  private async watchOver(page: Deferred): Promise<void> {
    const { timeoutNs, connectTimeoutNs } = this.pass.settings;
    const look = async (): Promise<void> => {
      const nowNs = await this.loop.sys.clock_gettime('monotonic');
      const leftNs = this.deadlines.at(this.heardNs, this.connecting) - nowNs;
      // The limit of silence may begin to count, and end, before what is left now.
      if (leftNs > 0) this.watch = await this.loop.callLater(Math.min(leftNs, timeoutNs, connectTimeoutNs), look);
      else {
        this.timeOut = this.deadlines.timeOut(nowNs, this.connecting);
        await page.cancel();
      }
    };
    await look();
  }

  /** The response is whole: the file, or the way to it. */
  private async complete(): Promise<void> {
    this.watch?.cancel();
    const { meaning } = this;
    if (meaning?.take === 'body') return this.done(await this.conclusion.finished());
    if (meaning?.take === 'elsewhere' && this.hops++ < MAX_REDIRECTS) {
      this.url = meaning.url;
      try {
        return await this.request();
      } catch (error) {
        return this.fail(error);
      }
    }
    const reason = meaning?.take === 'nothing' ? meaning.reason : `more than ${MAX_REDIRECTS} redirects`;
    return this.fail(new Trouble(reason, meaning?.take === 'nothing' && meaning.again));
  }

  private broken(error: unknown): Promise<void> {
    this.watch?.cancel();
    const { meaning, head } = this;
    if (meaning?.take === 'nothing')
      return this.fail(new Trouble(meaning.reason, meaning.again, head === undefined ? 0 : retryAfterNs(head)));
    if (error instanceof CancelledError && this.timeOut !== undefined) return this.fail(this.timeOut);
    if (error instanceof PartialDownloadError) return this.fail(new Trouble(error.message, true));
    if (error instanceof SysError) return this.fail(new Trouble(error.reason.text, true));
    return this.fail(error);
  }

  private async fail(error: unknown): Promise<void> {
    await this.done(await this.conclusion.failed(error));
  }
}

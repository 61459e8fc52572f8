import { SysError } from '@netarium/core/base/errno.ts';
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { describe, expect, test } from 'vitest';
import { inProgram, onNetwork } from '../program.test-util.ts';
import { Deferred, deferredList, type Failure } from './deferred.ts';
import { getPage } from './get-page.ts';
import { Reactor } from './reactor.ts';

const MS = 1_000_000;
const log = () => ({ unhandled: new Set<Deferred>() });

describe('Deferred', () => {
  test('results go through the callbacks, failures through the errbacks, and back', async () => {
    const seen: string[] = [];
    const deferred = new Deferred(log());
    await deferred.addCallback((n: number) => n + 1);
    await deferred.addCallback((n: number) => {
      seen.push(`result ${n}`);
      throw new RangeError('bad');
    });
    await deferred.addCallback(() => seen.push('never'));
    await deferred.addErrback((failure: Failure) => {
      seen.push(`${failure.trap('RangeError')}: ${failure.message}`);
      return 'cured';
    });
    await deferred.addBoth((result: string) => seen.push(result));
    await deferred.callback(1);
    expect(seen).toEqual(['result 2', 'RangeError: bad', 'cured']);
    await expect(deferred.callback(2)).rejects.toHaveProperty('name', 'AlreadyCalledError');
  });

  test('one that has fired runs a new callback at once; one that a callback returns is waited for', async () => {
    const seen: unknown[] = [];
    const inner = new Deferred(log());
    const outer = new Deferred(log());
    await outer.callback('first');
    await outer.addCallback((result: string) => {
      seen.push(result);
      return inner;
    });
    await outer.addCallback((result: string) => seen.push(result));
    expect(seen).toEqual(['first']);
    await inner.callback('second');
    expect(seen).toEqual(['first', 'second']);
  });

  test('a failure that nobody takes is unhandled until somebody does; trap lets others through', async () => {
    const failures = log();
    const deferred = new Deferred(failures);
    await deferred.errback(new RangeError('lost'));
    expect(failures.unhandled.size).toBe(1);
    await deferred.addErrback((failure: Failure) => failure.trap('TypeError'));
    expect(deferred.failure?.message).toBe('lost');
    await deferred.addErrback(() => undefined);
    expect(failures.unhandled.size).toBe(0);
    const cancelled = new Deferred(failures);
    await cancelled.cancel();
    expect(cancelled.failure?.error).toHaveProperty('name', 'CancelledError');
  });

  test('a list fires when all have come, in its own order, or with the first', async () => {
    const failures = log();
    const make = () => [0, 1, 2].map(() => new Deferred(failures));
    const all = make();
    let results: unknown;
    const list = await deferredList(failures, all, { consumeErrors: true });
    await list.addCallback((value: unknown) => {
      results = value;
    });
    await all[2]!.callback('c');
    await all[0]!.errback(new Error('a'));
    expect(results).toBeUndefined();
    await all[1]!.callback('b');
    expect(results).toMatchObject([
      [false, { message: 'a' }],
      [true, 'b'],
      [true, 'c'],
    ]);
    expect(failures.unhandled.size).toBe(0);
    const race = make();
    const first = await deferredList(failures, race, { fireOnOneCallback: true });
    await race[1]!.callback('won');
    await first.addCallback((value: unknown) => expect(value).toEqual(['won', 1]));
    const strict = make();
    const failing = await deferredList(failures, strict, { fireOnOneErrback: true, consumeErrors: true });
    await strict[0]!.errback(new Error('stop'));
    expect(failing.failure?.message).toBe('stop');
    expect((await deferredList(failures, [])).failure).toBeUndefined();
  });
});

describe('the reactor', () => {
  test('calls by time; one that blocks delays all; it runs once', async () => {
    const { lines } = await inProgram(async (sys, note) => {
      const reactor = await Reactor.create(sys);
      const startNs = await sys.clock_gettime('monotonic');
      const at = async (what: string) =>
        note(`${what} ${Math.round(((await sys.clock_gettime('monotonic')) - startNs) / MS)}`);
      await reactor.callLater(20 * MS, () => at('second'));
      await reactor.callLater(10 * MS, async () => {
        await at('blocks');
        await sys.nanosleep(50 * MS);
      });
      (await reactor.callLater(15 * MS, () => at('never'))).cancel();
      await reactor.callLater(30 * MS, () => {
        throw new Error('in a call');
      });
      await reactor.callLater(70 * MS, () => reactor.stop());
      await reactor.callWhenRunning(() => at('running'));
      expect(() => reactor.stop()).toThrow("Can't stop reactor that isn't running.");
      await reactor.run();
      await reactor.run().catch((error: Error) => note(error.name));
    });
    expect(lines).toEqual(['running 0', 'blocks 10', 'second 60', 'ReactorNotRestartable']);
  });

  test('exceptions and unhandled failures are told', async () => {
    const { text } = await inProgram(async (sys) => {
      const reactor = await Reactor.create(sys);
      await reactor.callLater(0, () => {
        throw new Error('in a call');
      });
      await reactor.callLater(MS, () => new Deferred(reactor).errback(new RangeError('lost')));
      await reactor.callLater(2 * MS, () => reactor.stop());
      await reactor.run();
    });
    expect(text).toBe('Unhandled Error\nError: in a call\nUnhandled error in Deferred:\nRangeError: lost\n');
  });

  test('pages, errors of the server and of the network', async () => {
    const lines = await onNetwork(async (sys, note) => {
      const folder = await sys.open('/page', { write: true, create: true });
      await sys.write(folder, encodeUtf8('a page'));
      await sys.close(folder);
      const pid = await sys.spawn('/usr/sbin/httpd', ['httpd', '/']);
      await sys.nanosleep(50 * MS);
      const reactor = await Reactor.create(sys);
      const targets = [['/page', 80] as const, ['/none', 80] as const, ['/page', 9] as const];
      const pages: Deferred[] = [];
      for (const [path, port] of targets) {
        const page = await getPage(reactor, { family: 'inet', address: '127.0.0.1', port }, path);
        await page.addCallback((body: Uint8Array) => note(decodeUtf8(body)));
        await page.addErrback(({ error }: Failure) => note(error instanceof SysError ? error.code : String(error)));
        pages.push(page);
      }
      await (await deferredList(reactor, pages)).addBoth(() => reactor.stop());
      await reactor.run();
      await sys.kill(pid, 'SIGTERM');
      await sys.waitpid(pid);
    });
    expect(lines.sort()).toEqual(['ECONNREFUSED', 'Error: 404 Not Found', 'a page']);
  });
});

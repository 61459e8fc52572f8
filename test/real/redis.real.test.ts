/** Unmodified clients at `netarium real redis-server`: one ioredis program there and at Debian's redis-server, the same transcript; Debian's redis-cli. */
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killAll, other, run, start, startOther } from './netarium.ts';

const DEBIAN_PORT = 17_480;
let port = 0;

beforeAll(async () => {
  const quiet = ['--port', String(DEBIAN_PORT), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  await startOther('redis-server', quiet).says(/Ready to accept connections/);
  port = await (await start(['redis-server', '--port', '0'])).port();
});

afterAll(killAll);

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What ioredis tells, a line for each step. */
class Transcript {
  readonly lines: string[] = [];

  async step(what: string, answer: Promise<unknown>): Promise<void> {
    const told = await answer.then(
      (value) => JSON.stringify(value),
      (error: Error) => `${error.name}: ${error.message}`,
    );
    this.lines.push(`${what} ${told}`);
  }
}

async function strings(redis: Redis, t: Transcript): Promise<void> {
  await t.step('set', redis.set('name', '张三'));
  await t.step('get', redis.get('name'));
  await t.step('bytes', redis.set('bytes', Buffer.from([0, 13, 10, 255])));
  await t.step('bytes', redis.getBuffer('bytes'));
  await t.step('incr', redis.incr('hits'));
  await t.step('incrby', redis.incrby('hits', 41));
  await t.step('wrong type', redis.incr('name'));
  await t.step('mset', redis.mset({ a: '1', b: '2' }));
  await t.step('mget', redis.mget('a', 'b', 'none'));
  await t.step('large', redis.set('large', 'x'.repeat(1_000_000)));
  await t.step('strlen', redis.strlen('large'));
  await t.step('unknown', redis.call('NOSUCH', 'one', 'two'));
}

async function expiry(redis: Redis, t: Transcript): Promise<void> {
  await t.step('set px', redis.set('soon', 'gone', 'PX', 1500));
  await t.step('get', redis.get('soon'));
  await t.step('set ex', redis.set('later', 'here', 'EX', 100));
  await t.step('ttl', redis.ttl('later'));
  await t.step('persist', redis.persist('later'));
  await t.step('ttl', redis.ttl('later'));
  await pause(1700);
  await t.step('get', redis.get('soon'));
  await t.step('ttl', redis.ttl('soon'));
}

async function lists(redis: Redis, t: Transcript): Promise<void> {
  await t.step('rpush', redis.rpush('jobs', 'one', 'two', 'three'));
  await t.step('lrange', redis.lrange('jobs', 0, -1));
  await t.step('lpop', redis.lpop('jobs'));
  await t.step('blpop', redis.blpop('jobs', 1));
  const taker = redis.duplicate();
  const taken = taker.brpop('empty', 'late', 5);
  await pause(100);
  await t.step('lpush', redis.lpush('late', 'work'));
  await t.step('brpop', taken);
  const before = performance.now();
  await t.step('nobody pushes', taker.blpop('never', 0.2));
  const took = performance.now() - before;
  t.lines.push(took > 150 && took < 3000 ? 'in time' : `0.2 s took ${took} ms`);
  taker.disconnect();
}

async function channels(redis: Redis, t: Transcript): Promise<void> {
  const listener = redis.duplicate();
  const heard: string[] = [];
  listener.on('message', (channel, message) => heard.push(`${channel}: ${message}`));
  listener.on('pmessage', (pattern, channel, message) => heard.push(`${pattern} ${channel}: ${message}`));
  await t.step('subscribe', listener.subscribe('news', 'sport'));
  await t.step('psubscribe', listener.psubscribe('new*'));
  await t.step('get while subscribed', listener.get('a'));
  await t.step('publish', redis.publish('news', 'sunny'));
  await t.step('publish', redis.publish('other', 'unheard'));
  for (let i = 0; i < 500 && heard.length < 2; i++) await pause(10);
  t.lines.push(heard.join('; '));
  await t.step('unsubscribe', listener.unsubscribe('news', 'sport'));
  await t.step('punsubscribe', listener.punsubscribe('new*'));
  await t.step('get afterwards', listener.get('a'));
  listener.disconnect();
}

/** A subscriber that does not read for a while gets everything afterwards. */
async function slowListener(redis: Redis, t: Transcript): Promise<void> {
  const listener = redis.duplicate();
  let bytes = 0;
  listener.on('message', (_channel, message) => (bytes += message.length));
  await t.step('subscribe', listener.subscribe('bulk'));
  listener.stream.pause();
  const sent = await Promise.all(Array.from({ length: 300 }, () => redis.publish('bulk', 'x'.repeat(20_000))));
  t.lines.push(`${sent.filter((count) => count === 1).length} published`);
  listener.stream.resume();
  for (let i = 0; i < 2000 && bytes < 6_000_000; i++) await pause(10);
  t.lines.push(`${bytes} bytes heard`);
  listener.disconnect();
}

/** Ten clients count up by WATCH, GET, MULTI, SET, EXEC, again where another one was first; then a watched key that runs out. */
async function watching(redis: Redis, t: Transcript): Promise<void> {
  const clients = Array.from({ length: 10 }, () => redis.duplicate());
  await redis.set('counted', '0');
  let givenUp = 0;
  const countUp = async (client: Redis): Promise<void> => {
    for (let done = 0; done < 20; ) {
      await client.watch('counted');
      const next = Number(await client.get('counted')) + 1;
      if ((await client.multi().set('counted', next).exec()) === null) givenUp++;
      else done++;
    }
  };
  await Promise.all(clients.map(countUp));
  await t.step('counted by ten', redis.get('counted'));
  t.lines.push(givenUp > 0 ? 'some had to do it again' : 'nobody had to do it again');
  for (const client of clients) client.disconnect();
  await t.step('set px', redis.set('soon', '1', 'PX', 50));
  await t.step('watch', redis.watch('soon'));
  await pause(150);
  await t.step('exec after it ran out', redis.multi().set('after', '1').exec());
}

async function scanned(redis: Redis, t: Transcript): Promise<void> {
  const pipeline = redis.pipeline();
  for (let i = 0; i < 500; i++) pipeline.set(`scan:${i % 5}:${i}`, 'x');
  await pipeline.exec();
  const found = new Set<string>();
  for await (const keys of redis.scanStream({ match: 'scan:3:*', count: 20 }))
    for (const key of keys as string[]) found.add(key);
  t.lines.push(`${found.size} found by SCAN`);
  await t.step('config get', redis.config('GET', 'maxmemory-policy'));
}

async function together(redis: Redis, t: Transcript): Promise<void> {
  await t.step('multi', redis.multi().set('x', '1').incr('x').get('x').exec());
  await t.step('multi with a fault', redis.multi().set('y', 'text').incr('y').get('y').exec());
  const pipeline = redis.pipeline();
  for (let i = 0; i < 2000; i++) pipeline.rpush('many', `item ${i}`);
  const answers = (await pipeline.exec())!.map(([, length]) => length);
  t.lines.push(`pipeline ${answers.length} ${String(answers.at(-1))}`);
  await t.step('lindex', redis.lindex('many', 1234));
  const clients = Array.from({ length: 20 }, () => redis.duplicate());
  await Promise.all(clients.flatMap((client) => Array.from({ length: 50 }, () => client.incr('shared'))));
  await t.step('1000 increments by 20 clients', redis.get('shared'));
  for (const client of clients) client.disconnect();
}

/** The whole program; it leaves nothing behind. */
async function program(at: number): Promise<readonly string[]> {
  const redis = new Redis({ host: '127.0.0.1', port: at, db: 3, connectionName: 'tester', maxRetriesPerRequest: 1 });
  const t = new Transcript();
  await t.step('flushall', redis.flushall());
  await t.step('name', redis.client('GETNAME'));
  for (const part of [strings, expiry, lists, channels, slowListener, watching, scanned, together])
    await part(redis, t);
  await t.step('select', redis.select(0));
  await t.step('dbsize', redis.dbsize());
  await t.step('select', redis.select(3));
  await t.step('flushdb', redis.flushdb());
  await t.step('dbsize', redis.dbsize());
  await t.step('quit', redis.quit());
  return t.lines;
}

describe('netarium real redis-server', () => {
  it('the same ioredis program says the same there and at Debian’s redis-server', async () => {
    const debian = await program(DEBIAN_PORT);
    expect(debian.length).toBe(60);
    expect(await program(port)).toEqual(debian);
  });

  it('Debian’s redis-cli can use it', async () => {
    const cli = async (...words: string[]): Promise<string> =>
      (await other('redis-cli', ['-p', String(port), ...words])).stdout;
    expect(await cli('SET', 'greeting', 'hello')).toBe('OK\n');
    expect(await cli('GET', 'greeting')).toBe('hello\n');
    expect(await cli('RPUSH', 'l', 'a', 'b')).toBe('2\n');
    expect(await cli('BLPOP', 'l', '1')).toBe('l\na\n');
    expect(await cli('-r', '3', 'INCR', 'n')).toBe('1\n2\n3\n');
    const three = await other('redis-cli', ['-p', String(port), '-3', '--no-raw', 'CONFIG', 'GET', 'save']);
    expect([three.stderr, three.stdout]).toEqual(['', '1# "save" => ""\n']);
    const bench = await other('redis-benchmark', [
      '-p',
      String(port),
      '-n',
      '200',
      '-c',
      '20',
      '-t',
      'set,lpush',
      '-q',
    ]);
    expect([bench.code, bench.stdout.includes('SET:'), bench.stdout.includes('LPUSH:')]).toEqual([0, true, true]);
    expect(await cli('--no-raw', 'LRANGE', 'l', '0', '-1')).toBe('1) "b"\n');
    expect(await cli('NOSUCH')).toBe("ERR unknown command 'NOSUCH', with args beginning with: \n\n");
  });

  it('a port that is taken is one line and exit code 1', async () => {
    const { code, stderr } = await run(['redis-server', '--port', String(port)]);
    expect([code, stderr]).toEqual([1, `redis-server: cannot listen on 127.0.0.1:${port}: Address already in use\n`]);
  });
});

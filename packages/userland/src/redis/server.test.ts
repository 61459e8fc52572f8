import { expect, it } from 'vitest';
import { lan } from '../net-tools/lan.test-util.ts';

it('who hangs up in a blocking pop is gone, and the next one is served', async () => {
  const at = lan({ run: ['redis-server --bind 0.0.0.0'] });
  await at.sleep(1);
  const cli = async (words: string) => (await at.sh('laptop', `redis-cli -h 10.0.2.2 ${words}`)).stdout;
  for (let i = 0; i < 3; i++) {
    const waiting = at.start('laptop', 'exec redis-cli -h 10.0.2.2 BRPOP jobs 0');
    await at.sleep(1);
    expect(await cli('INFO clients')).toContain('connected_clients:2\r\nblocked_clients:1\r\n');
    waiting.kill();
    await at.sleep(1);
    expect(await cli('INFO clients')).toContain('connected_clients:1\r\nblocked_clients:0\r\n');
  }
  expect(await cli('LPUSH jobs kept')).toBe('1\n');
  expect(await cli('BRPOP jobs 1')).toBe('jobs\nkept\n');
});

it('an address that is taken is one line and exit code 1, a wrong option 2', async () => {
  const at = lan({ run: ['redis-server'] });
  await at.sleep(1);
  const taken = await at.sh('web', 'redis-server');
  expect([taken.code, taken.stderr]).toEqual([
    1,
    'redis-server: cannot listen on 127.0.0.1:6379: Address already in use\n',
  ]);
  const wrong = await at.sh('web', 'redis-server --save 60');
  expect([wrong.code, wrong.stderr]).toEqual([
    2,
    "redis-server: '--save' is not supported by Netarium; see docs/coverage/redis-server.md\n",
  ]);
});

it('a message that is larger than a socket’s buffers arrives whole, and the next one too', async () => {
  const at = lan({ run: ['redis-server --bind 0.0.0.0'] });
  await at.sleep(1);
  const heard = at.start('laptop', 'exec redis-cli -h 10.0.2.2 SUBSCRIBE news');
  await at.sleep(1);
  const publish = (count: number) =>
    at.sh('web', `{ printf 'PUBLISH news '; head -c ${count} /dev/zero | tr '\\0' x; echo; } | redis-cli`);
  expect((await publish(60_000)).stdout).toBe('1\n');
  for (let i = 0; i < 20; i++) expect((await publish(60_000)).stdout).toBe('1\n');
  expect((await publish(3)).stdout).toBe('1\n');
  await at.sleep(5);
  const lines = heard.result().stdout.split('\n');
  expect(lines.filter((line) => line.length === 60_000).length).toBe(21);
  expect(lines.at(-2)).toBe('xxx');
  heard.kill();
});

it('a signal ends it in order, also with clients that wait', async () => {
  const at = lan({});
  const server = at.start('web', 'exec redis-server --bind 0.0.0.0');
  await at.sleep(1);
  const waiting = at.start('laptop', 'exec redis-cli -h 10.0.2.2 BRPOP jobs 0');
  await at.sleep(1);
  server.kill();
  await at.sleep(1);
  expect(server.result()).toMatchObject({ code: 0, stderr: '' });
  expect(waiting.result().stdout).toBe('');
  expect((await at.sh('laptop', 'redis-cli -h 10.0.2.2 PING')).stderr).toMatch(/Connection refused/);
});

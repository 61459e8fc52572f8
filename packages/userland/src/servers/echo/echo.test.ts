import { describe, expect, it } from 'vitest';
import { lan } from '../../net-tools/lan.test-util.ts';

const MODELS = ['threads', 'fork', 'select', 'epoll'];

const site = (options: string) => lan({ run: [`echo-server --bind 0.0.0.0 --port 7 ${options}`] });

describe.each(MODELS)('echo-server --model %s', (model) => {
  it('sends back what comes, to many clients at once', async () => {
    const net = site(`--model ${model}`);
    const all = Array.from(
      { length: 20 },
      (_, i) => `(echo ${i}; sleep 1; echo again ${i}) | nc -N web 7 >/tmp/${i} &`,
    );
    await net.sh('laptop', `${all.join('\n')}\nwait`);
    for (const i of [0, 7, 19]) expect((await net.sh('laptop', `cat /tmp/${i}`)).stdout).toBe(`${i}\nagain ${i}\n`);
    expect(net.world.queue.now).toBeLessThan(3_000_000_000);
  });

  it('does not lose a byte of much, nor waits for one that does not read', async () => {
    const net = site(`--model ${model} --upper`);
    const slow = net.start('laptop', '(yes lazy | head -c 3000000; sleep 20) | nc web 7 | (sleep 15; wc -c)');
    await net.sleep(2);
    expect((await net.sh('laptop', 'yes abc | head -c 400000 | nc -N web 7 | sha256sum')).stdout).toBe(
      (await net.sh('laptop', 'yes ABC | head -c 400000 | sha256sum')).stdout,
    );
    slow.kill();
  });

  it('leaves nobody behind, and ends with 0', async () => {
    const net = lan();
    const run = net.start(
      'web',
      `echo-server --bind 0.0.0.0 --port 7 --model ${model} & echo $! >/tmp/pid; wait $!; echo code $?`,
    );
    await net.sleep(1);
    for (let i = 0; i < 3; i++) expect((await net.sh('laptop', 'echo hi | nc -N web 7')).stdout).toBe('hi\n');
    const open = net.start('laptop', 'nc web 7');
    await net.sleep(1);
    expect((await net.sh('web', 'ps -ef | grep -c "[d]efunct"')).stdout).toBe('0\n');
    await net.sh('web', 'kill $(cat /tmp/pid)');
    await net.sleep(1);
    expect(run.result().stdout).toBe('listening on 0.0.0.0:7\ncode 0\n');
    expect((await net.sh('web', 'ps -ef | grep -c "[e]cho-server --bind"')).stdout).toBe('0\n');
    open.kill();
  });
});

describe.each(['threads', 'fork'])('echo-server --model %s --max-clients', (model) => {
  it('lets the others wait', async () => {
    const net = site(`--model ${model} --max-clients 2`);
    const held = [0, 1].map(() => net.start('laptop', '(echo first; sleep 100) | nc web 7'));
    await net.sleep(1);
    expect(held.map((one) => one.result().stdout)).toEqual(['first\n', 'first\n']);
    const third = net.start('laptop', 'echo third | nc -N web 7');
    await net.sleep(1);
    expect(third.result().stdout).toBe('');
    await net.sh('laptop', 'kill $(ps -ef | grep "[0-9] nc web 7" | tr -s " " | cut -d" " -f2 | head -1)');
    await net.sleep(1);
    expect(third.result().stdout).toBe('third\n');
    for (const one of held) one.kill();
  });
});

describe('echo-server', () => {
  it.each([
    ['', 'usage: echo-server'],
    ['--port 7 --model coroutines', "--model: 'coroutines' is none of threads, fork, select, epoll"],
    ['--port 70000', "invalid port '70000'"],
    ['--port 7 --bind everywhere', "invalid address 'everywhere'"],
    ['--port 7 --bind 192.0.2.1', 'cannot listen on 192.0.2.1:7: Cannot assign requested address'],
  ])('refuses "%s" in one line', async (args, why) => {
    const { stderr, code } = await lan().sh('web', `echo-server ${args}`);
    expect(stderr).toContain(why);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(code).toBeGreaterThan(0);
  });

  it('listens on loopback alone unless it is told otherwise', async () => {
    const net = lan({ run: ['echo-server --port 7'] });
    expect((await net.sh('laptop', 'nc -zv web 7')).stderr).toContain('Connection refused');
  });
});

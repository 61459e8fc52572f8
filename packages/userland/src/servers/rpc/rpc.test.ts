import { concatBytes } from '@netarium/core/base/bytes.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Lan, lan } from '../../net-tools/lan.test-util.ts';
import { encodeFrame, FrameReader, type Json, MAX_FRAME_BYTES } from './frames.ts';
import { readReply, readRequest } from './messages.ts';
import { parseCall } from './rpc-demo.ts';

describe('frames', () => {
  it('come out as they went in, however the stream is cut', () => {
    const values = fc.array(fc.jsonValue() as fc.Arbitrary<Json>, { maxLength: 5 });
    fc.assert(
      fc.property(values, fc.array(fc.nat(40)), (sent, cuts) => {
        const bytes = concatBytes(sent.map(encodeFrame));
        const reader = new FrameReader();
        const got: Json[] = [];
        const take = () => {
          for (let frame = reader.next(); frame !== undefined; frame = reader.next())
            if (typeof frame === 'object') got.push(frame.value);
        };
        let at = 0;
        for (const cut of cuts) {
          reader.push(bytes.slice(at, at + cut));
          at = Math.min(bytes.length, at + cut);
          take();
        }
        reader.push(bytes.slice(at));
        take();
        expect(got).toEqual(JSON.parse(JSON.stringify(sent)));
      }),
    );
  });

  it('are refused where they are too long, before anything of them has come', () => {
    const reader = new FrameReader();
    reader.push(Uint8Array.of(0x7f, 0xff, 0xff, 0xff));
    expect(reader.next()).toBe('too long');
    reader.push(new Uint8Array(MAX_FRAME_BYTES));
    expect(reader.next()).toBeUndefined();
  });

  it('may hold what is no JSON, and the next one is read all the same', () => {
    const reader = new FrameReader();
    reader.push(concatBytes([Uint8Array.of(0, 0, 0, 2, 0x7b, 0x7b), encodeFrame(7)]));
    expect([reader.next(), reader.next()]).toEqual(['not JSON', { value: 7, bytes: 5 }]);
  });
});

describe('messages', () => {
  it.each([
    [{ id: 1, method: 'add', params: [1] }, true],
    [{ id: 1, method: 'add' }, true],
    [{ id: -1, method: 'add' }, false],
    [{ id: '1', method: 'add' }, false],
    [{ id: 1, method: 2 }, false],
    [{ id: 1, method: 'add', params: {} }, false],
    [{ id: 1, method: 'add', budgetMs: -1 }, false],
    [{ id: 1, method: 'add', more: 1 }, false],
    [[], false],
    [null, false],
  ])('%j: %s', (value, good) => {
    expect(typeof readRequest(value as Json) === 'object').toBe(good);
  });

  it('never make the readers throw', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        readRequest(value as Json);
        readReply(value as Json);
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => void parseCall(text)));
  });
});

const site = (options = ''): Lan => lan({ run: [`rpc-demo server --port 9000 --bind 0.0.0.0 ${options}`] });
const calls = (net: Lan, args: string, options = '') =>
  net.sh('laptop', `rpc-demo client --to web:9000 ${options} ${args}`);

describe('rpc-demo', () => {
  it('makes calls that look like local ones', async () => {
    const { stdout, code } = await calls(site(), `'add(2, 3)' 'divide(1, 4)' 'echo({"a": ["ü", null]})'`);
    expect(stdout).toBe('add(2, 3) = 5\ndivide(1, 4) = 0.25\necho({"a": ["ü", null]}) = {"a":["ü",null]}\n');
    expect(code).toBe(0);
  });

  it('tells what went wrong on the other side', async () => {
    const { stdout, code } = await calls(site(), `'divide(1, 0)' 'nothing()' 'add(1)' 'add("1", 2)'`);
    expect(stdout.split('\n')).toEqual([
      'divide(1, 0) = error -32000: division by zero',
      'nothing() = error -32601: no method nothing',
      'add(1) = error -32602: usage: add(a, b)',
      'add("1", 2) = error -32602: usage: add(a, b)',
      '',
    ]);
    expect(code).toBe(1);
  });

  it('has many calls under way on one connection, answered in the order in which they are ready', async () => {
    const net = site();
    const { stdout } = await calls(net, `'sleep(500)' 'sleep(100)' 'add(1, 1)'`, '--show');
    const replies = stdout.split('\n').filter((line) => line.startsWith('<'));
    expect(replies.map((line) => /"id":(\d+)/.exec(line)![1])).toEqual(['3', '2', '1']);
    expect(stdout).toContain('> 00 00 00 36 {"id":3,"method":"add","params":[1,1],"budgetMs":');
    expect(stdout).toContain('sleep(500) = 500\nsleep(100) = 100\nadd(1, 1) = 2\n');
    expect(net.world.queue.now).toBeLessThan(1_000_000_000);
  });

  it('gives a call up at its deadline, and the server does too', async () => {
    const net = site();
    const { stdout } = await calls(net, `'sleep(3000)' 'add(1, 1)'`, '--timeout 1 --show');
    expect(stdout).toMatch(/sleep\(3000\) = error -32001: (no reply in time|deadline exceeded)\nadd\(1, 1\) = 2\n/);
  });

  it('tries again after a lost reply, and nothing is counted twice', async () => {
    const net = site('--lose 2');
    expect((await calls(net, `'increment()'`)).stdout).toBe('increment() = 1\n');
    expect((await calls(net, `'counter()'`)).stdout).toBe('counter() = 1\n');
    const without = site('--lose 1');
    expect((await calls(without, `'add(1, 1)'`, '--retries 0')).stdout).toBe(
      'add(1, 1) = error -32000: connection closed\n',
    );
    const down = await calls(lan(), `'add(1, 1)'`, '--retries 1');
    expect(down.stdout).toBe('add(1, 1) = error -32000: Connection refused\n');
  });

  it('survives clients that speak something else', async () => {
    const net = site();
    const said = await net.sh('laptop', "printf 'GET / HTTP/1.1\\r\\n\\r\\n' | nc -w 2 web 9000");
    expect(said.stdout).toContain('"message":"frame too long"');
    const odd = await net.sh('laptop', "printf '\\000\\000\\000\\002{}\\000\\000\\000\\001x' | nc -N -w 2 web 9000");
    expect(odd.stdout).toContain('"message":"id is not a number"');
    expect(odd.stdout).toContain('"message":"not JSON"');
    expect((await calls(net, `'add(1, 1)'`)).code).toBe(0);
  });

  it.each([
    ['', 'usage: rpc-demo'],
    ['server', 'usage: rpc-demo'],
    ['server --port 1 --show', '--show is not for the server'],
    ['client --to web:9000 add', "'add' is not a call"],
    ["client 'add(1)'", 'HOST:PORT is needed'],
    ["client --to nobody:1 'add(1, 1)'", 'nobody: '],
  ])('refuses %s in one line', async (args, why) => {
    const { stderr, code } = await lan().sh('laptop', `rpc-demo ${args}`);
    expect(stderr).toContain(why);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(code).toBeGreaterThan(0);
  });
});

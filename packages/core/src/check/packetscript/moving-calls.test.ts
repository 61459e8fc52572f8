import { expect, it } from 'vitest';
import { runPacketScript } from './run-script.ts';

const OPEN = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 1000 <mss 1000>
+0 > S. 0:0(0) ack 1 <mss 1460>
+.1 < . 1:1(0) ack 1 win 1000
+0 accept(3, ..., ...) = 4
+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 pipe([5, 6]) = 0
`;
const run = (text: string) => runPacketScript(OPEN + text);

it('gives bytes from one descriptor to another as they are', () => {
  const through = `+0 write(6, "abcdef", 6) = 6
+0 splice(5, NULL, 4, NULL, 4, 0) = 4
+0 > P. 1:5(4) ack 1
+0 < P. 1:4(3) ack 5 win 1000
+0~+.1 > . 5:5(0) ack 4
+0 splice(4, NULL, 6, NULL, 100, 0) = 3
+0 read(5, "ef", 2) = 2
`;
  expect(run(through)).toEqual({ verdict: 'pass' });
  expect(run(`${through}+0 splice(4, NULL, 6, NULL, 100, 0) = 1\n`)).toMatchObject({
    verdict: 'fail',
    seen: expect.stringContaining('EAGAIN'),
  });
});

it('sends of a file what the socket takes, and the position tells how much', () => {
  const file = `+0 open("/tmp/file", O_RDWR|O_CREAT, 0600) = 7
+0 write(7, ..., 60000) = 60000
+0 setsockopt(4, SOL_SOCKET, SO_SNDBUF, [2304], 4) = 0
+0 close(7) = 0
+0 open("/tmp/file", O_RDONLY) = 7
`;
  const taken = Number(/= (\d+)/.exec(run(`${file}+0 sendfile(4, 7, 0, 60000) = 60000\n`).seen ?? '')?.[1]);
  expect(taken).toBeGreaterThan(0);
  expect(taken).toBeLessThan(60_000);
  const rest = `+0 sendfile(4, 7, 0, 60000) = ${taken}\n+0 read(7, ..., 60000) = ${60_000 - taken}\n`;
  expect(run(file + rest)).toEqual({ verdict: 'pass' });
});

it('names what it cannot do', () => {
  expect(run('+0 write(6, ..., 65536) = 65536\n+0 splice(4, NULL, 6, NULL, 9, 0) = 9\n')).toMatchObject({
    verdict: 'cannot run',
    line: 11,
    missing: 'a wait for room in the pipe',
  });
  const small = '+0 setsockopt(4, SOL_SOCKET, SO_SNDBUF, [2304], 4) = 0\n';
  expect(run(`${small}+0 write(6, ..., 60000) = 60000\n+0 splice(5, NULL, 4, NULL, 60000, 0) = 60000\n`)).toMatchObject(
    { verdict: 'cannot run', line: 12, missing: 'a splice that the socket takes in part' },
  );
  for (const call of ['splice(5, NULL, 4, NULL, -1, 0)', 'sendfile(4, 5, 0, -1)'])
    expect(run(`+0 ${call} = -1\n`)).toMatchObject({ verdict: 'cannot run', missing: 'a length of -1' });
  expect(run('+0 sendfile(6, 5, 0, 9) = 9\n')).toMatchObject({ missing: 'sendfile to other than a TCP socket' });
  expect(run('+0 sendfile(4, 5, 0, 9) = -1 EINVAL (Invalid argument)\n')).toEqual({ verdict: 'pass' });
});

/** Connections as programs meet them: nc and system calls in two arms, with errno and the flags on the wire. */
import { describe } from 'vitest';
import { twoArms } from './two-arms.ts';

describe('nc', () => {
  twoArms(
    'a line each way, and the flags of the whole conversation',
    async (arm) => {
      const frames = await arm.watch('laptop');
      const server = await arm.start('web', 'echo pong | nc -l -N -n 7000');
      const client = await arm.run('laptop', 'echo ping | nc -N -n 10.0.2.2 7000');
      return { client, server: await server.end(), flags: [...(await frames())].sort() };
    },
    { client: { code: 0, lines: ['pong'] }, server: { code: 0, lines: ['ping'] } },
  );

  twoArms(
    'nobody listens: RST, refused, exit 1',
    async (arm) => {
      const frames = await arm.watch('laptop');
      return { nc: await arm.run('laptop', 'nc -v -n 10.0.2.2 7000 </dev/null'), frames: await frames() };
    },
    {
      nc: { code: 1, lines: ['nc: connect to 10.0.2.2 port 7000 (tcp) failed: Connection refused'] },
      frames: ['out TCP S mss=1460,sackOK,ts,nop,wscale ttl=64', 'in TCP RA 0 ttl=63'],
    },
  );

  twoArms('a host that is not there, -w 1: timed out, exit 1', (arm) =>
    arm.run('laptop', 'nc -v -n -w 1 10.0.2.9 7000 </dev/null'),
  );

  twoArms('-z over three ports of which one is open', async (arm) => {
    await arm.start('web', 'nc -l -k -n 7001');
    return arm.run('laptop', 'nc -z -v -n 10.0.2.2 7000-7002');
  });

  twoArms('UDP: a line each way', async (arm) => {
    const server = await arm.start('web', "calls 'socket s udp; bind s 0.0.0.0 7000; recv s 100 peek; reply s'");
    const client = await arm.run('laptop', 'echo hello | nc -u -n -w 1 10.0.2.2 7000');
    return { client, server: await server.end() };
  });
});

describe('errors of the calls', () => {
  const one = (name: string, steps: string, expected?: readonly string[]) =>
    twoArms(name, (arm) => arm.run('laptop', `calls '${steps}'`), expected && { code: 0, lines: expected });

  one('connect refused', 'socket s tcp; connect s 10.0.2.2 7000; getsockopt s socket SO_ERROR', [
    'socket s: ok',
    'connect s: ECONNREFUSED',
    'getsockopt s: 0',
  ]);
  one('connect to a host that is not there', 'socket s tcp; connect s 10.0.1.9 7000', [
    'socket s: ok',
    'connect s: EHOSTUNREACH',
  ]);
  one(
    'connect to a network that the router does not know',
    'socket s tcp; connect s 10.77.0.1 7000',
    ['socket s: ok', 'connect s: EHOSTUNREACH'].map((line) => line.replace('EHOSTUNREACH', 'ENETUNREACH')),
  );
  one(
    'SO_ERROR after an asynchronous connect that was refused, read once',
    'socket s tcp; nonblock s; connect s 10.0.2.2 7000; poll s OUT 2000; getsockopt s socket SO_ERROR; getsockopt s socket SO_ERROR',
    [
      'socket s: ok',
      'nonblock s: ok',
      'connect s: EINPROGRESS',
      'poll s: OUT,ERR,HUP',
      'getsockopt s: ECONNREFUSED',
      'getsockopt s: 0',
    ],
  );
  one(
    'a second connect while the first one runs, and after it failed',
    'socket s tcp; nonblock s; connect s 10.0.2.9 7000; connect s 10.0.2.9 7000; sleep 4000; connect s 10.0.2.9 7000',
  );
  one(
    'bind: a port that is taken, a foreign address, a bound socket',
    'socket a tcp; bind a 0.0.0.0 7000; listen a 1; socket b tcp; bind b 0.0.0.0 7000; bind b 10.0.2.2 7001; bind a 0.0.0.0 7002',
    [
      'socket a: ok',
      'bind a: ok',
      'listen a: ok',
      'socket b: ok',
      'bind b: EADDRINUSE',
      'bind b: EADDRNOTAVAIL',
      'bind a: EINVAL',
    ],
  );
  one(
    'bind: a port below 1024 as an ordinary user',
    'setuid 1000; socket s tcp; bind s 0.0.0.0 80; bind s 0.0.0.0 8080',
    ['setuid 1000: ok', 'socket s: ok', 'bind s: EACCES', 'bind s: ok'],
  );
  one(
    'SO_REUSEADDR lets two bind, but only one listen',
    'socket a tcp; socket b tcp; setsockopt a socket SO_REUSEADDR 1; setsockopt b socket SO_REUSEADDR 1; bind a 0.0.0.0 7000; bind b 0.0.0.0 7000; listen a 1; listen b 1',
  );
  one(
    'calls on a socket that is not connected',
    'socket s tcp; recv s 10; send s x nosignal; shutdown s write; getpeername s; accept s c; getsockname s; socket u udp; send u x; getpeername u; recv s 0',
  );
  one(
    'a datagram that is longer than UDP allows',
    'socket u udp; sendto u 10.0.2.2 7000 size:65508; sendto u 10.0.2.2 7000 size:65507',
  );
  one(
    'UDP to broadcast without SO_BROADCAST',
    'socket u udp; sendto u 10.0.1.255 7000 x; setsockopt u socket SO_BROADCAST 1; sendto u 10.0.1.255 7000 x',
  );
  one(
    'UDP: the port unreachable comes back as ECONNREFUSED, once, and only to a connected socket',
    'socket u udp; connect u 10.0.2.2 7000; send u one; sleep 200; send u two; send u three; recv u 10; socket v udp; sendto v 10.0.2.2 7000 x; sleep 200; sendto v 10.0.2.2 7000 x',
  );
});

describe('conversations', () => {
  const two = (
    name: string,
    server: string,
    client: string,
    expected?: { server?: readonly string[]; client?: readonly string[] },
  ) =>
    twoArms(
      name,
      async (arm) => {
        const frames = await arm.watch('laptop');
        const other = await arm.start('web', `calls '${server}'`);
        const result = await arm.run('laptop', `calls '${client}'`);
        const ended = await other.end();
        return { client: result, server: ended, frames: await frames() };
      },
      expected && {
        ...(expected.client && { client: expect_(expected.client) }),
        ...(expected.server && { server: expect_(expected.server) }),
      },
    );
  const expect_ = (lines: readonly string[]) => ({ code: 0, lines });
  const listen = 'socket l tcp; setsockopt l socket SO_REUSEADDR 1; bind l 10.0.2.2 7000; listen l 5; accept l c; ';
  const connect = 'socket s tcp; connect s 10.0.2.2 7000; ';

  two(
    'half-close: the other direction still carries data',
    `${listen} recv c 100; recv c 100; send c answer; sleep 200; close c`,
    `${connect} send s question; sleep 100; shutdown s write; send s more nosignal; recv s 100; recv s 100; close s`,
  );
  two(
    'close with unread data resets, the peer meets ECONNRESET once',
    `${listen} sleep 300; close c`,
    `${connect} send s unread; sleep 600; recv s 10; recv s 10; send s x nosignal`,
  );
  two(
    'sending to a closed peer: first taken and reset, then EPIPE',
    `${listen} close c; sleep 800`,
    `${connect} sleep 200; poll s IN,OUT,RDHUP 0; send s one nosignal; sleep 200; poll s IN,OUT,RDHUP 0; send s two nosignal; recv s 10`,
  );
  twoArms('SIGPIPE ends a process that does not mind it', async (arm) => {
    const server = await arm.start('web', `calls '${listen} close c; sleep 800'`);
    const client = await arm.run(
      'laptop',
      `calls '${connect} sleep 200; send s one; sleep 200; send s two; send s never'; echo "status $?"`,
    );
    return { client, server: await server.end() };
  });
  two(
    'SO_LINGER of zero closes with RST, unread data or not',
    `${listen} sleep 400; recv c 10; recv c 10`,
    `${connect} linger s 0; close s; sleep 600`,
  );
  two(
    'orderly end: FIN each way',
    `${listen} recv c 10; close c; sleep 200`,
    `${connect} shutdown s write; recv s 10; recv s 10; poll s IN,OUT,RDHUP 0; close s`,
  );
  two(
    'MSG_PEEK leaves the data, a short read the rest',
    `${listen} send c abcdef; sleep 500; close c`,
    `${connect} recv s 3 peek; recv s 3 peek; recv s 2; recv s 100; recv s 100`,
  );
  twoArms(
    'a reset in the middle of a blocking send: the part that was taken, then ECONNRESET, then EPIPE',
    async (arm) => {
      const server = await arm.start('web', `calls '${listen} sleep 700; linger c 0; close c'`);
      const steps = `${connect} send s size:20000000 nosignal; send s x nosignal; send s x nosignal; recv s 1`;
      return { client: await arm.run('laptop', `calls '${steps}'`), server: await server.end() };
    },
    {
      client: {
        code: 0,
        lines: ['socket s: ok', 'connect s: ok', 'send s: part', 'send s: ECONNRESET', 'send s: EPIPE', 'recv s: end'],
      },
    },
  );
  two(
    'a reset in the middle of MSG_WAITALL: the part that came, then ECONNRESET',
    `${listen} send c abcdef; sleep 300; linger c 0; close c`,
    `${connect} recv s 100 waitall; recv s 100; recv s 100`,
  );
  two(
    'an asynchronous connect that succeeds',
    `${listen} sleep 300; close c`,
    'socket s tcp; nonblock s; connect s 10.0.2.2 7000; poll s OUT 2000; getsockopt s socket SO_ERROR; connect s 10.0.2.2 7000; recv s 10; getpeername s',
  );
  two(
    'the segment size follows the path',
    `${listen} getsockopt c tcp TCP_MAXSEG; recv c 10; close c`,
    `${connect} getsockopt s tcp TCP_MAXSEG; send s x; recv s 10`,
  );
  twoArms('a backlog of one holds two connections; the third times out', async (arm) => {
    const server = await arm.start('web', "calls 'socket l tcp; bind l 10.0.2.2 7000; listen l 1; sleep 9500'");
    const client = await arm.run(
      'laptop',
      `calls 'socket a tcp; connect a 10.0.2.2 7000; socket b tcp; connect b 10.0.2.2 7000; sleep 200; socket c tcp; connect c 10.0.2.2 7000'`,
    );
    return { client, server: await server.end() };
  });
  twoArms('a server that ends without close: the kernel closes for it', async (arm) => {
    const frames = await arm.watch('laptop');
    const server = await arm.start('web', `calls '${listen} send c bye'`);
    const client = await arm.run('laptop', `calls '${connect} sleep 200; recv s 10; recv s 10'`);
    return { client, server: await server.end(), frames: await frames() };
  });
});

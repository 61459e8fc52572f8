/** Readiness and signals in two arms: select, poll and epoll over real conversations, signal-driven I/O, interrupted calls. */
import { describe } from 'vitest';
import { twoArms } from './two-arms.ts';

/** A server's steps on web, a client's on laptop, both to their ends. */
const two = (name: string, server: string, client: string, expected?: readonly string[]) =>
  twoArms(
    name,
    async (arm) => {
      const serving = await arm.start('web', `calls 'socket l tcp; bind l 0.0.0.0 7000; listen l 4; ${server}'`);
      const { lines } = await arm.run('laptop', `calls 'socket s tcp; ${client}'`);
      return { client: lines, server: (await serving.end()).lines };
    },
    expected && { client: expected },
  );
const one = (name: string, steps: string, expected?: readonly string[]) =>
  twoArms(name, (arm) => arm.run('laptop', `calls '${steps}'`), expected && { code: 0, lines: expected });

const CONNECT = 'connect s 10.0.2.2 7000';

describe('select and poll over connections', () => {
  two(
    'readable with data, with the end, writable all along',
    'accept l a; sleep 300; send a hello; sleep 300; close a',
    `${CONNECT}; select s s 0; select s - 1000; recv s 10; select s - 100; select s - 1000; recv s 10; select s s 0`,
    [
      'socket s: ok',
      'connect s: ok',
      'select s: - s',
      'select s: s -',
      'recv s: hello',
      'select s: - -',
      'select s: s -',
      'recv s: end',
      'select s: s s',
    ],
  );
  two(
    'a connect that is on its way, and one that is refused',
    'sleep 2000',
    'nonblock s; connect s 10.0.2.2 7000; select - s 1000; getsockopt s socket SO_ERROR; socket t tcp; nonblock t; connect t 10.0.2.2 7001; select t t 1000; getsockopt t socket SO_ERROR',
  );
  two(
    'a listening socket is readable when somebody has called',
    'select l - 2000; accept l a; select l,a a 0; recv a 10; close a',
    `sleep 300; ${CONNECT}; sleep 200; send s x; recv s 10`,
  );
  two(
    'RDHUP for a half-closed peer, HUP when both directions are closed, ERR after a reset',
    'accept l a; shutdown a write; recv a 10; sleep 300; close a; accept l b; recv b 1; linger b 0; close b; sleep 300',
    `${CONNECT}; sleep 200; poll s IN,OUT,RDHUP 1000; shutdown s write; sleep 200; poll s IN,OUT,RDHUP 1000; socket t tcp; connect t 10.0.2.2 7000; send t xx; sleep 300; poll t IN,OUT,RDHUP 1000; recv t 10`,
  );
});

describe('epoll over connections', () => {
  two(
    'level-triggered: told until all is read',
    'accept l a; send a abcdef; sleep 1000; close a',
    `${CONNECT}; epoll e; epoll_ctl e add s IN; epoll_wait e 1000; recv s 2; epoll_wait e 0; recv s 2; epoll_wait e 0; recv s 2; epoll_wait e 0`,
  );
  two(
    'edge-triggered: told once per arrival, not again for what was left',
    'accept l a; send a abcdef; sleep 500; send a gh; sleep 500; close a',
    `${CONNECT}; epoll e; epoll_ctl e add s IN,ET; epoll_wait e 1000; recv s 2; epoll_wait e 100; epoll_wait e 1000; recv s 10; epoll_wait e 100; epoll_wait e 2000; recv s 10`,
  );
  two(
    'writable: an edge when it is added, the next one when the peer has made room',
    // How much went in hangs on when the acknowledgements come: a part of it is read.
    'accept l a; sleep 600; recv a 30000 waitall; sleep 3500; close a',
    `${CONNECT}; nonblock s; epoll e; epoll_ctl e add s OUT,ET; epoll_wait e 0; epoll_wait e 0; send s size:4000000; epoll_wait e 100; epoll_wait e 3000`,
  );
  two(
    'one-shot on a connection, and two descriptors at once',
    'accept l a; accept l b; send a x; send b y; sleep 1000; close a; close b',
    `${CONNECT}; socket t tcp; connect t 10.0.2.2 7000; epoll e; epoll_ctl e add s IN,ONESHOT; epoll_ctl e add t IN; sleep 300; epoll_wait e 1000; epoll_wait e 0; epoll_ctl e mod s IN,ONESHOT; epoll_wait e 0; epoll_ctl e del t; epoll_wait e 0`,
  );
  two(
    'the end of a stream and a hang-up',
    'accept l a; sleep 300; close a; sleep 500',
    `${CONNECT}; epoll e; epoll_ctl e add s IN,RDHUP; epoll_wait e 1000; shutdown s write; sleep 200; epoll_wait e 1000; recv s 10`,
  );
});

describe('pipes', () => {
  one(
    'readiness of both ends',
    'pipe r w; select r w 0; write w x; select r w 0; epoll e; epoll_ctl e add r IN; epoll_wait e 0; read r 10; epoll_wait e 0; close w; epoll_wait e 0; read r 10',
    [
      'pipe r: ok',
      'select r: - w',
      'write w: 1',
      'select r: r w',
      'epoll e: ok',
      'epoll_ctl e: ok',
      'epoll_wait e: r:IN',
      'read r: x',
      'epoll_wait e: nothing',
      'close w: ok',
      'epoll_wait e: r:HUP',
      'read r: end',
    ],
  );
  one(
    'a full pipe',
    'pipe r w; nonblock w; write w size:70000; write w x; select - w 0; read r 4096; select - w 0; write w size:5000',
  );
});

describe('signals', () => {
  two(
    'signal-driven: SIGIO when data comes, none before',
    'accept l a; sleep 500; send a hello; sleep 500; close a',
    `${CONNECT}; block SIGIO; async s; sigwait SIGIO 100; sigwait SIGIO 2000; recv s 10`,
  );
  two(
    'calls on sockets are interrupted by a handler',
    'accept l a; sleep 1500; close a',
    `${CONNECT}; handle SIGALRM; alarm 100; recv s 10; alarm 100; select s - 1000; alarm 100; poll s IN 1000; recv s 10`,
    [
      'socket s: ok',
      'connect s: ok',
      'handle SIGALRM: ok',
      'alarm 100: ok',
      'recv s: EINTR',
      'alarm 100: ok',
      'select s: EINTR',
      'alarm 100: ok',
      'poll s: EINTR',
      'recv s: end',
    ],
  );
  one(
    'accept and connect are interrupted too',
    'handle SIGALRM; socket l tcp; bind l 0.0.0.0 7000; listen l 1; alarm 100; accept l a; socket s tcp; alarm 100; connect s 10.0.1.9 7000',
  );
});

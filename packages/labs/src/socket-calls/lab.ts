/** The socket calls in their order, in a wrong order, and beside the packets that they make. */
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext, LabTools } from '@netarium/core/check/lab-context.ts';
import { client, server, wrongOrder } from './programs.ts';

type Context = LabContext<'ann' | 'bob'>;

interface Call {
  readonly host: string;
  readonly name: string;
  readonly result: string;
  readonly startNs: number;
  readonly endNs: number;
}

const SHOWN: ReadonlySet<string> = new Set([
  'socket',
  'bind',
  'listen',
  'accept',
  'connect',
  'send',
  'recv',
  'close',
  'getpeername',
]);
const PROGRAMS: ReadonlySet<string> = new Set(['book-server', 'book-client', 'wrong-order']);

export default lab({
  id: 'socket-calls',
  title: { en: 'The socket calls and their packets', zh: 'socket 调用与它们的分组' },
  text: {
    en: 'A server makes socket, bind, listen, accept, recv, send, close; a client socket, connect, send, recv, close. The trace of the calls stands beside the packets. Then the same calls in a wrong order, and what POSIX says to that.',
    zh: '服务器依次调用 socket、bind、listen、accept、recv、send、close，客户端依次调用 socket、connect、send、recv、close，调用轨迹与分组并列。再以错误的顺序调用，看 POSIX 如何回答。',
  },
  params: {
    port: {
      default: 5000,
      min: 1,
      max: 65_535,
      text: { en: 'The port that the client connects to', zh: '客户端连接的端口' },
    },
    wrong: {
      default: 'yes',
      choices: ['yes', 'no'],
      text: { en: 'The second part is in a wrong order', zh: '第二部分是否用错误的顺序' },
    },
  },
  machines: { ann: host({ eth0: '10.0.1.1/24' }), bob: host({ eth0: '10.0.1.2/24' }) },
  cables: [cable('ann', 'bob', { rate: '100Mbit', delay: '5ms' })],
  programs: { 'book-server': server, 'book-client': client, 'wrong-order': wrongOrder },
  checks: {
    results: {
      text: { en: 'In the right order every call succeeds, on both sides', zh: '顺序正确时双方的每个调用都成功' },
      row: 41,
      clause: 1,
    },
    errno: {
      text: {
        en: 'In a wrong order: EINVAL, ENOTCONN, EADDRINUSE, and more',
        zh: '顺序错误时得到 EINVAL、ENOTCONN、EADDRINUSE 等',
      },
      row: 41,
      clause: 2,
    },
    beside: {
      text: {
        en: 'Each packet belongs to a call: SYN to connect, data to send, FIN to close',
        zh: '每个分组都对应一个调用：SYN 对 connect，数据对 send，FIN 对 close',
      },
      row: 41,
      clause: 3,
    },
  },
  counterRuns: {
    refused: {
      set: { port: 5009 },
      flips: ['results', 'beside'],
      text: { en: 'Nobody listens at that port.', zh: '那个端口没有监听。' },
    },
    'right-order': {
      set: { wrong: 'no' },
      flips: ['errno'],
      text: { en: 'The second part is in the right order too.', zh: '第二部分也用正确的顺序。' },
    },
  },
  async script(context) {
    const calls = trace(context);
    await conversation(context, calls);
    await wrongOrders(context);
  },
});

/** Collects the calls of the lab's programs and tells each beside the packets. */
function trace({ on, watch, say }: LabTools): Call[] {
  const calls: Call[] = [];
  on('syscall', ({ host: where, values: { process, name, args, result, startNs, endNs } }) => {
    if (!PROGRAMS.has(process) || !SHOWN.has(name)) return;
    calls.push({ host: where, name, result, startNs, endNs });
    say({ en: `${where}: ${name}(${args}) = ${result}`, zh: `${where}：${name}(${args}) = ${result}` });
  });
  watch('tcp && ip.addr == 10.0.1.2', (p) => say({ en: `    ${p.card}: ${p.info}`, zh: `    ${p.card}：${p.info}` }));
  return calls;
}

async function conversation({ ann, bob, params, check, seen, sleep }: Context, calls: readonly Call[]): Promise<void> {
  const serving = bob.start('exec book-server 5000');
  await sleep('20ms');
  const asked = await ann.sh(`exec book-client 10.0.1.2 ${params.port}`);
  await sleep('100ms');
  const lines = [asked.stdout, serving.stdout].map((text) => text.trim().replaceAll('\n', ', '));
  check('results', () => ({
    met:
      lines[0] === 'socket ok, connect ok, send ok, recv ok, close ok' &&
      lines[1] === 'socket ok, bind ok, listen ok, accept ok, recv ok, send ok, close ok',
    saw: lines.join('; '),
  }));
  const during = (host: string, name: string, atNs: number): boolean =>
    calls.some((call) => call.host === host && call.name === name && call.startNs <= atNs && atNs <= call.endNs);
  const first = (filter: string): { atNs: number } => seen(filter).first ?? { atNs: -1 };
  const syn = seen('tcp.flags.syn == 1 && tcp.flags.ack == 0 && ip.dst == 10.0.1.2').first;
  const pairs: readonly (readonly [string, string, number])[] = [
    ['ann', 'connect', syn?.atNs ?? -1],
    ['ann', 'send', first('tcp.len > 0 && ip.src == 10.0.1.1').atNs],
    ['bob', 'send', first('tcp.len > 0 && ip.src == 10.0.1.2').atNs],
    ['ann', 'close', first('tcp.flags.fin == 1 && ip.src == 10.0.1.1').atNs],
    ['bob', 'close', first('tcp.flags.fin == 1 && ip.src == 10.0.1.2').atNs],
  ];
  const astray = pairs.filter(([host, name, atNs]) => !during(host, name, atNs));
  check(
    'beside',
    () => ({
      met: astray.length === 0,
      saw: astray.map(([host, name, atNs]) => `${host} ${name}: packet at ${atNs}`).join('; '),
    }),
    syn,
  );
  serving.kill();
  await serving.wait();
}

async function wrongOrders({ ann, params, check }: Context): Promise<void> {
  const { stdout } = await ann.sh(`exec wrong-order ${params.wrong}`);
  const lines = stdout.trim().replaceAll('\n', ', ');
  check('errno', () => ({
    met: lines === 'accept EINVAL, getpeername ENOTCONN, recv ENOTCONN, bind EADDRINUSE, connect EISCONN, send EBADF',
    saw: lines,
  }));
}

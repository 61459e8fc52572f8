/** Exceptions: which part of a try statement runs when, what an exception came from, and which class each error of the network has in Python. */
import { cable, host, lab, networkSwitch, param, router } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { narrate } from '../lib/narrate.ts';
import { chain, hangUp, parts, provoke } from './programs.ts';

type Context = LabContext<'client' | 'server'>;
const text = (en: string, zh: string) => ({ en, zh });

const SILENT_MAC = '02:00:00:00:03:02';

export default lab({
  id: 'exceptions',
  title: text('Exceptions, and the errors of the network', '异常，以及网络的各种错误'),
  text: text(
    'A try statement with else and finally, with an error in each of its parts. A failure that names what it came from. Then eleven errors of the network, each provoked: the errno that the kernel answers, and the exception class that Python makes of it.',
    '带 else 和 finally 的 try 语句，错误依次出现在各部分。一个说明了来由的失败。随后逐一制造十一种网络错误：内核返回的 errno，以及 Python 对应的异常类。',
  ),
  params: {
    otherwise: {
      default: 'else',
      choices: ['else', 'body'],
      text: text('Where the follow-up of a successful body stands', '成功后的后续代码放在哪里'),
    },
    raising: {
      default: 'cause',
      choices: ['cause', 'context', 'none'],
      text: text(
        'How the second exception is raised: from the first, while handling it, from None',
        '第二个异常怎样抛出',
      ),
    },
    listens: { default: false, text: text('Somebody listens at port 9 of the server', '服务器的 9 端口有人监听') },
    loss: { default: '100%', text: text('Loss on the line of the silent host', '沉默主机线路的丢包率') },
  },
  machines: {
    client: host({
      eth0: '10.0.1.2/24',
      routes: ['10.0.2.0/24 via 10.0.1.1', '10.0.3.0/24 via 10.0.1.1'],
      sysctl: { 'net.ipv4.tcp_syn_retries': 2, 'net.ipv4.tcp_syn_linear_timeouts': 0 },
    }),
    lan: networkSwitch(),
    gw: router({
      eth0: '10.0.1.1/24',
      eth1: '10.0.2.1/24',
      eth2: '10.0.3.1/24',
      // It knows the silent host's card: otherwise it would tell the client that nobody answers ARP.
      run: [`ip neigh add 10.0.3.2 lladdr ${SILENT_MAC} dev eth2`],
    }),
    server: host({ eth0: '10.0.2.2/24', gateway: '10.0.2.1', run: ['hang-up 7'] }),
    silent: host({ eth0: { address: '10.0.3.2/24', mac: SILENT_MAC }, gateway: '10.0.3.1', run: ['hang-up 80'] }),
  },
  cables: [
    cable('client', 'lan', { rate: '100Mbit', delay: '1ms' }),
    cable('lan', 'gw.eth0', { rate: '100Mbit', delay: '1ms' }),
    cable('gw.eth1', 'server', { rate: '100Mbit', delay: '1ms' }),
    cable('gw.eth2', 'silent', { rate: '100Mbit', delay: '1ms', backward: { loss: param('loss') } }),
  ],
  programs: { parts, chain, provoke, 'hang-up': hangUp },
  checks: {
    order: {
      text: text(
        'else runs only after a body without exception and its own errors are not caught; finally always runs',
        'else 只在主体无异常后执行，它自己的错误不被捕获；finally 总会执行',
      ),
      row: 153,
      clause: 1,
    },
    chaining: {
      text: text('The second exception names the first as its direct cause', '第二个异常以第一个为直接原因'),
      row: 153,
      clause: 2,
    },
    classes: {
      text: text('Eleven errors of the network and their classes', '十一种网络错误及其异常类'),
      row: 153,
      clause: 3,
    },
    'on-the-wire': {
      text: text(
        'A refusal is a reset on the wire, a time-out three SYNs without an answer',
        '拒绝在网线上是一个 RST，超时是三个没有回应的 SYN',
      ),
      row: 153,
      clause: 3,
    },
  },
  counterRuns: {
    'in-the-body': {
      set: { otherwise: 'body' },
      flips: ['order'],
      text: text(
        'At the end of the body, the follow-up’s error is taken for the body’s.',
        '放在主体末尾，后续代码的错误会被当成主体的。',
      ),
    },
    'from-none': {
      set: { raising: 'none' },
      flips: ['chaining'],
      text: text('Raised from None, it does not say where it came from.', 'from None 隐去来由。'),
    },
    listening: {
      set: { listens: true },
      flips: ['classes', 'on-the-wire'],
      text: text('Where somebody listens nothing is refused.', '有人监听就不会被拒绝。'),
    },
    reachable: {
      set: { loss: '0%' },
      flips: ['classes', 'on-the-wire'],
      text: text('A line that loses nothing brings an answer.', '不丢包就会有回应。'),
    },
  },
  async script(context) {
    await statements(context);
    await network(context);
  },
});

async function statements(context: Context): Promise<void> {
  const { client, server, params, check } = context;
  const order = await narrate(
    context,
    client,
    `parts ${params.otherwise}`,
    text(
      'body, except ValueError, else, finally; the follow-up stands in else',
      'body、except ValueError、else、finally；后续代码在 else 里',
    ),
  );
  check('order', () => ({
    met:
      order.stdout ===
      'raised in nowhere: body, follow-up, finally; out comes nothing\n' +
        'raised in body: body, except, finally; out comes nothing\n' +
        'raised in follow-up: body, follow-up, finally; out comes ValueError: follow-up\n',
    saw: order.stdout,
  }));
  const linked = await narrate(
    context,
    client,
    `chain 10.0.2.2 ${params.raising}`,
    text('A configuration cannot be fetched: the connection is refused', '取不到配置：连接被拒绝'),
  );
  check('chaining', () => ({
    met:
      linked.stdout ===
      'ConnectionRefusedError: [Errno 111] Connection refused\n' +
        'The above exception was the direct cause of the following exception:\nConfigError: no configuration\n',
    saw: linked.stdout,
  }));
  if (params.listens === true) server.start('exec hang-up 9');
}

/** What each provocation comes to. */
const CLASSES = `ECONNREFUSED is ConnectionRefusedError: [Errno 111] Connection refused
ETIMEDOUT is TimeoutError: [Errno 110] Connection timed out
EHOSTUNREACH is OSError: [Errno 113] No route to host
ENETUNREACH is OSError: [Errno 101] Network is unreachable
ECONNRESET is ConnectionResetError: [Errno 104] Connection reset by peer
EPIPE is BrokenPipeError: [Errno 32] Broken pipe
EAGAIN is BlockingIOError: [Errno 11] Resource temporarily unavailable
EADDRINUSE is OSError: [Errno 98] Address already in use
EACCES is PermissionError: [Errno 13] Permission denied
EPIPE is BrokenPipeError: [Errno 32] Broken pipe
EMSGSIZE is OSError: [Errno 90] Message too long`.split('\n');

async function network(context: Context): Promise<void> {
  const { client, check, seen } = context;
  const before = seen('tcp.flags.reset == 1 && tcp.srcport == 9').count;
  const { stdout } = await narrate(
    context,
    client,
    'provoke 10.0.2.2 10.0.3.2 10.0.1.77 192.0.2.1',
    text('Each error of the network, provoked', '逐一制造网络错误'),
  );
  const found = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.slice(line.indexOf(': ') + 2));
  const wrong = found.filter((line, i) => line !== CLASSES[i]);
  check('classes', () => ({ met: found.length === CLASSES.length && wrong.length === 0, saw: wrong.join('; ') }));
  const resets = seen('tcp.flags.reset == 1 && tcp.srcport == 9');
  const asked = seen('tcp.flags.syn == 1 && tcp.flags.ack == 0 && ip.dst == 10.0.3.2 && !icmp', 'client.eth0');
  const answered = seen('ip.src == 10.0.3.2', 'client.eth0');
  check(
    'on-the-wire',
    () => ({
      met: resets.count === before + 1 && asked.count === 3 && answered.count === 0,
      saw: `${resets.count - before} resets from port 9; ${asked.count} SYNs to the silent host, ${answered.count} answers`,
    }),
    resets.last,
  );
}

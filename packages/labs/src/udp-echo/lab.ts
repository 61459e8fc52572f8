/** UDP: an echo by sendto and recvfrom; what a lost, a doubled and a cut datagram look like; a closed port; the limits of a datagram's size. */
import { cable, host, lab, nth, param } from '@netarium/core/check/lab.ts';
import type { LabContext, LabTools } from '@netarium/core/check/lab-context.ts';
import { main as client } from './client.ts';
import { main as server } from './server.ts';

type Context = LabContext<'ann' | 'bob'>;

export default lab({
  id: 'udp-echo',
  title: { en: 'UDP: datagrams and an echo', zh: 'UDP：数据报与回显' },
  text: {
    en: 'A client sends datagrams to an echo server. One is lost, one arrives twice, one is longer than the buffer, one goes to a closed port. Then the sizes: what fits into a frame, and what fits into UDP at all.',
    zh: '客户端向回显服务器发送数据报：一个丢失，一个到达两次，一个比缓冲区长，一个发往关闭的端口。再看大小：一帧能装多少，UDP 最多能装多少。',
  },
  params: {
    lost: {
      default: 2,
      min: 0,
      max: 5,
      text: { en: 'Which datagram of the first five is lost on the way there', zh: '前五个数据报中哪一个在去程丢失' },
    },
    doubled: {
      default: '100%',
      text: { en: 'Probability that a frame on the doubling cable arrives twice', zh: '重复线缆上每帧重复到达的概率' },
    },
    buffer: {
      default: 100,
      min: 1,
      max: 65536,
      text: { en: "The small server's buffer in bytes", zh: '小缓冲服务器的缓冲区字节数' },
    },
    closed: { default: 9, min: 1, max: 65535, text: { en: 'The port that should be closed', zh: '应当关闭的端口' } },
    port: { default: 7, min: 1, max: 65535, text: { en: 'The port that the client sends to', zh: '客户端发往的端口' } },
    fits: {
      default: 1472,
      min: 1,
      max: 65507,
      text: { en: 'Bytes that should fit into one frame', zh: '应当装进一帧的字节数' },
    },
    most: {
      default: 65507,
      min: 1,
      max: 70000,
      text: { en: 'Bytes that should just go through', zh: '应当刚好能发送的字节数' },
    },
    more: {
      default: 65508,
      min: 1,
      max: 70000,
      text: { en: 'Bytes that should be refused', zh: '应当被拒绝的字节数' },
    },
  },
  machines: {
    ann: host({ eth0: '10.0.1.1/24', eth1: '10.0.2.1/24' }),
    bob: host({
      eth0: '10.0.1.2/24',
      eth1: '10.0.2.2/24',
      run: ['udp-echo-server 7', 'udp-echo-server 8'],
    }),
  },
  cables: [
    cable('ann.eth0', 'bob.eth0', {
      name: 'plain',
      rate: '100Mbit',
      delay: '5ms',
      forward: { drop: nth('lost', 'udp.dstport == 7') },
    }),
    cable('ann.eth1', 'bob.eth1', {
      name: 'doubling',
      rate: '100Mbit',
      delay: '5ms',
      forward: { duplicate: param('doubled') },
    }),
  ],
  programs: {
    'udp-echo-server': server,
    'udp-echo-client': client,
  },
  checks: {
    echo: {
      text: { en: 'The datagrams come back by sendto and recvfrom', zh: '数据报经 sendto 与 recvfrom 原样返回' },
      row: 37,
      clause: 1,
    },
    lost: {
      text: {
        en: 'The lost datagram is seen on one side only, and nobody sends it again',
        zh: '丢失的数据报只在一侧可见，没有人重发',
      },
      row: 37,
      clause: 2,
    },
    doubled: { text: { en: 'A doubled datagram arrives twice', zh: '重复的数据报到达两次' }, row: 37, clause: 3 },
    cut: {
      text: {
        en: 'A datagram longer than the buffer is cut, the rest is gone',
        zh: '比缓冲区长的数据报被截断，余下部分丢弃',
      },
      row: 37,
      clause: 4,
    },
    refused: {
      text: {
        en: 'A closed port answers with ICMP port unreachable, the program gets ECONNREFUSED',
        zh: '关闭的端口回以 ICMP 端口不可达，程序得到 ECONNREFUSED',
      },
      row: 37,
      clause: 5,
    },
    frame: {
      text: {
        en: '1472 bytes fit into one frame, 1473 make two fragments',
        zh: '1472 字节装进一帧，1473 字节变成两片',
      },
      row: 6,
      clause: 1,
    },
    most: { text: { en: '65,507 bytes go through', zh: '65507 字节能通过' }, row: 6, clause: 2 },
    more: {
      text: { en: '65,508 bytes are refused with EMSGSIZE', zh: '65508 字节被拒绝，得到 EMSGSIZE' },
      row: 6,
      clause: 3,
    },
  },
  counterRuns: {
    'no-server': {
      set: { port: 10 },
      flips: ['echo', 'lost'],
      text: { en: 'Nobody listens at the port.', zh: '端口上没有服务器。' },
    },
    lossless: { set: { lost: 0 }, flips: ['lost'], text: { en: 'Nothing is lost.', zh: '没有丢失。' } },
    single: { set: { doubled: '0%' }, flips: ['doubled'], text: { en: 'Nothing is doubled.', zh: '没有重复。' } },
    roomy: { set: { buffer: 1000 }, flips: ['cut'], text: { en: 'The buffer is large enough.', zh: '缓冲区足够大。' } },
    open: { set: { closed: 8 }, flips: ['refused'], text: { en: 'The port is open.', zh: '端口是打开的。' } },
    larger: { set: { fits: 1473 }, flips: ['frame'], text: { en: 'One byte more.', zh: '多一个字节。' } },
    'too-many': {
      set: { most: 65508, more: 65507 },
      flips: ['most', 'more'],
      text: { en: 'The two limits change places.', zh: '两个界限互换。' },
    },
  },
  async script(context) {
    await context.sleep('100ms');
    tell(context);
    await echo(context);
    await doubled(context);
    await cut(context);
    await refused(context);
    await sizes(context);
  },
});

function tell({ watch, say }: LabTools): void {
  watch('udp && !icmp && frame.len < 1000', (p) => {
    const [from, to, bytes] = [p.card.split('.')[0], p.field('udp.dstport'), Number(p.field('udp.length')) - 8];
    say({ en: `${from} sends ${bytes} bytes to port ${to}`, zh: `${from} 向端口 ${to} 发送 ${bytes} 字节` });
  });
  watch('icmp.type == 3', (p) =>
    say({ en: `${p.card.split('.')[0]} answers: ${p.info}`, zh: `${p.card.split('.')[0]} 应答：${p.info}` }),
  );
}

async function echo({ ann, params, check, seen }: Context): Promise<void> {
  const { stdout } = await ann.sh(`udp-echo-client 10.0.1.2 ${params.port} 5 64`);
  const lines = stdout.trim().split('\n');
  const echoes = lines.filter((line) => / echo 64$/.test(line));
  const back = seen('udp.srcport == 7', 'ann.eth0');
  check('echo', () => ({ met: echoes.length >= 4 && back.count === echoes.length, saw: lines.join(', ') }), back.last);
  const sent = seen('udp.dstport == 7', 'ann.eth0');
  const arrived = seen('udp.dstport == 7', 'bob.eth0');
  const lost = lines.filter((line) => line.endsWith('lost'));
  check(
    'lost',
    () => ({
      met: sent.count === 5 && arrived.count === 4 && lost.length === 1 && lost[0] === `${params.lost} lost`,
      saw: `${sent.count} sent, ${arrived.count} arrived, ${lost.join(', ') || 'none lost'}`,
    }),
    sent.packets[Number(params.lost) - 1],
  );
}

async function doubled({ ann, check, seen }: Context): Promise<void> {
  const { stdout } = await ann.sh('udp-echo-client 10.0.2.2 8 1 64');
  const sent = seen('udp.dstport == 8', 'ann.eth1');
  const arrived = seen('udp.dstport == 8', 'bob.eth1');
  const echoes = stdout.split('\n').filter((line) => line === '1 echo 64');
  check(
    'doubled',
    () => ({
      met: sent.count === 1 && arrived.count === 2 && echoes.length === 2,
      saw: `${sent.count} sent, ${arrived.count} arrived, ${echoes.length} echoes`,
    }),
    arrived.last,
  );
}

async function cut({ ann, bob, params, check, seen }: Context): Promise<void> {
  const running = bob.start(`udp-echo-server 5000 ${params.buffer}`);
  const { stdout } = await ann.sh('udp-echo-client 10.0.1.2 5000 1 300');
  const back = seen('udp.srcport == 5000', 'ann.eth0').last;
  check('cut', () => ({ met: stdout.trim() === '1 echo 100' && back !== undefined, saw: stdout.trim() }), back);
  running.kill();
  await running.wait();
}

async function refused({ ann, params, check, seen }: Context): Promise<void> {
  const { stdout } = await ann.sh(`udp-echo-client 10.0.1.2 ${params.closed} 2 64`);
  const answer = seen('icmp.type == 3 && icmp.code == 3', 'ann.eth0').last;
  check(
    'refused',
    () => ({ met: stdout.includes('ECONNREFUSED') && answer !== undefined, saw: stdout.trim().replaceAll('\n', ', ') }),
    answer,
  );
}

async function sizes(context: Context): Promise<void> {
  const { params, check, seen } = context;
  const fragments = (from: number) =>
    seen('ip.flags.mf == 1 || ip.frag_offset > 0', 'bob.eth0').packets.filter((p) => p.atNs >= from);
  const start = context.now;
  const whole = await send(context, Number(params.fits));
  const pieces = fragments(start).length;
  const second = context.now;
  const torn = await send(context, Number(params.fits) + 1);
  const morePieces = fragments(second);
  check(
    'frame',
    () => ({
      met:
        whole &&
        torn &&
        pieces === 0 &&
        morePieces.filter((p) => p.card === 'bob.eth0' && p.direction === 'in').length === 2,
      saw: `${pieces} fragments for ${params.fits} bytes, ${morePieces.length} for one more`,
    }),
    morePieces[0],
  );
  const most = await send(context, Number(params.most));
  check('most', () => ({ met: most, saw: `${params.most} bytes did not come back` }));
  const { stdout } = await context.ann.sh(`udp-echo-client 10.0.1.2 8 1 ${params.more}`);
  check('more', () => ({ met: stdout.includes('EMSGSIZE'), saw: stdout.trim() }));
}

/** Whether an echo of so many bytes came back. */
async function send({ ann }: Context, bytes: number): Promise<boolean> {
  const { stdout } = await ann.sh(`udp-echo-client 10.0.1.2 8 1 ${bytes}`);
  return stdout.trim() === `1 echo ${bytes}`;
}

/** One lost packet of a page: TCP notices by duplicate ACKs and repeats just that one; the page arrives whole. */
import { cable, host, lab, nth, router } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';

type Context = LabContext<'laptop' | 'gw' | 'web'>;

const text = (en: string, zh: string) => ({ en, zh });
const LINE = 'All of this page is one and the same line, over and over.\n';
const PAGE = LINE.repeat(2500);

export default lab({
  id: 'one-lost-packet',
  title: text('One lost packet', '丢一个分组'),
  text: text(
    'A laptop fetches a page of 145 kB through a router. The n-th frame from the server is lost. Once three frames have come after it the server knows by the duplicate ACKs, and repeats it without waiting for a timeout.',
    '笔记本经路由器下载一个 145 kB 的页面。来自服务器的第 n 帧丢失。其后三帧到达时，服务器从重复 ACK 得知丢失并重传它，不等超时。',
  ),
  params: {
    lost: {
      default: 20,
      min: 0,
      max: 1000,
      text: text('Which frame of the server is lost (0: none)', '丢失服务器的第几帧（0：不丢）'),
    },
  },
  machines: {
    laptop: host({ eth0: '10.0.1.2/24', gateway: '10.0.1.1' }),
    gw: router({ eth0: '10.0.1.1/24', eth1: '10.0.2.1/24' }),
    web: host({ eth0: '10.0.2.2/24', gateway: '10.0.2.1', files: { '/srv/big': PAGE }, run: ['httpd /srv'] }),
  },
  cables: [
    cable('laptop', 'gw', { rate: '100Mbit', delay: '10ms' }),
    cable('gw.eth1', 'web', { rate: '10Mbit', delay: '10ms', backward: { drop: nth('lost', 'tcp') } }),
  ],
  checks: {
    whole: { text: text('The page arrives whole', '页面完整到达') },
    fast: { text: text('One fast retransmission', '恰好一次快重传'), row: 32 },
    patience: { text: text('No timeout', '没有超时'), row: 32 },
  },
  counterRuns: {
    'nothing-lost': {
      set: { lost: 0 },
      flips: ['fast'],
      text: text('Nothing lost, nothing repeated.', '什么都不丢，什么都不重传。'),
    },
    'handshake-lost': {
      set: { lost: 1 },
      flips: ['fast', 'patience'],
      text: text(
        'The SYN+ACK is lost: nothing after it could tell, only the timer helps.',
        '丢失 SYN+ACK：后面没有数据可以提示，只能靠定时器。',
      ),
    },
  },
  async script(context) {
    tell(context);
    await context.sleep('100ms');
    const page = await context.laptop.sh('curl -s http://10.0.2.2/big');
    await context.sleep('1s');
    judge(context, page.stdout, page.endNs);
  },
});

function tell({ on, watch, say }: Context): void {
  on('frame.drop', ({ values: { reason, packet } }) => {
    if (reason === 'lost') say(text(`Packet ${packet} is lost`, `分组 ${packet} 丢失`));
  });
  let duplicates = 0;
  watch(
    'tcp.analysis.duplicate_ack',
    (p) => {
      if (++duplicates > 3) return;
      say(
        text(
          `Duplicate ACK ${duplicates} for byte ${p.field('tcp.ack')}`,
          `第 ${duplicates} 个重复 ACK，等待字节 ${p.field('tcp.ack')}`,
        ),
      );
    },
    'web.eth0',
  );
  on('tcp.retransmit', ({ host: where, values: { packet, reason } }) =>
    say(text(`${where} sends it again as packet ${packet}: ${reason}`, `${where} 以分组 ${packet} 重传：${reason}`)),
  );
  watch(
    'ip.src == 10.0.1.2 && tcp.flags == 0x002',
    (p) => say(text(`The laptop calls: ${p.info}`, `笔记本发起连接：${p.info}`)),
    'laptop.eth0',
  );
}

function judge({ seen, events, check }: Context, page: string, endNs: number): void {
  check('whole', () => ({ met: page === PAGE, saw: `${page.length} of ${PAGE.length} bytes` }), { atNs: endNs });
  const fast = seen('tcp.analysis.fast_retransmission', 'web.eth0');
  check('fast', () => ({ met: fast.count === 1, saw: `${fast.count} fast retransmissions` }), fast.first);
  const late = events('tcp.retransmit').filter(({ values }) => values.reason.includes('timeout'));
  check('patience', () => ({ met: late.length === 0, saw: `${late.length} timeouts` }), { atNs: late[0]?.at ?? endNs });
}

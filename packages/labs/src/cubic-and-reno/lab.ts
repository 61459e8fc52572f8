/** CUBIC against Reno: one loss on a long fat path and on a short one, and both at one bottleneck. */
import { cable, host, lab, param, router } from '@netarium/core/check/lab.ts';
import type { HostControl, LabContext } from '@netarium/core/check/lab-context.ts';
import { sink, source } from '../lib/transfer.ts';

type Context = LabContext<'rita' | 'carl' | 'gate' | 'server'>;
type Sender = 'rita' | 'carl';

const text = (en: string, zh: string) => ({ en, zh });
const SECOND = 1_000_000_000;
const SERVER = '10.0.9.2';
const PORTS: Readonly<Record<Sender, number>> = { rita: 7001, carl: 7002 };
/** More than any window of this lab, and no more: what a socket has taken goes out even after its program has ended. */
const SEND_BUFFER = { 'net.ipv4.tcp_wmem': '4096 16384 1500000' } as const;
const DATA = 'tcp.len > 0';

export default lab({
  id: 'cubic-and-reno',
  title: text('CUBIC against Reno', 'CUBIC 与 Reno 的比较'),
  text: text(
    'Rita’s host uses Reno, Carl’s uses CUBIC, Linux’s default. Each sends over a long fat path and loses one segment: Reno halves its window and adds a segment per round trip; CUBIC keeps seven tenths, hurries back to where the loss was, rests there, then looks for more. On a short path there is no difference. Then both share one bottleneck. See the curves with `netarium plot cubic-and-reno cwnd`.',
    'Rita 的主机用 Reno，Carl 的用 Linux 默认的 CUBIC。各自在又长又宽的路径上发送并丢失一个报文段：Reno 把窗口减半，每个往返加一段；CUBIC 保留十分之七，很快回到丢包时的窗口，在那里停留，再去试探更多。短路径上没有差别。然后两者分享一条瓶颈。用 `netarium plot cubic-and-reno cwnd` 看曲线。',
  ),
  params: {
    first: {
      default: 'reno',
      choices: ['reno', 'cubic'],
      text: text('What Rita’s host uses', 'Rita 的主机用什么算法'),
    },
    second: {
      default: 'cubic',
      choices: ['cubic', 'reno'],
      text: text('What Carl’s host uses', 'Carl 的主机用什么算法'),
    },
    long: { default: '100ms', text: text('Delay of the long path, one way', '长路径的单程时延') },
    short: { default: '1ms', text: text('Delay of the short path, one way', '短路径的单程时延') },
    lost: {
      default: 200,
      min: 0,
      max: 100_000,
      text: text('Which segment of each is lost (0: none)', '各自丢失第几个报文段（0：不丢）'),
    },
    bytes: {
      default: 6_000_000,
      min: 1_000_000,
      max: 100_000_000,
      text: text('Bytes that each sends alone', '各自单独发送的字节数'),
    },
  },
  machines: {
    rita: host({
      eth0: '10.0.1.2/24',
      gateway: '10.0.1.1',
      sysctl: { 'net.ipv4.tcp_congestion_control': param('first'), ...SEND_BUFFER },
    }),
    carl: host({
      eth0: '10.0.2.2/24',
      gateway: '10.0.2.1',
      sysctl: { 'net.ipv4.tcp_congestion_control': param('second'), ...SEND_BUFFER },
    }),
    gate: router({ eth0: '10.0.1.1/24', eth1: '10.0.2.1/24', eth2: '10.0.9.1/24' }),
    server: host({ eth0: '10.0.9.2/24', gateway: '10.0.9.1', run: ['sink 7001', 'sink 7002'] }),
  },
  cables: [
    cable('rita.eth0', 'gate.eth0', { name: 'rita', rate: '1Gbit', delay: '100us' }),
    cable('carl.eth0', 'gate.eth1', { name: 'carl', rate: '1Gbit', delay: '100us' }),
    cable('gate.eth2', 'server.eth0', { name: 'bottleneck', rate: '10Mbit', delay: param('long'), queue: 150 }),
  ],
  programs: { sink, source },
  until: '300s',
  checks: {
    decrease: {
      text: text(
        'After the loss Reno goes on with 0.5 of its window, CUBIC with 0.7',
        '丢包后 Reno 以窗口的 0.5 继续，CUBIC 以 0.7 继续',
      ),
      row: 35,
    },
    line: {
      text: text(
        'Reno’s window then grows on a straight line, a segment per round trip',
        '此后 Reno 的窗口沿直线增长，每个往返一段',
      ),
      row: 35,
    },
    curve: {
      text: text(
        'CUBIC’s grows fast at first and slowly near the window of the loss',
        'CUBIC 的窗口先快后慢，接近丢包时的窗口时最慢',
      ),
      row: 35,
    },
    long: {
      text: text('On the long path CUBIC is done in 0.9 of the time or less', '在长路径上 CUBIC 用时不到九成'),
      row: 35,
    },
    short: {
      text: text('On the short path both take the same time, within 3 %', '在短路径上两者用时相同，相差 3% 以内'),
      row: 35,
    },
    shares: {
      text: text(
        'At one bottleneck with long round trips CUBIC takes more than 55 %',
        '往返时间长的同一瓶颈上，CUBIC 占 55% 以上',
      ),
      row: 35,
    },
  },
  counterRuns: {
    'reno-twice': {
      set: { second: 'reno' },
      flips: ['decrease', 'curve', 'long', 'shares'],
      text: text('Reno against Reno.', 'Reno 对 Reno。'),
    },
    'cubic-twice': {
      set: { first: 'cubic' },
      flips: ['decrease', 'line', 'long'],
      text: text('CUBIC against CUBIC.', 'CUBIC 对 CUBIC。'),
    },
    'short-is-long': {
      set: { short: '100ms' },
      flips: ['short'],
      text: text('The short path is long as well.', '短路径也很长。'),
    },
  },
  async script(context) {
    const { params, say, sleep, check, cable: wire } = context;
    await sleep('100ms');
    tell(context);
    say(text('The long path: Rita alone, then Carl', '长路径：先是 Rita 单独发送，然后 Carl'));
    const [rita, carl] = [await alone(context, 'rita'), await alone(context, 'carl')];
    judgeCurves(context, rita, carl);
    const ratio = carl.tookNs / rita.tookNs;
    check('long', () => ({ met: ratio <= 0.9, saw: `${hundredths(ratio)} of the time` }));
    say(text('The short path', '短路径'));
    wire('bottleneck').set({ delay: String(params.short) });
    const [near, nearToo] = [await alone(context, 'rita', 3), await alone(context, 'carl', 3)];
    const shortRatio = nearToo.tookNs / near.tookNs;
    check('short', () => ({
      met: shortRatio > 0.97 && shortRatio < 1.03,
      saw: `${hundredths(shortRatio)} of the time`,
    }));
    wire('bottleneck').set({ delay: String(params.long), rate: '5Mbit' });
    await together(context);
  },
});

const hundredths = (value: number): number => Math.round(value * 100) / 100;

/** Turns of the algorithms, with the window as it was. */
function tell({ on, say }: Context): void {
  let told = 0;
  on('tcp.recovery', ({ host: who, values: { what, cwnd, ssthresh } }) => {
    if (what !== 'disorder' && told++ < 12)
      say(
        text(
          `${who}, ${what}: cwnd ${cwnd}, ssthresh ${ssthresh}`,
          `${who}，${what}：cwnd ${cwnd}，ssthresh ${ssthresh}`,
        ),
      );
  });
}

interface Sample {
  readonly atNs: number;
  readonly cwnd: number;
  readonly srttNs: number;
}

interface Flow {
  readonly tookNs: number;
  /** What was left of the window after the loss, and the window of the loss. */
  readonly kept: number;
  readonly lossCwnd: number;
  readonly openNs: number;
  /** The window from the end of the recovery on. */
  readonly samples: readonly Sample[];
}

/** One transfer over an empty path, of all the bytes or a part of them, with one loss. */
async function alone(context: Context, who: Sender, part = 1): Promise<Flow> {
  const { params, on, events, say, sleep, until } = context;
  const lift = context.cable(who).fault({ drop: { nth: Number(params.lost), matching: DATA } }, 'forward');
  const turnsBefore = events('tcp.recovery').length;
  const samples: Sample[] = [];
  let running = true;
  on('tcp.cwnd', ({ host: where, at, values: { cwnd, srttNs } }) => {
    if (running && where === who) samples.push({ atNs: at, cwnd, srttNs });
  });
  const bytes = Math.floor(Number(params.bytes) / part);
  const { startNs } = await context[who].sh(`source ${SERVER} ${PORTS[who]} ${bytes}`);
  // The socket takes the last bytes long before they arrive; the FIN comes behind them.
  const done = () =>
    events('tcp.state').findLast(({ host: where, values }) => where === 'server' && values.to === 'CLOSE-WAIT');
  await until(() => (done()?.at ?? 0) > startNs, '60s');
  const endNs = done()?.at ?? context.now;
  running = false;
  lift();
  await sleep('2s');
  const turns = events('tcp.recovery').slice(turnsBefore);
  const loss = turns.find(({ values }) => values.what === 'recovery');
  const openNs = turns.find(({ at, values }) => values.what === 'open' && at > (loss?.at ?? 0))?.at ?? endNs;
  const seconds = hundredths((endNs - startNs) / SECOND);
  say(text(`${who} sent ${bytes} bytes in ${seconds} s`, `${who} 用 ${seconds} 秒发送 ${bytes} 字节`));
  return {
    tookNs: endNs - startNs,
    kept: hundredths((loss?.values.ssthresh ?? 0) / (loss?.values.cwnd ?? 1)),
    lossCwnd: loss?.values.cwnd ?? 0,
    openNs,
    samples: samples.filter(({ atNs }) => atNs > openNs),
  };
}

function judgeCurves({ check }: Context, rita: Flow, carl: Flow): void {
  check('decrease', () => ({ met: rita.kept === 0.5 && carl.kept === 0.7, saw: `${rita.kept} and ${carl.kept}` }), {
    atNs: carl.openNs,
  });
  const [first, last] = [rita.samples[0], rita.samples.at(-1)];
  check(
    'line',
    () => {
      if (first === undefined || last === undefined) return { met: false, saw: 'nothing after the loss' };
      const perRound = ((last.cwnd - first.cwnd) * last.srttNs) / (last.atNs - first.atNs);
      return { met: perRound > 0.9 && perRound < 1.1, saw: `${hundredths(perRound)} segments per round trip` };
    },
    { atNs: rita.openNs },
  );
  // From the end of the recovery to where the window of the loss is almost reached: two halves of that time.
  const back = carl.samples.findIndex(({ cwnd }) => cwnd >= carl.lossCwnd * 0.97);
  const [start, end] = [carl.samples[0], carl.samples[back < 0 ? carl.samples.length - 1 : back]];
  check(
    'curve',
    () => {
      if (start === undefined || end === undefined) return { met: false, saw: 'nothing after the loss' };
      const half = carl.samples.find(({ atNs }) => atNs >= (start.atNs + end.atNs) / 2)!;
      const [early, late] = [half.cwnd - start.cwnd, end.cwnd - half.cwnd];
      return {
        met: early > 1.5 * late && back >= 0,
        saw: `${early} segments in the first half, ${late} in the second`,
      };
    },
    { atNs: carl.openNs },
  );
}

/** Both at once for 30 s, after 10 s to settle. */
async function together(context: Context): Promise<void> {
  const { rita, carl, say, sleep, check } = context;
  say(text('Both at one bottleneck of 5 Mbit/s', '两者共用一条 5 Mbit/s 的瓶颈'));
  // A little disorder of departure times, or the two would march in step.
  const lifts = [context.cable('rita'), context.cable('carl')].map((wire) => wire.fault({ jitter: '4ms' }, 'forward'));
  const both = [rita.start(`source ${SERVER} 7001 100000000`), carl.start(`source ${SERVER} 7002 100000000`)];
  await sleep('10s');
  const before = [await acknowledged(rita), await acknowledged(carl)] as const;
  await sleep('30s');
  const [slow, fast] = [(await acknowledged(rita)) - before[0], (await acknowledged(carl)) - before[1]];
  const share = Math.round((100 * fast) / (fast + slow));
  for (const running of both) running.kill();
  for (const lift of lifts) lift();
  say(text(`Rita ${100 - share} %, Carl ${share} %`, `Rita ${100 - share}%，Carl ${share}%`));
  check('shares', () => ({ met: share > 55, saw: `${share} %` }));
}

/** Bytes that a host's one open connection has brought to the other side, as `ss -ti` tells. */
async function acknowledged(host: HostControl): Promise<number> {
  const { stdout } = await host.sh('ss -tin state established');
  return Number(/bytes_acked:(\d+)/.exec(stdout)?.[1] ?? 0);
}

/** Flow control: a reader rests, its window closes, the sender probes, a window update lets it go on. */
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext, SeenPacket } from '@netarium/core/check/lab-context.ts';
import { reader, rogue, writer } from './programs.ts';

type Context = LabContext<'sender' | 'receiver'>;

const text = (en: string, zh: string) => ({ en, zh });
const MS = 1_000_000;
const FROM_RECEIVER = 'ip.src == 10.0.1.3';
/** Linux probes with an empty segment one below what is acknowledged; Wireshark files that under keep-alive. */
const PROBE = 'ip.src == 10.0.1.2 && (tcp.analysis.keep_alive || tcp.analysis.zero_window_probe)';

export default lab({
  id: 'flow-control',
  title: text('Sliding window, flow control, zero window', '滑动窗口、流量控制与零窗口'),
  text: text(
    'A writer sends 200 kB to a reader that rests first and then reads slowly. The receive buffer fills, the window goes to zero, the sender probes with growing pauses until an update opens the window.',
    '发送方发出 200 kB，接收方先休息，再慢慢读取。接收缓冲被填满，窗口变为 0，发送方以越来越长的间隔探测，直到窗口更新为止。',
  ),
  params: {
    rest: {
      default: 5000,
      min: 0,
      max: 30_000,
      text: text('How long the reader rests at first (ms)', '接收方开始时休息多久（毫秒）'),
    },
    every: {
      default: 20,
      min: 0,
      max: 1000,
      text: text('Pause between two reads of 4096 bytes (ms)', '两次读取 4096 字节之间的间隔（毫秒）'),
    },
    buffer: {
      default: 16_384,
      min: 2048,
      max: 212_992,
      text: text('Receive buffer, SO_RCVBUF (bytes)', '接收缓冲 SO_RCVBUF（字节）'),
    },
    rogue: {
      default: false,
      text: text('A rogue on the sending host sends past the window', '发送主机上是否有程序无视窗口发送'),
    },
  },
  machines: {
    sender: host({ eth0: '10.0.1.2/24' }),
    receiver: host({ eth0: '10.0.1.3/24' }),
  },
  cables: [cable('sender', 'receiver', { rate: '10Mbit', delay: '10ms' })],
  programs: { reader, rogue, writer },
  until: '200s',
  checks: {
    zero: { text: text('The window shrinks step by step and reaches zero', '窗口一步步缩小到 0'), row: 34, clause: 1 },
    probes: {
      text: text(
        'The sender probes the closed window, each pause twice as long as the one before',
        '发送方探测零窗口，间隔每次加倍',
      ),
      row: 34,
      clause: 2,
    },
    update: {
      text: text('Data flows again right after the window update', '窗口更新之后数据立即继续'),
      row: 34,
      clause: 3,
    },
    'in-flight': {
      text: text(
        'No segment reaches beyond the last acknowledged byte plus the window',
        '没有一个报文段超出“确认号加窗口”',
      ),
      row: 34,
      clause: 4,
    },
    whole: { text: text('All 200,000 bytes arrive', '200000 字节全部到达') },
  },
  counterRuns: {
    'no-rest': {
      set: { rest: 0, every: 0 },
      flips: ['zero', 'probes', 'update'],
      text: text('A reader that reads at once keeps the window open.', '接收方立即读取，窗口一直打开。'),
    },
    rogue: {
      set: { rogue: true },
      flips: ['in-flight'],
      text: text('A rogue sends 1000 bytes into the closed window.', '一个程序向已关闭的窗口发送 1000 字节。'),
    },
  },
  async script(context) {
    const { sender, receiver, params, sleep, check } = context;
    tell(context);
    const reading = receiver.start(`reader 7000 ${params.buffer} ${params.rest} ${params.every}`);
    await sleep('10ms');
    if (params.rogue === true) sender.start('rogue 10.0.1.2');
    await sender.sh('writer 10.0.1.3 7000 200000');
    const { stdout } = await reading.wait();
    await sleep('1s');
    judge(context);
    check('whole', () => ({ met: stdout.trim() === '200000 bytes', saw: stdout.trim() }));
  },
});

function tell({ watch, say }: Context): void {
  let last = -1;
  let told = 0;
  watch(`${FROM_RECEIVER} && tcp.flags.ack == 1`, (p) => {
    const window = Number(p.field('tcp.window_size'));
    const closes = window === 0 && last !== 0;
    if ((window < last || (last === 0 && window > 0)) && told < 12) {
      told++;
      say({
        en: `The receiver acknowledges ${p.field('tcp.ack')}, window ${window}`,
        zh: `接收方确认 ${p.field('tcp.ack')}，窗口 ${window}`,
      });
    }
    if (closes) say(text('The window is closed', '窗口已关闭'));
    last = window;
  });
  watch(PROBE, () => {
    if (told < 20) say(text('The sender probes the closed window', '发送方探测零窗口'));
  });
}

/** Zero windows, the probes between the first of them and the first update, and the data after it. */
function judge({ check, seen }: Context): void {
  const windows = seen(`${FROM_RECEIVER} && tcp.flags.syn == 0`, 'sender.eth0').packets;
  const sizes = windows.map((p) => Number(p.field('tcp.window_size')));
  const closed = sizes.indexOf(0);
  const steps = sizes.slice(0, Math.max(closed, 0)).filter((size, i, all) => i > 0 && size < all[i - 1]!).length;
  check(
    'zero',
    () => ({
      met: closed > 0 && steps >= 2,
      saw: closed < 0 ? `smallest window ${Math.min(...sizes)}` : `zero after ${steps} steps`,
    }),
    windows[closed],
  );
  const opened = windows.find((_p, i) => i > closed && closed >= 0 && sizes[i]! > 0);
  const until = opened?.atNs ?? 0;
  const probes = seen(PROBE, 'sender.eth0').packets.filter((p) => p.atNs < until);
  const gaps = probes.slice(1).map((p, i) => p.atNs - probes[i]!.atNs);
  check(
    'probes',
    () => {
      const doubles = gaps.slice(1).every((gap, i) => Math.abs(gap - 2 * gaps[i]!) < 50 * MS);
      return {
        met: probes.length >= 3 && doubles,
        saw: `${probes.length} probes, ${gaps.map((gap) => Math.round(gap / MS)).join(', ')} ms apart`,
      };
    },
    probes[0],
  );
  check(
    'update',
    () => {
      const next = seen('ip.src == 10.0.1.2 && tcp.len > 0', 'sender.eth0').packets.find((p) => p.atNs >= until);
      const waited = (next?.atNs ?? 0) - until;
      return {
        met: opened !== undefined && next !== undefined && waited < MS,
        saw: opened ? `${waited} ns after it` : 'no update of a closed window',
      };
    },
    opened,
  );
  const over = beyondWindow(seen('tcp', 'sender.eth0').packets);
  check(
    'in-flight',
    () => ({ met: over === undefined, saw: `a segment up to ${over?.end} where ${over?.limit} was allowed` }),
    over?.packet,
  );
}

/** The first segment at the sender's card that ends beyond what the receiver had granted by then. */
function beyondWindow(packets: readonly SeenPacket[]): { packet: SeenPacket; end: number; limit: number } | undefined {
  let limit = Number.POSITIVE_INFINITY;
  for (const packet of packets) {
    if (packet.field('ip.src') === '10.0.1.3') {
      limit = Number(packet.field('tcp.ack')) + Number(packet.field('tcp.window_size'));
      continue;
    }
    const length = Number(packet.field('tcp.len'));
    const end = Number(packet.field('tcp.seq')) + length;
    if (length > 0 && end > limit) return { packet, end, limit };
  }
  return undefined;
}

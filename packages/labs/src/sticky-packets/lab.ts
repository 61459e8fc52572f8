/** "Sticky packets": a stream has no message borders. Each cause alone, then the three cures against all causes at once. */
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import type { Finished, LabContext, SeenPacket } from '@netarium/core/check/lab-context.ts';
import { listen, speak } from './programs.ts';

type Context = LabContext<'speaker' | 'listener'>;

const text = (en: string, zh: string) => ({ en, zh });
const SMALL = 40;
const MESSAGES = 20;

export default lab({
  id: 'sticky-packets',
  title: text('Sticky packets: a stream has no message borders', '粘包与拆包：字节流没有消息边界'),
  text: text(
    'A speaker makes one send call per message, a listener takes each receive call for one message. Nagle’s algorithm merges, segmentation tears apart, a late reader finds several at once: each shown alone. Then a length prefix, a delimiter and a fixed length put the borders back, over a cable that loses packets.',
    '发送方每条消息调用一次 send，接收方把每次 recv 当作一条消息。Nagle 算法会合并，分段会拆开，读得晚会一次读到多条：逐一单独展示。随后用长度前缀、分隔符和定长恢复边界，线缆还会丢包。',
  ),
  params: {
    nodelay: { default: false, text: text('The first speaker sets TCP_NODELAY', '第一个发送方是否设置 TCP_NODELAY') },
    long: {
      default: 4000,
      min: 1,
      max: 60_000,
      text: text('Bytes of the long messages', '长消息的字节数'),
    },
    late: {
      default: 500,
      min: 0,
      max: 5000,
      text: text('How late the late reader is (ms)', '读得晚的接收方晚多少毫秒'),
    },
    framed: { default: true, text: text('The cures are used', '是否使用三种解决方法') },
    loss: { default: '1%', text: text('Loss of the cable during the cures', '验证解决方法时线缆的丢包率') },
  },
  machines: {
    speaker: host({ eth0: '10.0.1.2/24' }),
    listener: host({ eth0: '10.0.1.3/24' }),
  },
  cables: [cable('speaker', 'listener', { rate: '10Mbit', delay: '10ms' })],
  programs: { listen, speak },
  until: '600s',
  checks: {
    nagle: {
      text: text(
        'Small messages leave together in one segment, and only because of Nagle’s algorithm',
        '小消息合在一个报文段里发出，且只因为 Nagle 算法',
      ),
      row: 45,
      clause: 1,
    },
    torn: {
      text: text(
        'A message longer than a segment arrives in several receive calls',
        '超过一个报文段的消息分几次 recv 到达',
      ),
      row: 45,
      clause: 2,
    },
    late: {
      text: text(
        'A late reader gets several messages in one receive call, though each had its own segment',
        '读得晚的接收方一次 recv 得到多条消息，尽管每条各占一个报文段',
      ),
      row: 45,
      clause: 3,
    },
    'length-prefix': {
      text: text('With a length before each message none is wrong', '每条消息前加长度，没有一条出错'),
      row: 45,
      clause: 4,
    },
    delimiter: {
      text: text('With a newline behind each message none is wrong', '每条消息后加换行符，没有一条出错'),
      row: 45,
      clause: 5,
    },
    fixed: { text: text('With messages of fixed length none is wrong', '定长消息，没有一条出错'), row: 45, clause: 6 },
    thousand: {
      text: text(
        '1000 messages of random length and content with each cure: 0 wrong',
        '每种方法各 1000 条随机长度和内容的消息：0 条出错',
      ),
      row: 45,
      clause: 7,
    },
  },
  counterRuns: {
    'no-delay': {
      set: { nodelay: true },
      flips: ['nagle'],
      text: text('With TCP_NODELAY nothing is merged.', '设置 TCP_NODELAY 后不再合并。'),
    },
    short: {
      set: { long: 1000 },
      flips: ['torn'],
      text: text('A message that fits into one segment stays whole.', '装得进一个报文段的消息不会被拆。'),
    },
    prompt: {
      set: { late: 0 },
      flips: ['late'],
      text: text('A prompt reader gets one message at a time.', '读得及时就一次一条。'),
    },
    'no-cure': {
      set: { framed: false },
      flips: ['length-prefix', 'delimiter', 'fixed', 'thousand'],
      text: text('Without framing messages are wrong.', '没有边界约定，消息就会出错。'),
    },
  },
  async script(context) {
    await nagle(context);
    await segmentation(context);
    await lateReader(context);
    await cures(context);
  },
});

interface Talk {
  readonly result: Finished;
  /** Data segments of the speaker, each once. */
  readonly segments: readonly number[];
  readonly first: SeenPacket | undefined;
  readonly sizes: readonly number[];
}

/** One conversation: so many messages, and how the listener found them. */
async function talk(
  { speaker, listener, seen, sleep }: Context,
  framing: string,
  [count, length]: readonly [number, number],
  { gapMs = 0, lateMs = 0, nodelay = false },
): Promise<Talk> {
  const filter = 'ip.src == 10.0.1.2 && tcp.len > 0';
  const before = seen(filter).count;
  const hearing = listener.start(`listen 7000 ${framing} ${count} ${length} ${lateMs}`);
  await sleep('10ms');
  await speaker.sh(`speak 10.0.1.3 7000 ${framing} ${count} ${length} ${gapMs}${nodelay ? ' nodelay' : ''}`);
  const result = await hearing.wait();
  const packets = seen(filter).packets.slice(before);
  const sizes = (/sizes (.*)/.exec(result.stdout)?.[1] ?? '').split(' ').map(Number);
  return { result, segments: packets.map((p) => Number(p.field('tcp.len'))), first: packets[0], sizes };
}

function tell({ say }: Context, en: string, zh: string, { segments, sizes }: Talk): void {
  const [sent, received] = [segments.slice(0, 10).join(' '), sizes.slice(0, 10).join(' ')];
  say({
    en: `${en}. Segments: ${sent} …; receive calls: ${received} …`,
    zh: `${zh}。报文段：${sent} …；各次 recv：${received} …`,
  });
}

async function nagle(context: Context): Promise<void> {
  const { params, check } = context;
  const seenTalk = await talk(context, 'none', [MESSAGES, SMALL], { gapMs: 4, nodelay: params.nodelay === true });
  tell(
    context,
    `${MESSAGES} messages of ${SMALL} bytes, 4 ms apart`,
    `${MESSAGES} 条 ${SMALL} 字节的消息，间隔 4 毫秒`,
    seenTalk,
  );
  const control = await talk(context, 'none', [MESSAGES, SMALL], { gapMs: 4, nodelay: true });
  tell(context, 'The same with TCP_NODELAY', '同样的消息，设置 TCP_NODELAY', control);
  const merged = seenTalk.segments.filter((n) => n > SMALL).length;
  check(
    'nagle',
    () => ({
      met: merged > 0 && control.segments.every((n) => n === SMALL) && control.sizes.every((n) => n === SMALL),
      saw: `${merged} segments held several messages, with TCP_NODELAY ${control.segments.filter((n) => n > SMALL).length}`,
    }),
    seenTalk.first,
  );
}

async function segmentation(context: Context): Promise<void> {
  const { params, check } = context;
  const length = Number(params.long);
  const long = await talk(context, 'none', [5, length], { gapMs: 200, nodelay: true });
  tell(
    context,
    `5 messages of ${length} bytes, 200 ms apart, TCP_NODELAY`,
    `5 条 ${length} 字节的消息，间隔 200 毫秒，TCP_NODELAY`,
    long,
  );
  check(
    'torn',
    () => ({
      met: long.sizes.length > 5 && long.sizes.every((n) => n < length) && long.segments.every((n) => n <= 1460),
      saw: `5 messages came in ${long.sizes.length} receive calls`,
    }),
    long.first,
  );
}

async function lateReader(context: Context): Promise<void> {
  const { params, check } = context;
  const lateMs = Number(params.late);
  const late = await talk(context, 'none', [MESSAGES, SMALL], { gapMs: 4, lateMs, nodelay: true });
  tell(
    context,
    `Each message in its own segment, the reader ${lateMs} ms late`,
    `每条消息各占一个报文段，接收方晚 ${lateMs} 毫秒`,
    late,
  );
  check(
    'late',
    () => ({
      met: late.segments.every((n) => n === SMALL) && late.sizes.some((n) => n >= 2 * SMALL),
      saw: `receive calls of ${late.sizes.join(' ')} bytes`,
    }),
    late.first,
  );
}

const CURES = [
  ['length-prefix', 'length', 'Length prefix', '长度前缀'],
  ['delimiter', 'delimiter', 'Delimiter', '分隔符'],
  ['fixed', 'fixed', 'Fixed length', '定长'],
] as const;

/** Nagle, segments and a late reader together, first 100 messages for each cure, then 1000 over a cable that loses packets. */
async function cures(context: Context): Promise<void> {
  const { params, check, say, cable: wire } = context;
  const framingOf = (framing: string): string => (params.framed === true ? framing : 'none');
  for (const [id, framing, en, zh] of CURES) {
    const { result, first } = await talk(context, framingOf(framing), [100, 0], { gapMs: 1, lateMs: 50 });
    say({ en: `${en}, 100 messages: ${counts(result)}`, zh: `${zh}，100 条消息：${counts(result)}` });
    check(id, () => ({ met: result.stdout.startsWith('100 received, 0 wrong'), saw: counts(result) }), first);
  }
  wire('speaker-listener').fault({ loss: params.loss });
  const results: string[] = [];
  for (const [, framing, en, zh] of CURES) {
    const { result } = await talk(context, framingOf(framing), [1000, 0], {});
    say({ en: `${en}, 1000 messages: ${counts(result)}`, zh: `${zh}，1000 条消息：${counts(result)}` });
    results.push(counts(result));
  }
  check('thousand', () => ({
    met: results.every((line) => line === '1000 received, 0 wrong'),
    saw: results.join('; '),
  }));
}

const counts = ({ stdout }: Finished): string => stdout.slice(0, Math.max(0, stdout.indexOf(', sizes')));

/** TCP's flags: a small program makes each, a filter finds it, a table counts all of them. */
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext, SeenPacket } from '@netarium/core/check/lab-context.ts';
import { patient, raise } from './programs.ts';

type Context = LabContext<'client' | 'server'>;

const text = (en: string, zh: string) => ({ en, zh });

/** Flag, filter field, bit in tcp.flags (RFC 9293 section 3.1), and what the flag says. */
const FLAGS = [
  { flag: 'syn', field: 'tcp.flags.syn', bit: 0x02, en: 'synchronise sequence numbers', zh: '同步序号' },
  { flag: 'fin', field: 'tcp.flags.fin', bit: 0x01, en: 'no more data from the sender', zh: '发送方没有更多数据' },
  { flag: 'ack', field: 'tcp.flags.ack', bit: 0x10, en: 'the acknowledgement number is valid', zh: '确认号有效' },
  {
    flag: 'psh',
    field: 'tcp.flags.push',
    bit: 0x08,
    en: 'hand the data to the program at once',
    zh: '立即把数据交给程序',
  },
  { flag: 'rst', field: 'tcp.flags.reset', bit: 0x04, en: 'reset the connection', zh: '重置连接' },
  { flag: 'urg', field: 'tcp.flags.urg', bit: 0x20, en: 'the urgent pointer is valid', zh: '紧急指针有效' },
] as const;
type Flag = (typeof FLAGS)[number];

const flagCheck = (flag: string, clause: number, en: string, zh: string) => ({
  text: text(`${flag}: ${en}`, `${flag}：${zh}`),
  row: 30,
  clause,
});

export default lab({
  id: 'tcp-flags',
  title: text('TCP flags', 'TCP 标志位'),
  text: text(
    'Six small programs, one for each flag. A display filter finds the packets with the flag in what the program sent; at the end a table counts each flag over all traffic.',
    '六个小程序，每个标志一个。显示过滤器在该程序发出的分组中找到带此标志的分组；最后用一张表统计全部流量中每个标志的次数。',
  ),
  params: {
    without: {
      default: 'none',
      choices: ['none', 'syn', 'fin', 'ack', 'psh', 'rst', 'urg'],
      text: text('The flag whose program does not run', '不运行哪个标志的程序'),
    },
  },
  machines: {
    client: host({ eth0: '10.0.1.2/24' }),
    server: host({ eth0: '10.0.1.3/24', run: ['patient 7000'] }),
  },
  cables: [cable('client', 'server', { rate: '100Mbit', delay: '5ms' })],
  programs: { patient, raise },
  checks: {
    syn: flagCheck('SYN', 1, 'connect sends one', 'connect 发出一个'),
    fin: flagCheck('FIN', 2, 'shutdown sends one', 'shutdown 发出一个'),
    ack: flagCheck('ACK', 3, 'every segment but the first SYN has it', '除第一个 SYN 外每个报文段都有'),
    psh: flagCheck('PSH', 4, 'the last segment of what send gave has it', 'send 的数据的最后一段带有它'),
    rst: flagCheck(
      'RST',
      5,
      'close with SO_LINGER 0 sends one and no FIN',
      'SO_LINGER 为 0 时 close 发出一个，没有 FIN',
    ),
    urg: flagCheck('URG', 6, 'send with MSG_OOB sets it and the urgent pointer', 'MSG_OOB 的 send 置位并给出紧急指针'),
    statistics: {
      text: text(
        'Counted by filter and by the bits of the flags byte, all six occur, equally often both ways',
        '按过滤器和按标志字节的位分别统计，六个标志都出现，两种计数一致',
      ),
      row: 30,
      clause: 7,
    },
  },
  counterRuns: {
    'without-syn': { set: { without: 'syn' }, flips: ['syn'] },
    'without-fin': { set: { without: 'fin' }, flips: ['fin'] },
    'without-ack': { set: { without: 'ack' }, flips: ['ack'] },
    'without-psh': { set: { without: 'psh' }, flips: ['psh'] },
    'without-rst': { set: { without: 'rst' }, flips: ['rst'] },
    'without-urg': {
      set: { without: 'urg' },
      flips: ['urg', 'statistics'],
      text: text('Nobody sends urgent data: the table has no URG.', '没人发送紧急数据：表中没有 URG。'),
    },
  },
  async script(context) {
    await context.sleep('100ms');
    for (const flag of FLAGS) await one(context, flag);
    statistics(context);
  },
});

/** What the client sends while the program of one flag runs. */
async function one({ client, params, seen, say, sleep, check }: Context, flag: Flag): Promise<void> {
  const name = flag.flag.toUpperCase();
  const count = seen('tcp', 'client.eth0').count;
  await client.sh(`raise ${params.without === flag.flag ? 'none' : flag.flag} 10.0.1.3 7000`);
  await sleep('1s');
  const sent = seen('tcp', 'client.eth0')
    .packets.slice(count)
    .filter((p) => p.direction === 'out');
  const found = sent.filter((p) => p.field(flag.field) === true);
  say({
    en: `${name} (${flag.en}): ${flag.field} == 1 finds ${found.length} of ${sent.length} packets${found[0] === undefined ? '' : `, the first: ${found[0].info}`}`,
    zh: `${name}（${flag.zh}）：${flag.field} == 1 在 ${sent.length} 个分组中找到 ${found.length} 个${found[0] === undefined ? '' : `，第一个：${found[0].info}`}`,
  });
  check(
    flag.flag,
    () => ({ met: judge(flag.flag, sent, found), saw: `${found.length} of ${sent.length} packets` }),
    found[0],
  );
}

/** Whether the flag stands exactly where the program's doing puts it. */
function judge(flag: Flag['flag'], sent: readonly SeenPacket[], found: readonly SeenPacket[]): boolean {
  const [first] = found;
  if (first === undefined) return false;
  switch (flag) {
    case 'syn':
      return found.length === 1 && first === sent[0];
    case 'fin':
      return found.length === 1;
    case 'ack':
      return sent.length > 1 && found.length === sent.length - 1 && !found.includes(sent[0]!);
    case 'psh':
      return found.length === 1 && Number(first.field('tcp.len')) === 13;
    case 'rst':
      return found.length === 1 && first === sent.at(-1) && sent.every((p) => p.field('tcp.flags.fin') !== true);
    case 'urg':
      return found.length === 1 && Number(first.field('tcp.urgent_pointer')) === 1;
  }
}

function statistics({ seen, say, check }: Context): void {
  const all = seen('tcp').packets;
  const rows = FLAGS.map(({ flag, field, bit }) => {
    const filtered = seen(`${field} == 1`).count;
    const counted = all.filter((p) => (Number(p.field('tcp.flags')) & bit) !== 0).length;
    return { flag: flag.toUpperCase(), filtered, counted };
  });
  const table = rows.map(({ flag, filtered }) => `${flag} ${filtered}`).join(', ');
  say(text(`Of ${all.length} segments: ${table}`, `共 ${all.length} 个报文段：${table}`));
  check('statistics', () => ({
    met: rows.every(({ filtered, counted }) => filtered > 0 && filtered === counted),
    saw: rows.map(({ flag, filtered, counted }) => `${flag} ${filtered} by filter, ${counted} by bits`).join('; '),
  }));
}

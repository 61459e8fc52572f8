/** One megabyte over a bad cable: what TCP repairs, by which means, and how often; UDP repairs nothing. */
import { cable, host, lab, param } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { give, take } from './programs.ts';

type Context = LabContext<'sender' | 'receiver'>;

const text = (en: string, zh: string) => ({ en, zh });
const chance = (value: string, en: string, zh: string) => ({ default: value, text: { en, zh } });
const mechanism = (en: string, zh: string) => ({ text: { en, zh }, row: 32, clause: 2 });

export default lab({
  id: 'reliable-transfer',
  title: text('Reliable transfer over a bad cable', '坏线缆上的可靠传输'),
  text: text(
    'A megabyte crosses a cable that loses, reorders, doubles and corrupts frames, both ways. Both ends print the SHA-256 of what they have; each way in which TCP repairs is counted. With --set protocol=udp nobody repairs.',
    '1 MB 数据通过一条双向丢包、乱序、重复、损坏的线缆。两端各自打印数据的 SHA-256；TCP 的每种修复手段都被计数。用 --set protocol=udp 则没有任何修复。',
  ),
  params: {
    protocol: { default: 'tcp', choices: ['tcp', 'udp'], text: text('The transport protocol', '传输层协议') },
    bytes: { default: 1_000_000, min: 1, max: 4_000_000, text: text('How much is sent (bytes)', '发送多少字节') },
    loss: chance('10%', 'Lost frames', '丢失的帧'),
    reorder: chance('5%', 'Frames that arrive 15 ms late', '迟到 15 毫秒的帧'),
    duplicate: chance('5%', 'Frames that arrive twice', '到达两次的帧'),
    corrupt: chance('2%', 'Frames with a flipped bit', '位翻转的帧'),
  },
  machines: {
    sender: host({ eth0: '10.0.1.2/24' }),
    receiver: host({ eth0: '10.0.1.3/24' }),
  },
  cables: [
    cable('sender', 'receiver', {
      rate: '10Mbit',
      delay: '10ms',
      loss: param('loss'),
      reorder: param('reorder'),
      reorderBy: '15ms',
      duplicate: param('duplicate'),
      corrupt: param('corrupt'),
    }),
  ],
  programs: { give, take },
  until: '900s',
  checks: {
    whole: {
      text: text('What arrives has the hash of what was sent', '收到数据的哈希与发送的相同'),
      row: 32,
      clause: 1,
    },
    timeouts: mechanism('Segments sent again after a timeout (RTO) are counted', '超时（RTO）重传有计数'),
    fast: mechanism(
      'Segments sent again for duplicate ACKs, before any timeout, are counted',
      '由重复 ACK 触发、早于超时的快重传有计数',
    ),
    selective: mechanism(
      'Selective acknowledgements (SACK) of what came out of order are counted',
      '对乱序数据的选择确认（SACK）有计数',
    ),
    duplicates: mechanism(
      'Segments that came twice are thrown away and reported by D-SACK, counted',
      '重复到达的报文段被丢弃并以 D-SACK 报告，有计数',
    ),
    checksum: mechanism(
      'Segments whose checksum is wrong are thrown away, counted',
      '校验和错误的报文段被丢弃，有计数',
    ),
  },
  counterRuns: {
    udp: {
      set: { protocol: 'udp' },
      flips: ['whole', 'timeouts', 'fast', 'selective', 'duplicates', 'checksum'],
      text: text('UDP over the same cable: another hash.', '同一条线缆上的 UDP：哈希不同。'),
    },
    'good-cable': {
      set: { loss: '0%', reorder: '0%', duplicate: '0%', corrupt: '0%' },
      flips: ['timeouts', 'fast', 'selective', 'duplicates', 'checksum'],
      text: text('A good cable leaves nothing to repair.', '好的线缆没有什么可修复的。'),
    },
  },
  async script(context) {
    const { sender, receiver, params, sleep, until, say, check } = context;
    const receiving = receiver.start(`take ${params.protocol} 7000`);
    await sleep('10ms');
    tell(context);
    const sent = await sender.sh(`give ${params.protocol} 10.0.1.3 7000 ${params.bytes}`);
    say({ en: `The sender has sent ${sent.stdout.trim()}`, zh: `发送方已发送 ${sent.stdout.trim()}` });
    await until(() => receiving.finished, '300s');
    receiving.kill();
    const { stdout } = await receiving.wait();
    say({ en: `The receiver has got ${stdout.trim()}`, zh: `接收方已收到 ${stdout.trim()}` });
    await sleep('5s');
    check('whole', () => ({
      met: sent.status === 0 && stdout === sent.stdout,
      saw: `${stdout.trim() || 'nothing'} of ${sent.stdout.trim()}`,
    }));
    count(context);
  },
});

/** The first of each kind of trouble, and of each kind of repair. */
function tell({ on, say }: Context): void {
  const told = new Set<string>();
  const once = (key: string, en: string, zh: string): void => {
    if (told.has(key)) return;
    told.add(key);
    say({ en, zh });
  };
  on('frame.drop', ({ values }) => {
    if (values.reason === 'lost')
      once('lost', `The cable loses a frame, packet ${values.packet}`, `线缆丢失一帧，分组 ${values.packet}`);
  });
  on('frame.duplicate', ({ values }) =>
    once('double', `The cable doubles packet ${values.packet}`, `线缆重复了分组 ${values.packet}`),
  );
  on('frame.reorder', ({ values }) =>
    once(
      'late',
      `Packet ${values.packet} is ${values.byNs / 1e6} ms late and overtaken`,
      `分组 ${values.packet} 迟到 ${values.byNs / 1e6} 毫秒，被后面的超过`,
    ),
  );
  on('frame.corrupt', ({ values }) =>
    once(
      'corrupt',
      `Byte ${values.byte} of packet ${values.packet} is corrupted`,
      `分组 ${values.packet} 的第 ${values.byte} 字节损坏`,
    ),
  );
  on('tcp.retransmit', ({ values }) =>
    once(
      values.reason,
      `The sender repeats ${values.length} bytes from ${values.seq}: ${values.reason}`,
      `发送方重传从 ${values.seq} 开始的 ${values.length} 字节：${values.reason}`,
    ),
  );
  on('tcp.drop', ({ host: where, values }) =>
    once(
      `${values.reason}`,
      `${where} throws packet ${values.packet} away: ${values.reason}`,
      `${where} 丢弃分组 ${values.packet}：${values.reason}`,
    ),
  );
}

function count({ events, seen, say, check }: Context): void {
  const repeats = events('tcp.retransmit');
  const because = (...reasons: string[]) => repeats.filter(({ values }) => reasons.includes(values.reason));
  const thrown = events('tcp.drop');
  const bad = thrown.filter(({ values }) => values.reason === 'transport-checksum');
  const old = thrown.filter(({ values }) => ['tcp-old-duplicate', 'tcp-not-acceptable'].includes(values.reason));
  const [sacks, dsacks] = [seen('tcp.options.sack_le', 'sender.eth0'), seen('tcp.options.sack.dsack', 'sender.eth0')];
  const [late, fast] = [because('timeout'), because('fast-retransmit')];
  const duplicateAcks = seen('tcp.analysis.duplicate_ack', 'sender.eth0').count;
  say({
    en: `Repaired: ${late.length} timeouts, ${fast.length} fast retransmissions after ${duplicateAcks} duplicate ACKs, ${sacks.count} SACKs, ${old.length} old segments thrown away and ${dsacks.count} D-SACKs, ${bad.length} wrong checksums`,
    zh: `修复计数：超时 ${late.length} 次，重复 ACK ${duplicateAcks} 个引发快重传 ${fast.length} 次，SACK ${sacks.count} 个，丢弃旧报文段 ${old.length} 个并发 D-SACK ${dsacks.count} 个，校验和错误 ${bad.length} 个`,
  });
  const at = (found: readonly { readonly at: number }[]) => ({ atNs: found[0]?.at ?? 0 });
  check('timeouts', () => ({ met: late.length > 0, saw: 'no timeout' }), at(late));
  check(
    'fast',
    () => ({ met: fast.length > 0 && duplicateAcks > 0, saw: `${fast.length} after ${duplicateAcks} duplicate ACKs` }),
    at(fast),
  );
  check('selective', () => ({ met: sacks.count > 0, saw: 'no SACK' }), sacks.first);
  check(
    'duplicates',
    () => ({ met: old.length > 0 && dsacks.count > 0, saw: `${old.length} thrown away, ${dsacks.count} D-SACKs` }),
    dsacks.first,
  );
  check('checksum', () => ({ met: bad.length > 0, saw: 'no wrong checksum' }), at(bad));
}

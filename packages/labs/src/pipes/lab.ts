/** Pipes: duplex and simplex, end of file, SIGPIPE, PIPE_BUF. */
import { host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { runToEnd } from '../lib/python-threads.ts';
import { end, mix, noReader, ways } from './programs.ts';

const text = (en: string, zh: string) => ({ en, zh });

export default lab({
  id: 'pipes',
  title: text('Pipes', '管道'),
  text: text(
    'A pipe carries bytes one way; a pair of sockets carries them both ways, which is what a duplex Pipe is made of. The reader meets the end when the last writing end is closed, wherever it was forgotten; a writer without readers gets SIGPIPE. Writes of up to 4,096 bytes (PIPE_BUF) stay whole; longer ones of several writers get mixed: that is what is unsafe about a pipe.',
    '管道单向传送字节；双向的 Pipe 由一对套接字构成。最后一个写端关闭后读者才遇到结尾，不管它被忘在哪里；没有读者时写者收到 SIGPIPE。不超过 4096 字节（PIPE_BUF）的写入保持完整，更长的、来自多个写者的写入会混杂：这就是管道“数据不安全”之处。',
  ),
  params: {
    simplex: { default: 'simplex', choices: ['simplex', 'duplex'], text: text('The second pipe', '第二根管道') },
    closed: {
      default: 'all',
      choices: ['all', 'forgotten'],
      text: text('Whether the reader closes its own copy of the writing end', '读者是否关闭自己手中的写端'),
    },
    reader: {
      default: 'gone',
      choices: ['gone', 'stays'],
      text: text('Whether the reading end is closed', '读端是否关闭'),
    },
    small: { default: 4096, min: 1, max: 60000, text: text('Bytes of a short block', '短块的字节数') },
    large: { default: 12000, min: 1, max: 60000, text: text('Bytes of a long block', '长块的字节数') },
  },
  machines: { machine: host() },
  programs: { ways, end, 'no-reader': noReader, mix },
  checks: {
    ways: {
      text: text('A duplex pipe talks both ways, a simplex one does not', '双工管道双向，单工管道单向'),
      row: 124,
      clause: 1,
    },
    end: { text: text('The end comes with the last writer', '最后一个写者离开时到达结尾'), row: 124, clause: 2 },
    sigpipe: {
      text: text('A write without readers brings SIGPIPE', '没有读者的写入带来 SIGPIPE'),
      row: 124,
      clause: 3,
    },
    whole: {
      text: text('Writes of up to 4,096 bytes stay whole', '不超过 4096 字节的写入保持完整'),
      row: 124,
      clause: 4,
    },
    mixed: { text: text('Longer ones of two writers get mixed', '两个写者的更长写入会混杂'), row: 124, clause: 4 },
  },
  counterRuns: {
    'two-duplex': {
      set: { simplex: 'duplex' },
      flips: ['ways'],
      text: text('Two duplex pipes: both talk.', '两根双工管道：都能双向。'),
    },
    forgotten: {
      set: { closed: 'forgotten' },
      flips: ['end'],
      text: text('The reader holds a writing end itself, and waits for ever.', '读者自己还握着写端，永远等不到结尾。'),
    },
    'reader-stays': {
      set: { reader: 'stays' },
      flips: ['sigpipe'],
      text: text('With a reader the write succeeds.', '有读者就能写入。'),
    },
    'small-too-large': {
      set: { small: 12000 },
      flips: ['whole'],
      text: text('Three times PIPE_BUF: not whole any more.', '三倍 PIPE_BUF：不再完整。'),
    },
    'large-too-small': {
      set: { large: 4096 },
      flips: ['mixed'],
      text: text('Within PIPE_BUF nothing gets mixed.', '不超过 PIPE_BUF 就不混杂。'),
    },
  },
  script,
});

async function script(context: LabContext<'machine'>): Promise<void> {
  const { machine, params, check } = context;
  const duplex = await runToEnd(context, machine, 'ways duplex', text('A duplex pipe', '双工管道'));
  const simplex = await runToEnd(
    context,
    machine,
    `ways ${params.simplex}`,
    text(`A ${params.simplex} pipe`, `${params.simplex} 管道`),
  );
  check('ways', () => ({
    met:
      /child got ping[\s\S]*parent got pong/.test(duplex.stdout) &&
      simplex.stdout.includes('parent sends: OSError: connection is read-only') &&
      simplex.stdout.includes('parent got pong'),
    saw: `${duplex.stdout}${simplex.stdout}`,
  }));
  const closing = text(
    `The reader closes its writing end: ${params.closed === 'all'}`,
    `读者关闭写端：${params.closed === 'all' ? '是' : '否'}`,
  );
  const ended = await runToEnd(context, machine, `exec end ${params.closed}`, closing, '3s');
  check('end', () => ({
    met: !ended.hung && ended.stdout.includes('end of file'),
    saw: ended.hung ? 'no end' : ended.stdout,
  }));
  const reading = text(`Reader: ${params.reader}`, `读端：${params.reader === 'gone' ? '已关闭' : '保留'}`);
  const broken = await runToEnd(context, machine, `exec no-reader ${params.reader}`, reading);
  check('sigpipe', () => ({ met: broken.signal === 'SIGPIPE', saw: `status ${broken.status} ${broken.signal}` }));
  const torn = async (bytes: unknown): Promise<number> => {
    const about = text(`Two writers, blocks of ${bytes} bytes`, `两个写者，每块 ${bytes} 字节`);
    const { stdout } = await runToEnd(context, machine, `mix ${bytes}`, about);
    return Number(/(\d+) not whole/.exec(stdout)?.[1] ?? Number.NaN);
  };
  const short = await torn(params.small);
  check('whole', () => ({ met: short === 0, saw: `${short} blocks not whole` }));
  const long = await torn(params.large);
  check('mixed', () => ({ met: long > 0, saw: `${long} blocks not whole` }));
}

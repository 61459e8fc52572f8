/** select and poll: sets that come back changed, numbers that fit into a set and numbers that do not, events by name. */
import { host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { looker } from './looker.ts';

type Context = LabContext<'machine'>;

const text = (en: string, zh: string) => ({ en, zh });

export default lab({
  id: 'select-and-poll',
  title: text('select and poll', 'select 与 poll'),
  text: text(
    'select() takes three sets of descriptor numbers and leaves in them what is ready; a set has room for numbers below 1024, however few there are (beyond it this select answers EINVAL, as POSIX has it; with glibc FD_SET is undefined there, and CPython raises ValueError). poll() takes a list with a word for each event, and any number.',
    'select() 收三个描述符号集合，返回时只剩就绪的；集合只容得下小于 1024 的编号，与个数无关（超出时这里按 POSIX 返回 EINVAL；glibc 的 FD_SET 越界是未定义行为，CPython 抛 ValueError）。poll() 收一个列表，逐个写明事件，编号不限。',
  ),
  params: {
    pipe: {
      default: 'writes',
      choices: ['writes', 'silent'],
      text: text('Whether a byte is in the pipe', '管道里有没有数据'),
    },
    number: {
      default: 5000,
      min: 10,
      max: 60_000,
      text: text('The number under which the pipe is watched', '用哪个描述符号监视管道'),
    },
    files: { default: 8192, min: 16, max: 65_536, text: text('RLIMIT_NOFILE', 'RLIMIT_NOFILE') },
  },
  machines: { machine: host({}) },
  programs: { looker },
  checks: {
    sets: {
      text: text('Only what is ready is left in the sets', '返回时集合里只剩就绪的描述符'),
      row: 51,
      clause: 1,
    },
    number: {
      text: text(
        'select refuses a number of 1024 or more, though it watches one descriptor only',
        '只监视一个描述符，编号达到 1024 时 select 就拒绝',
      ),
      row: 51,
      clause: 2,
    },
    events: {
      text: text(
        'poll names the events: IN, HUP when the writer has gone, NVAL for no descriptor',
        'poll 指明事件：IN、写端关闭后的 HUP、无效描述符的 NVAL',
      ),
      row: 52,
      clause: 1,
    },
    large: { text: text('poll takes descriptor 5000', 'poll 能用 5000 号描述符'), row: 52, clause: 2 },
  },
  counterRuns: {
    silent: {
      set: { pipe: 'silent' },
      flips: ['sets', 'events'],
      text: text('Nothing is ready: both wait their time.', '什么都没就绪：两者都等到超时。'),
    },
    'small-number': {
      set: { number: 1023 },
      flips: ['number'],
      text: text('1023 is the last number that fits into a set.', '1023 是集合能容纳的最大编号。'),
    },
    'few-descriptors': {
      set: { files: 1024 },
      flips: ['large'],
      text: text(
        'Under the usual limit of 1024 there is no descriptor 5000.',
        '在通常的 1024 上限下没有 5000 号描述符。',
      ),
    },
  },
  script: watchPipes,
});

async function watchPipes({ machine, params, say, check }: Context): Promise<void> {
  const { stdout } = await machine.sh(`ulimit -n ${params.files}; exec looker ${params.pipe} ${params.number}`);
  const lines = stdout.trim().split('\n');
  for (const line of lines) say(text(line, line));
  const answer = (what: string): string =>
    lines.find((line) => line.startsWith(`${what}: `))?.slice(what.length + 2) ?? '';
  const number = String(params.number);
  check('sets', () => ({ met: lines[0] === 'select {3,5} {4}: read {3} write {4}', saw: lines[0] ?? 'nothing' }));
  check('number', () => ({
    met: answer(`dup2 ${number}`) === 'ok' && answer(`select ${number}`) === 'EINVAL',
    saw: `select ${number}: ${answer(`select ${number}`)}`,
  }));
  check('events', () => ({
    met: answer('poll before') === 'IN' && answer('poll closed') === 'IN|HUP' && answer('poll 99') === 'NVAL',
    saw: `${answer('poll before')}, ${answer('poll closed')}, ${answer('poll 99')}`,
  }));
  check('large', () => ({
    met: Number(number) >= 1024 && answer(`poll ${number}`).startsWith('IN'),
    saw: `dup2 ${number}: ${answer(`dup2 ${number}`)}, poll ${number}: ${answer(`poll ${number}`)}`,
  }));
}

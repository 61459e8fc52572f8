/** urllib3: a pool of connections shared by threads, with and without block, and a manager with room for so many hosts. */
import { cable, host, lab, networkSwitch } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import type { RealStage } from '@netarium/core/check/real-arm.ts';
import { runToEnd } from '../lib/python-threads.ts';
import { baseUrl } from '../lib/web-app.ts';
import { manager, pooled, slowPages } from './programs.ts';

type Context = LabContext<'client' | 'a' | 'b' | 'c'>;
const text = (en: string, zh: string) => ({ en, zh });

const PAGE_MS = 20;
const site = (number: number) => host({ eth0: `10.0.0.${number}/24`, run: [`slow-pages 0.0.0.0:80 ${PAGE_MS}`] });
const url = (number: number): string => `http://10.0.0.${number}/`;

const THREADS = 5;
const EACH = 4;

export default lab({
  id: 'urllib3',
  title: text('urllib3: pools of connections', 'urllib3：连接池'),
  text: text(
    'Five threads share a pool that keeps two connections; each gets four pages that take 20 ms. Without block everybody gets a connection at once, and those for which there is no room are thrown away afterwards, with a warning. With block the third thread waits: never more than two connections, none thrown away, more time. A PoolManager with room for two hosts forgets the one used longest ago, and closes what it had. The same calls were compared with urllib3 1.26.',
    '五个线程共用一个只保留两条连接的池，每个线程取四个要 20 毫秒的页面。不设 block 时人人立刻有连接，放不下的用完就丢，并给出警告。设 block 时第三个线程要等：连接从不超过两条，一条也不丢，但更费时间。只能记住两台主机的 PoolManager 会忘掉最久没用的那台，并关闭它的连接。这些调用与 urllib3 1.26 比对过。',
  ),
  params: {
    maxsize: { default: 2, min: 1, max: 20, text: text('Connections that the pool keeps', '池保留的连接数') },
    block: {
      default: 'block',
      choices: ['block', 'discard'],
      text: text('The second run: wait for a connection, or make one more', '第二次运行：等待连接，还是再建一条'),
    },
    pools: { default: 2, min: 1, max: 10, text: text('Hosts that the manager remembers', '管理器记住的主机数') },
  },
  machines: {
    client: host({ eth0: '10.0.0.1/24' }),
    switch: networkSwitch(),
    a: site(11),
    b: site(12),
    c: site(13),
  },
  cables: ['client', 'a', 'b', 'c'].map((name) => cable(name, 'switch', { delay: '500us' })),
  programs: { 'slow-pages': slowPages, pooled, manager },
  checks: {
    manager: {
      text: text(
        'With room for two hosts the third visit throws the first host’s pool away',
        '只容两台主机时，访问第三台会丢掉第一台的池',
      ),
      row: 79,
      clause: 1,
    },
    discarded: {
      text: text(
        'Without block: five connections, three of them thrown away with a warning, two kept',
        '不设 block：五条连接，三条带警告丢弃，两条保留',
      ),
      row: 79,
      clause: 2,
    },
    blocked: {
      text: text(
        'With block: two connections, none thrown away, and it takes longer',
        '设 block：两条连接，一条不丢，但更久',
      ),
      row: 79,
      clause: 3,
    },
  },
  counterRuns: {
    'room-for-all': {
      set: { maxsize: 5 },
      flips: ['discarded', 'blocked'],
      text: text('The pool keeps five.', '池保留五条。'),
    },
    'no-block': { set: { block: 'discard' }, flips: ['blocked'], text: text('Neither run blocks.', '两次都不等待。') },
    'three-hosts': {
      set: { pools: 3 },
      flips: ['manager'],
      text: text('Room for all three hosts.', '三台主机都记得住。'),
    },
  },
  measures: {
    made: { text: text('Connections without block', '不设 block 时的连接数'), unit: 'count' },
    discarded: { text: text('Of these thrown away', '其中丢弃的'), unit: 'count' },
    bound: { text: text('Connections with block', '设 block 时的连接数'), unit: 'count' },
    time: { text: text('Twenty pages with block', '设 block 取二十页的时间'), unit: 'time' },
  },
  real,
  async script(context) {
    await context.sleep('10ms');
    await threads(context);
    await hosts(context);
  },
});

/** The threads of this machine share the pool, over loopback. */
async function real({ params, start, run, measured }: RealStage): Promise<void> {
  const site = await start('slow-pages', ['0', String(PAGE_MS)], 'listening on');
  const url = `${baseUrl(site.line)}/`;
  for (const how of ['discard', String(params.block)]) {
    const { stdout, stderr } = await run('pooled', [how, url, String(THREADS), String(EACH), String(params.maxsize)]);
    const [, connections, ms] = /over (\d+) connections in (\d+) ms/.exec(stdout) ?? [];
    measured(how === 'discard' ? 'made' : 'bound', Number(connections));
    if (how === 'discard') measured('discarded', stderr.split('discarding connection').length - 1);
    else measured('time', Number(ms) * 1_000_000);
  }
  await site.stop();
}

function opened({ seen }: Context, address: string): number {
  return seen(`tcp.flags.syn == 1 && tcp.flags.ack == 0 && ip.dst == ${address}`).count;
}

interface Outcome {
  readonly line: string;
  readonly ms: number;
  readonly connections: number;
  readonly warnings: number;
}

async function pool(context: Context, how: string, about: ReturnType<typeof text>): Promise<Outcome> {
  const before = opened(context, '10.0.0.11');
  const command = `pooled ${how} ${url(11)} ${THREADS} ${EACH} ${context.params.maxsize}`;
  const { lines, stderr } = await runToEnd(context, context.client, command, about);
  const warnings = stderr.split('\n').filter((line) => line.includes('Connection pool is full, discarding connection'));
  if (warnings.length > 0)
    context.say(text(`${warnings.length} times: ${warnings[0]}`, `${warnings.length} 次：${warnings[0]}`));
  const line = lines.at(-1) ?? '';
  const connections = opened(context, '10.0.0.11') - before;
  return { line, ms: Number(/in (\d+) ms/.exec(line)?.[1]), connections, warnings: warnings.length };
}

async function threads(context: Context): Promise<void> {
  const { check, params } = context;
  const free = await pool(context, 'discard', text('five threads, a pool of two', '五个线程，一个容量为二的池'));
  context.measured('made', free.connections);
  context.measured('discarded', free.warnings);
  // The pool's own count says what it kept; the wire how many there were.
  check('discarded', () => ({
    met: free.connections > 2 && free.warnings === free.connections - 2 && free.line.endsWith(', 2 kept'),
    saw: `${free.line}; ${free.connections} SYNs, ${free.warnings} warnings`,
  }));
  const bound = await pool(context, String(params.block), text('the same with block', '同样的事，设 block'));
  context.measured('bound', bound.connections);
  context.measured('time', bound.ms * 1_000_000);
  check('blocked', () => ({
    met: bound.connections === 2 && bound.warnings === 0 && bound.ms > 1.5 * free.ms,
    saw: `${bound.line}; ${bound.connections} SYNs, ${bound.warnings} warnings; without block ${free.ms} ms`,
  }));
}

async function hosts(context: Context): Promise<void> {
  const { check, params, client } = context;
  const before = opened(context, '10.0.0.11');
  const urls = [11, 12, 13, 11].map(url).join(' ');
  const about = text('three hosts and the first again', '访问三台主机，再回到第一台');
  const { lines } = await runToEnd(context, client, `manager ${params.pools} ${urls}`, about);
  const again = opened(context, '10.0.0.11') - before;
  check('manager', () => ({
    met: lines.length === 4 && lines.every((line, i) => line.endsWith(`pools ${Math.min(i + 1, 2)}`)) && again === 2,
    saw: `${lines.join('; ')}; ${again} connections to the first`,
  }));
}

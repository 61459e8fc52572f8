/** Ports: their limits, who may take the low ones, and a viewer that says which process holds which. */
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { bindPort, holdPorts } from './programs.ts';

type Context = LabContext<'ann' | 'bob'>;
const LOWEST_EPHEMERAL = 32_768;
const HIGHEST_EPHEMERAL = 60_999;

export default lab({
  id: 'ports',
  title: { en: 'Port numbers and who holds them', zh: '端口号与占用者' },
  text: {
    en: 'Which ports can be bound, by whom, and what a port of 0 gives. Then three programs listen, `ss -ltnp` names them, and another host tries every port to see whether the list is right.',
    zh: '哪些端口能绑定、由谁绑定、端口 0 会得到什么。然后三个程序监听端口，`ss -ltnp` 列出它们，另一台主机逐个端口试连，验证列表是否准确。',
  },
  params: {
    beyond: {
      default: 65_536,
      min: 0,
      max: 100_000,
      text: { en: 'A port that should be too large', zh: '应当过大的端口号' },
    },
    low: {
      default: 1023,
      min: 1,
      max: 65_535,
      text: { en: 'A port that an ordinary user should not get', zh: '普通用户不应得到的端口' },
    },
    any: { default: 0, min: 0, max: 65_535, text: { en: 'A port that should mean “any”', zh: '应当表示“任意”的端口' } },
    hidden: {
      default: 0,
      min: 0,
      max: 65_535,
      text: { en: 'A port of which the list knows nothing (0: none)', zh: '列表漏掉的端口（0 表示没有）' },
    },
    viewer: { default: 'ss -ltnp', choices: ['ss -ltnp', 'ss -ltn'], text: { en: 'The viewer', zh: '查看命令' } },
  },
  machines: { ann: host({ eth0: '10.0.1.1/24' }), bob: host({ eth0: '10.0.1.2/24' }) },
  cables: [cable('ann', 'bob', { rate: '1Gbit', delay: '100us' })],
  programs: { 'bind-port': bindPort, 'hold-ports': holdPorts },
  checks: {
    beyond: { text: { en: 'Port 65536 is an error', zh: '端口 65536 出错' }, row: 10, clause: 1 },
    low: {
      text: {
        en: 'An ordinary user who binds 1023 gets EACCES, root does not',
        zh: '普通用户绑定 1023 得到 EACCES，root 不会',
      },
      row: 10,
      clause: 2,
    },
    any: {
      text: { en: 'Port 0 gives a port of the ephemeral range', zh: '端口 0 得到临时端口范围内的一个端口' },
      row: 10,
      clause: 3,
    },
    owners: {
      text: { en: 'The viewer names the process behind each port', zh: '查看命令给出每个端口背后的进程' },
      row: 10,
      clause: 4,
    },
    exactly: {
      text: { en: 'The list is exactly what answers from outside', zh: '列表与从外部连得通的端口完全一致' },
      row: 11,
      clause: 1,
    },
    pids: { text: { en: 'Each line has the pid of its owner', zh: '每一行都有所属进程的 pid' }, row: 11, clause: 2 },
  },
  counterRuns: {
    ordinary: {
      set: { beyond: 8080, low: 1024, any: 8081 },
      flips: ['beyond', 'low', 'any'],
      text: { en: 'Ordinary port numbers.', zh: '普通的端口号。' },
    },
    'without-p': {
      set: { viewer: 'ss -ltn' },
      flips: ['owners', 'pids'],
      text: { en: 'Without -p the owners are not shown.', zh: '不加 -p 就看不到所属进程。' },
    },
    incomplete: {
      set: { hidden: 8001 },
      flips: ['exactly'],
      text: { en: 'A line is missing from the list.', zh: '列表缺了一行。' },
    },
  },
  async script(context) {
    await limits(context);
    await viewer(context);
  },
});

async function limits({ ann, params, check, say }: Context): Promise<void> {
  const attempt = async (port: unknown, uid: number): Promise<string> => {
    const line = (await ann.sh(`bind-port ${port}`, { uid, cwd: '/' })).stdout.trim();
    say({ en: `uid ${uid} binds ${port}: ${line}`, zh: `uid ${uid} 绑定 ${port}：${line}` });
    return line;
  };
  const beyond = await attempt(params.beyond, 0);
  check('beyond', () => ({ met: beyond === 'EINVAL', saw: beyond }));
  const asUser = await attempt(params.low, 1000);
  const asRoot = await attempt(params.low, 0);
  check('low', () => ({
    met: asUser === 'EACCES' && asRoot === `bound ${params.low}`,
    saw: `user: ${asUser}, root: ${asRoot}`,
  }));
  const any = Number((await attempt(params.any, 1000)).replace('bound ', ''));
  check('any', () => ({ met: any >= LOWEST_EPHEMERAL && any <= HIGHEST_EPHEMERAL, saw: String(any) }));
}

async function viewer({ ann, bob, params, check, seen, say, sleep }: Context): Promise<void> {
  const holders = [
    ann.start('exec hold-ports 8001 8002'),
    ann.start('exec hold-ports 9001'),
    ann.start('exec httpd -p 80 /srv'),
  ];
  await sleep('50ms');
  const listed = await ann.sh(`${params.viewer} | grep -v ':${params.hidden} '`);
  for (const line of listed.stdout.trim().split('\n')) say({ en: line.trimEnd(), zh: line.trimEnd() });
  const lines = listed.stdout
    .trim()
    .split('\n')
    .filter((line) => line.startsWith('LISTEN'));
  const ports = lines.map((line) => Number(/:(\d+)\s/.exec(line)?.[1])).sort((a, b) => a - b);
  const tried = [22, 53, 80, 443, 7999, 8000, 8001, 8002, 8003, 8080, 9000, 9001, 9002];
  await bob.sh(tried.map((port) => `nc -z -w 1 10.0.1.1 ${port}`).join('; '));
  const answers = seen('tcp.flags.syn == 1 && tcp.flags.ack == 1').packets.filter((p) => p.card === 'ann.eth0');
  const open = [...new Set(answers.map((p) => Number(p.field('tcp.srcport'))))].sort((a, b) => a - b);
  check(
    'exactly',
    () => ({
      met: open.join() === ports.join() && open.length === 4,
      saw: `listed ${ports.join(', ')}; answered ${open.join(', ')}`,
    }),
    answers.at(-1),
  );
  const owner = (line: string): string => `${/:(\d+)\s/.exec(line)?.[1]} ${/\(\("([^"]+)"/.exec(line)?.[1] ?? '?'}`;
  const owners = lines.map(owner).sort().join(', ');
  check('owners', () => ({
    met: owners === '80 httpd, 8001 hold-ports, 8002 hold-ports, 9001 hold-ports',
    saw: owners,
  }));
  const pids = lines.map((line) => Number(/pid=(\d+)/.exec(line)?.[1] ?? 0));
  const held = new Set(holders.map(({ pid }) => pid));
  check('pids', () => ({ met: pids.length === 4 && pids.every((pid) => held.has(pid)), saw: pids.join(', ') }));
  for (const holder of holders) {
    holder.kill();
    await holder.wait();
  }
}

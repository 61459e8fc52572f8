/**
 * What the first packet costs a user: a fresh process imports the built library (`packages/cli/dist`), builds host - router - host and lets one
 * ping go there and back. From the `import` to the ping's arrival at the far host, wall and CPU time; node's own start before it is not counted.
 *
 *     npm run build && npx tsx bench/micro/start.ts [processes]
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { median } from '../workload.ts';

const library = new URL('../../packages/cli/dist/index.js', import.meta.url);

const child = `
const used = process.cpuUsage(), started = performance.now();
const cpuMs = () => { const { user, system } = process.cpuUsage(used); return (user + system) / 1000; };
const { cable, host, lab, router, run } = await import(process.argv[1]);
const imported = { wallMs: performance.now() - started, cpuMs: cpuMs() };
let first;
const outcome = await run(lab({
  id: 'start',
  machines: {
    a: host({ eth0: '10.0.1.2/24', gateway: '10.0.1.1' }),
    gw: router({ eth0: '10.0.1.1/24', eth1: '10.0.2.1/24' }),
    b: host({ eth0: '10.0.2.2/24', gateway: '10.0.2.1' }),
  },
  cables: [cable('a', 'gw.eth0', { delay: '1ms' }), cable('gw.eth1', 'b', { delay: '1ms' })],
  async script({ a, find }) { if ((await a.sh('ping -c 1 -W 1 10.0.2.2')).status !== 0) throw new Error('no answer'); },
}), { listener: { cards: (cards) => cards.at(-1).addTap({ frame: () => {
  first ??= { wallMs: performance.now() - started, cpuMs: cpuMs() };
} }) } });
if (first === undefined || outcome.packets < 4) throw new Error('no packet');
console.log(JSON.stringify({ imported, first }));
`;

interface Times {
  readonly wallMs: number;
  readonly cpuMs: number;
}

if (!existsSync(fileURLToPath(library))) throw new Error('build the library first: npm run build');
const processes = Number(process.argv[2] ?? 15);
const runs = Array.from({ length: processes }, () => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', child, library.href],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as { readonly imported: Times; readonly first: Times };
});
for (const [name, pick] of [
  ['import', (run: (typeof runs)[0]) => run.imported],
  ['import to first packet', (run: (typeof runs)[0]) => run.first],
] as const) {
  const [wall, cpu] = [runs.map((run) => pick(run).wallMs), runs.map((run) => pick(run).cpuMs)];
  console.log(
    `${name}: ${median(wall).toFixed(0)} ms (${Math.min(...wall).toFixed(0)} to ${Math.max(...wall).toFixed(0)}), ${median(cpu).toFixed(0)} ms of CPU time; ${processes} processes`,
  );
}

/**
 * npx tsx bench/real/http.ts [--seconds 3] [--rounds 5] [--connections 64] [--bytes 1024]: our httpd and proxy on this machine's kernel beside servers on node:http, for the
 * same bytes from the same load generator, in turn. Requests a second by the clock, and for each second of CPU time that the server took, which a busy
 * machine disturbs less; the ratios are those of the medians.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { start as startNetarium } from '../../test/real/netarium.ts';
import { median } from '../workload.ts';
import { cpuSeconds } from './cpu-seconds.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '64' },
    bytes: { type: 'string', default: '1024' },
  },
});

interface Server {
  readonly child: ChildProcess;
  readonly port: string;
}

interface Measured {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

/** Starts a server and waits for its line. */
async function start(args: readonly string[]): Promise<Server> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  for await (const data of child.stdout!) {
    said += data;
    const port = /listening on [\d.]+:(\d+)/.exec(said)?.[1];
    if (port !== undefined) return { child, port };
  }
  throw new Error(`${args.join(' ')} ended before it listened`);
}

function load({ child, port }: Server): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const args = [port, '/page.html', values.connections, values.seconds];
    const loader = fork(here('load.mjs'), args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    let text = '';
    let cpu = 0;
    loader.stdout!.on('data', (data) => (text += data));
    loader.on('message', (mark) => (cpu = cpuSeconds(child.pid!) - (mark === 'stop' ? cpu : 0)));
    loader.on('exit', () => {
      const { requests, seconds, status, broken } = JSON.parse(text);
      if (status !== '200' || broken > 0) reject(new Error(`${child.spawnargs.join(' ')}: ${text}`));
      else resolve({ perSecond: requests / seconds, perCpuSecond: requests / cpu });
    });
  });
}

async function compare(title: string, ways: ReadonlyMap<string, Server>): Promise<void> {
  const found = new Map<string, Measured[]>([...ways.keys()].map((name) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round++)
    for (const [name, server] of ways) found.get(name)!.push(await load(server));
  const rates = (name: string, key: keyof Measured): number => median(found.get(name)!.map((one) => one[key]));
  const [ours, ...rivals] = [...ways.keys()] as [string, ...string[]];
  console.log(
    `${title}, ${values.bytes} bytes, ${values.connections} connections, ${values.rounds} rounds of ${values.seconds} s`,
  );
  for (const name of ways.keys()) {
    const [wall, cpu] = [rates(name, 'perSecond'), rates(name, 'perCpuSecond')].map(Math.round);
    console.log(`  ${name}: ${wall} requests/s, ${cpu} per CPU second`);
  }
  for (const rival of rivals) {
    const ratio = (key: keyof Measured): string => (rates(ours, key) / rates(rival, key)).toFixed(2);
    console.log(`  ${ours} / ${rival}: ${ratio('perSecond')} by the clock, ${ratio('perCpuSecond')} by CPU time`);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'netarium-http-'));
writeFileSync(join(folder, 'page.html'), 'x'.repeat(Number(values.bytes)));
const rival = (...args: string[]): Promise<Server> => start([here('rivals.mjs'), ...args]);
const ours = async (...args: string[]): Promise<Server> => {
  const started = await startNetarium(args);
  return { child: started.child, port: String(await started.port()) };
};
const backend = await rival('memory', join(folder, 'page.html'));
const servers = new Map([
  ['httpd', await ours('httpd', folder, '--port', '0')],
  ['node:http from memory', backend],
  ['node:http from the file', await rival('files', folder)],
]);
const proxies = new Map([
  ['proxy', await ours('proxy', '--listen', '0', '--to', `127.0.0.1:${backend.port}`)],
  ['proxy on node:http', await rival('proxy', backend.port)],
]);
try {
  await compare('httpd', servers);
  await compare('proxy', proxies);
} finally {
  for (const { child } of [...servers.values(), ...proxies.values()]) child.kill();
  rmSync(folder, { recursive: true });
}

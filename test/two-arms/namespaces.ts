/**
 * The real arm: the three machines as network namespaces of this machine's kernel, joined by veth pairs, made for one body and removed after it.
 * Traffic cannot leave them. Needs root and the real tools.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Arm,
  FAR_MTU,
  HOSTS,
  NEAR_MTU,
  normal,
  type Outcome,
  RESOLV_CONF,
  SETTLE_SECONDS,
  SYSCTL,
} from './arm.ts';
import { describeFrame, pcapFrames } from './frames.ts';

const TOOLS = ['ip', 'sysctl', 'python3', 'tcpdump', 'ping', 'traceroute', 'dig', 'curl', 'nc', 'ss', 'named'];
const HOST_NAMES = ['laptop', 'gw', 'web'] as const;
const LIMIT_MS = 60_000;

/** Why this machine cannot be the real arm; empty where it can. */
export function lacking(): string {
  if (process.platform !== 'linux') return 'network namespaces need Linux';
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const missing = TOOLS.filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0);
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  const probe = `nta${process.pid}-probe`;
  if (spawnSync('ip', ['netns', 'add', probe]).status !== 0) return 'this kernel lets nobody make network namespaces';
  spawnSync('ip', ['netns', 'delete', probe]);
  return '';
}

const ip = (...words: readonly (string | number)[]): void => void execFileSync('ip', words.map(String));
const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
let networks = 0;

class Namespaces implements Arm {
  private readonly prefix = `nta${process.pid}-${++networks}`;
  private dumps = 0;
  private readonly folder = mkdtempSync(join(tmpdir(), 'netarium-arms-'));
  /** A body that hangs loses its processes, and so fails instead of leaving namespaces behind. */
  private readonly limit = setTimeout(() => this.killAll(), LIMIT_MS);

  private space(host: string): string {
    return `${this.prefix}-${host}`;
  }

  make(): void {
    for (const host of HOST_NAMES) {
      const space = this.space(host);
      ip('netns', 'add', space);
      ip('-n', space, 'link', 'set', 'lo', 'up');
      // `ip netns exec` puts these in place of /etc/hosts and /etc/resolv.conf.
      mkdirSync(`/etc/netns/${space}`, { recursive: true });
      writeFileSync(`/etc/netns/${space}/hosts`, HOSTS);
      writeFileSync(`/etc/netns/${space}/resolv.conf`, RESOLV_CONF);
    }
    this.cable('laptop', 'eth0', '10.0.1.2/24', 'gw', 'eth0', '10.0.1.1/24', NEAR_MTU);
    this.cable('gw', 'eth1', '10.0.2.1/24', 'web', 'eth0', '10.0.2.2/24', FAR_MTU);
    ip('-n', this.space('laptop'), 'route', 'add', 'default', 'via', '10.0.1.1');
    ip('-n', this.space('web'), 'route', 'add', 'default', 'via', '10.0.2.1');
    for (const host of HOST_NAMES) for (const [key, value] of Object.entries(SYSCTL)) this.set(host, key, value);
    this.set('gw', 'net.ipv4.ip_forward', 1);
    const calls = join(this.folder, 'calls');
    copyFileSync(fileURLToPath(new URL('calls.py', import.meta.url)), calls);
    chmodSync(calls, 0o755);
  }

  private cable(a: string, cardA: string, addressA: string, b: string, cardB: string, addressB: string, mtu: number) {
    ip('link', 'add', cardA, 'netns', this.space(a), 'type', 'veth', 'peer', 'name', cardB, 'netns', this.space(b));
    for (const [host, card, address] of [
      [a, cardA, addressA],
      [b, cardB, addressB],
    ] as const) {
      this.set(host, `net.ipv6.conf.${card}.disable_ipv6`, 1);
      ip('-n', this.space(host), 'addr', 'add', address, 'brd', '+', 'dev', card);
      ip('-n', this.space(host), 'link', 'set', card, 'mtu', mtu, 'up');
    }
  }

  private set(host: string, key: string, value: number): void {
    spawnSync('ip', ['netns', 'exec', this.space(host), 'sysctl', '-qw', `${key}=${value}`]);
  }

  /** Ends what runs inside of this body's namespaces, and only that. */
  private killAll(): void {
    for (const host of HOST_NAMES) {
      const { stdout } = spawnSync('ip', ['netns', 'pids', this.space(host)], { encoding: 'utf8' });
      for (const pid of stdout.split('\n').filter(Boolean)) spawnSync('kill', ['-9', pid]);
    }
  }

  remove(): void {
    clearTimeout(this.limit);
    this.killAll();
    for (const host of HOST_NAMES) {
      const space = this.space(host);
      spawnSync('ip', ['netns', 'delete', space]);
      rmSync(`/etc/netns/${space}`, { recursive: true, force: true });
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private begin(host: string, command: readonly string[]): ChildProcess {
    const env = { PATH: `${this.folder}:${process.env.PATH}`, LANG: 'C.UTF-8' };
    return spawn('ip', ['netns', 'exec', this.space(host), ...command], { env, cwd: this.folder });
  }

  private command(host: string, line: string): Promise<Outcome> {
    return collected(this.begin(host, ['sh', '-c', line]));
  }

  run(host: string, line: string): Promise<Outcome> {
    return this.command(host, line);
  }

  private openPorts(host: string): string {
    return spawnSync('ip', ['netns', 'exec', this.space(host), 'ss', '-Hnltu'], { encoding: 'utf8' }).stdout;
  }

  async start(host: string, line: string): Promise<{ end(): Promise<Outcome> }> {
    const before = this.openPorts(host);
    const outcome = this.command(host, line);
    for (let i = 0; i < 100 && this.openPorts(host) === before; i++) await this.sleep(0.05);
    await this.sleep(SETTLE_SECONDS / 2);
    return { end: () => outcome };
  }

  /** Starts tcpdump; the answer ends it and reads its file. */
  private async dump(host: string): Promise<() => Promise<Buffer>> {
    const file = join(this.folder, `${host}-${++this.dumps}.pcap`);
    const words = ['tcpdump', '-i', 'eth0', '-n', '-U', '--immediate-mode', '-Z', 'root', '-w', file, 'ip'];
    const capture = this.begin(host, words);
    const ended = collected(capture);
    await new Promise<void>((resolve, reject) => {
      capture.stderr!.on('data', (text) => String(text).includes('listening on') && resolve());
      capture.on('exit', (code) => reject(new Error(`tcpdump ended with ${code}`)));
    });
    return async () => {
      await this.sleep(SETTLE_SECONDS);
      capture.kill('SIGINT');
      await ended;
      return readFileSync(file);
    };
  }

  async watch(host: string): Promise<() => Promise<readonly string[]>> {
    const end = await this.dump(host);
    const mac = JSON.parse(
      execFileSync('ip', ['-j', '-n', this.space(host), 'link', 'show', 'eth0'], { encoding: 'utf8' }),
    )[0].address.replaceAll(':', '');
    return async () =>
      [...pcapFrames(await end())]
        .map((bytes) => describeFrame(Buffer.from(bytes.subarray(6, 12)).toString('hex') === mac ? 'out' : 'in', bytes))
        .filter((text) => text !== undefined);
  }

  /** Without off-loads, which would show segments that no cable carries and checksums that nobody has made yet. */
  capture(host: string): Promise<() => Promise<Uint8Array>> {
    const script = fileURLToPath(new URL('offloads.py', import.meta.url));
    for (const [each, cards] of [
      ['laptop', ['eth0']],
      ['gw', ['eth0', 'eth1']],
      ['web', ['eth0']],
    ] as const)
      execFileSync('ip', ['netns', 'exec', this.space(each), 'python3', script, ...cards]);
    return this.dump(host);
  }

  async website(files: Readonly<Record<string, string>>): Promise<void> {
    const root = join(this.folder, 'srv');
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    this.begin('web', ['python3', '-m', 'http.server', '80', '-d', root]);
    for (let i = 0; i < 100; i++) {
      if (spawnSync('ip', ['netns', 'exec', this.space('web'), 'nc', '-z', '127.0.0.1', '80']).status === 0) return;
      await this.sleep(0.05);
    }
    throw new Error('the HTTP server does not answer');
  }

  sleep(seconds: number): Promise<void> {
    return pause(seconds);
  }
}

function collected(child: ChildProcess): Promise<Outcome> {
  const texts = { out: '', err: '' };
  child.stdout!.on('data', (text) => (texts.out += text));
  child.stderr!.on('data', (text) => (texts.err += text));
  const SIGNALS: Readonly<Record<string, number>> = { SIGPIPE: 141, SIGINT: 130, SIGKILL: 137, SIGTERM: 143 };
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const lines = [...normal(texts.out), ...normal(texts.err)];
      resolve({ code: code ?? SIGNALS[signal ?? ''] ?? -1, lines });
    });
  });
}

/** Runs a body in fresh namespaces; its answer. */
export async function inNamespaces<T>(body: (arm: Arm) => Promise<T>): Promise<T> {
  const network = new Namespaces();
  try {
    network.make();
    return await body(network);
  } finally {
    network.remove();
  }
}

/**
 * The real arm: the three machines as network namespaces of this machine's kernel, joined by veth pairs, made for one body and removed after it.
 * Traffic cannot leave them. Needs root and the real tools.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
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
const HAS_IPV6 = existsSync('/proc/sys/net/ipv6');

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

interface Place {
  readonly cards: readonly { readonly name: string; readonly address: string; readonly mtu: number }[];
  /** None: it is the router. */
  readonly gateway?: string;
}

const PLACES: Readonly<Record<(typeof HOST_NAMES)[number], Place>> = {
  laptop: { cards: [{ name: 'eth0', address: '10.0.1.2/24', mtu: NEAR_MTU }], gateway: '10.0.1.1' },
  gw: {
    cards: [
      { name: 'eth0', address: '10.0.1.1/24', mtu: NEAR_MTU },
      { name: 'eth1', address: '10.0.2.1/24', mtu: FAR_MTU },
    ],
  },
  web: { cards: [{ name: 'eth0', address: '10.0.2.2/24', mtu: FAR_MTU }], gateway: '10.0.2.1' },
};

/** Commands of `ip`, one after the other in one process; the first that fails is the end. */
function ip(options: readonly string[], commands: readonly string[]): void {
  execFileSync('ip', [...options, '-batch', '-'], { input: commands.join('\n') });
}

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
    // As few processes as can be: starting one takes longer than its work.
    ip(
      [],
      [
        ...HOST_NAMES.map((host) => `netns add ${this.space(host)}`),
        `link add eth0 netns ${this.space('laptop')} type veth peer name eth0 netns ${this.space('gw')}`,
        `link add eth1 netns ${this.space('gw')} type veth peer name eth0 netns ${this.space('web')}`,
      ],
    );
    for (const host of HOST_NAMES) this.configure(host);
    const calls = join(this.folder, 'calls');
    copyFileSync(fileURLToPath(new URL('calls.py', import.meta.url)), calls);
    chmodSync(calls, 0o755);
  }

  private configure(host: (typeof HOST_NAMES)[number]): void {
    const space = this.space(host);
    // `ip netns exec` puts these in place of /etc/hosts and /etc/resolv.conf.
    mkdirSync(`/etc/netns/${space}`, { recursive: true });
    writeFileSync(`/etc/netns/${space}/hosts`, HOSTS);
    writeFileSync(`/etc/netns/${space}/resolv.conf`, RESOLV_CONF);
    const { cards, gateway } = PLACES[host];
    const sysctl = [
      // Not every kernel has IPv6 to switch off.
      ...(HAS_IPV6 ? cards.map(({ name }) => `net.ipv6.conf.${name}.disable_ipv6=1`) : []),
      ...Object.entries(SYSCTL).map(([key, value]) => `${key}=${value}`),
      `net.ipv4.ip_forward=${gateway === undefined ? 1 : 0}`,
    ];
    execFileSync('ip', ['netns', 'exec', space, 'sysctl', '-qw', ...sysctl]);
    ip(
      ['-n', space],
      [
        'link set lo up',
        ...cards.flatMap(({ name, address, mtu }) => [
          `addr add ${address} brd + dev ${name}`,
          `link set ${name} mtu ${mtu} up`,
        ]),
        ...(gateway === undefined ? [] : [`route add default via ${gateway}`]),
      ],
    );
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
    const spaces = HOST_NAMES.map((host) => this.space(host));
    spawnSync('ip', ['-force', '-batch', '-'], { input: spaces.map((space) => `netns delete ${space}`).join('\n') });
    for (const space of spaces) rmSync(`/etc/netns/${space}`, { recursive: true, force: true });
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

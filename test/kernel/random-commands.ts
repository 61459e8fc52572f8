/** Random sequences of `ip addr`, `ip route` and `ip link`, and our network layer's answers to them. */
import {
  type IpAddress,
  MacAddress,
  parseInterfaceAddress,
  parseIp,
  parsePrefix,
  prefixOf,
} from '@netarium/core/base/address.ts';
import { Errno } from '@netarium/core/base/errno.ts';
import { NetworkCard } from '@netarium/core/link/card.ts';
import { type TestHost, TestWorld } from '@netarium/core/network/hosts.test-kit.ts';
import type { AddressEntry, RouteEntry } from '@netarium/core/network/types.ts';
import { Stream } from '@netarium/core/random/random.ts';
import { Choices } from './choices.ts';

export interface Sequence {
  readonly commands: readonly string[];
  readonly gets: readonly string[];
}

/** Each card has addresses of its own: what the kernel does with one address on two cards depends on the order of its hash table. */
const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  eth0: ['10.0.0.1', '10.0.0.2', '10.0.0.9', '10.0.0.3', '0.0.0.5'],
  eth1: ['10.0.1.1', '10.0.1.2', '192.168.1.1'],
  lo: ['172.16.0.5'],
};
const GATEWAYS = [
  '10.0.0.1',
  '10.0.0.77',
  '10.0.0.9',
  '10.0.1.1',
  '10.0.1.7',
  '10.0.0.255',
  '192.168.1.9',
  '172.16.0.9',
  '8.8.8.8',
];
const NETWORKS = ['10.0.0.0', '10.0.1.0', '10.9.0.0', '172.16.0.0', '10.0.0.77', '192.168.0.0', '8.8.8.8'];
const TARGETS = [
  ...[
    '10.0.0.1',
    '10.0.0.2',
    '10.0.0.77',
    '10.0.1.1',
    '10.0.1.9',
    '10.0.0.255',
    '255.255.255.255',
    '224.0.0.9',
    '239.1.1.1',
  ],
  ...[
    '8.8.8.8',
    '127.0.0.1',
    '127.1.2.3',
    '192.168.1.7',
    '172.16.0.5',
    '172.16.3.3',
    '10.9.9.9',
    '0.0.0.0',
    '10.0.0.127',
  ],
];

export class RandomCommands extends Choices {
  constructor(seed: number) {
    super(new Stream(seed, 'commands'));
  }

  private maybe(chance: number, text: () => string): string {
    return this.random.below(100) < chance ? ` ${text()}` : '';
  }

  next(): Sequence {
    const commands = Array.from({ length: 14 }, (_, i) => (i < 2 ? this.address('add') : this.command()));
    const gets = Array.from({ length: 14 }, () => this.pick(TARGETS) + this.maybe(20, () => this.get()));
    return { commands, gets };
  }

  private get(): string {
    return this.pick([
      `from ${this.pick(ADDRESSES.eth0!)}`,
      `from ${this.pick(ADDRESSES.eth1!)}`,
      `oif ${this.pick(['eth0', 'eth1'])}`,
    ]);
  }

  private command(): string {
    const kind = this.random.below(100);
    if (kind < 25) return this.address('add');
    if (kind < 36) return this.address('del');
    if (kind < 76) return this.addRoute();
    if (kind < 86) return this.deleteRoute();
    return `link set ${this.pick(['eth0', 'eth1'])} ${this.pick(['down', 'up', 'up'])}`;
  }

  private address(verb: string): string {
    const dev = this.pick(['eth0', 'eth0', 'eth0', 'eth1', 'eth1', 'lo']);
    const length = dev === 'lo' ? 32 : this.pick([24, 24, 24, 25, 16, 28, 32]);
    return `addr ${verb} ${this.pick(ADDRESSES[dev]!)}/${length} dev ${dev}`;
  }

  private destination(): string {
    const length = this.pick([8, 16, 24, 24, 32, 0, 30]);
    return length === 0 ? 'default' : `${prefixOf(parseIp(this.pick(NETWORKS))!, length)}`;
  }

  private addRoute(): string {
    const verb = this.pick(['add', 'add', 'add', 'replace']);
    const metric = this.maybe(35, () => `metric ${this.pick([5, 10])}`);
    if (this.random.below(10) === 0) {
      return `route ${verb} ${this.pick(['unreachable', 'prohibit', 'blackhole'])} ${this.destination()}${metric}`;
    }
    const via = this.maybe(75, () => `via ${this.pick(GATEWAYS)}`);
    const dev = this.maybe(50, () => `dev ${this.pick(['eth0', 'eth0', 'eth1'])}`);
    const src = this.maybe(20, () => `src ${this.pick(ADDRESSES[this.pick(['eth0', 'eth1'])]!)}`);
    return `route ${verb} ${this.destination()}${via}${dev}${metric}${src}`;
  }

  private deleteRoute(): string {
    const via = this.maybe(50, () => `via ${this.pick(GATEWAYS)}`);
    const dev = this.maybe(30, () => `dev ${this.pick(['eth0', 'eth1'])}`);
    return `route del ${this.destination()}${via}${dev}${this.maybe(25, () => `metric ${this.pick([5, 10])}`)}`;
  }
}

/** A host as configure.py builds one. */
export class OurHost {
  private readonly host: TestHost;

  constructor() {
    const world = new TestWorld(1);
    this.host = world.bareHost('host');
    for (const name of ['eth0', 'eth1']) {
      const peer = new NetworkCard(world.context('peer'), { name, ifindex: 1, mac: new MacAddress(9), up: true });
      world.cable(this.host.card(name, 2, ''), peer);
    }
  }

  private get config() {
    return this.host.stack.config;
  }

  /** The errno's name, or nothing. */
  run(command: string): string {
    const words = command.split(' ');
    if (words[0] === 'link') return this.config.setUp(this.ifindex(words[2])!, words[3] === 'up')?.code ?? '';
    return (words[0] === 'addr' ? this.changeAddress(words) : this.changeRoute(words))?.code ?? '';
  }

  private ifindex(dev: string | undefined): number | undefined {
    return dev === undefined ? undefined : this.host.eth(dev).ifindex;
  }

  private changeAddress(words: readonly string[]): Errno | undefined {
    const ifindex = this.ifindex(after(words, 'dev'))!;
    const { address, prefixLength } = parseInterfaceAddress(words[2]!)!;
    if (words[1] === 'del') return this.config.deleteAddress(ifindex, address, prefixLength);
    return this.config.addAddress(ifindex, { address, prefixLength });
  }

  private changeRoute(words: readonly string[]): Errno | undefined {
    const type = (['unreachable', 'prohibit', 'blackhole'] as const).find((each) => words[2] === each);
    const metric = after(words, 'metric');
    const request = {
      destination: parsePrefix(words[type === undefined ? 2 : 3]!)!,
      gateway: addressAfter(words, 'via'),
      ifindex: this.ifindex(after(words, 'dev')),
      metric: metric === undefined ? undefined : Number(metric),
      source: addressAfter(words, 'src'),
      type,
    };
    return words[1] === 'del'
      ? this.config.deleteRoute(request)
      : this.config.addRoute(request, words[1] === 'replace');
  }

  get(question: string): string {
    const words = question.split(' ');
    const answer = this.config.lookupRoute(
      parseIp(words[0]!)!,
      addressAfter(words, 'from'),
      this.ifindex(after(words, 'oif')),
    );
    if (answer instanceof Errno) return answer.code;
    const { gateway, ifindex, source, type } = answer;
    return answerText(type, gateway?.toString(), this.config.card(ifindex)!.name, `${source}`);
  }

  table(name: 'main' | 'local'): string[] {
    return this.config.routes(name).map((route) => this.routeText(route));
  }

  private routeText(r: RouteEntry): string {
    const { length, network } = r.destination;
    return routeText({
      type: r.type,
      dst: length === 0 ? 'default' : length === 32 ? `${network}` : `${r.destination}`,
      gateway: r.gateway?.toString(),
      dev: r.ifindex === 0 ? undefined : this.config.card(r.ifindex)!.name,
      protocol: r.protocol,
      scope: r.scope,
      prefsrc: r.source?.toString(),
      metric: r.metric,
    });
  }

  addresses(): string[] {
    return this.config.addresses().map((a: AddressEntry) => {
      const dev = this.config.card(a.ifindex)!.name;
      return addressText(dev, `${a.address}`, a.prefixLength, a.scope, a.secondary);
    });
  }
}

function after(words: readonly string[], name: string): string | undefined {
  const at = words.indexOf(name);
  return at < 0 ? undefined : words[at + 1];
}

function addressAfter(words: readonly string[], name: string): IpAddress | undefined {
  const text = after(words, name);
  return text === undefined ? undefined : parseIp(text);
}

/** A route as `ip -j route` names its parts. */
export interface RouteJson {
  type?: string | undefined;
  dst: string;
  gateway?: string | undefined;
  dev?: string | undefined;
  protocol?: string | undefined;
  scope?: string | undefined;
  prefsrc?: string | undefined;
  metric?: number | undefined;
}

export function routeText(r: RouteJson): string {
  const parts = [
    r.type ?? 'unicast',
    r.dst,
    'via',
    r.gateway ?? '-',
    'dev',
    r.dev ?? '-',
    r.protocol ?? 'boot',
    r.scope ?? 'global',
  ];
  return [...parts, 'src', r.prefsrc ?? '-', 'metric', r.metric ?? 0].join(' ');
}

export function answerText(type: string | undefined, gateway: string | undefined, dev: string, source: string): string {
  return `${type ?? 'unicast'} via ${gateway ?? '-'} dev ${dev} src ${source}`;
}

export function addressText(dev: string, address: string, length: number, scope: string, secondary: boolean): string {
  return `${dev} ${address}/${length} ${scope}${secondary ? ' secondary' : ''}`;
}

/** The simulated arm: the three machines as a lab, whose script is the test's body. */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { cable, host, lab, router } from '@netarium/core/check/lab.ts';
import type { HostControl, Running } from '@netarium/core/check/lab-context.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import type { NetworkCard } from '@netarium/core/link/card.ts';
import { PcapngWriter } from '@netarium/core/record/pcapng.ts';
import { turn } from '@netarium/core/syscall/kernel.test-util.ts';
import { encodeFrame } from '@netarium/core/wire/codec.ts';
import { ETHERTYPE } from '@netarium/core/wire/packet.ts';
import { systemImage } from '@netarium/userland/image.ts';
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
import { calls } from './calls.ts';
import { describeFrame } from './frames.ts';

const files = { '/etc/hosts': HOSTS, '/etc/resolv.conf': RESOLV_CONF };
const far = (address: string) => ({ address, mtu: FAR_MTU });

class SimulatedArm implements Arm {
  constructor(
    private readonly host: (name: string) => HostControl,
    private readonly pause: (ns: number) => Promise<void>,
    private readonly cards: readonly NetworkCard[],
  ) {}

  private async outcome(command: Running): Promise<Outcome> {
    const { status, stdout, stderr } = await command.wait();
    return { code: status, lines: [...normal(stdout), ...normal(stderr)] };
  }

  run(name: string, line: string): Promise<Outcome> {
    return this.outcome(this.host(name).start(line));
  }

  async start(name: string, line: string): Promise<{ end(): Promise<Outcome> }> {
    const command = this.host(name).start(line);
    await this.sleep(SETTLE_SECONDS);
    return { end: () => this.outcome(command) };
  }

  watch(name: string): Promise<() => Promise<readonly string[]>> {
    const card = this.cards.find(({ fullName }) => fullName === `${name}.eth0`)!;
    const seen: string[] = [];
    const tap = {
      frame(_: NetworkCard, frame: Parameters<typeof encodeFrame>[0], direction: 'in' | 'out') {
        const text = describeFrame(direction, encodeFrame(frame));
        if (text !== undefined) seen.push(text);
      },
    };
    card.addTap(tap);
    return Promise.resolve(async () => {
      await this.sleep(SETTLE_SECONDS);
      card.removeTap(tap);
      return seen;
    });
  }

  capture(name: string): Promise<() => Promise<Uint8Array>> {
    const card = this.cards.find(({ fullName }) => fullName === `${name}.eth0`)!;
    const chunks: Uint8Array[] = [];
    const writer = new PcapngWriter({ name: card.fullName, epochSeconds: 0 }, (chunk) => chunks.push(chunk.slice()));
    const tap = {
      frame(_: NetworkCard, frame: Parameters<typeof encodeFrame>[0], direction: 'in' | 'out', ns: number) {
        if (frame.etherType !== ETHERTYPE.ipv4) return;
        writer.packet(ns, encodeFrame(frame), { direction: direction === 'in' ? 'inbound' : 'outbound' });
      },
    };
    card.addTap(tap);
    return Promise.resolve(async () => {
      await this.sleep(SETTLE_SECONDS);
      card.removeTap(tap);
      writer.flush();
      return concatBytes(chunks);
    });
  }

  async website(pages: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, text] of Object.entries(pages)) this.host('web').writeFile(`/srv/${path}`, text);
    await this.start('web', 'httpd /srv');
  }

  sleep(seconds: number): Promise<void> {
    return this.pause(Math.round(seconds * 1e9));
  }
}

/** Runs a body in a fresh world; its answer. */
export async function simulate<T>(body: (arm: Arm) => Promise<T>): Promise<T> {
  let cards: readonly NetworkCard[] = [];
  let answer: { value: T } | undefined;
  const definition = lab({
    id: 'two-arms',
    machines: {
      laptop: host({ eth0: { address: '10.0.1.2/24', mtu: NEAR_MTU }, gateway: '10.0.1.1', files, sysctl: SYSCTL }),
      gw: router({ eth0: '10.0.1.1/24', eth1: far('10.0.2.1/24'), files, sysctl: SYSCTL }),
      web: host({ eth0: far('10.0.2.2/24'), gateway: '10.0.2.1', files, sysctl: SYSCTL }),
    },
    cables: [
      cable('laptop', 'gw.eth0', { rate: '1Gbit', delay: '100us' }),
      cable('gw.eth1', 'web', { rate: '1Gbit', delay: '100us' }),
    ],
    programs: { calls },
    until: '600s',
    async script(context) {
      await context.sleep('1s');
      answer = { value: await body(new SimulatedArm((name) => context.host(name), context.sleep, cards)) };
    },
  });
  const run = await runLab(definition, { image: systemImage(), turn }, { listener: { cards: (all) => (cards = all) } });
  if (answer === undefined) throw new Error(run.problems.join('\n'));
  return answer.value;
}

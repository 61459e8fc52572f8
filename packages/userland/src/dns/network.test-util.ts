/** A simulated network for tests of programs: a topology, shell commands on its hosts, virtual time. */
import { turn } from '@netarium/core/syscall/kernel.test-util.ts';
import { SECOND } from '@netarium/core/time/instant.ts';
import { buildWorld } from '@netarium/core/world/build.ts';
import { type Command, startCommand } from '@netarium/core/world/commands.ts';
import { Host } from '@netarium/core/world/host.ts';
import type { Topology } from '@netarium/core/world/topology.ts';
import { World } from '@netarium/core/world/world.ts';
import { systemImage } from '../image.ts';

export class Network {
  readonly world: World;

  constructor(topology: Topology, seed = 1) {
    this.world = new World({ seed, turn });
    buildWorld(this.world, topology, { image: systemImage(), compileFilter: () => () => false });
    for (const host of this.world.hosts()) host.boot();
  }

  host(name: string): Host {
    const host = this.world.machines.get(name);
    if (!(host instanceof Host)) throw new Error(`no host ${name}`);
    return host;
  }

  start(host: string, line: string): Command {
    return startCommand(this.host(host).kernel, line);
  }

  /** Lets so many seconds pass. */
  async pass(seconds: number): Promise<void> {
    await this.world.run(this.world.now + seconds * SECOND);
    this.check();
  }

  /** Runs a command to its end; fails after `limit` virtual seconds. */
  async sh(
    host: string,
    line: string,
    limit = 120,
  ): Promise<{ stdout: string; stderr: string; code: number; ns: number }> {
    const command = this.start(host, line);
    const until = this.world.now + limit * SECOND;
    while (command.status === undefined) {
      const { next } = this.world.queue;
      if (next === undefined || next > until)
        throw new Error(`${line} did not end: ${command.stdout}${command.stderr}`);
      await this.world.run(next);
      this.check();
    }
    return {
      stdout: command.stdout,
      stderr: command.stderr,
      code: command.exitCode,
      ns: command.endNs - command.startNs,
    };
  }

  private check(): void {
    const [crash] = this.world.crashes;
    if (crash !== undefined) throw new Error(crash);
  }
}

/**
 * A login on a host of a running world, and the replay of one. Each key press is an input of the run, and so part of its digest. Whoever sits
 * down at a host also plugs in what hangs loose there: the lab's script, which would, does not run.
 */
import type { OpenLab } from '@netarium/core/check/run-lab.ts';
import type { Port } from '@netarium/core/link/port.ts';
import { startLogin } from '@netarium/core/world/commands.ts';
import type { Host } from '@netarium/core/world/host.ts';
import type { World } from '@netarium/core/world/world.ts';
import type { ShellInputs } from './inputs.ts';

export interface Login {
  /** The cables that were loose. */
  readonly plugged: readonly string[];
  type(bytes: Uint8Array): void;
  /** The person is gone: the shell and what it runs get SIGHUP, and nobody sees what they print. */
  hangUp(): void;
  /** The shell has ended. */
  readonly ended: boolean;
}

export function hostOf({ world }: OpenLab, name: string): Host | undefined {
  return world.hosts().find((host) => host.name === name);
}

export function login({ world }: OpenLab, host: Host, onOutput: (bytes: Uint8Array) => void): Login {
  let present = true;
  const plugged = plugIn(world, host);
  const { terminal, process } = startLogin(host.kernel, (bytes) => {
    if (present) onOutput(bytes);
  });
  const input = (text: string): void => world.recorder.emit('input', host.name, { text });
  return {
    plugged,
    type(bytes) {
      input(hexOf(bytes));
      terminal.type(bytes);
    },
    hangUp() {
      input('hang up');
      present = false;
      if (process.exitStatus === undefined) terminal.hangUp();
    },
    get ended() {
      return process.exitStatus !== undefined;
    },
  };
}

function plugIn(world: World, host: Host): string[] {
  const free = (port: Port): boolean => port.plug === undefined;
  const loose = [...world.cables].filter(([, { a, b }]) => host.ports().some((port) => port === a || port === b));
  return loose.flatMap(([name, cable]) => {
    if (cable.plugged || !free(cable.a) || !free(cable.b)) return [];
    cable.plug();
    return [name];
  });
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** Types what was typed, each at its time, and stops where the person left. */
export async function replay(open: OpenLab, inputs: ShellInputs, onOutput: (bytes: Uint8Array) => void): Promise<void> {
  const host = hostOf(open, inputs.host);
  if (host === undefined) throw new Error(`there is no host ${inputs.host}`);
  const session = login(open, host, onOutput);
  for (const { atNs, bytes } of inputs.inputs) {
    await open.run(atNs);
    session.type(Uint8Array.from(Buffer.from(bytes, 'hex')));
  }
  await open.run(inputs.endNs);
  session.hangUp();
}

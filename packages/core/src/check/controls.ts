/** The hands of a lab's script: hosts and cables. */
import { assert } from '../base/assert.ts';
import { Errno } from '../base/errno.ts';
import { decodeUtf8, encodeUtf8 } from '../base/utf8.ts';
import type { Cable, CableDirection } from '../link/cable.ts';
import type { Fault } from '../link/faults/rule.ts';
import { RegularFile } from '../os/files/inode.ts';
import { SIGNALS, type SignalName } from '../os/signals.ts';
import { parseDuration } from '../time/instant.ts';
import { type Command, startCommand } from '../world/commands.ts';
import type { ScriptParty } from '../world/control.ts';
import type { Host } from '../world/host.ts';
import type { FaultSpec } from '../world/topology.ts';
import { parseRate } from '../world/units.ts';
import type { CableControl, Finished, HostControl, Running, RunOptions } from './lab-context.ts';

export function hostControl(host: Host, party: ScriptParty): HostControl {
  const start = (line: string, options?: RunOptions): Running => {
    assert(host.running, `${host.name} has no power`);
    return runningOf(startCommand(host.kernel, line, options), party);
  };
  return {
    name: host.name,
    sh: (line, options) => start(line, options).wait(),
    start,
    readFile(path) {
      const inode = host.kernel.files.find(path, '/', 0);
      return inode instanceof Errno || !(inode instanceof RegularFile) ? undefined : decodeUtf8(inode.content);
    },
    writeFile(path, text) {
      const refused = host.kernel.files.provide(path, encodeUtf8(text));
      assert(!(refused instanceof Errno), `${host.name}:${path}: ${String(refused)}`);
    },
    crash: () => host.crash(),
    boot: () => host.boot(),
    pause: () => host.pause(),
    resume: () => host.resume(),
  };
}

function runningOf(command: Command, party: ScriptParty): Running {
  return {
    pid: command.process.pid,
    get stdout() {
      return command.stdout;
    },
    get stderr() {
      return command.stderr;
    },
    get finished() {
      return command.status !== undefined;
    },
    wait: () => party.operation<Finished>((settle) => command.onEnd(() => settle(finished(command)))),
    kill(signal = 'SIGTERM') {
      assert(Object.hasOwn(SIGNALS, signal), `there is no signal ${signal}`);
      command.signal(signal as SignalName);
    },
  };
}

function finished(command: Command): Finished {
  const { process, exitCode, status, stdout, stderr, stdoutBytes, startNs, endNs } = command;
  return {
    pid: process.pid,
    status: exitCode,
    signal: status?.signal ?? '',
    stdout,
    stderr,
    stdoutBytes,
    startNs,
    endNs,
  };
}

const DIRECTIONS: Readonly<Record<'forward' | 'backward', CableDirection>> = { forward: 'aToB', backward: 'bToA' };

export function cableControl(cable: Cable, faults: (spec: FaultSpec, path: string) => Fault[]): CableControl {
  const lanes = (direction?: 'forward' | 'backward'): CableDirection =>
    direction === undefined ? 'both' : DIRECTIONS[direction];
  return {
    name: cable.name,
    cut: () => cable.unplug(),
    plug: () => cable.plug(),
    set(change, direction) {
      if (change.rate !== undefined) {
        const rate = parseRate(change.rate);
        assert(rate !== undefined, `'${change.rate}' is no rate`);
        cable.setRate(rate, lanes(direction));
      }
      if (change.delay !== undefined) {
        const delay = parseDuration(change.delay);
        assert(delay !== undefined, `'${change.delay}' is no duration`);
        cable.setDelay(delay, lanes(direction));
      }
    },
    fault(spec, direction) {
      const handles = faults(spec as FaultSpec, `cable('${cable.name}').fault`).map((fault) =>
        cable.addFault(fault, lanes(direction)),
      );
      return () => {
        for (const handle of handles) handle.lift();
      };
    },
  };
}

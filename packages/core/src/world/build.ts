/** Makes the machines and cables of a world from a topology whose parameters are resolved. Errors name the place. */
import { Cable, type CableOptions, cableProblem } from '../link/cable.ts';
import { corrupt, duplicate } from '../link/faults/content.ts';
import { jitter, reorder } from '../link/faults/delay.ts';
import { dropWhen, loss, nth } from '../link/faults/loss.ts';
import { type Fault, type FrameMatch, parsePpm } from '../link/faults/rule.ts';
import { Hub } from '../link/hub.ts';
import type { LaneOptions } from '../link/lane.ts';
import type { Port } from '../link/port.ts';
import { Switch, type SwitchOptions } from '../link/switch.ts';
import { readPortVlan } from '../link/vlan.ts';
import type { ImageNode } from '../os/files/inode.ts';
import { parseDuration } from '../time/instant.ts';
import { Host } from './host.ts';
import type { Machine } from './machine.ts';
import {
  type CableSpec,
  type FaultSpec,
  type FilterSpec,
  type MachineSpec,
  type NthSpec,
  SpecError,
  type SwitchSpec,
  type Topology,
} from './topology.ts';
import { parseRate } from './units.ts';
import type { World } from './world.ts';

/** Turns a display filter into a frame predicate; given by the layer above, which knows packet trees. */
export type FilterCompiler = (filter: string, path: string) => FrameMatch;

export interface BuildOptions {
  readonly image: ReadonlyMap<string, ImageNode>;
  readonly compileFilter: FilterCompiler;
}

/** Builds everything; hosts are not booted yet. */
export function buildWorld(world: World, topology: Topology, options: BuildOptions): void {
  let number = 0;
  const wanted = portsWanted(topology);
  const used = new Set<Port>();
  for (const [name, spec] of Object.entries(topology.machines)) {
    number++;
    world.machines.set(name, machineOf(world, name, spec, number, wanted.get(name) ?? 0, options.image));
  }
  topology.cables.forEach((spec, i) => {
    const cable = cableOf(world, spec, `cables[${i}]`, options.compileFilter, used);
    world.cables.set(cable.name, cable);
  });
}

function switchPorts(ports: NonNullable<SwitchSpec['ports']>, path: string): SwitchOptions['ports'] {
  if (typeof ports === 'number') return ports;
  return ports.map(({ name, vlan }, i) => {
    if (vlan === undefined) return { name };
    const read = readPortVlan(vlan);
    if (typeof read === 'string') throw new SpecError(`${path}[${i}].vlan`, read);
    return { name, vlan: read };
  });
}

/** How many cables end at each machine: a switch without a number of ports gets as many as it needs. */
function portsWanted(topology: Topology): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { from, to } of topology.cables) {
    for (const end of [from, to]) {
      const name = end.split('.')[0]!;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return counts;
}

function machineOf(
  world: World,
  name: string,
  spec: MachineSpec,
  number: number,
  wanted: number,
  image: ReadonlyMap<string, ImageNode>,
): Machine {
  const path = `machines.${name}`;
  const context = { name, queue: world.queue, random: world.random, recorder: world.recorder };
  switch (spec.kind) {
    case 'host':
    case 'router':
      return new Host(world, name, spec, number, image);
    case 'switch': {
      const options: SwitchOptions = {
        ports: switchPorts(spec.ports ?? Math.max(wanted, 1), `${path}.ports`),
        ...(spec.ageing === undefined ? {} : { ageingNs: duration(spec.ageing, `${path}.ageing`) }),
        ...(spec.tableSize === undefined ? {} : { tableSize: Number(spec.tableSize) }),
      };
      return new DeviceMachine('switch', new Switch(context, options));
    }
    case 'hub': {
      const rate = spec.rate === undefined ? 10_000_000 : rateOf(spec.rate, `${path}.rate`);
      return new DeviceMachine('hub', new Hub(context, { ports: spec.ports ?? Math.max(wanted, 1), rate }));
    }
    default:
      throw new SpecError(
        `${path}.kind`,
        `'${String((spec as { kind: unknown }).kind)}' is no kind of machine; host, router, switch and hub are`,
      );
  }
}

/** A machine that is its device: it has ports and no programs. */
class DeviceMachine implements Machine {
  constructor(
    readonly kind: 'switch' | 'hub',
    private readonly device: Switch | Hub,
  ) {}

  get name(): string {
    return this.device.name;
  }

  port(name: string): Port | undefined {
    return this.device.port(name);
  }

  ports(): readonly Port[] {
    return this.device.ports;
  }
}

function cableOf(world: World, spec: CableSpec, path: string, compile: FilterCompiler, used: Set<Port>): Cable {
  const a = portOf(world, spec.from, `${path}.from`, used);
  const b = portOf(world, spec.to, `${path}.to`, used);
  const options: CableOptions = {
    name: spec.name ?? `${spec.from.split('.')[0]}-${spec.to.split('.')[0]}`,
    ...laneOptions(spec, path),
    ...(spec.forward === undefined
      ? {}
      : { aToB: { ...laneOptions(spec, path), ...laneOptions(spec.forward, `${path}.forward`) } }),
    ...(spec.backward === undefined
      ? {}
      : { bToA: { ...laneOptions(spec, path), ...laneOptions(spec.backward, `${path}.backward`) } }),
    plugged: (spec.plugged as boolean | undefined) ?? true,
  };
  if (world.cables.has(options.name!))
    throw new SpecError(`${path}.name`, `there is a cable '${options.name}' already; name this one`);
  const problem = cableProblem(a, b, options);
  if (problem !== undefined) throw new SpecError(path, problem);
  const cable = new Cable(
    { name: options.name!, queue: world.queue, random: world.random, recorder: world.recorder },
    a,
    b,
    options,
  );
  for (const fault of faultsOf(spec, path, compile)) cable.addFault(fault);
  for (const fault of faultsOf(spec.forward ?? {}, `${path}.forward`, compile)) cable.addFault(fault, 'aToB');
  for (const fault of faultsOf(spec.backward ?? {}, `${path}.backward`, compile)) cable.addFault(fault, 'bToA');
  return cable;
}

/** `laptop.eth0`, or `laptop`: its first port without a cable. */
function portOf(world: World, text: string, path: string, used: Set<Port>): Port {
  const [name, portName, more] = text.split('.');
  const machine = world.machines.get(name!);
  if (machine === undefined) throw new SpecError(path, `there is no machine '${name}'`);
  if (more !== undefined) throw new SpecError(path, `'${text}' is not 'machine' or 'machine.port'`);
  if (portName !== undefined) {
    const port = machine.port(portName);
    if (port === undefined)
      throw new SpecError(
        path,
        `${name} has no port '${portName}'; it has ${
          machine
            .ports()
            .map((p) => p.name)
            .join(', ') || 'none'
        }`,
      );
    if (used.has(port)) throw new SpecError(path, `${text} has a cable already`);
    used.add(port);
    return port;
  }
  const port = machine.ports().find((candidate) => !used.has(candidate));
  if (port === undefined) throw new SpecError(path, `${name} has no free port left`);
  used.add(port);
  return port;
}

function laneOptions(
  spec: Partial<Pick<CableSpec, 'rate' | 'delay' | 'queue' | 'mark' | 'overheadBytes' | 'minFrameBytes'>>,
  path: string,
): LaneOptions {
  return {
    ...(spec.rate === undefined ? {} : { rate: rateOf(spec.rate, `${path}.rate`) }),
    ...(spec.delay === undefined ? {} : { delayNs: duration(spec.delay, `${path}.delay`) }),
    ...(spec.queue === undefined ? {} : { queuePackets: packets(spec.queue, `${path}.queue`) }),
    ...(spec.mark === undefined ? {} : { markPackets: packets(spec.mark, `${path}.mark`) }),
    ...(spec.overheadBytes === undefined ? {} : { overheadBytes: spec.overheadBytes }),
    ...(spec.minFrameBytes === undefined ? {} : { minFrameBytes: spec.minFrameBytes }),
  };
}

/** The faults of a specification, in the order in which a frame meets them. */
export function faultsOf(spec: FaultSpec, path: string, compile: FilterCompiler): Fault[] {
  const faults: Fault[] = [];
  const add = (key: 'loss' | 'duplicate' | 'corrupt' | 'reorder', make: (ppm: number) => Fault): void => {
    const value = spec[key];
    if (value === undefined) return;
    const ppm = parsePpm(value as string | number);
    if (ppm === undefined)
      throw new SpecError(`${path}.${key}`, `'${String(value)}' is no probability; write 1%, 0.01 or 10000ppm`);
    if (ppm > 0) faults.push(make(ppm));
  };
  if (spec.drop !== undefined) {
    const fault = dropOf(spec.drop, `${path}.drop`, compile);
    if (fault !== undefined) faults.push(fault);
  }
  add('loss', loss);
  add('corrupt', corrupt);
  add('duplicate', duplicate);
  add('reorder', (ppm) =>
    reorder({ ppm, holdNs: spec.reorderBy === undefined ? 10_000_000 : duration(spec.reorderBy, `${path}.reorderBy`) }),
  );
  if (spec.jitter !== undefined) {
    const spread = duration(spec.jitter, `${path}.jitter`);
    if (spread > 0) faults.push(jitter(spread));
  }
  return faults;
}

function dropOf(spec: NthSpec | FilterSpec, path: string, compile: FilterCompiler): Fault | undefined {
  if (spec.nth === undefined) {
    if (spec.matching === undefined) throw new SpecError(path, 'needs nth or matching');
    return dropWhen(compile(spec.matching, `${path}.matching`), 'filtered', `filter of ${spec.matching}`);
  }
  const numbers = (Array.isArray(spec.nth) ? spec.nth : [spec.nth]).map(Number).filter((n) => n !== 0);
  if (numbers.some((n) => !Number.isInteger(n) || n < 0))
    throw new SpecError(`${path}.nth`, 'frames are counted from 1; 0 drops none');
  if (numbers.length === 0) return undefined;
  return spec.matching === undefined ? nth(numbers) : nth(numbers, compile(spec.matching, `${path}.matching`));
}

function rateOf(value: unknown, path: string): number {
  const rate = typeof value === 'string' ? parseRate(value) : undefined;
  if (rate === undefined) throw new SpecError(path, `'${String(value)}' is no rate; write 100Mbit or 1.5Gbit`);
  return rate;
}

function duration(value: unknown, path: string): number {
  const ns = typeof value === 'string' ? parseDuration(value) : undefined;
  if (ns === undefined) throw new SpecError(path, `'${String(value)}' is no duration; write 10ms or 1.5s`);
  return ns;
}

function packets(value: unknown, path: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 0) throw new SpecError(path, `'${String(value)}' is no number of packets`);
  return count;
}

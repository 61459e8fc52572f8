/**
 * One run of an exploration: a world of the lab's machines, its programs started directly (no shell, no script), its choice points in a strategy's
 * hands. It went badly where threads wait for each other, a program fails, or one never ends.
 */
import { Errno } from '../../base/errno.ts';
import { DescriptorTable } from '../../kernel/descriptors.ts';
import type { ImageNode } from '../../os/files/inode.ts';
import type { Process } from '../../os/process.ts';
import { OutputSink } from '../../os/terminal.ts';
import { loadProgram } from '../../syscall/calls/process.ts';
import { streamStatus } from '../../syscall/dev.ts';
import { SECOND } from '../../time/instant.ts';
import { buildWorld, type FilterCompiler } from '../../world/build.ts';
import type { Host } from '../../world/host.ts';
import type { MacrotaskTurn } from '../../world/run-loop.ts';
import { SpecError, type Topology } from '../../world/topology.ts';
import { World } from '../../world/world.ts';
import { choicesOf, type Strategy } from './schedule.ts';

export interface ExploredProgram {
  readonly topology: Topology;
  /** Program and arguments by machine. */
  readonly run: ReadonlyMap<string, readonly string[]>;
  readonly image: ReadonlyMap<string, ImageNode>;
  readonly turn: MacrotaskTurn;
  readonly compileFilter: FilterCompiler;
  readonly seed: number;
}

export type Badness = 'deadlock' | 'failure' | 'hang';

export interface RunOutcome {
  /** Undefined where all went well. */
  readonly bad: Badness | undefined;
  /** What happened, in a line: the circle of threads, the exit code, who waits for what. */
  readonly detail: string;
  readonly steps: number;
}

/** Virtual time that a run may take; explored programs are short. */
const UNTIL_NS = 600 * SECOND;

export async function runOnce(program: ExploredProgram, strategy: Strategy): Promise<RunOutcome> {
  let steps = 0;
  const world = new World({
    seed: program.seed,
    turn: program.turn,
    choices: choicesOf(strategy, () => void steps++),
  });
  buildWorld(world, program.topology, { image: program.image, compileFilter: program.compileFilter });
  let circle = '';
  world.recorder.on('thread.deadlock', (event) => {
    if (circle !== '') return;
    circle = event.values.circle;
    world.loop.stop();
  });
  for (const host of world.hosts()) host.boot();
  const processes: Process[] = [];
  for (const [name, argv] of program.run)
    processes.push(startDirectly(world.machines.get(name) as Host | undefined, name, argv));
  await world.loop.run(UNTIL_NS);
  if (circle !== '') return { bad: 'deadlock', detail: circle, steps };
  return { ...judge(processes, world), steps };
}

function judge(processes: readonly Process[], world: World): Omit<RunOutcome, 'steps'> {
  if (world.crashes.length > 0) return { bad: 'failure', detail: world.crashes.join('; ') };
  for (const process of processes) {
    const status = process.exitStatus;
    if (status === undefined)
      return { bad: 'hang', detail: process.threads.map((thread) => thread.describe()).join('; ') };
    if (status.signal !== '') return { bad: 'failure', detail: `${process.name} was ended by ${status.signal}` };
    if (status.code !== 0) return { bad: 'failure', detail: `${process.name} ended with code ${status.code}` };
  }
  return { bad: undefined, detail: '' };
}

function startDirectly(host: Host | undefined, name: string, argv: readonly string[]): Process {
  if (host?.kernel === undefined) throw new SpecError(`explorations.run.${name}`, 'there is no such host');
  const { kernel } = host;
  const path = argv[0]!.startsWith('/') ? argv[0]! : `/usr/local/bin/${argv[0]!}`;
  const loaded = loadProgram(kernel, path, argv, '/', 0);
  if (loaded instanceof Errno) throw new SpecError(`explorations.run.${name}`, `${argv[0]}: ${loaded.text}`);
  const descriptors = new DescriptorTable();
  const sink = new OutputSink(streamStatus(kernel));
  for (const fd of [0, 1, 2]) descriptors.place(fd, sink);
  const { init } = kernel.processes;
  const process = kernel.processes.add(init, loaded.name, loaded.argv, 0, 0, '/', new Map(), descriptors);
  kernel.start(process, loaded.program, 0);
  return process;
}

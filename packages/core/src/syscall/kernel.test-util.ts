/** A kernel without a network, for tests of processes, files and the wake rule. */
import { SysError } from '../base/errno.ts';
import { SysctlTable } from '../base/sysctl.ts';
import { decodeUtf8 } from '../base/utf8.ts';
import { DescriptorTable } from '../kernel/descriptors.ts';
import type { CostModel } from '../os/costs.ts';
import type { ImageNode } from '../os/files/inode.ts';
import type { Process } from '../os/process.ts';
import type { OutputSink } from '../os/terminal.ts';
import { OutputSink as Sink } from '../os/terminal.ts';
import { Randomness } from '../random/random.ts';
import { Recorder } from '../record/recorder.ts';
import { SocketLayer, type Transports } from '../socket/socket-layer.ts';
import { EventQueue } from '../time/queue.ts';
import { RunLoop } from '../world/run-loop.ts';
import { AsyncFrontEnd, type CallSite } from './async-sys.ts';
import { streamStatus } from './dev.ts';
import { type CpuOptions, Kernel } from './kernel.ts';
import type { NetworkAdmin } from './network-admin.ts';
import type { ProgramModule } from './program.ts';
import type { Program } from './sys.ts';

const noNetwork = new Proxy({}, { get: () => () => [] }) as unknown as NetworkAdmin & Transports;

export interface Bench {
  readonly kernel: Kernel;
  readonly loop: RunLoop;
  readonly queue: EventQueue;
  readonly recorder: Recorder;
  readonly crashes: unknown[];
  start(
    program: Program | ProgramModule,
    argv?: readonly string[],
  ): { readonly process: Process; readonly out: OutputSink };
  run(untilNs?: number): Promise<void>;
}

export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export function bench(
  programs: Readonly<Record<string, Program | ProgramModule>> = {},
  options: {
    strict?: boolean;
    seed?: number;
    cpu?: CpuOptions;
    costs?: CostModel;
    profile?: string;
    callSite?: CallSite;
  } = {},
): Bench {
  const queue = new EventQueue();
  const recorder = new Recorder(queue);
  const loop = new RunLoop({ queue, turn, ...(options.strict === undefined ? {} : { strict: options.strict }) });
  let last = 0;
  const ctx = {
    name: 'h',
    queue,
    recorder,
    random: new Randomness(options.seed ?? 1),
    ids: { next: () => ++last },
    sysctl: new SysctlTable(),
    profile: options.profile ?? 'linux-6.x',
  };
  const crashes: unknown[] = [];
  const image = new Map<string, ImageNode>([
    ['bin', { directory: new Map(Object.entries(programs).map(([name, program]) => [name, { program }])) }],
  ]);
  const kernel: Kernel = new Kernel({
    ctx,
    turnstile: loop,
    image,
    sockets: new SocketLayer(ctx, noNetwork),
    network: noNetwork,
    wallStartNs: 1_767_225_600_000_000_000n,
    ...(options.cpu === undefined ? {} : { cpu: options.cpu }),
    ...(options.costs === undefined ? {} : { costs: options.costs }),
    frontEndOf: (_kernel, code) =>
      new AsyncFrontEnd(
        code,
        {
          exited(thread, value) {
            if (thread.tid !== thread.process.pid) kernel.threads.finish(thread, value);
            else kernel.processes.exit(thread.process, { code: typeof value === 'number' ? value : 0, signal: '' });
            loop.giveBack(thread);
          },
          crashed(thread, error) {
            crashes.push(error);
            kernel.processes.exit(thread.process, { code: 1, signal: '' });
            loop.giveBack(thread);
          },
        },
        options.callSite,
      ),
  });
  return {
    kernel,
    loop,
    queue,
    recorder,
    crashes,
    start(program, argv = ['test']) {
      const descriptors = new DescriptorTable();
      const out = new Sink(streamStatus(kernel));
      for (const fd of [0, 1, 2]) descriptors.place(fd, out);
      const process = kernel.processes.add(kernel.processes.init, argv[0]!, argv, 0, 0, '/', new Map(), descriptors);
      kernel.start(process, program, 0);
      return { process, out };
    },
    run: (untilNs = 60_000_000_000) => loop.run(untilNs),
  };
}

/** What a program printed that ran alone, with these in /bin. */
export async function printed(
  main: Program | ProgramModule,
  programs: Readonly<Record<string, Program>> = {},
): Promise<string> {
  const { start, run, crashes } = bench(programs);
  const { out } = start(main);
  await run();
  if (crashes.length > 0) throw crashes[0];
  return decodeUtf8(out.bytes);
}

/** The errno that a call fails with, by its name. */
export function errnoOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'none',
    (error) => (error instanceof SysError ? error.code : String(error)),
  );
}

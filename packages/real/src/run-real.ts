/**
 * Runs a program on the machine's own kernel: `runReal({ program: '/usr/bin/cat', argv: ['cat', 'notes.txt'], … })` answers its exit code when it and all
 * processes that it started have ended.
 */
import { fstatSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import type { OpenFile } from '@netarium/core/kernel/open-file.ts';
import { SIGNALS, type Signal } from '@netarium/core/syscall/sys.ts';
import { StandardFile } from './files/regular-file.ts';
import { InputStream, OutputStream } from './files/stream-files.ts';
import { RealKernel } from './kernel/real-kernel.ts';
import { RealProcess } from './kernel/real-process.ts';
import { DirectLink } from './process/link.ts';
import { ProcessHost } from './process/process-host.ts';
import type { Entries, Resolve } from './process/program.ts';
import { Starter } from './process/starter.ts';
import { WorkerCache } from './process/worker-cache.ts';

export interface RealRun {
  /** What `resolve` finds the program by. */
  readonly program: string;
  readonly argv: readonly string[];
  readonly resolve: Resolve;
  readonly entries: Entries;
  /** Whose threads' workers are warm, and stay so; who made it closes it. Without one the run has its own. */
  readonly workers?: WorkerCache;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
}

export interface RunningProgram {
  /** The exit code of the first process, when all have ended. */
  readonly ended: Promise<number>;
  /** Sends the first process a signal, as kill(1) would. */
  signal(signal: Signal): void;
}

/** Tells a program where it runs: there daemons stay in the foreground, with whoever typed their command. */
const KERNEL_VARIABLE = 'NETARIUM_KERNEL';

/** Servers that are told no address serve this machine alone. Node's environment has no undefined values, whatever its type says. */
function environment(): Readonly<Record<string, string>> {
  return { BIND_ADDRESS: '127.0.0.1', ...(process.env as Record<string, string>), [KERNEL_VARIABLE]: 'real' };
}

/**
 * A file is one for the program too, which may ask for its size, cut it, and hears at once that the disk is full; so is a device that is no terminal (/dev/full).
 * Everything else is a stream.
 */
function output(stream: Writable & { readonly fd?: number; readonly isTTY?: boolean }, kernel: RealKernel): OpenFile {
  const { fd, isTTY } = stream;
  const stats = fd === undefined || isTTY === true ? undefined : fstatSync(fd);
  if (stats?.isFile() || stats?.isCharacterDevice()) return new StandardFile(fd!);
  return new OutputStream(stream, kernel.nextIno());
}

export function startReal(run: RealRun): RunningProgram {
  const kernel = new RealKernel();
  const workers = run.workers ?? new WorkerCache(run.entries);
  const starter = new Starter(kernel, run.resolve, run.entries);
  kernel.starter = starter;
  const first = new RealProcess(process.pid, undefined, process.getuid?.() ?? 0, run.cwd ?? process.cwd());
  const streams = [
    new InputStream(run.stdin, kernel.nextIno()),
    output(run.stdout, kernel),
    output(run.stderr, kernel),
  ];
  for (const [fd, file] of streams.entries()) first.descriptors.place(fd, file);
  let host!: ProcessHost;
  const ended = new Promise<number>((resolve) => {
    let exitCode: number | undefined;
    const look = (): void => {
      if (exitCode === undefined || starter.running > 0) return;
      kernel.clock.stop();
      if (run.workers === undefined) workers.close();
      resolve(exitCode);
    };
    starter.allEnded = look;
    const over = (code: number, signal: Signal | ''): void => {
      exitCode = signal === '' ? code : 128 + SIGNALS[signal];
      starter.release(first);
      kernel.ended(first, code, signal);
      look();
    };
    host = new ProcessHost({
      pid: first.pid,
      uid: first.uid,
      program: run.program,
      argv: run.argv,
      env: run.env ?? environment(),
      link: new DirectLink(kernel, first),
      resolve: run.resolve,
      workers,
      ended: over,
    });
    starter.adopt(first, (signal) => host.signals.raise(signal));
  });
  void host.run('main', [run.argv]);
  return { ended, signal: (signal) => host.signals.raise(signal) };
}

export function runReal(run: RealRun): Promise<number> {
  return startReal(run).ended;
}

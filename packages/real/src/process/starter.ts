/**
 * Starts children for the processes of a run. Programs of Netarium run in a Node process of their own and make their calls over its channel; a program of
 * the machine is started as it is, with files, standard streams and pipes as its descriptors.
 */
import { type ChildProcess, fork as forkNode, type StdioOptions, spawn as spawnProgram } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { resolve as resolvePath } from 'node:path';
import { fileURLToPath } from 'node:url';
import { E, ENOTSUP, Errno } from '@netarium/core/base/errno.ts';
import type { OpenFile } from '@netarium/core/kernel/open-file.ts';
import { PipeReader, PipeWriter } from '@netarium/core/os/pipe.ts';
import type { Signal, SpawnOptions } from '@netarium/core/syscall/sys.ts';
import { attempt, errnoOf } from '../errno-of.ts';
import { RegularFile } from '../files/regular-file.ts';
import { InputStream, OutputStream } from '../files/stream-files.ts';
import type { ProcessStarter, RealKernel } from '../kernel/real-kernel.ts';
import { RealProcess } from '../kernel/real-process.ts';
import type { ChildStart, FromChild, ToChild } from './child-messages.ts';
import { DirectLink } from './link.ts';
import { Pending } from './pending.ts';
import type { Entries, Resolve } from './program.ts';
import { drainInto, fillFrom } from './pump.ts';
import { toReply } from './wire.ts';

/** How a started process is told of signals that the run raises itself. */
type Tell = (signal: Signal) => void;

export class Starter implements ProcessStarter {
  private readonly tellers = new Map<RealProcess, Tell>();

  constructor(
    private readonly kernel: RealKernel,
    private readonly resolve: Resolve,
    private readonly entries: Entries,
  ) {}

  /** The first process of the run. */
  adopt(process: RealProcess, tell: Tell): void {
    this.kernel.processes.set(process.pid, process);
    this.tellers.set(process, tell);
  }

  brokenPipe(process: RealProcess): void {
    this.tellers.get(process)?.('SIGPIPE');
  }

  /** How many processes still run. */
  get running(): number {
    return this.tellers.size;
  }

  async fork(parent: RealProcess, [start]: readonly unknown[]): Promise<number | Errno> {
    const { program, entry } = start as ChildStart;
    const module = await this.resolve(program);
    if (module === undefined || typeof entry !== 'string' || !Object.hasOwn(module, entry)) return E.EINVAL;
    return this.startNode(parent, { ...(start as ChildStart), kind: 'start', uid: parent.uid }, false, (child) => {
      for (const [fd, file, cloexec] of parent.descriptors.entries()) child.descriptors.place(fd, file, cloexec);
      this.kernel.memory.fork(parent, child);
    });
  }

  async spawn(parent: RealProcess, args: readonly unknown[]): Promise<number | Errno> {
    const [path, argv, options, ignored] = args as [string, readonly string[], SpawnOptions, readonly Signal[]];
    if (typeof path !== 'string' || !Array.isArray(argv)) return E.EINVAL;
    if (options.uid !== undefined && options.uid !== parent.uid) return ENOTSUP;
    if (options.tracer !== undefined || (options.pgid ?? 0) !== 0) return ENOTSUP;
    const cwd = options.cwd === undefined ? parent.cwd : resolvePath(parent.cwd, options.cwd);
    const files = filesOf(parent, options);
    if (files instanceof Errno) return files;
    const env = options.env ?? {};
    if ((await this.resolve(path)) === undefined)
      return this.startProgram(parent, resolvePath(cwd, path), argv, { cwd, env, files, detached: options.pgid === 0 });
    const start: ChildStart = {
      kind: 'start',
      program: path,
      entry: 'main',
      args: [argv],
      argv,
      env,
      uid: parent.uid,
      ignored,
    };
    return this.startNode(parent, start, options.pgid === 0, (child) => {
      child.cwd = cwd;
      for (const [fd, file] of files) child.descriptors.place(fd, file);
    });
  }

  private startNode(
    parent: RealProcess,
    start: ChildStart,
    detached: boolean,
    prepare: (child: RealProcess) => void,
  ): Promise<number | Errno> {
    const node = forkNode(fileURLToPath(this.entries.child), [], {
      execArgv: [...this.entries.execArgv],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      detached,
    });
    return this.follow(parent, node, (child) => {
      prepare(child);
      const send = (message: ToChild): void => {
        if (node.connected) node.send(message, () => {});
      };
      const link = new DirectLink(this.kernel, child);
      node.on('message', (message: FromChild) => {
        if (message.kind === 'ready') send(start);
        else if (message.kind === 'interrupt') this.kernel.thread(child, message.tid).interrupt();
        else if (child.exitStatus === undefined) {
          const outcome = link.call(message.tid, message.name, message.args);
          const reply = (late: unknown): void => send({ kind: 'reply', id: message.id, ...toReply(late) });
          if (outcome instanceof Pending) outcome.whenSettled(reply);
          else reply(outcome);
        }
      });
      this.tellers.set(child, (signal) => send({ kind: 'signal', signal }));
    });
  }

  private startProgram(
    parent: RealProcess,
    path: string,
    argv: readonly string[],
    { cwd, env, files, detached }: MachineProgram,
  ): Promise<number | Errno> {
    const executable = attempt(() => {
      accessSync(path, constants.X_OK);
      return statSync(path).isFile();
    });
    if (executable instanceof Errno) return Promise.resolve(executable);
    if (!executable) return Promise.resolve(E.EACCES);
    const stdio = stdioOf(files);
    if (stdio instanceof Errno) return Promise.resolve(stdio);
    const started = attempt(() =>
      spawnProgram(path, argv.slice(1), { argv0: argv[0] ?? path, cwd, env, stdio, detached }),
    );
    if (started instanceof Errno) return Promise.resolve(started);
    return this.follow(parent, started, (child) => {
      this.tellers.set(child, () => {});
      for (const [fd, file] of files) {
        const stream = started.stdio[fd];
        if (!stream) continue;
        if (file.accessMode === 0) void drainInto(this.kernel, file, stream as NodeJS.WritableStream);
        else void fillFrom(this.kernel, file, stream as NodeJS.ReadableStream);
      }
    });
  }

  /** Waits until the process runs, enters it into the table, and notices its end. */
  private follow(
    parent: RealProcess,
    node: ChildProcess,
    begin: (child: RealProcess) => void,
  ): Promise<number | Errno> {
    return new Promise((resolve) => {
      node.once('error', (error) => resolve(errnoOf(error)));
      node.once('spawn', () => {
        const child = new RealProcess(node.pid!, parent, parent.uid, parent.cwd);
        child.umask = parent.umask;
        parent.children.set(child.pid, child);
        this.kernel.processes.set(child.pid, child);
        begin(child);
        node.once('exit', (code, signal) => this.exited(child, code ?? 0, (signal ?? '') as Signal | ''));
        resolve(child.pid);
      });
    });
  }

  private exited(child: RealProcess, code: number, signal: Signal | ''): void {
    this.tellers.delete(child);
    this.kernel.ended(child, code, signal);
    if (child.parent !== undefined) this.tellers.get(child.parent)?.('SIGCHLD');
    this.allEnded?.();
  }

  /** Called whenever a process has ended. */
  allEnded: (() => void) | undefined;

  /** The first process's code is over. */
  release(process: RealProcess): void {
    this.tellers.delete(process);
  }
}

interface MachineProgram {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly files: ReadonlyMap<number, OpenFile>;
  readonly detached: boolean;
}

/** The child's descriptors: those named, or the three standard ones. */
function filesOf(parent: RealProcess, { fds }: SpawnOptions): ReadonlyMap<number, OpenFile> | Errno {
  const files = new Map<number, OpenFile>();
  const wanted = fds === undefined ? [0, 1, 2].map((fd) => [fd, fd] as const) : Object.entries(fds);
  for (const [to, from] of wanted) {
    const file = parent.descriptors.get(from);
    if (!(file instanceof Errno)) files.set(Number(to), file);
    else if (fds !== undefined) return E.EBADF;
  }
  return files;
}

/** What Node gives a program of the machine as descriptors. Sockets of a run cannot be given away. */
function stdioOf(files: ReadonlyMap<number, OpenFile>): StdioOptions | Errno {
  const highest = Math.max(2, ...files.keys());
  const stdio: (number | 'pipe' | 'ignore')[] = [];
  for (let fd = 0; fd <= highest; fd++) {
    const file = files.get(fd);
    if (file === undefined) stdio.push('ignore');
    else if (file instanceof RegularFile) stdio.push(file.handle);
    else if (file instanceof PipeReader || file instanceof PipeWriter) stdio.push('pipe');
    else if (file instanceof InputStream || file instanceof OutputStream) stdio.push(file.handle ?? 'pipe');
    else return ENOTSUP;
  }
  return stdio;
}

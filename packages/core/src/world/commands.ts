/** Commands that a lab or a person runs on a host: a shell line in a process of its own, its output collected. */
import { assert } from '../base/assert.ts';
import { Errno } from '../base/errno.ts';
import { decodeUtf8, encodeUtf8 } from '../base/utf8.ts';
import { DescriptorTable } from '../kernel/descriptors.ts';
import type { OpenFile } from '../kernel/open-file.ts';
import type { ExitStatus, Process } from '../os/process.ts';
import { SIGNALS, type SignalName } from '../os/signals.ts';
import { InputSource, OutputSink, Terminal } from '../os/terminal.ts';
import { loadProgram } from '../syscall/calls/process.ts';
import { streamStatus } from '../syscall/dev.ts';
import type { Kernel } from '../syscall/kernel.ts';
import type { Instant } from '../time/instant.ts';

export interface CommandOptions {
  readonly stdin?: string | Uint8Array;
  readonly uid?: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const DEFAULT_ENV: readonly (readonly [string, string])[] = [
  ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  ['LANG', 'C.UTF-8'],
];

/** A command that was started, and what it has printed. */
export class Command {
  endNs: Instant = -1;
  status: ExitStatus | undefined;
  private readonly waiters: (() => void)[] = [];

  constructor(
    private readonly kernel: Kernel,
    readonly process: Process,
    private readonly out: OutputSink,
    private readonly err: OutputSink,
    readonly startNs: Instant,
  ) {}

  get stdoutBytes(): Uint8Array {
    return this.out.bytes;
  }

  get stdout(): string {
    return decodeUtf8(this.out.bytes);
  }

  get stderr(): string {
    return decodeUtf8(this.err.bytes);
  }

  /** `$?` as a shell has it. */
  get exitCode(): number {
    const { status } = this;
    if (status === undefined) return -1;
    return status.signal === '' ? status.code : 128 + SIGNALS[status.signal];
  }

  /** Calls `listener` at the end, at once where it has ended already. */
  onEnd(listener: () => void): void {
    if (this.status === undefined) this.waiters.push(listener);
    else listener();
  }

  ended(status: ExitStatus, at: Instant): void {
    this.status = status;
    this.endNs = at;
    for (const waiter of this.waiters.splice(0)) waiter();
  }

  /** Sends a signal to the command's process group, as a person at its terminal would. */
  signal(signal: SignalName): void {
    for (const member of this.kernel.processes.group(this.process.pgid))
      this.kernel.processes.signal(member, signal, 0);
  }
}

/** Starts `sh -c line` with captured output. */
export function startCommand(
  kernel: Kernel,
  line: string,
  options: CommandOptions = {},
  onOutput?: (data: Uint8Array) => void,
): Command {
  const stdin = typeof options.stdin === 'string' ? encodeUtf8(options.stdin) : (options.stdin ?? new Uint8Array(0));
  const out = new OutputSink(streamStatus(kernel), onOutput);
  const err = new OutputSink(streamStatus(kernel), onOutput);
  const process = startShell(
    kernel,
    ['sh', '-c', line],
    [new InputSource(stdin, streamStatus(kernel)), out, err],
    options,
  );
  const command = new Command(kernel, process, out, err, kernel.ctx.queue.now);
  onceEnded(kernel, process, (status) => command.ended(status, kernel.ctx.queue.now));
  return command;
}

/** A login at a terminal: an interactive shell. */
export function startLogin(
  kernel: Kernel,
  onOutput: (data: Uint8Array) => void,
  options: CommandOptions = {},
): { readonly terminal: Terminal; readonly process: Process } {
  const terminal: Terminal = new Terminal(
    {
      status: streamStatus(kernel, 'chardev'),
      signalGroup(pgid, signal) {
        for (const member of kernel.processes.group(pgid)) kernel.processes.signal(member, signal, 0);
      },
    },
    onOutput,
  );
  const process = startShell(kernel, ['-sh'], [terminal, terminal, terminal], options);
  process.terminal = terminal;
  terminal.foreground = process.pgid;
  return { terminal, process };
}

function startShell(
  kernel: Kernel,
  argv: readonly string[],
  streams: readonly OpenFile[],
  options: CommandOptions,
): Process {
  const descriptors = new DescriptorTable();
  for (const [fd, file] of streams.entries()) descriptors.place(fd, file);
  const uid = options.uid ?? 0;
  const home = uid === 0 ? '/root' : '/home/user';
  const env = new Map([
    ...DEFAULT_ENV,
    ['HOME', home],
    ['USER', uid === 0 ? 'root' : 'user'],
    ...Object.entries(options.env ?? {}),
  ] as [string, string][]);
  const shell = loadProgram(kernel, '/bin/sh', argv, '/', 0);
  assert(!(shell instanceof Errno), `the host has no /bin/sh: ${String(shell)}`);
  const { init } = kernel.processes;
  const process = kernel.processes.add(
    init,
    'sh',
    argv,
    uid,
    0,
    options.cwd ?? (uid === 0 ? '/root' : '/'),
    env,
    descriptors,
  );
  kernel.start(process, shell.program, kernel.costs.spawnNs);
  return process;
}

function onceEnded(kernel: Kernel, process: Process, then: (status: ExitStatus) => void): void {
  const listener = (ended: Process, status: ExitStatus): void => {
    if (ended !== process) return;
    kernel.processes.endListeners.splice(kernel.processes.endListeners.indexOf(listener), 1);
    then(status);
  };
  kernel.processes.endListeners.push(listener);
}

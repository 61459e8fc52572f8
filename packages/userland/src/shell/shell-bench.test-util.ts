/** Runs shell scripts on a simulated host without a network, for tests: standard output, standard error and status apart. */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { DescriptorTable } from '@netarium/core/kernel/descriptors.ts';
import { InputSource, OutputSink } from '@netarium/core/os/terminal.ts';
import { streamStatus } from '@netarium/core/syscall/dev.ts';
import { bench } from '@netarium/core/syscall/kernel.test-util.ts';
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';
import { writeFile } from '../lib/stdio.ts';
import { programs } from '../programs.ts';

export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

export const PASSWD = 'root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n';

export interface BenchHost {
  /** Runs a program to its end. */
  run(argv: readonly string[], input?: string | Uint8Array): Promise<RunResult & { readonly bytes: Uint8Array }>;
  sh(script: string, input?: string): Promise<RunResult>;
}

const HOUR_NS = 3_600_000_000_000;

/** A host with all programs, /etc/passwd, /root, /home/alice and /tmp, where commands start. */
export async function makeHost(extra: Readonly<Record<string, Program>> = {}): Promise<BenchHost> {
  const binaries: Record<string, Program | ProgramModule> = { ...extra };
  for (const [path, program] of programs) binaries[path.slice(path.lastIndexOf('/') + 1)] = program;
  const { kernel, run, crashes, queue } = bench(binaries);
  const env = new Map([
    ['HOME', '/root'],
    ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  ]);
  const launch = async (program: Program | ProgramModule, argv: readonly string[], input: Uint8Array, cwd: string) => {
    const descriptors = new DescriptorTable();
    const out = new OutputSink(streamStatus(kernel));
    const err = new OutputSink(streamStatus(kernel));
    descriptors.place(0, new InputSource(input, streamStatus(kernel)));
    descriptors.place(1, out);
    descriptors.place(2, err);
    const process = kernel.processes.add(kernel.processes.init, argv[0]!, argv, 0, 0, cwd, env, descriptors);
    kernel.start(process, program, 0);
    // In steps, so that a script that has ended does not wait for a sleeper that it left behind.
    const limit = queue.now + HOUR_NS;
    while (process.exitStatus === undefined && queue.next !== undefined && queue.now < limit) await run(queue.next);
    if (crashes.length > 0) throw crashes[0];
    const status = process.exitStatus;
    if (status === undefined) throw new Error(`${argv.join(' ')} did not end; so far: ${decodeUtf8(out.bytes)}`);
    const bytes = out.bytes;
    return {
      bytes,
      stdout: decodeUtf8(bytes),
      stderr: decodeUtf8(err.bytes),
      status: status.signal === '' ? status.code : 128,
      signal: status.signal,
    };
  };
  const setup: Program = async (sys) => {
    for (const directory of ['/tmp', '/root', '/home', '/home/alice', '/etc', '/usr']) {
      await sys.mkdir(directory).catch(() => undefined);
    }
    await sys.symlink('/bin', '/usr/bin');
    await writeFile(sys, '/etc/passwd', PASSWD);
    return 0;
  };
  await launch(setup, ['setup'], new Uint8Array(0), '/');
  const bytesOf = (input: string | Uint8Array) => (typeof input === 'string' ? encodeUtf8(input) : input);
  return {
    run: (argv, input = '') => launch(binaries[argv[0]!]!, argv, bytesOf(input), '/tmp'),
    sh: (script, input = '') => launch(binaries.sh!, ['sh', '-c', script], bytesOf(input), '/tmp'),
  };
}

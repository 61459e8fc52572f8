/** Runs one program in the manner of CPython on a host without a network, and answers what it printed. */
import { decodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { InterpreterVersion } from '@netarium/core/os/interpreter/profile.ts';
import { bench } from '@netarium/core/syscall/kernel.test-util.ts';
import { exceptionLine } from './exceptions.ts';
import { python } from './threading/program.ts';
import type { PyModule } from './threading/python.ts';

export interface PythonRun {
  readonly lines: string[];
  readonly code: number;
  readonly signal: string;
  readonly endNs: number;
  /** Circles of threads that wait for each other. */
  readonly deadlocks: string[];
  /** False where it never ended. */
  readonly ended: boolean;
}

export interface PythonOptions {
  readonly seed?: number;
  readonly version?: InterpreterVersion;
  readonly cores?: number;
  readonly untilNs?: number;
}

export async function runPython(module: PyModule, options: PythonOptions = {}): Promise<PythonRun> {
  const { seed = 1, version = '3.11', cores = 4, untilNs = 3_600_000_000_000 } = options;
  const world = bench({}, { seed, cpu: { cores, scheduler: { scheduler: 'eevdf' } } });
  const deadlocks: string[] = [];
  world.recorder.on('thread.deadlock', (event) => deadlocks.push(event.values.circle));
  const { process, out } = world.start(python(version, module));
  await world.run(untilNs);
  if (world.crashes.length > 0) throw world.crashes[0];
  const text = decodeUtf8(out.bytes);
  return {
    lines: text === '' ? [] : text.trimEnd().split('\n'),
    code: process.exitStatus?.code ?? -1,
    signal: process.exitStatus?.signal ?? '',
    endNs: world.queue.now,
    deadlocks,
    ended: process.exitStatus !== undefined,
  };
}

/** `Class: text` of what the body raises, or the text of what it answers. */
export async function raised(body: () => Promise<unknown>): Promise<string> {
  try {
    return String(await body());
  } catch (error) {
    return exceptionLine(error as Error);
  }
}

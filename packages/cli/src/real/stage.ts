/** The stage of a lab's real arm: its programs on this machine's own kernel, in a temporary directory. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { LabDefinition } from '@netarium/core/check/lab.ts';
import type { Measurement, RealFinished, RealServer, RealStage } from '@netarium/core/check/real-arm.ts';
import type { ParamValue } from '@netarium/core/world/topology.ts';
import { WorkerCache } from '@netarium/real/process/worker-cache.ts';
import { runReal } from '@netarium/real/run-real.ts';
import { entries } from './entries.ts';
import { pathOf, resolveProgram } from './resolve.ts';

/** How long a server may take until it is ready, and until it has ended. */
const PATIENCE_MS = 20_000;

class Collected extends Writable {
  private readonly chunks: Uint8Array[] = [];

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.chunks.push(chunk);
    done();
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }
}

class Stage {
  readonly directory = mkdtempSync(join(tmpdir(), 'netarium-real-'));
  readonly measurements: Measurement[] = [];
  private readonly servers = new Set<ChildProcessWithoutNullStreams>();
  /** Of all programs that are run one after the other: what is run a second time is warm. */
  private readonly workers = new WorkerCache(entries);

  constructor(
    private readonly definition: LabDefinition,
    /** The lab as another process finds it. */
    private readonly lab: string,
    readonly params: Readonly<Record<string, ParamValue>>,
  ) {}

  /** As functions of their own: labs take them apart, as they do with a script's tools. */
  tools(): RealStage {
    const { params, directory } = this;
    return {
      params,
      directory,
      run: (program, args) => this.run(program, args),
      start: (program, args, ready) => this.start(program, args, ready),
      writeFile: (name, text) => this.writeFile(name, text),
      readFile: (name) => this.readFile(name),
      measured: (name, value) => this.measured(name, value),
    };
  }

  /** An installed program, or the lab's own of that name. */
  private async reference(program: string): Promise<string> {
    if (Object.hasOwn(this.definition.programs ?? {}, program)) return `lab:${this.lab}#${program}`;
    const path = await pathOf(program);
    if (path === undefined) throw new Error(`the lab ${this.definition.id} has no program ${program}`);
    return path;
  }

  async run(program: string, args: readonly string[]): Promise<RealFinished> {
    const [stdout, stderr] = [new Collected(), new Collected()];
    const startMs = performance.now();
    const status = await runReal({
      program: await this.reference(program),
      argv: [program, ...args],
      resolve: resolveProgram,
      entries,
      workers: this.workers,
      cwd: this.directory,
      stdin: new PassThrough().end(),
      stdout,
      stderr,
    });
    const elapsedNs = Math.round((performance.now() - startMs) * 1_000_000);
    return { status, stdout: stdout.text, stderr: stderr.text, elapsedNs };
  }

  async start(program: string, args: readonly string[], ready: string): Promise<RealServer> {
    const reference = await this.reference(program);
    const startMs = performance.now();
    const child = spawn(
      process.execPath,
      [...entries.execArgv, fileURLToPath(entries.command), 'real', reference, ...args],
      { cwd: this.directory },
    );
    this.servers.add(child);
    const [stdout, stderr] = [new Collected(), new Collected()];
    child.stdout.pipe(stdout);
    child.stderr.pipe(stderr);
    const ended = new Promise<RealFinished>((resolve) => {
      child.once('close', (code) => {
        this.servers.delete(child);
        const elapsedNs = Math.round((performance.now() - startMs) * 1_000_000);
        resolve({ status: code ?? 1, stdout: stdout.text, stderr: stderr.text, elapsedNs });
      });
    });
    const stop = (): Promise<RealFinished> => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
      return ended.finally(() => clearTimeout(timer));
    };
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${program} was not ready in time: ${stderr.text}`)),
        PATIENCE_MS,
      );
      const look = (): void => {
        const line = `${stdout.text}${stderr.text}`.split('\n').find((each) => each.includes(ready));
        if (line === undefined) return;
        clearTimeout(timer);
        resolve({ line, stop });
      };
      child.stdout.on('data', () => setImmediate(look));
      child.stderr.on('data', () => setImmediate(look));
      void ended.then(({ status, stderr: said }) => {
        clearTimeout(timer);
        reject(new Error(`${program} ended with ${status}: ${said}`));
      });
    });
  }

  writeFile(name: string, text: string): void {
    writeFileSync(join(this.directory, name), text);
  }

  readFile(name: string): string | undefined {
    const path = join(this.directory, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  }

  measured(name: string, value: number): void {
    if (!Object.hasOwn(this.definition.measures ?? {}, name)) throw new Error(`there is no measure ${name}`);
    this.measurements.push({ name, value });
  }

  close(): void {
    for (const server of this.servers) server.kill('SIGKILL');
    this.workers.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Runs a lab's real arm; answers what it measured. */
export async function runRealArm(
  definition: LabDefinition,
  name: string,
  params: Readonly<Record<string, ParamValue>>,
): Promise<readonly Measurement[]> {
  const stage = new Stage(definition, existsSync(name) ? resolve(name) : name, params);
  try {
    await definition.real!(stage.tools());
    return stage.measurements;
  } finally {
    stage.close();
  }
}

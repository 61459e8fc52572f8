/** `netarium real …` as child processes: the command is bundled once for each test file, as it is for whoever installs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const source = (name: string): string => fileURLToPath(new URL(`../../packages/cli/src/${name}.ts`, import.meta.url));

let bundled: Promise<string> | undefined;
const children = new Set<ChildProcess>();

async function bundle(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'netarium-real-'));
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  const input = { main: source('main'), 'real-thread': source('real-thread'), 'real-child': source('real-child') };
  const build = await rolldown({ input, platform: 'node', external: /^node:/, logLevel: 'silent' });
  await build.write({ dir, format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' });
  await build.close();
  return join(dir, 'main.js');
}

/** The bundled command line, for who starts it in a way of their own. */
export function main(): Promise<string> {
  return (bundled ??= bundle());
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class Started {
  stdout = '';
  stderr = '';
  readonly ended: Promise<Ended>;

  constructor(readonly child: ChildProcess) {
    children.add(child);
    child.stdout?.on('data', (data) => (this.stdout += data));
    child.stderr?.on('data', (data) => (this.stderr += data));
    this.ended = new Promise((resolve) => {
      child.on('close', (code) => {
        children.delete(child);
        resolve({ code, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  /** Until its output matches. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.stdout);
      if (match) return match;
      if (this.child.exitCode !== null) throw new Error(`it ended with ${this.child.exitCode}: ${this.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async port(): Promise<number> {
    return Number((await this.says(/^listening on [\d.]+:(\d+)$/m))[1]);
  }

  /** SIGTERM, and what it came to. */
  stop(): Promise<Ended> {
    this.child.kill('SIGTERM');
    return this.ended;
  }
}

/** Starts `netarium real <words>`. */
export async function start(words: readonly string[], input: 'pipe' | 'ignore' = 'ignore'): Promise<Started> {
  return new Started(spawn(process.execPath, [await main(), 'real', ...words], { stdio: [input, 'pipe', 'pipe'] }));
}

/** Runs `netarium real <words>` to its end. */
export async function run(words: readonly string[], input?: string): Promise<Ended> {
  const started = await start(words, 'pipe');
  started.child.stdin!.end(input ?? '');
  return started.ended;
}

/** Runs another program to its end. */
export async function other(command: string, words: readonly string[], input?: string): Promise<Ended> {
  const started = new Started(spawn(command, words, { stdio: ['pipe', 'pipe', 'pipe'] }));
  started.child.stdin!.on('error', () => undefined);
  started.child.stdin!.end(input ?? '');
  return started.ended;
}

/** Starts another program. */
export function startOther(command: string, words: readonly string[]): Started {
  return new Started(spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'] }));
}

/** For `afterAll`: nothing stays behind. */
export function killAll(): void {
  for (const child of children) child.kill('SIGKILL');
}

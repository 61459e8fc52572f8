/** `netarium real …` as child processes, as whoever installs it has it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { builtCommand } from '../built.ts';

const children = new Set<ChildProcess>();

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
  return new Started(spawn(process.execPath, [builtCommand(), 'real', ...words], { stdio: [input, 'pipe', 'pipe'] }));
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

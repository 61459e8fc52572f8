/** Asks a Python helper: a question as JSON into a file, the answer as JSON out of another. Python can open a TUN device; Node cannot. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `script` is named from this folder. Anything on standard error is a failure. */
export function askPython<Answer>(script: string, question: unknown, timeoutMs: number): Answer {
  const directory = mkdtempSync(join(tmpdir(), 'kernel-'));
  try {
    const [asked, answered] = [join(directory, 'question.json'), join(directory, 'answer.json')];
    writeFileSync(asked, JSON.stringify(question));
    const path = fileURLToPath(new URL(script, import.meta.url));
    const run = spawnSync('python3', [path, asked, answered], { encoding: 'utf8', timeout: timeoutMs });
    if (run.status !== 0 || run.stderr !== '') throw new Error(`${script}: ${run.error ?? run.stderr}`);
    return JSON.parse(readFileSync(answered, 'utf8'));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

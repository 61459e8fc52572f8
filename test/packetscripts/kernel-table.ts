/** What the kernel said of each script: the table `kernel.tsv`, made by `npm run judge -- --write`. A row holds for one text of its script. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { KernelVerdict } from '../kernel/judge-scripts.ts';

export const FOLDER = new URL('./', import.meta.url);
const TABLE = new URL('kernel.tsv', FOLDER);

export interface KernelRow {
  /** Of the script's text, so that a changed script asks to be judged again. */
  readonly hash: string;
  readonly verdict: 'agrees' | 'differs';
  /** Where it differs: the line, and what the kernel did. */
  readonly line: string;
  readonly seen: string;
}

export function scriptNames(): string[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.pkt'))
    .sort();
}

export function scriptText(name: string): string {
  return readFileSync(new URL(name, FOLDER), 'utf8');
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

export function rowOf(text: string, { verdict, line, seen }: KernelVerdict): KernelRow {
  const hash = hashOf(text);
  return verdict === 'pass'
    ? { hash, verdict: 'agrees', line: '', seen: '' }
    : { hash, verdict: 'differs', line: String(line ?? ''), seen: seen ?? '' };
}

export function readTable(): Map<string, KernelRow> {
  const rows = new Map<string, KernelRow>();
  const text = existsSync(TABLE) ? readFileSync(TABLE, 'utf8') : '';
  for (const row of text.split('\n')) {
    if (row === '' || row.startsWith('#')) continue;
    const [name = '', hash = '', verdict = '', line = '', seen = ''] = row.split('\t');
    rows.set(name, { hash, verdict: verdict === 'agrees' ? 'agrees' : 'differs', line, seen });
  }
  return rows;
}

/** Kernel, congestion control and tolerance of the verdicts. */
export function kernelHeading(): string {
  return readFileSync(TABLE, 'utf8').split('\n', 1)[0]!.replace(/^# /, '');
}

/** Rows of scripts that are gone go too. */
export function writeTable(rows: ReadonlyMap<string, KernelRow>, heading: string): void {
  const lines = scriptNames().flatMap((name) => {
    const row = rows.get(name);
    return row === undefined ? [] : [[name, row.hash, row.verdict, row.line, row.seen].join('\t').trimEnd()];
  });
  writeFileSync(
    TABLE,
    `# ${heading}\n# script, hash of its text, verdict of the kernel, line, what the kernel did\n${lines.join('\n')}\n`,
  );
}

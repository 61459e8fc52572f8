/** A lab as `netarium run LAB --recording FILE` takes it down, with the lines of its programs: what Vitest runs has no lines that Node knows. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { decodeRecording } from '@netarium/view/recording/container.ts';
import type { Recording } from '@netarium/view/recording/recording.ts';
import { builtCommand } from '../built.ts';

export function recordedByCommand(lab: string, ...set: readonly string[]): Recording {
  const folder = mkdtempSync(join(tmpdir(), 'netarium-recorded-'));
  try {
    const file = join(folder, 'run.netarium');
    const settings = set.flatMap((each) => ['--set', each]);
    const words = ['run', lab, '--json', '--recording', file, ...settings];
    execFileSync(process.execPath, [builtCommand(), ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
    return decodeRecording(gunzipSync(readFileSync(file)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

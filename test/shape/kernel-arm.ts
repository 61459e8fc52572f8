/** Uploads between two network namespaces of this machine through kernel.py's relay. Needs root, /dev/net/tun and Python 3. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Point, Sample } from './points.ts';

const SCRIPT = fileURLToPath(new URL('kernel.py', import.meta.url));

export async function kernelUpload(point: Point): Promise<readonly Sample[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kernel-upload-'));
  try {
    const file = join(folder, 'point.json');
    await writeFile(file, JSON.stringify(point));
    const { stdout } = await promisify(execFile)('python3', [SCRIPT, file], {
      maxBuffer: 1 << 24,
      timeout: (point.seconds + 20) * 1000,
    });
    return JSON.parse(stdout) as Sample[];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** All points, `atOnce` uploads side by side, in order of the points. */
export async function kernelUploads(points: readonly Point[], atOnce: number): Promise<readonly (readonly Sample[])[]> {
  const answers: (readonly Sample[])[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < points.length; i = next++) answers[i] = await kernelUpload(points[i]!);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return answers;
}

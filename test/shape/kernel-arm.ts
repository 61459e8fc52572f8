/** Uploads between two network namespaces of this machine through kernel.py's relay, one or many at once. Needs root, /dev/net/tun and Python 3. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Crowd, Point, Sample, Share } from './points.ts';

/** What a script of this folder prints of a point. */
async function told(script: 'kernel.py' | 'crowd.py', point: Point): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'kernel-upload-'));
  try {
    const file = join(folder, 'point.json');
    await writeFile(file, JSON.stringify(point));
    const { stdout } = await promisify(execFile)('python3', [fileURLToPath(new URL(script, import.meta.url)), file], {
      maxBuffer: 1 << 24,
      timeout: (point.seconds + 20) * 1000,
    });
    return JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export async function kernelUpload(point: Point): Promise<readonly Sample[]> {
  return (await told('kernel.py', point)) as Sample[];
}

export async function kernelCrowd(crowd: Crowd): Promise<readonly Share[]> {
  return (await told('crowd.py', crowd)) as Share[];
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

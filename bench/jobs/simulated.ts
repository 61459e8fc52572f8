/**
 * npx tsx bench/jobs/simulated.ts [--runs 200] [--rows 2710037] [--only pictures|csv]: the jobs of the labs in virtual time (`simulated-jobs.ts`), bundled as
 * what is published is, in a process of their own.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { bundle } from '../bundle.ts';

const program = await bundle(fileURLToPath(new URL('simulated-jobs.ts', import.meta.url)));
const { status } = spawnSync(process.execPath, [program, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exitCode = status ?? 1;

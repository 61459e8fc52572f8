/**
 * npx tsx bench/layers.ts A [mode]: where a hop's nanoseconds go, as shares of the CPU samples of one run by layer (folder of `core`), after
 * `npm run bench` has bundled the workload. The compiler's and the collector's own threads are not in it.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { workloads } from './workload.ts';

interface ProfileNode {
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly hitCount: number;
  readonly positionTicks?: readonly { readonly line: number; readonly ticks: number }[];
}

/** The layer of each line of a bundle. */
function layersOf(bundle: string): string[] {
  const map = new SourceMap(JSON.parse(readFileSync(`${bundle}.map`, 'utf8')));
  return readFileSync(bundle, 'utf8')
    .split('\n')
    .map((line, i) => {
      const entry = map.findEntry(i, line.search(/\S|$/));
      const source = 'originalSource' in entry ? entry.originalSource : '';
      return /core\/src\/([a-z]+)\//.exec(source)?.[1] ?? 'workload';
    });
}

function profileOf(bundle: string, mode: string, variant: string): readonly ProfileNode[] {
  const folder = mkdtempSync(join(tmpdir(), 'layers-'));
  const child = fileURLToPath(new URL('child.mjs', import.meta.url));
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--cpu-prof', '--cpu-prof-interval', '200', '--cpu-prof-dir', folder, child, bundle, mode, variant],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  if (status !== 0) throw new Error(`the workload ended with ${status}`);
  const { hops, cpuSeconds } = (JSON.parse(stdout) as { second: { hops: number; cpuSeconds: number } }).second;
  console.log(`${Math.round((cpuSeconds * 1e9) / hops)} ns a hop in the second run`);
  const file = join(folder, readdirSync(folder)[0] as string);
  const { nodes } = JSON.parse(readFileSync(file, 'utf8')) as { nodes: readonly ProfileNode[] };
  rmSync(folder, { recursive: true });
  return nodes;
}

const [id = 'A', mode = 'default'] = process.argv.slice(2);
const definition = workloads[id];
if (definition === undefined) throw new Error(`no workload ${id}`);
const file = definition.file.replace(/\.ts$/, '.mjs');
const bundle = fileURLToPath(new URL(`rivals/build/ours/${file}`, import.meta.url));
const layers = layersOf(bundle);
const shares = new Map<string, number>();
let total = 0;
for (const { callFrame, hitCount, positionTicks } of profileOf(
  bundle,
  mode,
  JSON.stringify(definition.variant ?? {}),
)) {
  // The collector has no lines.
  for (const { line, ticks } of positionTicks ?? [{ line: 1, ticks: hitCount }]) {
    const own = callFrame.url.endsWith(file) ? (layers[line - 1] as string) : 'engine';
    const layer = callFrame.functionName === '(garbage collector)' ? 'garbage collection' : own;
    shares.set(layer, (shares.get(layer) ?? 0) + ticks);
    total += ticks;
  }
}
for (const [layer, ticks] of [...shares].sort((a, b) => b[1] - a[1]))
  console.log(`${((ticks / total) * 100).toFixed(1).padStart(5)} %  ${layer}`);

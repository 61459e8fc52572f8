/**
 * Bundles the published package into packages/cli/dist: code by entry, and one folder of declarations in which every
 * specifier of a private package became a relative path, so that the packed `netarium` stands alone.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { bookBundle } from './book-bundle.mjs';
import { viewerBundle } from './viewer-bundle.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'packages/cli');
// Built beside its place and moved there whole: somebody may be running the last one.
const dist = join(cli, `dist-${process.pid}`);
const replaced = join(cli, `dist-${process.pid}-replaced`);

/** The files in packages/cli/src that get a name of their own in dist. */
const entries = ['main', 'index', 'worker', 'real-thread', 'real-child'];

const { dependencies } = JSON.parse(readFileSync(join(cli, 'package.json'), 'utf8'));
const installed = new Set([...builtinModules, ...Object.keys(dependencies)]);

const options = {
  platform: 'node',
  external: (id) => id.startsWith('node:') || installed.has(packageOf(id)),
  logLevel: 'warn',
  // Said of each program that is loaded alone for its threads, and with all others else.
  checks: { ineffectiveDynamicImport: false },
};

async function bundle() {
  const sources = entries.map((name) => [name, join(cli, `src/${name}.ts`)]).filter(([, file]) => existsSync(file));
  const build = await rolldown({ ...options, input: Object.fromEntries(sources) });
  await build.write({
    dir: dist,
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    codeSplitting: { groups: await threadGroups() },
  });
  await build.close();
}

/**
 * What a thread of a program that is loaded alone needs lies in two chunks, where each of twenty would cost every thread most of a millisecond: what the
 * library needs too, and the rest.
 */
async function threadGroups() {
  const later = /\/(programs|installed|lab-program)\.ts$/;
  const thread = await modulesOf(join(cli, 'src/real-thread.ts'), later);
  const library = await modulesOf(join(cli, 'src/index.ts'), later);
  return [
    { name: 'base', test: (id) => thread.has(id) && library.has(id) },
    { name: 'thread', test: (id) => thread.has(id) && !library.has(id) },
  ];
}

/** The modules that an entry needs, without itself and what is loaded later. */
async function modulesOf(entry, later) {
  const build = await rolldown({ ...options, input: entry, external: (id) => options.external(id) || later.test(id) });
  const { output } = await build.generate({ format: 'esm' });
  await build.close();
  return new Set(output.flatMap(({ moduleIds = [] }) => moduleIds).filter((id) => id !== entry));
}

async function bundleViewer() {
  const { script, style } = await viewerBundle();
  writeFileSync(join(dist, 'viewer.js'), script);
  writeFileSync(join(dist, 'viewer.css'), style);
}

async function bundleBook() {
  const { script, style } = await bookBundle();
  writeFileSync(join(dist, 'book.js'), script);
  writeFileSync(join(dist, 'book.css'), style);
}

function packageOf(id) {
  return id.split('/', id.startsWith('@') ? 2 : 1).join('/');
}

function declare() {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const types = join(dist, 'types');
  const project = join(cli, 'tsconfig.types.json');
  const { status } = spawnSync(process.execPath, [tsc, '-p', project, '--outDir', types], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`tsc ended with ${status}`);
  for (const name of readdirSync(types, { recursive: true })) {
    if (!name.endsWith('.d.ts')) continue;
    const file = join(types, name);
    writeFileSync(file, standAlone(readFileSync(file, 'utf8'), dirname(file), types));
  }
}

/** `@netarium/core/base/x.ts` and `./x.ts` both become a relative `….js`, which finds the declaration beside it. */
function standAlone(text, folder, types) {
  return text.replace(/(\bfrom |\bimport\(|^import )(['"])([^'"]+)\.ts\2/gm, (_, before, quote, path) => {
    const [, owner, inside] = /^@netarium\/([^/]+)\/(.+)$/.exec(path) ?? [];
    if (owner === undefined) return `${before}${quote}${path}.js${quote}`;
    const there = relative(folder, join(types, owner, 'src', inside))
      .split(sep)
      .join('/');
    return `${before}${quote}${there.startsWith('.') ? there : `./${there}`}.js${quote}`;
  });
}

try {
  await bundle();
  await bundleViewer();
  await bundleBook();
  declare();
  // Whoever runs the last one finds its files until the new ones, of the same names, are there.
  if (existsSync(join(cli, 'dist'))) renameSync(join(cli, 'dist'), replaced);
  renameSync(dist, join(cli, 'dist'));
} finally {
  rmSync(dist, { recursive: true, force: true });
  rmSync(replaced, { recursive: true, force: true });
}
// npm packs these only from the package's own folder.
for (const page of ['LICENSE', 'README.md']) {
  if (existsSync(join(root, page))) copyFileSync(join(root, page), join(cli, page));
}

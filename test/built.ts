/**
 * The command as it is published. `npm ci` builds it, and so it is built here only where a source is newer: what is looked at is always what the sources
 * say.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const MADE = join(root, 'packages/cli/dist/main.js');

let command: string | undefined;

/** Its path, for Node; whoever asks first waits for a build. */
export function builtCommand(): string {
  return (command ??= build());
}

function build(): string {
  if (newestSource() >= timeOf(MADE)) {
    execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'inherit' });
  }
  return join(root, 'packages/cli/bin/netarium.js');
}

/** Folders count too: one changes when a file comes or goes. */
function newestSource(): number {
  const sources = readdirSync(join(root, 'packages'), { withFileTypes: true }).flatMap(({ name }) => {
    const folder = join('packages', name);
    return [join(folder, 'package.json'), ...inside(join(folder, 'src'))];
  });
  return Math.max(...['package-lock.json', ...inside('scripts'), ...sources].map((name) => timeOf(join(root, name))));
}

function inside(folder: string): string[] {
  return [
    folder,
    ...readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  ];
}

function timeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

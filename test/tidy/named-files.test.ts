/** Documents that name files name files that are there, and links lead somewhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const guides = readdirSync(join(root, 'docs/guide')).map((name) => `docs/guide/${name}`);
const documents = ['ARCHITECTURE.md', 'CONTRIBUTING.md', 'README.md', 'bench/README.md', ...guides];
const places = ['packages', 'test', 'scripts', 'bench', 'docs', '.ci'];
/** Names of a reader's own files in examples. */
const examples = new Set(['my-lab.ts', 'my-lab.yaml', 'x.ts', 'x.test.ts', '.real.test.ts', 'defaults.sh']);

/** Commands make what is in here. */
const BUILT = /(^|\/)(node_modules|dist|rivals\/build)\//;

const files = places.flatMap((place) => [
  `/${place}`,
  ...readdirSync(join(root, place), { recursive: true, encoding: 'utf8' })
    .filter((path) => !BUILT.test(path))
    .map((path) => `/${place}/${path}`),
]);

/** `os/cpu/{eevdf,mlfq}.ts` is two names. */
function expanded(name: string): string[] {
  const [, before, words, after] = /^(.*)\{(.*)\}(.*)$/.exec(name) ?? [];
  return words === undefined ? [name] : words.split(',').map((word) => `${before}${word}${after}`);
}

/** The paths between backquotes: with an ending of ours, or folders, which end with a slash. */
function namesIn(text: string): string[] {
  const quoted = [...text.matchAll(/`([^`\n]+)`/g)].flatMap(([, words]) => words!.split(/\s+/));
  return quoted.filter((word) => /^[\w.][\w./{},-]*(\.(ts|tsx|mjs|c|sh)|\/)$/.test(word)).flatMap(expanded);
}

test.each(documents)('%s', (document) => {
  const text = readFileSync(join(root, document), 'utf8');
  const missing = namesIn(text).filter((name) => {
    const path = name.replace(/\/$/, '');
    // `core/time/instant.ts` is short for packages/core/src/time/instant.ts.
    const whole = `/packages/${path.replace('/', '/src/')}`;
    return (
      !examples.has(name) && !BUILT.test(name) && !files.some((file) => file.endsWith(`/${path}`) || file === whole)
    );
  });
  const links = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target]) => target!);
  const dead = links.filter((to) => !/^https?:/.test(to) && !existsSync(join(root, dirname(document), to)));
  expect([...new Set(missing), ...dead]).toEqual([]);
});

/**
 * docs/coverage: what of each program is carried out, from the tables that the programs themselves go by. Every module of userland is looked at for exported option
 * tables (`ProgramOptions`) and `coverage` sections; the text above them is the comment at the head of the module that holds the program.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { carriedPage } from '../../packages/real/src/carried.ts';
import type { CoverageSection, OptionSpec, ProgramOptions } from '../../packages/userland/src/lib/options.ts';
import { kernelPage } from './kernel-page.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const source = join(root, 'packages/userland/src');
export const coverageFolder = join(root, 'docs/coverage');

interface Page {
  headers: string[];
  options: ProgramOptions[];
  sections: CoverageSection[];
}

function isOptions(value: unknown): value is ProgramOptions {
  return typeof value === 'object' && value !== null && 'name' in value && 'usage' in value && 'options' in value;
}

function isSection(value: unknown): value is CoverageSection {
  return typeof value === 'object' && value !== null && 'program' in value && 'title' in value && 'entries' in value;
}

function modules(): string[] {
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !/\.(test|test-util|test-kit)\.ts$/.test(path))
    .sort();
}

/** The comment at the head of a module, as Markdown text. */
function header(path: string): string {
  const [, comment] = /^\/\*\*([\s\S]*?)\*\//.exec(readFileSync(join(source, path), 'utf8')) ?? [];
  return (comment ?? '')
    .replace(/^ ?\* ?/gm, '')
    .replace(/^\s*\*\s?/gm, '')
    .trim();
}

/** Where a program's own module stands: the import lines of programs.ts name it. */
function programHeaders(): Map<string, string> {
  const text = readFileSync(join(source, 'programs.ts'), 'utf8');
  // `['/usr/bin/redis-cli', redisCli]`: the command behind a name in the table.
  const commands = new Map(
    [...text.matchAll(/\['[^']*\/([^'/]*-[^'/]*)', (\w+)\]/g)].map(([, command, name]) => [name!, command!]),
  );
  const headers = new Map<string, string>();
  for (const [, names, path] of text.matchAll(/import \{ (.*?) \} from '\.\/(.*?)';/g))
    for (const name of names!.split(', '))
      headers.set(commands.get(name.replace(/^main as /, '')) ?? name.replace(/^main as /, ''), header(path!));
  return headers;
}

async function collect(): Promise<Map<string, Page>> {
  const pages = new Map<string, Page>();
  const page = (name: string) => {
    const known = pages.get(name) ?? { headers: [], options: [], sections: [] };
    pages.set(name, known);
    return known;
  };
  for (const path of modules()) {
    const module: Record<string, unknown> = await import(pathToFileURL(join(source, path)).href);
    for (const value of Object.values(module)) {
      if (isOptions(value)) page(value.name).options.push(value);
      else if (Array.isArray(value)) for (const one of value) if (isSection(one)) page(one.program).sections.push(one);
    }
  }
  for (const [name, text] of programHeaders()) {
    const program = name.replace(/Program$/, '');
    if (text !== '') page(program).headers.push(text);
  }
  return pages;
}

function optionLine({ names, value, help }: OptionSpec): string {
  const spellings = names.map((name) => `\`${value === undefined ? name : `${name} ${value}`}\``).join(', ');
  return `| ${spellings.replace(/\|/g, '\\|')} | ${help.replace(/\|/g, '\\|')} |`;
}

function render(name: string, { headers, options, sections }: Page): string {
  const parts = [`# ${name}`, ...headers];
  for (const one of options) {
    parts.push(`    ${one.usage}`);
    if (one.options.length > 0) parts.push(['| option | |', '|---|---|', ...one.options.map(optionLine)].join('\n'));
  }
  for (const section of sections)
    parts.push(`## ${section.title}`, section.entries.map((entry) => `- ${entry}`).join('\n'));
  parts.push('Anything else is an error that names it.');
  return `${parts.join('\n\n')}\n`;
}

/** Written by `scripts/requirements.ts`. */
const OTHERS = ['tcp.md'];

/** The text of every page, by the name of its file. */
async function coveragePages(): Promise<ReadonlyMap<string, string>> {
  const pages = await collect();
  const files = new Map([...pages].map(([name, page]) => [`${name === '[' ? 'test' : name}.md`, render(name, page)]));
  files.set('real.md', carriedPage());
  files.set('kernel.md', kernelPage());
  const index = [...files.keys(), ...OTHERS].sort().map((file) => `- [${file.replace(/\.md$/, '')}](${file})`);
  files.set(
    'README.md',
    `# What the programs carry out\n\nWritten by \`npx tsx scripts/coverage.ts\`; tcp by \`npx tsx scripts/requirements.ts\`.\n\n${index.join('\n')}\n`,
  );
  return files;
}

/** The pages that are not up to date, with the text that they should have; without one no program has them any more. */
export async function stalePages(): Promise<ReadonlyMap<string, string | undefined>> {
  const pages = await coveragePages();
  const there = existsSync(coverageFolder) ? readdirSync(coverageFolder) : [];
  const stale = new Map<string, string | undefined>();
  for (const file of there) if (!pages.has(file) && !OTHERS.includes(file)) stale.set(file, undefined);
  for (const [file, text] of pages) {
    if (!there.includes(file) || readFileSync(join(coverageFolder, file), 'utf8') !== text) stale.set(file, text);
  }
  return stale;
}

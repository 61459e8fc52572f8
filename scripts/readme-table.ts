/**
 * Writes the table of the README between its markers: what the notes describe, the command that shows it, whether it works. The status is what
 * `netarium systems --json` found by running the labs just now: npx tsx scripts/readme-table.ts [--check]
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { areas } from '@netarium/labs/systems/rows.ts';

interface Row {
  readonly id: number;
  readonly area: string;
  readonly name: string;
  readonly status: 'works' | 'not yet';
  readonly labs: readonly string[];
}

const root = fileURLToPath(new URL('..', import.meta.url));
const page = `${root}README.md`;
const [from, to] = ['<!-- systems -->', '<!-- /systems -->'];

const { stdout } = spawnSync(
  process.execPath,
  [`${root}packages/cli/bin/netarium.js`, 'systems', '--json', '--lang', 'en'],
  { encoding: 'utf8', maxBuffer: 1 << 24 },
);
const rows = JSON.parse(stdout) as Row[];
const working = rows.filter(({ status }) => status === 'works');

const lines = ['| row | topic | command | status |', '| --- | --- | --- | --- |'];
for (const { id, name, labs } of working) {
  lines.push(`| ${id} | ${name} | ${labs.map((lab) => `\`npx netarium run ${lab}\``).join(', ')} | works |`);
}
lines.push('', `${working.length} of ${rows.length} rows work. Not yet:`, '');
for (const { id, name } of areas) {
  const missing = rows.filter((row) => row.area === id && row.status !== 'works');
  if (missing.length > 0)
    lines.push(`- **${name.en}** (${id}): ${missing.map((row) => `${row.id} ${row.name}`).join('; ')}`);
}

const text = readFileSync(page, 'utf8');
const start = text.indexOf(from);
const end = text.indexOf(to);
if (start < 0 || end < start) throw new Error(`${page} lacks the markers ${from} and ${to}`);
const next = `${text.slice(0, start + from.length)}\n\n${lines.join('\n')}\n\n${text.slice(end)}`;
if (process.argv.includes('--check')) {
  if (next !== text)
    throw new Error('the table of README.md is not what the labs say; run npx tsx scripts/readme-table.ts');
} else writeFileSync(page, next);

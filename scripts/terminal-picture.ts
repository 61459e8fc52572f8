/**
 * Draws what a command prints as a picture of a terminal (SVG), for the README: npx tsx scripts/terminal-picture.ts OUT.svg LINES COMMAND...
 * The text is what the command really printed; only the frame around it is drawn.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const LINE_HEIGHT = 19;
const CHARACTER_WIDTH = 8.4;
const PADDING = 16;
const BAR = 30;

const [out, limit, ...command] = process.argv.slice(2);
if (out === undefined || limit === undefined || command.length === 0) {
  console.error('usage: terminal-picture OUT.svg LINES COMMAND...');
  process.exit(3);
}
const { stdout } = spawnSync(command[0]!, command.slice(1), {
  encoding: 'utf8',
  env: { ...process.env, NO_COLOR: '1' },
});
const lines = [`$ ${command.join(' ').replace('--no-install ', '')}`, ...stdout.trimEnd().split('\n')].slice(
  0,
  Number(limit),
);

/** Columns that a line takes: East Asian wide characters take two. */
function columns(line: string): number {
  return [...line].reduce(
    (sum, char) =>
      sum +
      (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/.test(char)
        ? 2
        : 1),
    0,
  );
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Colour by what a line says, never alone: the words stay as they were printed. */
function colour(line: string): string {
  if (line.startsWith('$')) return '#8ab4f8';
  if (line.startsWith('✓')) return '#7fd1ae';
  if (line.startsWith('✗')) return '#f08a5d';
  return /^\s+\d+\.\d{9}\s+[a-i]\s/.test(line) ? '#ffffff' : '#c9d1d9';
}

const width = Math.max(...lines.map(columns)) * CHARACTER_WIDTH + 2 * PADDING;
const height = lines.length * LINE_HEIGHT + BAR + 2 * PADDING;
const text = lines
  .map(
    (line, i) =>
      `<text x="${PADDING}" y="${BAR + PADDING + (i + 0.75) * LINE_HEIGHT}" fill="${colour(line)}" xml:space="preserve">${escaped(line)}</text>`,
  )
  .join('\n');
writeFileSync(
  out,
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width.toFixed(0)}" height="${height}" role="img" aria-label="A terminal that shows the output of ${escaped(command.join(' '))}">
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g fill="#30363d"><circle cx="20" cy="16" r="6"/><circle cx="40" cy="16" r="6"/><circle cx="60" cy="16" r="6"/></g>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
${text}
</g>
</svg>
`,
);

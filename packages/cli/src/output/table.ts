/**
 * Tables and paragraphs for terminals, aware of East Asian width: a Chinese character takes two columns. Without a terminal nothing is wrapped, so
 * that `grep` finds whole lines.
 */
import Table from 'cli-table3';
import stringWidth from 'string-width';

const NO_LINES = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
    'middle',
  ].map((part) => [part, '']),
);
const GAP = 2;
const NARROWEST = 16;

export interface TableOptions {
  readonly head?: readonly string[];
  /** Columns of the terminal; without one cells keep their length. */
  readonly width?: number | undefined;
  /** The column that is wrapped where the terminal is too narrow. */
  readonly wrap?: number;
  readonly indent?: number;
}

export function table(rows: readonly (readonly string[])[], options: TableOptions = {}): string[] {
  const { head, width, wrap = 0, indent = 0 } = options;
  const all = head === undefined ? rows : [head, ...rows];
  if (all.length === 0) return [];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => widest(row[column] ?? ''))));
  if (width !== undefined) {
    const others = widths.reduce((sum, w, column) => (column === wrap ? sum : sum + w + GAP), indent);
    widths[wrap] = Math.max(NARROWEST, Math.min(widths[wrap]!, width - others - GAP));
  }
  const drawn = new Table({
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    colWidths: widths.map((w) => w + GAP),
  });
  for (const row of all) drawn.push(row.map((cell, column) => (column === wrap ? broken(cell, widths[wrap]!) : cell)));
  return drawn
    .toString()
    .split('\n')
    .map((line) => `${' '.repeat(indent)}${line}`.trimEnd());
}

function widest(cell: string): number {
  return Math.max(...cell.split('\n').map((line) => stringWidth(line)));
}

/** A paragraph in lines of at most `width` columns. */
export function paragraph(text: string, width: number | undefined, indent = 0): string[] {
  const before = ' '.repeat(indent);
  const lines = width === undefined ? [text] : broken(text, Math.max(NARROWEST, width - indent)).split('\n');
  return lines.map((line) => `${before}${line}`);
}

/** Breaks between words, and between any two Chinese characters; no line begins with a closing mark. */
function broken(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => brokenLine(line, width))
    .join('\n');
}

function brokenLine(line: string, width: number): string {
  if (stringWidth(line) <= width) return line;
  const lines: string[] = [];
  let current = '';
  for (const piece of line.match(PIECES) ?? []) {
    if (current !== '' && stringWidth(`${current}${piece.trimEnd()}`) > width) {
      lines.push(current.trimEnd());
      current = piece.trimStart();
    } else current += piece;
  }
  return [...lines, current.trimEnd()].filter((part) => part !== '').join('\n');
}

const WIDE = '\\u2e80-\\u9fff\\uf900-\\ufaff\\uff00-\\uffef';
const CLOSING = '，。、；：？！）》」』”’…';
/** A Chinese character with the closing marks behind it, a run of anything else up to its blanks. */
const PIECES = new RegExp(`[（《「『“‘]*[${WIDE}][${CLOSING}]*|[^\\s${WIDE}]+[${CLOSING}]*\\s*|\\s+`, 'g');

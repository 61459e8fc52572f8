/** The table of resources that the browser prints: what was asked for, when it began and ended, over which connection. */
import { formatFixed } from '../../lib/numbers.ts';
import { formatUrl } from '../url.ts';
import type { Fetched } from './fetcher.ts';

const MS_NS = 1_000_000;
const BAR_COLUMNS = 30;

function bar(startNs: number, endNs: number, totalNs: number): string {
  const column = (ns: number) => (totalNs <= 0 ? 0 : Math.floor((ns * BAR_COLUMNS) / totalNs));
  const from = Math.min(column(startNs), BAR_COLUMNS - 1);
  const to = Math.max(from + 1, column(endNs));
  return `|${' '.repeat(from)}${'='.repeat(to - from)}${' '.repeat(BAR_COLUMNS - to)}|`;
}

/** Times are milliseconds since the address was typed. */
export function formatWaterfall(list: readonly Fetched[], beganNs: number): string {
  const totalNs = list.reduce((end, { times }) => Math.max(end, times.endNs - beganNs), 0);
  const ms = (ns: number) => formatFixed(ns - beganNs, MS_NS, 3);
  const rows = list.map((fetched) => [
    fetched.head ? String(fetched.head.status) : '---',
    String(fetched.body.length),
    ms(fetched.times.startNs),
    ms(fetched.times.endNs),
    fetched.connection === 0 ? '-' : `#${fetched.connection} ${fetched.kept ? 'kept' : 'new'}`,
    bar(fetched.times.startNs - beganNs, fetched.times.endNs - beganNs, totalNs),
    formatUrl(fetched.url) + (fetched.problem === undefined ? '' : ` (${fetched.problem})`),
  ]);
  const titles = ['Status', 'Bytes', 'Start ms', 'End ms', 'Connection', `|${'-'.repeat(BAR_COLUMNS)}|`, 'URL'];
  const widths = titles.map((title, i) => rows.reduce((width, row) => Math.max(width, row[i]!.length), title.length));
  const line = (cells: readonly string[]) =>
    `${cells
      .map((cell, i) => (i < 4 ? cell.padStart(widths[i]!) : i === cells.length - 1 ? cell : cell.padEnd(widths[i]!)))
      .join('  ')}\n`;
  return [titles, ...rows].map(line).join('');
}

/** A ladder as a Mermaid sequence diagram, for a page of documentation. Long ones are cut: a diagram of hundreds of arrows is drawn by nobody. */
import { formatInstant } from '@netarium/core/time/instant.ts';
import type { Ladder, LadderRow } from './ladder.ts';
import { reasonText } from './terminal.ts';

const MOST_ROWS = 200;

export function ladderMermaid({ hosts, rows }: Ladder): string {
  const names = new Map(hosts.map((host, i) => [host, `h${i}`]));
  const lines = [
    'sequenceDiagram',
    ...hosts.map((host) => `  participant ${names.get(host)} as ${safe(host)}`),
    ...rows.slice(0, MOST_ROWS).flatMap((row) => arrows(row, names)),
  ];
  if (rows.length > MOST_ROWS)
    lines.push(`  Note over ${[...names.values()].join(',')}: … ${rows.length - MOST_ROWS} more`);
  return `${lines.join('\n')}\n`;
}

function arrows({ from, fromNs, arrivals, drops, text }: LadderRow, names: ReadonlyMap<string, string>): string[] {
  const sender = from === undefined ? undefined : names.get(from);
  if (sender === undefined) return [];
  const said = safe(`${formatInstant(fromNs)} ${text}`);
  const reached = arrivals.map(({ host }) => names.get(host)).filter((name) => name !== undefined);
  const lost = drops.map((drop) => {
    const end = names.get(drop.before ?? drop.host) ?? sender;
    return `  ${sender}-x${end}: ${said} ✗ ${safe(reasonText(drop))}`;
  });
  return [...reached.map((name) => `  ${sender}->>${name}: ${said}`), ...lost];
}

/** Semicolons and number signs end or escape a Mermaid statement. */
function safe(text: string): string {
  return text.replaceAll(/[;#<>\r\n]/g, ' ');
}

/** The statements that our server and Debian's are asked, file by file (`sql-*.sql`): one a line, remarks behind `-- `. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** More than so many are in each. */
export const STATEMENT_FILES = [
  ['statements', 501],
  ['joins-and-conditions', 100],
  ['times-and-variables', 115],
  ['changes', 117],
  ['interviews', 70],
  ['definitions', 180],
  ['temporary-tables', 52],
  ['json', 44],
  ['information', 51],
] as const;

export function statementsOf(name: string): string[] {
  return readFileSync(fileURLToPath(new URL(`sql-${name}.sql`, import.meta.url)), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('-- '));
}

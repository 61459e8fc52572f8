/** `netarium list`: the built-in labs, one line each; their parameters are in `show`, and in `--json`. */
import { catalogue } from '@netarium/labs/catalogue/index.ts';
import { rowsOf } from '@netarium/labs/systems/rows-of.ts';
import { textIn, titleIn } from '@netarium/view/language.ts';
import { EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { textWidth } from '../output/report.ts';
import { table } from '../output/table.ts';

export async function listCommand(options: { readonly json?: boolean }, io: Io): Promise<number> {
  const { m, colors, language, out } = io;
  const labs = await Promise.all([...catalogue.values()].map((load) => load()));
  if (options.json === true) {
    const documents = labs.map((lab) => ({
      id: lab.id,
      title: titleIn(lab, language),
      rows: rowsOf(lab),
      params: Object.keys(lab.params ?? {}),
    }));
    out(JSON.stringify(documents, undefined, 2));
    return EXIT.met;
  }
  if (labs.length === 0) {
    out(m.list.none);
    return EXIT.met;
  }
  const head = [m.list.id, m.list.title, m.list.rows].map(colors.dim);
  const rows = labs.map((lab) => [
    colors.bold(lab.id),
    lab.title === undefined ? '' : textIn(lab.title, language),
    rowsOf(lab).join(' '),
  ]);
  for (const line of table(rows, { head, width: textWidth(io), wrap: 1 })) out(line);
  out(`\n${m.list.next}`);
  return EXIT.met;
}

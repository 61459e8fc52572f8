/** REPLACE ("REPLACE Statement"): SQLite takes the rows that are in the way itself, and does not count them; a trigger for the length of the statement does. */
import type { Table } from './catalogue.ts';
import type { Engine, Ran } from './engine.ts';
import { quoteName } from './fragments.ts';

export function replacing(engine: Engine, sql: string, table: Table): Ran {
  const { writer } = engine;
  // With one key a row that is the same counts as left alone; with several it goes for the first of them.
  const several = table.keys.filter(({ kind }) => kind !== 'index').length > 1;
  const before = several ? '' : table.columns.map(({ name }) => `old.${quoteName(name)}`).join(', ');
  writer.exec(
    `PRAGMA recursive_triggers=ON; CREATE TEMP TRIGGER replaced BEFORE DELETE ON t${table.id} BEGIN SELECT my_replaced(${before}); END`,
  );
  try {
    return engine.execute(writer, sql, table);
  } finally {
    writer.exec('DROP TRIGGER temp.replaced; PRAGMA recursive_triggers=OFF');
  }
}

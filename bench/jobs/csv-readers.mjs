/**
 * How many rows a second libraries for Node read of the notes' format, each made to accept the blanks as best it can: `csv-readers.mjs FILE READER`. They are no
 * dependencies of the repository: the folder in NODE_PATH_CSV has them (`npm i papaparse@5.7.1 csv-parse@7.0.3 d3-dsv@3.0.2 fast-csv@5.0.8`). A field that still
 * has a blank or a quote counts as wrong.
 */
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const load = createRequire(join(process.env.NODE_PATH_CSV ?? process.cwd(), 'x.js'));
const [file, name] = process.argv.slice(2);
const open = (options) => createReadStream(file, { highWaterMark: 262_144, ...options });
let rows = -1;
let wrong = 0;
const row = (fields) => {
  rows++;
  if (fields.length !== 3 || fields[0].length < 15 || fields.some((field) => field[0] === ' ' || field[0] === '"'))
    wrong++;
};

/** An empty last line is no row. */
const rowsOf = (all) => {
  for (const fields of all) if (fields.length > 1) row(fields);
};

/** Whole lines, the blanks before quotes taken out by a replacement: wrong for a field that holds the sequence itself. */
async function* withoutBlanks() {
  let rest = '';
  for await (const chunk of open({ encoding: 'latin1' })) {
    const text = rest + chunk;
    const end = text.lastIndexOf('\n') + 1;
    rest = text.slice(end);
    yield text.slice(0, end).replaceAll(', "', ',"');
  }
}

const readers = {
  papaparse: () =>
    new Promise((resolve, reject) =>
      load('papaparse').parse(open({ encoding: 'latin1' }), {
        delimiter: ', ',
        chunk: ({ data }) => rowsOf(data),
        complete: resolve,
        error: reject,
      }),
    ),
  'csv-parse': () =>
    new Promise((resolve, reject) => {
      const parser = load('csv-parse').parse({ ltrim: true });
      parser.on('readable', () => {
        for (let fields = parser.read(); fields !== null; fields = parser.read()) row(fields);
      });
      parser.on('end', resolve).on('error', reject);
      open().pipe(parser);
    }),
  'fast-csv': () =>
    new Promise((resolve, reject) =>
      open()
        .pipe(load('fast-csv').parse({ ltrim: true }))
        .on('data', row)
        .on('end', resolve)
        .on('error', reject),
    ),
  async 'd3-dsv'() {
    const { csvParseRows } = await import(load.resolve('d3-dsv'));
    for await (const text of withoutBlanks()) rowsOf(csvParseRows(text));
  },
};

const start = performance.now();
await readers[name]();
console.log(JSON.stringify({ rows, wrong, seconds: (performance.now() - start) / 1000 }));

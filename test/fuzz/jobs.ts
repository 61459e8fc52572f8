/** What the jobs read: tables, ledgers, lists of URLs, manifests. */
import { sameBytes } from '@netarium/core/base/bytes.ts';
import { latin1Bytes } from '@netarium/userland/http/message.ts';
import { parseLedger } from '@netarium/userland/jobs/csv/ledger.ts';
import { CsvError, CsvScanner } from '@netarium/userland/jobs/csv/scanner.ts';
import { parseKept } from '@netarium/userland/jobs/download/manifest.ts';
import { nameOf } from '@netarium/userland/jobs/download/names.ts';
import { parseUrlList } from '@netarium/userland/jobs/download/url-list.ts';
import type { Target } from './engine.ts';

/** Rows as lists of bytes, or where the table is broken; wherever the pieces are cut. */
function rowsOf(bytes: Uint8Array, piece: number): string {
  const scanner = new CsvScanner();
  const rows: string[] = [];
  const drain = (): void => {
    while (scanner.next()) {
      if (scanner.rowByte < 0 || scanner.byte <= scanner.rowByte || scanner.byte > bytes.length)
        throw new Error(`row at ${scanner.rowByte} to ${scanner.byte}`);
      const fields = Array.from({ length: scanner.columns }, (_, column) => {
        const copy = new Uint8Array(scanner.length(column));
        const end = scanner.copyTo(column, copy, 0);
        if (!sameBytes(copy.subarray(0, end), scanner.bytes(column))) throw new Error('a field differs from its copy');
        return String(copy.subarray(0, end));
      });
      rows.push(fields.join(';'));
    }
  };
  try {
    for (let at = 0; at < bytes.length; at += piece) {
      scanner.feed(bytes.slice(at, at + piece));
      drain();
    }
    scanner.finish();
    drain();
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    rows.push(error.message);
  }
  return rows.join('|');
}

const csv: Target = {
  name: 'csv',
  corpus: () => [
    '"subscription_id", "erotic", "num"\n"UCx", "5", "1"\r\n',
    'a,b\n1,"c ""d"", e\nf"\n\n,',
    '\xef\xbb\xbfa\r"b',
    ' "a" ,b"c\n',
  ],
  run(input) {
    const bytes = latin1Bytes(input);
    const whole = rowsOf(bytes, bytes.length + 1);
    for (const piece of [1, 2, 7])
      if (rowsOf(bytes, piece) !== whole) throw new Error(`pieces of ${piece} give other rows`);
    return whole.replace(/\d+/g, '').slice(0, 100);
  },
};

const ledger: Target = {
  name: 'ledger',
  corpus: () => [
    'csv-ledger 1 ac91846a2ac8189f - 3d875954\n0 1 100 3922 - 90237d62\n1 1 100 7812 - 917b4ee3\n2 1 50 9753 - 83c86932\ncomplete 3 250 2d5617f8\n',
    'csv-ledger 1 0123456789abcdef 0 00000000\ncomplete 1 1 00000000\n',
    'csv-ledg',
  ],
  run(input) {
    const read = parseLedger(input);
    if (read === undefined)
      return `nothing of ${Math.min(20, input.length)} letters, ${input.split('\n').length} lines`;
    if (read.wholeBytes > input.length) throw new Error('longer than the file');
    return `${read.lines.length} lines, ${read.complete}, ${read.wholeBytes === input.length}`;
  },
};

const urlList: Target = {
  name: 'url-list',
  corpus: () => [
    'http://127.0.0.1:8080/a/b.png?x=1#f\n# nothing\n\n ftp://h/x\n',
    'HTTP://H/%41%2f..%00/../x\r\nhttp://h:99999/\rhttp://u@h/',
    '\ufeffhttp://h\nhttp://h/\nhttp://[::1]/\nno url',
  ],
  run(input) {
    const { urls, faults, repeated } = parseUrlList(input);
    for (const { url } of urls) {
      const name = nameOf(url);
      if (name === '' || /[/\\\p{Cc}]/u.test(name) || name.startsWith('.') || name.length > 200)
        throw new Error(`name ${JSON.stringify(name)}`);
    }
    return `${urls.map(({ url }) => nameOf(url).length).join()} ${faults.map(({ reason }) => reason).join()} ${repeated.length}`;
  },
};

const manifest: Target = {
  name: 'manifest',
  corpus: () => [
    '{"url":"http://h/a","name":"a","bytes":1,"sha256":"00","type":"image/png"}',
    '{"url":1,"name":"../a"}',
    '[]',
    'null',
  ],
  run(input) {
    const kept = parseKept(input);
    if (kept?.name.includes('/') === true) throw new Error('a way out of the directory');
    return kept === undefined ? `none ${input.slice(0, 3)}` : `${kept.name.length}`;
  },
};

export const jobs = { csv, ledger, urlList, manifest };

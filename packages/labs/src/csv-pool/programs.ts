/** What the job is compared with: a reader that keeps the blanks, a reader that takes all at once, and the notes' own idea, a thread for every hundred rows. */
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { CsvScanner, type ScannerOptions } from '@netarium/userland/jobs/csv/scanner.ts';
import { print, readFile } from '@netarium/userland/lib/stdio.ts';

const BATCH = 100;

async function scannerOf(sys: Sys, path: string, options: ScannerOptions): Promise<CsvScanner> {
  const scanner = new CsvScanner(options);
  scanner.feed(await readFile(sys, path));
  scanner.finish();
  return scanner;
}

/** `columns FILE keep|skip`: the first row as a reader has it that keeps the blanks after the commas, or skips them. */
export const columns: Program = async (sys, argv) => {
  const scanner = await scannerOf(sys, argv[1]!, { blanks: argv[2] === 'keep' ? 'keep' : 'skip' });
  for (const what of ['header', 'row 1']) {
    scanner.next();
    const values = Array.from({ length: scanner.columns }, (_, column) => `[${scanner.text(column)}]`);
    await print(sys, `${what}: ${values.join(' ')}\n`);
  }
  return 0;
};

/** `at-once FILE`: prints the first column of a file that it takes into memory as a whole. */
export const atOnce: Program = async (sys, argv) => {
  const { size } = await sys.stat(argv[1]!);
  const fd = await sys.open(argv[1]!, { read: true });
  const scanner = new CsvScanner();
  scanner.feed(await sys.read(fd, size));
  scanner.finish();
  await sys.close(fd);
  const ids: string[] = [];
  for (scanner.next(); scanner.next(); ) ids.push(`${scanner.text(0)}\n`);
  await print(sys, ids.join(''));
  return 0;
};

/** `thread-each FILE`: a thread is made for every hundred rows, as the notes ask for it. */
export const threadEach: ProgramModule = {
  async main(sys, argv) {
    const scanner = await scannerOf(sys, argv[1]!, {});
    scanner.next();
    let [threads, rows] = [0, 0];
    const start = async (): Promise<void> => {
      threads++;
      await sys.thread_join(await sys.thread_create('task', [rows]));
      rows = 0;
    };
    while (scanner.next()) if (++rows === BATCH) await start();
    if (rows > 0) await start();
    await print(sys, `${threads} threads, the last for ${rows === 0 ? BATCH : rows} rows\n`);
    return 0;
  },
  async task() {},
};

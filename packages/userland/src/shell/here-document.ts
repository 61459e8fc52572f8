/** Bodies of here-documents (POSIX 2.7.4): the lines up to the delimiter, as text. */
import type { Redirect } from './ast.ts';
import { IncompleteInput } from './errors.ts';
import type { Scanner } from './scanner.ts';

/** A here-document whose body has not been read yet. */
export interface HereDocument {
  readonly delimiter: string;
  readonly quoted: boolean;
  readonly stripTabs: boolean;
  readonly redirect: { -readonly [K in keyof Redirect]: Redirect[K] };
}

export function readBody(scanner: Scanner, document: HereDocument): string {
  const lines: string[] = [];
  for (;;) {
    if (scanner.peekRaw() === '') {
      if (!scanner.complete) throw new IncompleteInput();
      return lines.join('');
    }
    if (document.stripTabs) while (scanner.peekRaw() === '\t') scanner.nextRaw();
    const line = restOfLine(scanner, document.quoted);
    const ended = scanner.peekRaw() === '' && !line.endsWith('\n');
    if (ended && !scanner.complete) throw new IncompleteInput();
    if (line === document.delimiter || line === `${document.delimiter}\n`) return lines.join('');
    lines.push(line);
  }
}

/** A line with its newline. In an unquoted here-document a backslash joins lines, before the delimiter is looked for. */
function restOfLine(scanner: Scanner, quoted: boolean): string {
  let line = '';
  for (;;) {
    const c = scanner.nextRaw();
    if (c === '' || c === '\n') return line + c;
    line += c;
    if (c !== '\\' || quoted) continue;
    // The pair stays in the text: the word reader removes an escaped newline, or keeps what is escaped.
    const escaped = scanner.nextRaw();
    if (escaped === '\n') line = line.slice(0, -1);
    else line += escaped;
    if (escaped === '') return line;
  }
}

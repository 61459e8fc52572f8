/**
 * How CPython 3.11 reads the header lines of a response (`http.client.parse_headers` over `email.feedparser`): whatever comes, it is not refused. A line that
 * is no header ends them, a folded line continues the value before it with its line end and all. Where RFC 9112 would refuse, this keeps silent: it is
 * Python's reading that programs meet. `http/parser.ts` is the strict one.
 */
import { Fields } from '../../http/fields.ts';

const NAME = /^[!-9;-~]*:/;

/** Lines with their line ends, the empty last one not among them. */
export function parseHeaderLines(lines: readonly string[]): Fields {
  const fields: [name: string, value: string][] = [];
  let last: { readonly name: string; value: string } | undefined;
  const store = (): void => {
    if (last !== undefined) fields.push([last.name, last.value.replace(/[\r\n]+$/, '')]);
    last = undefined;
  };
  for (const line of lines) {
    if (/^[ \t]/.test(line)) {
      // The first line of all cannot continue anything: it is dropped.
      if (last !== undefined) last.value += line;
      continue;
    }
    store();
    // An envelope line of a mailbox, which the reader shares with mail.
    if (line.startsWith('From ')) continue;
    if (!NAME.test(line)) break;
    const colon = line.indexOf(':');
    if (colon > 0) last = { name: line.slice(0, colon), value: line.slice(colon + 1).replace(/^[ \t\r\n]+/, '') };
  }
  store();
  return new Fields(fields);
}

/**
 * Names of files: the last segment of the URL's path, made harmless, and distinct within the directory also where letters' case does not count
 * (`picture.png`, `picture-2.png`). The order of the list decides, so that the next run finds the same names.
 */
import { decodeUtf8 } from '@netarium/core/base/utf8.ts';
import { percentDecode, type Url } from '../../http/url.ts';

/** Room for a number and `.part.from` within the 255 bytes of most file systems. */
const LONGEST = 180;
/** What a path ends with where its last segment is empty. */
const NAMELESS = 'index.html';

export function nameOf(url: Url): string {
  const segment = url.path.slice(url.path.lastIndexOf('/') + 1);
  const decoded = decodeUtf8(percentDecode(segment) ?? new Uint8Array(0));
  // Separators, what Windows does not take in a name, and control characters.
  const plain = decoded.replace(/[\p{Cc}\ufffd/\\:*?"<>|]/gu, '_').replace(/[. ]+$/, '');
  // A hidden file would not be found; `.` and `..` are directories.
  const visible = plain.replace(/^\.+/, '_');
  // Two bytes or three for a character beyond ASCII.
  const cut = /^[ -~]*$/.test(visible) ? visible.slice(0, LONGEST) : [...visible].slice(0, LONGEST / 4).join('');
  // Such names are those of parts.
  const final = /\.part(\.from)?$/i.test(cut) ? `${cut}_` : cut;
  return final === '' ? NAMELESS : final;
}

export class Names {
  private readonly taken = new Set<string>();

  /** Names that are not to be given: what stands in the directory already. */
  constructor(taken: Iterable<string>) {
    for (const name of taken) this.taken.add(key(name));
  }

  /** Keeps a name that was given in an earlier run; false where it is gone. */
  keep(name: string): boolean {
    if (this.taken.has(key(name))) return false;
    this.taken.add(key(name));
    return true;
  }

  /** A name of its own. */
  give(url: Url): string {
    const name = nameOf(url);
    const dot = name.lastIndexOf('.');
    const [stem, end] = dot <= 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot)];
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? name : `${stem}-${number}${end}`;
      if (this.keep(candidate)) return candidate;
    }
  }
}

function key(name: string): string {
  return name.toLowerCase();
}

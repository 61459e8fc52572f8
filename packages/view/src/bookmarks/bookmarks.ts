/**
 * Instants that a person marked, with a word of their own. They are part of the page's address, so whoever gets the link gets them too; as a text they can be
 * put into a ticket or a report.
 */
import { formatInstant } from '@netarium/core/time/instant.ts';

export interface Bookmark {
  readonly atNs: number;
  /** What the person called it; empty for most. */
  readonly name: string;
}

/** An address has to stay one that people can send. */
const MOST = 100;
const NAME_LENGTH_MAX = 80;

/** By time, each instant once. */
export type Bookmarks = readonly Bookmark[];

/** Marks an instant, or takes its mark away. */
export function toggled(bookmarks: Bookmarks, atNs: number): Bookmarks {
  if (bookmarks.some((each) => each.atNs === atNs)) return bookmarks.filter((each) => each.atNs !== atNs);
  return sorted([...bookmarks, { atNs, name: '' }]);
}

export function renamed(bookmarks: Bookmarks, atNs: number, name: string): Bookmarks {
  return bookmarks.map((each) => (each.atNs === atNs ? { atNs, name: name.slice(0, NAME_LENGTH_MAX) } : each));
}

function sorted(bookmarks: readonly Bookmark[]): Bookmarks {
  return [...bookmarks].sort((a, b) => a.atNs - b.atNs).slice(0, MOST);
}

/** As an address has it: `295749920` or `295749920 the loss`. */
export function bookmarkText({ atNs, name }: Bookmark): string {
  return name === '' ? String(atNs) : `${atNs} ${name}`;
}

const BOOKMARK = /^(\d{1,16})(?: (.*))?$/s;

/** What an address names; parts that are no bookmarks of a run that ends then are left out. */
export function bookmarksFrom(texts: readonly string[], endNs: number): Bookmarks {
  const found = new Map<number, Bookmark>();
  for (const text of texts) {
    const [, digits = '', name = ''] = BOOKMARK.exec(text) ?? [];
    const atNs = Number(digits);
    if (digits !== '' && atNs <= endNs) found.set(atNs, { atNs, name: name.slice(0, NAME_LENGTH_MAX) });
  }
  return sorted([...found.values()]);
}

/** A list for a ticket or a report (Markdown), each line with its link. `said` tells what happened at an instant. */
export function bookmarkList(
  title: string,
  bookmarks: Bookmarks,
  said: (atNs: number) => string,
  linkTo: (atNs: number) => string,
): string {
  const lines = bookmarks.map(({ atNs, name }) => {
    const words = (name === '' ? said(atNs) : name).replaceAll(/[\\[\]<>*_`\n\r]/g, ' ').trim();
    return `- [${formatInstant(atNs)} s](${linkTo(atNs)}) ${words}`.trimEnd();
  });
  return `# ${title}\n\n${lines.join('\n')}\n`;
}

/** Finds commands by what a person types: in both languages, whichever is shown, by words, parts of words, or initials. */
import type { Text } from '@netarium/core/check/lab.ts';

export interface Searchable {
  readonly text: Text;
  /** What else it is known by: its key. */
  readonly also?: string;
}

/** Best first; those that fit equally well keep their order. Nothing typed: all of them. */
export function search<T extends Searchable>(entries: readonly T[], query: string): readonly T[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return entries
    .map((entry, place) => ({ entry, place, score: scoreOf(entry, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.place - b.place)
    .map(({ entry }) => entry);
}

/** 0 where a word is not found; every word counts. */
function scoreOf({ text, also = '' }: Searchable, words: readonly string[]): number {
  let sum = 1;
  for (const word of words) {
    const score = Math.max(
      word === also.toLowerCase() ? 8 : 0,
      ...[text.en, text.zh].map((each) => fit(each.toLowerCase(), word)),
    );
    if (score === 0) return 0;
    sum += score;
  }
  return sum;
}

function fit(text: string, word: string): number {
  const at = text.indexOf(word);
  if (at === 0) return 6;
  if (at > 0) return /[\p{L}\p{N}]/u.test(text[at - 1]!) && !isChinese(word) ? 3 : 5;
  return word.length > 1 && initials(text).includes(word) ? 2 : 0;
}

/** Chinese has no blanks between its words. */
function isChinese(text: string): boolean {
  return /\p{Script=Han}/u.test(text);
}

/** `nim` of `next interesting moment`. */
function initials(text: string): string {
  return (text.match(/[\p{L}\p{N}]+/gu) ?? []).map((each) => each[0]).join('');
}

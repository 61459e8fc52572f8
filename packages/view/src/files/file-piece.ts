/** A file that is made bit by bit, so that whoever makes it can do something else in between, say how far it is, or give it up. */
import { concatBytes } from '@netarium/core/base/bytes.ts';

export interface FilePiece<Content extends string | Uint8Array = string> {
  readonly content: Content;
  /** Of the whole work, after this piece: from 0 to 1. */
  readonly part: number;
}

/** All of it at once. */
export function textOf(pieces: Iterable<FilePiece>): string {
  return Array.from(pieces, ({ content }) => content).join('');
}

export function bytesOf(pieces: Iterable<FilePiece<Uint8Array>>): Uint8Array {
  return concatBytes(Array.from(pieces, ({ content }) => content));
}

/** A list in slices of some milliseconds' work, each with the place of its first entry. */
export function* slicesOf<T>(
  list: readonly T[],
  size: number,
): Generator<readonly [first: number, entries: readonly T[]]> {
  for (let first = 0; first < list.length; first += size) yield [first, list.slice(first, first + size)];
}

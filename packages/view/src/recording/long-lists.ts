/**
 * The long lists of a recording's description (rows and timers of the ladder, stretches of the lanes, points of the curves, texts of the events, stacks and queues
 * of programs) stand beside it in pieces, each a JSON of its own: one of fifty megabytes would keep a page busy for more than a second, and nothing can cut
 * `JSON.parse` short. In the description a list's place holds how long it is; lists of one name lie one behind the other.
 */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { slicesOf } from '../files/file-piece.ts';
import { type ListName, LONG_LISTS } from './shape.ts';

/** Entries of a piece: some milliseconds' work. */
const PIECE = 500;

export interface Pieces {
  readonly bytes: Uint8Array;
  /** Where each piece ends in `bytes`. */
  readonly ends: Float64Array;
}

type Fields = Readonly<Record<string, unknown>>;

const NAMES = Object.keys(LONG_LISTS) as ListName[];
const LISTS_OF_CURVE = ['points', 'bound', 'used', 'samples'];

function forEachName<T>(make: () => T): Record<ListName, T> {
  return Object.fromEntries(NAMES.map((name) => [name, make()])) as Record<ListName, T>;
}

const noLists = (): Record<ListName, unknown[]> => forEachName(() => []);
const noEntries = (): Record<ListName, number> => forEachName(() => 0);

/** The description with lengths in place of lists, and the lists. Takes what is none of ours as it is: reading tells what is wrong with it. */
export function withoutLists(description: Fields): { readonly head: Fields; readonly pieces: Pieces } {
  const lists = noLists();
  const head = changed(description, (name, list) => {
    if (!Array.isArray(list)) return list;
    for (const entry of list) lists[name].push(entry);
    return list.length;
  });
  const parts: Uint8Array[] = [];
  for (const name of NAMES)
    for (const [, entries] of slicesOf(lists[name], PIECE)) parts.push(encodeUtf8(JSON.stringify(entries)));
  let end = 0;
  const ends = Float64Array.from(parts, ({ length }) => {
    end += length;
    return end;
  });
  return { head, pieces: { bytes: concatBytes(parts), ends } };
}

/** Reads pieces one by one and puts the lists where they belong. `head` has its shape. */
export class ListReader {
  private readonly lists = noLists();
  private readonly wanted = noEntries();
  private next = 0;

  constructor(
    private readonly head: Fields,
    private readonly pieces: Pieces,
  ) {
    changed(head, (name, length) => {
      this.wanted[name] += Number(length);
      return length;
    });
  }

  /** From 0 to 1. */
  get part(): number {
    return this.next / Math.max(1, this.pieces.ends.length);
  }

  get done(): boolean {
    return this.next === this.pieces.ends.length;
  }

  /** One piece more; the list that it does not belong to where it is none. */
  read(): ListName | 'pieces' | undefined {
    const { bytes, ends } = this.pieces;
    const [from, to] = [ends[this.next - 1] ?? 0, ends[this.next]!];
    const name = NAMES.find((each) => this.lists[each].length < this.wanted[each]);
    if (name === undefined || !(to >= from && to <= bytes.length)) return 'pieces';
    this.next++;
    const entries = parsed(bytes.subarray(from, to));
    if (!Array.isArray(entries) || !entries.every(LONG_LISTS[name])) return name;
    for (const entry of entries) this.lists[name].push(entry);
    return this.lists[name].length <= this.wanted[name] ? undefined : name;
  }

  /** The description with its lists; undefined where there are not as many entries as it says. */
  whole(): Fields | undefined {
    if (NAMES.some((name) => this.lists[name].length !== this.wanted[name])) return undefined;
    const taken = noEntries();
    return changed(this.head, (name, length) => {
      const from = taken[name];
      taken[name] += Number(length);
      return this.lists[name].slice(from, taken[name]);
    });
  }
}

function parsed(json: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(json));
  } catch {
    return undefined;
  }
}

/** A copy of a description in which each long list, or what stands for it, is another one. */
function changed(description: Fields, change: (name: ListName, list: unknown) => unknown): Fields {
  const all = (lists: unknown, each: (fields: Fields) => Fields): unknown =>
    Array.isArray(lists) ? lists.map((fields) => inside(fields, each)) : lists;
  const curve = (fields: Fields): Fields => {
    const own = LISTS_OF_CURVE.filter((list) => fields[list] !== undefined);
    return { ...fields, ...Object.fromEntries(own.map((list) => [list, change('points', fields[list])])) };
  };
  const lane = (fields: Fields): Fields => ({ ...fields, stretches: change('stretches', fields.stretches) });
  return {
    ...description,
    texts: change('texts', description.texts),
    ladder: inside(description.ladder, (ladder) => ({
      ...ladder,
      rows: change('rows', ladder.rows),
      timers: change('timers', ladder.timers),
    })),
    source: inside(description.source, (source) => ({
      ...source,
      stacks: change('stacks', source.stacks),
      queues: change('queues', source.queues),
    })),
    lanes: inside(description.lanes, (lanes) => ({ ...lanes, lanes: all(lanes.lanes, lane) })),
    plots: inside(description.plots, (plots) =>
      Object.fromEntries(Object.entries(plots).map(([kind, curves]) => [kind, all(curves, curve)])),
    ),
  };
}

function inside(value: unknown, change: (fields: Fields) => Fields): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? change(value as Fields) : value;
}

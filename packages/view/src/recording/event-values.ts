/**
 * What the events of a recording say, in columns: a million events are a few arrays and not a million objects, which a page would have to parse, check and
 * keep. Events that name the same values, of the same types, share a *shape*; numbers stand in one column, texts (by their number) and truths in another.
 */
import type { Value } from '@netarium/core/record/catalogue.ts';
import { Column, Names } from './columns.ts';

export type Values = Readonly<Record<string, Value>>;

export const CELL_TYPES = ['number', 'text', 'truth'] as const;
export type CellType = (typeof CELL_TYPES)[number];

/** The names of an event's values, in order, with their types. A value that is undefined is none. */
export type Shape = readonly (readonly [name: string, type: CellType])[];

export class EventValues {
  /** Where an event's numbers, and its texts and truths, begin. */
  private readonly firstNumber: Uint32Array;
  private readonly firstWord: Uint32Array;

  constructor(
    readonly shapes: readonly Shape[],
    readonly texts: readonly string[],
    /** Of each event. */
    readonly shape: Uint16Array,
    readonly numbers: Float64Array,
    readonly words: Uint32Array,
  ) {
    const widths = shapes.map((cells) => cells.filter(([, type]) => type === 'number').length);
    this.firstNumber = new Uint32Array(shape.length + 1);
    this.firstWord = new Uint32Array(shape.length + 1);
    for (let i = 0; i < shape.length; i++) {
      const numbersHere = widths[shape[i]!] ?? 0;
      this.firstNumber[i + 1] = this.firstNumber[i]! + numbersHere;
      this.firstWord[i + 1] = this.firstWord[i]! + (shapes[shape[i]!]?.length ?? 0) - numbersHere;
    }
  }

  get length(): number {
    return this.shape.length;
  }

  at(index: number): Values {
    const values: Record<string, Value> = {};
    let number = this.firstNumber[index]!;
    let word = this.firstWord[index]!;
    for (const [name, type] of this.shapes[this.shape[index]!]!) {
      if (type === 'number') values[name] = this.numbers[number++]!;
      else if (type === 'text') values[name] = this.texts[this.words[word++]!]!;
      else values[name] = this.words[word++] === 1;
    }
    return values;
  }

  /** Columns are as long as shapes say, and point at texts and truths that there are. */
  get whole(): boolean {
    const { shapes, texts, shape, numbers, words } = this;
    if (!shape.every((each) => each < shapes.length)) return false;
    const count = shape.length;
    if (this.firstNumber[count] !== numbers.length || this.firstWord[count] !== words.length) return false;
    const limits = shapes.map((cells) =>
      cells.filter(([, type]) => type !== 'number').map(([, type]) => (type === 'text' ? texts.length : 2)),
    );
    let word = 0;
    for (const each of shape) for (const limit of limits[each]!) if (words[word++]! >= limit) return false;
    return numbers.every(Number.isFinite);
  }
}

function typeOf(value: Exclude<Value, undefined>): CellType {
  return typeof value === 'number' ? 'number' : typeof value === 'string' ? 'text' : 'truth';
}

/** Takes events' values down. */
export class EventValuesLog {
  private readonly names = new Names();
  private readonly shapes: Shape[] = [];
  private readonly texts = new Names();
  private readonly shape = new Column();
  private readonly numbers = new Column();
  private readonly words = new Column();

  push(values: Values): void {
    const cells: (readonly [string, CellType])[] = [];
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) continue;
      cells.push([name, typeOf(value)]);
      if (typeof value === 'number') this.numbers.push(value);
      else this.words.push(typeof value === 'string' ? this.texts.number(value) : Number(value));
    }
    const number = this.names.number(cells.map(([name, type]) => `${name} ${type}`).join());
    this.shapes[number] ??= cells;
    this.shape.push(number);
  }

  values(): EventValues {
    return new EventValues(
      this.shapes,
      this.texts.all,
      Uint16Array.from(this.shape.values()),
      Float64Array.from(this.numbers.values()),
      Uint32Array.from(this.words.values()),
    );
  }
}

export function eventValuesOf(list: Iterable<Values>): EventValues {
  const log = new EventValuesLog();
  for (const values of list) log.push(values);
  return log.values();
}

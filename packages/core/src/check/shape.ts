/**
 * Shapes of data that a person wrote: each shape looks at a value and reports what is wrong with it, all of it, with its place. Nothing is
 * converted. Bad input of any kind ends in a report, never in an exception.
 */
import { type LabProblem, nearest, type PathPart, type ProblemCode } from './lab-problem.ts';

/** Where a value stands, and what shapes may ask about the lab around it. */
export class Place {
  constructor(
    private readonly problems: LabProblem[],
    /** Defaults of the lab's parameters. */
    readonly params: ReadonlyMap<string, unknown>,
    readonly path: readonly PathPart[] = [],
  ) {}

  at(part: PathPart): Place {
    return new Place(this.problems, this.params, [...this.path, part]);
  }

  report(code: ProblemCode, values: Readonly<Record<string, string>> = {}): void {
    this.problems.push({ path: this.path, code, values });
  }
}

export type Shape = (value: unknown, place: Place) => void;

/** A value as an error message quotes it: short, on one line. */
export function quote(value: unknown): string {
  let text: string | undefined;
  try {
    text = typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
  } catch {
    text = undefined;
  }
  const line = (text ?? typeof value).replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kind(
  expected: 'text' | 'number' | 'boolean' | 'map' | 'list' | 'whole' | 'function',
  is: (value: unknown) => boolean,
): Shape {
  return (value, place) => {
    if (!is(value)) place.report('not-a', { value: quote(value), expected });
  };
}

export const aText = kind('text', (value) => typeof value === 'string');
export const aBoolean = kind('boolean', (value) => typeof value === 'boolean');
export const aFunction = kind('function', (value) => typeof value === 'function');
const aMap = kind('map', isMap);
const aList = kind('list', Array.isArray);

/** A text that `parse` understands; the code says what was expected. */
export function parsed(code: ProblemCode, parse: (text: string) => unknown): Shape {
  return (value, place) => {
    if ((typeof value !== 'string' && typeof value !== 'number') || parse(String(value)) === undefined)
      place.report(code, { value: quote(value) });
  };
}

/** A whole number within bounds. */
export function wholeIn(min: number, max: number): Shape {
  return (value, place) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value))
      place.report('not-a', { value: quote(value), expected: 'whole' });
    else if (value < min || value > max)
      place.report('not-in-range', { value: String(value), min: String(min), max: String(max) });
  };
}

export function oneOf(choices: readonly unknown[]): Shape {
  return (value, place) => {
    if (!choices.includes(value))
      place.report('not-a-choice', { value: quote(value), choices: choices.map(quote).join(', ') });
  };
}

export function either(test: (value: unknown) => boolean, then: Shape, otherwise: Shape): Shape {
  return (value, place) => (test(value) ? then(value, place) : otherwise(value, place));
}

export function listOf(item: Shape): Shape {
  return (value, place) => {
    aList(value, place);
    if (!Array.isArray(value)) return;
    value.forEach((entry, i) => {
      item(entry, place.at(i));
    });
  };
}

export function mapOf(item: Shape, key?: (name: string, place: Place) => void): Shape {
  return (value, place) => {
    aMap(value, place);
    if (!isMap(value)) return;
    for (const [name, entry] of Object.entries(value)) {
      key?.(name, place.at(name));
      item(entry, place.at(name));
    }
  };
}

/** A map with these keys and no others. Nobody writes the `hidden` ones: they are not offered. */
export function keyed(
  shapes: Readonly<Record<string, Shape>>,
  required: readonly string[] = [],
  hidden: readonly string[] = ['kind'],
): Shape {
  const offered = Object.keys(shapes).filter((key) => !hidden.includes(key));
  return (value, place) => {
    aMap(value, place);
    if (!isMap(value)) return;
    for (const key of required) if (value[key] === undefined) place.report('missing-key', { key });
    for (const [key, entry] of Object.entries(value)) {
      if (entry === undefined) continue;
      if (Object.hasOwn(shapes, key)) shapes[key]!(entry, place.at(key));
      else unknownKey(key, offered, place.at(key));
    }
  };
}

function unknownKey(key: string, offered: readonly string[], place: Place): void {
  const values = { key: quote(key), nearest: nearest(key, offered) ?? '', allowed: offered.join(', ') };
  place.report('unknown-key', values);
}

/** The shape, or a reference to a lab parameter whose default has it. */
export function orParam(shape: Shape): Shape {
  return (value, place) => {
    if (!isMap(value) || !Object.hasOwn(value, 'param')) return shape(value, place);
    const { param } = value;
    if (typeof param !== 'string') return aText(param, place.at('param'));
    if (!place.params.has(param)) {
      place.report('no-such-param', {
        name: quote(param),
        nearest: nearest(param, place.params.keys()) ?? '',
        known: [...place.params.keys()].join(', '),
      });
    } else shape(place.params.get(param), place);
  };
}

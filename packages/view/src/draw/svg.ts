/** Small pieces of SVG 1.1. Every text and attribute is escaped; coordinates have at most two decimals. */

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

/** XML 1.0 section 2.2 has no other control characters than tab, line feed and carriage return, and no lone surrogates. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go.
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu;

export function escaped(text: string): string {
  return text.replace(NOT_XML, '\ufffd').replace(/[&<>"']/g, (character) => ENTITIES.get(character)!);
}

export function coordinate(value: number): string {
  return String(Math.round(value * 100) / 100);
}

type Attributes = Readonly<Record<string, string | number>>;

export function element(name: string, attributes: Attributes, content?: string): string {
  const all = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? coordinate(value) : escaped(value)}"`)
    .join('');
  return content === undefined ? `<${name}${all}/>` : `<${name}${all}>${content}</${name}>`;
}

export function textAt(x: number, y: number, text: string, attributes: Attributes = {}): string {
  return element('text', { x, y, ...attributes }, escaped(text));
}

export function lineFrom(x1: number, y1: number, x2: number, y2: number, attributes: Attributes = {}): string {
  return element('line', { x1, y1, x2, y2, ...attributes });
}

/** What stands before and behind the parts of a picture, each of which is a line: on white, so that it can be read on a dark page too. */
export function pictureFrame(width: number, height: number, title: string): readonly [before: string, after: string] {
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${coordinate(width)} ${coordinate(height)}`,
    width,
    height,
    'font-family': 'ui-sans-serif, system-ui, sans-serif',
    'font-size': 12,
  };
  const background = element('rect', { width, height, fill: '#ffffff' });
  const before = pictureLines([element('title', {}, escaped(title)), background]);
  const [open = '', close = ''] = element('svg', attributes, '\0').split('\0');
  return [`${open}\n${before}`, `${close}\n`];
}

export function pictureLines(parts: readonly string[]): string {
  return parts.map((part) => `  ${part}\n`).join('');
}

/** A line of a picture that is a path whose data come in parts. */
export function* pathLine(data: Iterable<string>, attributes: Attributes): Generator<string> {
  yield '  <path d="';
  yield* data;
  yield `"${element('path', attributes).slice('<path'.length)}\n`;
}

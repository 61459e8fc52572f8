/**
 * HTML as values. What is a string becomes text: there is no way from a string to markup but through an element's name, so a question, a lab's text
 * or a packet full of markup stays what it says.
 */
import { escaped } from '../draw/svg.ts';
import { codeParts } from '../marked/code-parts.ts';

export class Html {
  constructor(readonly markup: string) {}
}

export type Content = Html | string | undefined | readonly Content[];
/** `true` is a bare attribute, `undefined` and `false` none. */
export type Attributes = Readonly<Record<string, string | boolean | undefined>>;

/** HTML Living Standard section 13.1.2: elements without an end tag. */
const VOID = new Set(['br', 'hr', 'input', 'link', 'meta']);

export function h(name: string, attributes: Attributes, ...content: readonly Content[]): Html {
  const all = Object.entries(attributes)
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([key, value]) => (value === true ? ` ${key}` : ` ${key}="${escaped(String(value))}"`))
    .join('');
  if (VOID.has(name)) return new Html(`<${name}${all}>`);
  return new Html(`<${name}${all}>${markupOf(content)}</${name}>`);
}

function markupOf(content: Content): string {
  if (content === undefined) return '';
  if (typeof content === 'string') return escaped(content);
  if (content instanceof Html) return content.markup;
  return content.map(markupOf).join('');
}

/** A command to be typed, or a word of a program: never translated. */
export const code = (text: string): Html => h('code', { translate: 'no' }, text);

/** A text in which backticks mark code. */
export function marked(text: string): Content {
  return codeParts(text).map((part) => (part.code ? code(part.text) : part.text));
}

export function documentText(root: Html): string {
  return `<!doctype html>\n${root.markup}\n`;
}

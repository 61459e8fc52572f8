/** The handbook's own style and script. */
import { built } from './built.ts';

export function bookFiles(): readonly (readonly [name: string, text: string])[] {
  return ['book.css', 'book.js'].map((name) => [name, built(name)] as const);
}

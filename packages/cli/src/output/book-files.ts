/** The handbook's own style and script, where the build puts them: beside this bundle, or (the source runs as it is) in the last build. */
import { readFileSync } from 'node:fs';

const source = import.meta.url.endsWith('.ts');
const folder = new URL(source ? '../../dist/' : import.meta.url.includes('/chunks/') ? '../' : './', import.meta.url);

export function bookFiles(): readonly (readonly [name: string, text: string])[] {
  return ['book.css', 'book.js'].map((name) => [name, readFileSync(new URL(name, folder), 'utf8')] as const);
}

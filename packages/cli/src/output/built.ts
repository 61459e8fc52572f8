/** Files that the build makes for pages: beside this bundle, or (the source runs as it is) in the last build. */
import { readFileSync } from 'node:fs';

const source = import.meta.url.endsWith('.ts');
const folder = new URL(source ? '../../dist/' : import.meta.url.includes('/chunks/') ? '../' : './', import.meta.url);

export function built(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8');
}

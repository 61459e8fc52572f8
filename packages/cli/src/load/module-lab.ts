/**
 * A lab from a TypeScript or JavaScript file of the user, with its relative imports; `import … from 'netarium'` is the package that runs, wherever
 * the file lies. The file runs with the user's rights, as any script that they start.
 */
import type { Messages } from '@netarium/view/messages/messages.ts';
import { createJiti } from 'jiti';
import { UsageError } from '../exit.ts';

export async function moduleLab(path: string, name: string, m: Messages): Promise<unknown> {
  const netarium = await import('../index.ts');
  const jiti = createJiti(path, {
    fsCache: false,
    interopDefault: false,
    virtualModules: { netarium },
  });
  let loaded: unknown;
  try {
    loaded = await jiti.import(path);
  } catch (error) {
    throw new UsageError(m.errors.loadFailed(place(error, path, name), failure(error, path, name)));
  }
  const definition = (loaded as { readonly default?: unknown }).default;
  if (definition === undefined) throw new UsageError(m.errors.noDefaultExport(name));
  return definition;
}

/** The place where the file itself failed, where one is known: of a mistake in its text also the column, which the transpiled code keeps not. */
function place(error: unknown, path: string, name: string): string {
  const text = /\((\d+):(\d+)\)/.exec(String(error));
  if (text !== null) return `${name}:${text[1]}:${text[2]}`;
  const run = new RegExp(`${escaped(path)}:(\\d+):\\d+`).exec(error instanceof Error ? (error.stack ?? '') : '');
  return run === null ? name : `${name}:${run[1]}`;
}

function failure(error: unknown, path: string, name: string): string {
  const text =
    error instanceof Error
      ? error.name === 'Error' || error.name === 'SpecError'
        ? error.message
        : `${error.name}: ${error.message}`
      : String(error);
  return text
    .split('\n')[0]!
    .replaceAll(path, name)
    .replace(/\s*\(\d+:\d+\)$/, '');
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

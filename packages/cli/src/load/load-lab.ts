/** The lab that a person means: a built-in one by its id, or their own file. */
import { statSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import type { LabDefinition } from '@netarium/core/check/lab.ts';
import { nearest, pathText } from '@netarium/core/check/lab-problem.ts';
import { validateLab } from '@netarium/core/check/validate-lab.ts';
import { catalogue } from '@netarium/labs/catalogue/index.ts';
import type { Messages } from '@netarium/view/messages/messages.ts';
import { UsageError } from '../exit.ts';
import { readText, unreadable } from '../files.ts';
import { moduleLab } from './module-lab.ts';
import { yamlLab } from './yaml-lab.ts';

const MODULES = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];
const YAML = ['.yaml', '.yml'];

export async function loadLab(name: string, m: Messages): Promise<LabDefinition> {
  const builtIn = catalogue.get(name);
  if (builtIn !== undefined) return builtIn();
  const extension = extname(name).toLowerCase();
  if (YAML.includes(extension)) return fromYaml(name, m);
  if (MODULES.includes(extension)) return fromModule(name, m);
  throw new UsageError(/[/\\.]/.test(name) ? m.errors.notALabFile(name) : unknownLab(name, m));
}

function unknownLab(name: string, m: Messages): string {
  const ids = [...catalogue.keys()];
  const near = nearest(name, ids);
  const more = near !== undefined ? m.errors.didYouMean(near) : ids.length > 0 ? m.errors.labsAre(ids.join(', ')) : '';
  return m.errors.noSuchLab(name, more);
}

function fromYaml(name: string, m: Messages): LabDefinition {
  const loaded = yamlLab(readText(name, m), name);
  if ('lab' in loaded) return loaded.lab;
  const lines = loaded.problems.map(({ position: { line, column }, path, code, values }) => {
    const place = pathText(path);
    return `${name}:${line}:${column}: ${place === '' ? '' : `${place}: `}${m.problems[code](values)}`;
  });
  throw new UsageError([...new Set(lines)].join('\n'));
}

async function fromModule(name: string, m: Messages): Promise<LabDefinition> {
  try {
    statSync(name);
  } catch (error) {
    throw unreadable(name, error, m);
  }
  const definition = await moduleLab(resolve(name), name, m);
  assertValid(definition, m, `${name}: `);
  return definition;
}

/** Throws what is wrong with a definition, a line for each problem. */
function assertValid(definition: unknown, m: Messages, before = ''): asserts definition is LabDefinition {
  const problems = validateLab(definition);
  if (problems.length === 0) return;
  const lines = problems.map(({ path, code, values }) => {
    const place = pathText(path);
    return `${before}${place === '' ? '' : `${place}: `}${m.problems[code](values)}`;
  });
  throw new UsageError(lines.join('\n'));
}

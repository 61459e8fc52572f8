/** All scripts that are compared with dash, by topic. */
import { arithmetic } from './arithmetic.ts';
import { builtins } from './builtins.ts';
import type { DashCase } from './case.ts';
import { compound } from './compound.ts';
import { errors } from './errors.ts';
import { expansion } from './expansion.ts';
import { quoting } from './quoting.ts';
import { redirection } from './redirection.ts';

export const DASH_CASES: ReadonlyMap<string, readonly DashCase[]> = new Map([
  ['quoting', quoting],
  ['expansion', expansion],
  ['arithmetic', arithmetic],
  ['compound', compound],
  ['redirection', redirection],
  ['builtins', builtins],
  ['errors', errors],
]);

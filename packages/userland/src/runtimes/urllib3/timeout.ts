/** Timeout (urllib3.util.timeout): seconds for connecting, for each wait while reading, and for both together. */

export interface TimeoutOptions {
  readonly connect?: number;
  readonly read?: number;
  readonly total?: number;
}

/** Seconds for connecting and for reading alike, or each apart. */
export type TimeoutSpec = number | TimeoutOptions;

export function connectTimeout(spec: TimeoutSpec | undefined): number | undefined {
  if (typeof spec !== 'object') return spec;
  return least(spec.connect, spec.total);
}

/** What is left for reading after connecting took so long. */
export function readTimeout(spec: TimeoutSpec | undefined, connectSeconds: number): number | undefined {
  if (typeof spec !== 'object') return spec;
  return least(spec.read, spec.total === undefined ? undefined : Math.max(0, spec.total - connectSeconds));
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}

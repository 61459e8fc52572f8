/** Byte ranges (RFC 9110 section 14). */
export interface ByteRange {
  readonly first: number;
  /** Inclusive. */
  readonly last: number;
}

/** More ranges than this in one request only burden the server (RFC 9110 section 17.15). */
const MAX_RANGES = 16;

/** The satisfiable ranges; 'ignore' for another unit or bad syntax, 'unsatisfiable' when none can be served. */
export function parseRange(text: string, size: number): readonly ByteRange[] | 'ignore' | 'unsatisfiable' {
  const match = /^bytes[ \t]*=(.*)$/i.exec(text);
  if (!match) return 'ignore';
  const specs = match[1]!
    .split(',')
    .map((spec) => spec.trim())
    .filter((spec) => spec !== '');
  if (specs.length === 0 || specs.length > MAX_RANGES) return 'ignore';
  const ranges: ByteRange[] = [];
  for (const spec of specs) {
    const parts = /^(\d{0,15})-(\d{0,15})$/.exec(spec);
    if (!parts || (parts[1] === '' && parts[2] === '')) return 'ignore';
    const range = resolveSpec(parts[1]!, parts[2]!, size);
    if (range === 'ignore') return 'ignore';
    if (range) ranges.push(range);
  }
  return ranges.length === 0 ? 'unsatisfiable' : ranges;
}

function resolveSpec(from: string, to: string, size: number): ByteRange | undefined | 'ignore' {
  if (from === '') {
    const length = Math.min(Number(to), size);
    return length === 0 ? undefined : { first: size - length, last: size - 1 };
  }
  const first = Number(from);
  if (to !== '' && Number(to) < first) return 'ignore';
  if (first >= size) return undefined;
  return { first, last: to === '' ? size - 1 : Math.min(Number(to), size - 1) };
}

export function formatContentRange(range: ByteRange | undefined, size: number): string {
  return range ? `bytes ${range.first}-${range.last}/${size}` : `bytes */${size}`;
}

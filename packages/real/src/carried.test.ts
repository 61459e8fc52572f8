import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { carriedCalls, carriedPage, strayNotes } from './carried.ts';

describe('the table of carried calls', () => {
  it('names every call once', () => {
    const names = carriedCalls().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(['recv', 'thread_create', 'cell_add', 'getpid', 'netlink']));
  });

  it('tells what is not carried', () => {
    const others = carriedCalls().filter(({ carrier }) => carrier === undefined);
    expect(others.map(({ name }) => name)).toEqual(expect.arrayContaining(['netlink', 'flock', 'trace_create']));
  });

  it('has no note about a call that does not exist', () => expect(strayNotes()).toEqual([]));

  it('is the page in docs/coverage', () => {
    const page = readFileSync(new URL('../../../docs/coverage/real.md', import.meta.url), 'utf8');
    expect(page, 'npx tsx scripts/coverage.ts').toBe(carriedPage());
  });
});

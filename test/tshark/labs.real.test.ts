/**
 * tshark reads every card's capture of every built-in lab: nothing malformed, no wrong checksum (but in frames that a fault rule damaged
 * on the way), no error and no unexpected warning of its experts, and the same protocols, values, places and columns as our packet tree for
 * every packet. Of a long capture the first frames are read; labs without cards say nothing here.
 *
 * A start of tshark costs as much as a thousand frames, so it reads captures that have no conversation in common as the interfaces of one file.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { firstRuns } from '../determinism/first-runs.ts';
import { labIds } from '../determinism/runs.ts';
import { type CardCapture, fileOf } from './card-capture.ts';
import { compareWithTshark } from './compare.ts';

const found = new Map<string, string[]>(labIds().map((id) => [id, []]));
const read = new Map<string, number>();

beforeAll(async () => {
  const captures = [...(await firstRuns()).values()].flatMap((run) => run.captures);
  for (const group of apart(captures)) await compareGroup(group);
}, 900_000);

/** Groups of captures that have no conversation in common, so that neither side finds anything in one that another's frames made. */
function apart(captures: readonly CardCapture[]): CardCapture[][] {
  const groups: { readonly taken: Set<string>; readonly members: CardCapture[] }[] = [];
  for (const capture of captures) {
    let group = groups.find(({ taken }) => [...capture.conversations].every((key) => !taken.has(key)));
    if (group === undefined) groups.push((group = { taken: new Set(), members: [] }));
    for (const key of capture.conversations) group.taken.add(key);
    group.members.push(capture);
  }
  // What is measured from the first frame of the file is not negative then.
  return groups.map(({ members }) => members.toSorted((a, b) => a.frames[0]!.ns - b.frames[0]!.ns));
}

async function compareGroup(group: readonly CardCapture[]): Promise<void> {
  const all = group.flatMap(({ lab, name, frames }) =>
    frames.map(({ damaged }, i) => ({ lab, damaged, of: `${name}, frame ${i + 1}` })),
  );
  const damaged = new Set(all.flatMap((frame, i) => (frame.damaged ? [i + 1] : [])));
  for (const { frame, field, ours, tshark } of await compareWithTshark(fileOf(group), { columns: 'tshark', damaged })) {
    // What is said of no frame is said of the file: its first lab tells.
    const { lab, of } = all[Math.max(0, frame - 1)]!;
    found.get(lab)!.push(`${of}: ${field} is ${ours}, tshark: ${tshark}`);
  }
  for (const { lab, frames } of group) read.set(lab, (read.get(lab) ?? 0) + frames.length);
}

describe.each(labIds())('%s', (id) => {
  test('tshark agrees with every capture', async () => {
    const { captures } = (await firstRuns()).get(id)!;
    expect(found.get(id)).toEqual([]);
    expect(read.get(id) ?? 0).toBe(captures.reduce((sum, { frames }) => sum + frames.length, 0));
  });
});

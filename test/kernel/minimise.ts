/** Leaves steps out of differing cases for as long as they go on differing: one question to both arms per round, for all cases together. */
const ROUNDS_MAX = 12;

/** `differing` judges many cases at once; the answer is in their order. What the others cannot do without is not `removable`. */
export async function minimise<T>(
  cases: readonly (readonly T[])[],
  differing: (cases: readonly (readonly T[])[]) => Promise<readonly boolean[]>,
  removable: (step: T) => boolean = () => true,
): Promise<readonly (readonly T[])[]> {
  const least = [...cases];
  let open = least.map((_, i) => i);
  for (let round = 0; open.length > 0 && round < ROUNDS_MAX; round++) {
    const shorter = open.flatMap((i) =>
      least[i]!.flatMap((step, left) =>
        removable(step) ? [{ i, steps: least[i]!.filter((_step, at) => at !== left) }] : [],
      ),
    );
    const verdicts = await differing(shorter.map(({ steps }) => steps));
    const found = new Map<number, readonly T[]>();
    shorter.forEach(({ i, steps }, number) => {
      if (verdicts[number] === true && steps.length > 0 && !found.has(i)) found.set(i, steps);
    });
    for (const [i, steps] of found) least[i] = steps;
    open = [...found.keys()];
  }
  return least;
}

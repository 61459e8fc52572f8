/**
 * `twoArms(name, body, expected)`: one test body, run once on simulated machines and once on the real kernel and tools. Both must answer the same,
 * and, where the test says what, exactly that: so that two arms that are wrong in the same way do not agree unnoticed. Bodies mostly wait, each in namespaces
 * of its own, and so the tests of a file go on side by side.
 */
import { expect, test } from 'vitest';
import { COMPARING_CLOCKS } from '../comparing-clocks.ts';
import type { Arm } from './arm.ts';
import { inNamespaces, lacking } from './namespaces.ts';
import { simulate } from './simulated.ts';

let reason: string | undefined;

export function twoArms<T>(name: string, body: (arm: Arm) => Promise<T>, expected?: NoInfer<Partial<T>>): void {
  test.concurrent(name, COMPARING_CLOCKS, async ({ skip }) => {
    reason ??= lacking();
    skip(reason !== '', reason);
    const [simulated, real] = [await simulate(body), await inNamespaces(body)];
    expect(simulated).toEqual(real);
    if (expected !== undefined) expect(simulated).toMatchObject(expected as object);
  });
}

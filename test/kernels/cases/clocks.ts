/** Clocks, sleeping and chance: clock_gettime(2), nanosleep(2), getrandom(2). */
import { type Cases, contract, holds, MS, refused, same, tookNs } from '../suite.ts';

export const cases: Cases = {
  async 'the monotonic clock never goes back'(sys) {
    let last = await sys.clock_gettime('monotonic');
    for (let i = 0; i < 200; i++) {
      const now = await sys.clock_gettime('monotonic');
      holds(Number.isSafeInteger(now) && now >= last, `${now} after ${last}`);
      last = now;
    }
  },

  async 'sleep takes at least as long as asked'(sys) {
    for (const ns of [0, 1, 300_000, 5 * MS, 40 * MS]) {
      const took = await tookNs(sys, () => sys.nanosleep(ns));
      holds(took >= ns && took < ns + 3000 * MS, `${ns} ns took ${took}`);
    }
    await refused(sys.nanosleep(-1), 'EINVAL', 'less than nothing');
  },

  async 'both clocks go at the same pace'(sys) {
    const [wall, steady] = [await sys.clock_gettime('realtime'), await sys.clock_gettime('monotonic')];
    await sys.nanosleep(50 * MS);
    const difference = (await sys.clock_gettime('realtime')) - wall - ((await sys.clock_gettime('monotonic')) - steady);
    holds(Math.abs(difference) < 25 * MS, `they differ by ${difference} ns after 50 ms`);
    holds(wall > 1_500_000_000_000 * MS, 'the wall clock counts from 1970');
  },

  async 'declared computation takes its time'(sys) {
    const took = await tookNs(sys, () => sys.cpu(20 * MS));
    holds(took >= 20 * MS && took < 5000 * MS, `20 ms took ${took} ns`);
  },

  async 'random bytes are as many as asked, and differ'(sys) {
    const [one, two] = [await sys.getrandom(32), await sys.getrandom(32)];
    same([one.length, two.length, (await sys.getrandom(0)).length], [32, 32, 0], 'lengths');
    holds(
      one.some((byte, at) => byte !== two[at]),
      'two answers are the same',
    );
  },
};

export const main = contract(cases);

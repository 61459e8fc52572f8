/** The contract on the simulated kernel: each case in a fresh world of one host, in which nothing may be left over. */
import { host, lab } from '@netarium/core/check/lab.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import { turn } from '@netarium/core/syscall/kernel.test-util.ts';
import { systemImage } from '@netarium/userland/image.ts';
import { describe, expect, it } from 'vitest';
import { FAMILIES, programOf } from './families.ts';

for (const [name, family] of FAMILIES) {
  describe(`${name} on the simulated kernel`, () => {
    it.each(Object.keys(family.cases))('%s', async (one) => {
      let outcome = '';
      const definition = lab({
        id: 'contract',
        machines: { h: host() },
        programs: { contract: programOf(family) },
        async script({ h }) {
          await h.sh('mkdir /srv/contract');
          const { stdout, stderr, status } = await h.sh(`contract '${one.replaceAll("'", "'\\''")}' /srv/contract`);
          outcome = `${stdout}${stderr}${status}`;
        },
      });
      const { problems } = await runLab(definition, { image: systemImage(), turn });
      expect([outcome, ...problems]).toEqual(['kept\n0']);
    });
  });
}

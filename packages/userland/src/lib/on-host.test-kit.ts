/** A script of a test on a host with its loopback and all programs. */
import { host, type LabDefinition } from '@netarium/core/check/lab.ts';
import type { HostControl } from '@netarium/core/check/lab-context.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import { turn } from '@netarium/core/syscall/kernel.test-util.ts';
import { systemImage } from '../image.ts';

export type HostScript = (h: HostControl, sleep: (time: string) => Promise<void>) => Promise<void>;

/** What fails in the script is thrown, and so is what is left over at the end. `more`: another host `h`, and what there is besides. */
export async function onHost(
  script: HostScript,
  more: Partial<Pick<LabDefinition, 'machines' | 'cables' | 'programs' | 'until'>> = {},
): Promise<void> {
  let failure: unknown;
  const definition: LabDefinition = {
    id: 'test',
    machines: { h: host() },
    ...more,
    async script({ h, sleep }) {
      await script(h!, sleep).catch((error: unknown) => {
        failure = error;
      });
    },
  };
  const { problems } = await runLab(definition, { image: systemImage(), turn });
  if (failure !== undefined) throw failure;
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

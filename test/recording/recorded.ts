/** A lab, run and recorded in this process. */
import type { LabDefinition } from '@netarium/core/check/lab.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import { turn } from '@netarium/core/syscall/kernel.test-util.ts';
import type { ParamValue } from '@netarium/core/world/topology.ts';
import { catalogue } from '@netarium/labs/catalogue/index.ts';
import { systemImage } from '@netarium/userland/image.ts';
import type { Recording } from '@netarium/view/recording/recording.ts';
import { RecordingLog } from '@netarium/view/recording/recording-log.ts';

type Set = Readonly<Record<string, ParamValue>>;

export async function record(definition: LabDefinition, set: Set = {}): Promise<Recording> {
  const log = new RecordingLog();
  const run = await runLab(definition, { image: systemImage(), turn }, { listener: log.listener, set });
  return log.recording(definition, run, 'test');
}

export async function recordLab(id: string, set?: Set): Promise<Recording> {
  return record(await catalogue.get(id)!(), set);
}

/** A lab, run and recorded in this process. */
import type { LabDefinition } from '@netarium/core/check/lab.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import { turn } from '@netarium/core/syscall/kernel.test-util.ts';
import type { ParamValue } from '@netarium/core/world/topology.ts';
import { catalogue } from '@netarium/labs/catalogue/index.ts';
import { systemImage } from '@netarium/userland/image.ts';
import type { Recording } from '@netarium/view/recording/recording.ts';
import { RecordingLog } from '@netarium/view/recording/recording-log.ts';
import type { ProgramText } from '@netarium/view/source/program-source.ts';

type Set = Readonly<Record<string, ParamValue>>;

/** Source as a `CallSite` of the command line gives it, with places that alternate: what Vitest runs has no lines that Node knows. */
const PLACES: ProgramText = {
  files: [
    { name: 'labs/src/some/programs.ts', pieces: [{ from: 1, text: 'await first();\nawait second();\nwhole();' }] },
  ],
  frames: [1, 2, 3].map((line) => ({ file: 0, line, function: line === 3 ? 'whole' : '' })),
};

/** A lab with the lines of its programs. */
export async function recordWithSource(id: string): Promise<Recording> {
  const definition = await catalogue.get(id)!();
  const log = new RecordingLog();
  let calls = 0;
  const callSite = (): string => `${calls++ % 2} 2`;
  const run = await runLab(definition, { image: systemImage(), turn, callSite }, { listener: log.listener });
  return log.recording(definition, run, 'test', PLACES);
}

export async function record(definition: LabDefinition, set: Set = {}): Promise<Recording> {
  const log = new RecordingLog();
  const run = await runLab(definition, { image: systemImage(), turn }, { listener: log.listener, set });
  return log.recording(definition, run, 'test');
}

export async function recordLab(id: string, set?: Set): Promise<Recording> {
  return record(await catalogue.get(id)!(), set);
}

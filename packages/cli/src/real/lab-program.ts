/** A program of a lab, for a thread or process of its own. */
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';
import { messages } from '@netarium/view/messages/messages.ts';
import { loadLab } from '../load/load-lab.ts';

export async function programOfLab(lab: string, name: string): Promise<Program | ProgramModule | undefined> {
  return (await loadLab(lab, messages('en'))).programs?.[name];
}

/** What tshark's experts say of a capture: how many errors and warnings, in which words. */
import { tshark } from './tshark.ts';

const ERROR = '8388608';
const WARNING = '6291456';

export interface Experts {
  readonly packets: number;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

/** `kept` chooses the packets that count, by their number from 1. */
export async function expertsOf(capture: Uint8Array, kept: (number: number) => boolean = () => true): Promise<Experts> {
  const errors: string[] = [];
  const warnings: string[] = [];
  let packets = 0;
  const fields = ['-e', '_ws.expert.severity', '-e', '_ws.expert.message', '-E', 'aggregator=\t', '-E', 'separator=\v'];
  await tshark(capture, ['-T', 'fields', ...fields], (line) => {
    packets++;
    if (!kept(packets)) return;
    const [severities = '', messages = ''] = line.split('\v');
    const texts = messages.split('\t');
    severities.split('\t').forEach((severity, i) => {
      if (severity === ERROR) errors.push(`${packets}: ${texts[i]}`);
      if (severity === WARNING) warnings.push(`${packets}: ${texts[i]}`);
    });
  });
  return { packets, errors, warnings };
}

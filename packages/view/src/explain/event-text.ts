/** The sentence of an event of a recording, by its index. */
import type { Text } from '@netarium/core/check/lab.ts';
import type { Recording } from '../recording/recording.ts';
import { explain } from './explain.ts';

export function eventText({ events, kinds }: Pick<Recording, 'events' | 'kinds'>, index: number): Text {
  return explain(kinds[events.kind[index]!]!, events.values.at(index)).text;
}

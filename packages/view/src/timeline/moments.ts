/** The slider's marks in words. */
import type { Text } from '@netarium/core/check/lab.ts';
import { eventText } from '../explain/event-text.ts';
import type { Recording } from '../recording/recording.ts';
import type { Mark, Timeline } from './timeline.ts';

export interface Moment {
  readonly mark: Mark;
  /** Undefined where its kind and instant say everything. */
  readonly text: Text | undefined;
}

/** A longer list nobody reads. */
const MOST = 300;

/** The first marks by time. */
export function momentsOf(recording: Recording, { marks }: Timeline): readonly Moment[] {
  const { checks, story } = recording;
  return marks.slice(0, MOST).map((mark): Moment => {
    const { kind, index } = mark;
    if (index < 0) return { mark, text: undefined };
    if (kind === 'check') return { mark, text: checks[index]!.text };
    if (kind === 'story') return { mark, text: story[index]!.text };
    return { mark, text: eventText(recording, index) };
  });
}

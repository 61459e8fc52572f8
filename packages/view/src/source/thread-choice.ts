/** Whose source is shown: a thread by the place of its lane, one of its coroutines by name, or whoever acts. An address has it as `3` or `3.Task-2`. */

export interface ThreadChoice {
  /** -1: the thread that made the last call. */
  readonly place: number;
  /** Empty: the thread itself. */
  readonly coroutine: string;
}

export const WHOEVER_ACTS: ThreadChoice = { place: -1, coroutine: '' };

/** What names no lane of so many is whoever acts. */
export function choiceFrom(text: string, lanes: number): ThreadChoice {
  const [, place, coroutine = ''] = /^(\d+)(?:\.(.+))?$/s.exec(text) ?? [];
  if (place === undefined || Number(place) >= lanes) return WHOEVER_ACTS;
  return { place: Number(place), coroutine };
}

export function choiceText({ place, coroutine }: ThreadChoice): string {
  if (place < 0) return '';
  return coroutine === '' ? String(place) : `${place}.${coroutine}`;
}

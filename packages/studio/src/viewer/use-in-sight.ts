/** What is told at this instant stays in sight while time goes on. Only the part itself scrolls: where it lies below the picture, the page stays where it is. */
import { type RefObject, useEffect } from 'react';

const MARGIN = 8;

/** Of `part` the element that is the current step, with some pixels around it. `current` changes whenever it is another one. */
export function useInSight(part: RefObject<HTMLElement | null>, current: number | string, margin = MARGIN): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: for each line that becomes the current one
  useEffect(() => {
    const line = part.current?.querySelector('[aria-current=step]')?.getBoundingClientRect();
    if (line === undefined) return;
    const { top, bottom } = part.current!.getBoundingClientRect();
    const below = Math.max(0, line.bottom + margin - bottom);
    const above = Math.max(0, top + margin - line.top);
    part.current!.scrollTop += above > 0 ? -above : below;
  }, [part, current, margin]);
}

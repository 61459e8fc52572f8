/** What a lab's simulated run predicts beside what its real run measures. */
import type { LabDefinition } from '@netarium/core/check/lab.ts';
import type { Measurement, MeasureSpec } from '@netarium/core/check/real-arm.ts';
import { formatDuration } from '@netarium/core/time/instant.ts';
import { type Language, textIn } from '../language.ts';

export interface ComparedMeasure {
  readonly name: string;
  readonly text: string;
  readonly predicted: number | undefined;
  readonly measured: number | undefined;
  /** Measured over predicted. */
  readonly ratio: number | undefined;
}

/** One line per figure of the lab, in the lab's order. Of a figure that was taken more than once the last value counts. */
export function comparison(
  { measures = {} }: LabDefinition,
  predicted: readonly Measurement[],
  measured: readonly Measurement[],
  language: Language,
): ComparedMeasure[] {
  const last = (list: readonly Measurement[], name: string) => list.findLast((each) => each.name === name)?.value;
  return Object.entries(measures).map(([name, { text }]) => {
    const [before, after] = [last(predicted, name), last(measured, name)];
    const ratio = before === undefined || after === undefined || before === 0 ? undefined : after / before;
    return { name, text: textIn(text, language), predicted: before, measured: after, ratio };
  });
}

/** Three digits are more than a busy machine repeats. */
export function figureText(value: number | undefined, unit: MeasureSpec['unit']): string {
  if (value === undefined) return '-';
  if (unit !== 'time') return String(value);
  let step = 1;
  while (value / step >= 1000) step *= 10;
  return formatDuration(Math.round(value / step) * step);
}

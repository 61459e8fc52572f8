/** Predicted beside measured, as a table. */
import type { LabDefinition } from '@netarium/core/check/lab.ts';
import { type ComparedMeasure, figureText } from '@netarium/view/lab/comparison.ts';
import type { Io } from '../io.ts';
import { textWidth } from './report.ts';
import { table } from './table.ts';

export function reportComparison({ measures = {} }: LabDefinition, lines: readonly ComparedMeasure[], io: Io): void {
  const { m, colors, out } = io;
  out('');
  out(colors.bold(m.run.realTitle));
  const head = [m.run.headMeasure, m.run.headPredicted, m.run.headMeasured, m.run.headRatio].map(colors.dim);
  const rows = lines.map(({ name, text, predicted, measured, ratio }) => {
    const { unit } = measures[name]!;
    return [
      text,
      figureText(predicted, unit),
      figureText(measured, unit),
      ratio === undefined ? '-' : ratio.toFixed(2),
    ];
  });
  for (const line of table(rows, { head, width: textWidth(io), wrap: 0 })) out(line);
}

/** What all pictures over time have in common: their size, and the scales at their edges. */
import { valueText } from '@netarium/view/plot/plot.ts';
import type { Axis } from '@netarium/view/timeline/axis.ts';
import type { Drawing } from './canvas.ts';
import { secondsText } from './time-text.ts';

export const LEFT = 60;
export const BOTTOM = 22;
export const TOP = 22;
export const RIGHT = 14;
export const HEIGHT = 170;

export function drawScale(
  { context, color, width }: Drawing,
  axis: Axis,
  x: (atNs: number) => number,
  most: number,
): void {
  const down = HEIGHT - TOP - BOTTOM;
  context.font = '11px system-ui, sans-serif';
  context.strokeStyle = color('--line');
  context.fillStyle = color('--muted-text');
  for (const part of [0, 0.5, 1]) {
    const level = TOP + down * (1 - part);
    context.beginPath();
    context.moveTo(LEFT, level);
    context.lineTo(width - RIGHT, level);
    context.stroke();
    context.textAlign = 'right';
    context.fillText(valueText(most * part), LEFT - 6, level + 4);
    context.textAlign = part === 0 ? 'left' : part === 1 ? 'right' : 'center';
    const at = part === 0 ? axis.span.fromNs : part === 1 ? axis.span.toNs : axis.at(part);
    context.fillText(`${secondsText(at)} s`, x(at), HEIGHT - 6);
  }
}

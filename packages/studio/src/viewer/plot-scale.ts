/** What all curves over time have in common: the size of their pictures, the scales at their edges, and how a line is drawn. */
import { type Point, valueText } from '@netarium/view/plot/plot.ts';
import type { Stroke } from '@netarium/view/plot/strokes.ts';
import type { Axis } from '@netarium/view/timeline/axis.ts';
import type { Drawing } from './canvas.ts';
import { secondsText } from './time-text.ts';

export const LEFT = 60;
export const BOTTOM = 22;
export const TOP = 22;
export const RIGHT = 14;
export const HEIGHT = 170;

/** The instants at which the picture's columns of pixels begin. */
export function columnEdges(axis: Axis, { width }: Drawing): Float64Array {
  return axis.edges(Math.max(1, Math.round(width - LEFT - RIGHT)));
}

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

/** `lines` says where. */
export function stroked({ context, color }: Drawing, { ink, width, dash }: Stroke, lines: () => void): void {
  context.strokeStyle = color(`--${ink}`);
  context.lineWidth = width;
  context.setLineDash([...dash]);
  context.beginPath();
  lines();
  context.stroke();
  context.setLineDash([]);
}

/** A value holds until the next one, the last one to the end. */
export function stair(
  { context, width }: Drawing,
  points: readonly Point[],
  x: (atNs: number) => number,
  y: (value: number) => number,
): void {
  points.forEach(([atNs, value], i) => {
    const [left, right] = [x(atNs), i + 1 < points.length ? x(points[i + 1]![0]) : width];
    if (right < LEFT || left > width) return;
    if (i > 0) context.lineTo(left, y(value));
    else context.moveTo(left, y(value));
    context.lineTo(right, y(value));
  });
}

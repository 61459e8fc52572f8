/** A canvas that is as sharp as the screen, and the colours of the page's tokens. */
import type { Size } from '@netarium/view/draw/geometry.ts';
import type { PacketClass } from '@netarium/view/packets/packet-class.ts';

export interface Drawing extends Size {
  readonly context: CanvasRenderingContext2D;
  color(token: string): string;
}

/** Tokens that were looked up: kept as long as the page's colours stay. */
export type Colors = Map<string, string>;

/** Ready to draw in CSS pixels, cleared; in the colours of `element`, for a canvas that is not on the page. */
export function drawingOn(
  canvas: HTMLCanvasElement,
  { width, height }: Size,
  colors: Colors,
  element: Element = canvas,
): Drawing {
  const scale = window.devicePixelRatio;
  const [wide, high] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  const context = canvas.getContext('2d')!;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  const color = (token: string): string => {
    let value = colors.get(token);
    if (value === undefined) colors.set(token, (value = getComputedStyle(element).getPropertyValue(token).trim()));
    return value;
  };
  return { context, width, height, color };
}

let measuring: CanvasRenderingContext2D | undefined;

/** Of a text in a font as CSS writes it, in CSS pixels. */
export function textWidth(text: string, font: string): number {
  measuring ??= document.createElement('canvas').getContext('2d')!;
  measuring.font = font;
  return measuring.measureText(text).width;
}

export const CLASS_TOKENS: Readonly<Record<PacketClass, string>> = {
  link: '--link',
  icmp: '--icmp',
  udp: '--udp',
  tcp: '--tcp',
  application: '--application',
  error: '--error',
  other: '--other',
};

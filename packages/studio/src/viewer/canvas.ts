/** A canvas that is as sharp as the screen, and the colours of the page's tokens. */
import type { PacketClass } from '@netarium/view/packets/packet-class.ts';

export interface Drawing {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  color(token: string): string;
}

/** Ready to draw in CSS pixels, cleared. */
export function drawingOn(canvas: HTMLCanvasElement): Drawing {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = window.devicePixelRatio;
  const [wide, high] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  const context = canvas.getContext('2d')!;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  const style = getComputedStyle(canvas);
  return { context, width, height, color: (token) => style.getPropertyValue(token).trim() };
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

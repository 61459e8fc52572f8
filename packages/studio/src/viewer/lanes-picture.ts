/** The picture of lanes: each thread's stretches by colour, texture and letter, with what is waited for where there is room. */
import { LANE_LETTERS, type Lane, type LaneState, type Lanes, waitText } from '@netarium/view/lanes/lanes.ts';
import type { Drawing } from './canvas.ts';

export const LANE_HEIGHT = 24;
export const NAME_WIDTH = 190;
export const RIGHT = 8;
const LETTER_PIXELS = 14;
/** In a narrower bar no texture can be seen. */
const TEXTURED_PIXELS = 3;
/** Wider bars say what is waited for, and who holds it. */
const NAMED_PIXELS = 70;

const STATE_TOKENS: Readonly<Record<LaneState, string>> = {
  running: '--tcp',
  ready: '--udp',
  interpreter: '--icmp',
  lock: '--error',
  sleep: '--surface',
  io: '--link',
  zombie: '--other',
};

/** Text that ends where its bar does. */
function clippedText(context: CanvasRenderingContext2D, text: string, x: number, y: number, right: number): void {
  context.save();
  context.beginPath();
  context.rect(x, y - LANE_HEIGHT / 2, right - x, LANE_HEIGHT);
  context.clip();
  context.fillText(text, x, y);
  context.restore();
}

export function drawLane(
  { context, color, width }: Drawing,
  lanes: Lanes,
  lane: Lane,
  y: number,
  x: (atNs: number) => number,
): void {
  context.font = '12px system-ui, sans-serif';
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.fillStyle = color('--text');
  context.fillText(lane.name, 4, y + LANE_HEIGHT / 2, NAME_WIDTH - 12);
  context.save();
  context.beginPath();
  context.rect(NAME_WIDTH, y, width - NAME_WIDTH - RIGHT, LANE_HEIGHT);
  context.clip();
  const seen = new Set<LaneState>();
  let lastPixel = -1;
  for (const stretch of lane.stretches) {
    const { fromNs, toNs, state } = stretch;
    const [left, right] = [Math.max(NAME_WIDTH - 4, x(fromNs)), Math.min(width, x(toNs))];
    if (right < NAME_WIDTH || left > width) continue;
    const wide = Math.max(0.5, right - left);
    // Of many that fall on one pixel the first of each state is enough.
    if (Math.floor(left) !== lastPixel) seen.clear();
    lastPixel = Math.floor(left);
    if (wide < 1 && seen.has(state)) continue;
    seen.add(state);
    context.fillStyle = color(STATE_TOKENS[state]);
    context.fillRect(left, y + 3, wide, LANE_HEIGHT - 6);
    if (state === 'sleep') {
      context.strokeStyle = color('--muted');
      context.strokeRect(left, y + 3, wide, LANE_HEIGHT - 6);
    }
    if (wide >= TEXTURED_PIXELS) texture(context, left, y + 3, wide, color('--on-class'), state);
    if (wide < LETTER_PIXELS) continue;
    context.fillStyle = color(state === 'sleep' ? '--text' : '--on-class');
    const text = wide < NAMED_PIXELS ? LANE_LETTERS[state] : `${LANE_LETTERS[state]} ${waitText(lanes, lane, stretch)}`;
    clippedText(context, text, Math.max(left, NAME_WIDTH) + 3, y + LANE_HEIGHT / 2, right - 3);
  }
  context.restore();
}

/** Without colours: diagonals for a lock, both ways for the interpreter's, dots for I/O, lines for a zombie. */
const TEXTURES: Readonly<Partial<Record<LaneState, readonly ('/' | '\\' | '-' | '.')[]>>> = {
  lock: ['/'],
  interpreter: ['/', '\\'],
  io: ['.'],
  zombie: ['-'],
};

const DOT_PIXELS = 6;
const LINE_PIXELS = 4;

function texture(
  context: CanvasRenderingContext2D,
  left: number,
  top: number,
  wide: number,
  ink: string,
  state: LaneState,
): void {
  const strokes = TEXTURES[state];
  if (strokes === undefined) return;
  const high = LANE_HEIGHT - 6;
  context.save();
  context.beginPath();
  context.rect(left, top, wide, high);
  context.clip();
  context.strokeStyle = ink;
  context.globalAlpha = 0.35;
  context.beginPath();
  for (const stroke of strokes) {
    if (stroke === '-')
      for (let y = top + LINE_PIXELS / 2; y < top + high; y += LINE_PIXELS) {
        context.moveTo(left, y);
        context.lineTo(left + wide, y);
      }
    else if (stroke === '.')
      for (let y = top + 3; y < top + high; y += DOT_PIXELS)
        for (let x = left + 2; x < left + wide; x += DOT_PIXELS) context.rect(x, y, 2, 2);
    else
      for (let x = left - high; x < left + wide; x += 7) {
        context.moveTo(x, stroke === '/' ? top + high : top);
        context.lineTo(x + high, stroke === '/' ? top : top + high);
      }
  }
  context.stroke();
  context.restore();
}

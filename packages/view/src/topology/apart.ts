/**
 * Where machines stand on a picture of some size, in pixels: as the layout has them, from left to right. Where the picture is too narrow for their names they stand
 * from top to bottom, if fewer of them are in each other's way then, and who still is moves up or down by as little as it takes. Where there is no room at all they lie
 * over each other.
 */
import type { Point, Size } from '../draw/geometry.ts';
import type { Place } from './layout.ts';

/** Between a machine and the picture's edge; below it stands what happens at it. */
const BESIDE = 8;
const BELOW = 28;
/** Between two machines. */
const GAP = 8;
/** Who makes way tries places so far from each other. */
const STEP = 12;
/** More machines than these are drawn so small that nobody reads them one by one. */
const MOST = 60;

/** `sizes`: of the machines' names. */
export function apart(
  places: ReadonlyMap<string, Place>,
  sizes: ReadonlyMap<string, Size>,
  picture: Size,
): ReadonlyMap<string, Point> {
  const largest = {
    width: most([...sizes.values()].map(({ width }) => width)),
    height: most([...sizes.values()].map(({ height }) => height)),
  };
  const across = boxesOf(places, sizes, largest, picture);
  if (across.length > MOST || overlaps(across) === 0) return pointsOf(across);
  const turned = new Map([...places].map(([name, { x, y }]) => [name, { x: y, y: x }]));
  const down = boxesOf(turned, sizes, largest, picture);
  const [first, second] = overlaps(down) < overlaps(across) ? [down, across] : [across, down];
  const [better, other] = [first, second].map((boxes) => makingWay(boxes, picture.height));
  return pointsOf(overlaps(other!) < overlaps(better!) ? other! : better!);
}

interface Box extends Point, Size {
  readonly name: string;
}

function boxesOf(
  places: ReadonlyMap<string, Place>,
  sizes: ReadonlyMap<string, Size>,
  largest: Size,
  { width, height }: Size,
): readonly Box[] {
  const left = Math.min(width / 2, largest.width / 2 + BESIDE);
  const top = Math.min(height / 2, largest.height / 2 + BELOW);
  return [...places].map(([name, { x, y }]) => ({
    name,
    x: left + x * (width - 2 * left),
    y: top + y * (height - 2 * top),
    ...(sizes.get(name) ?? { width: 0, height: 0 }),
  }));
}

function pointsOf(boxes: readonly Box[]): ReadonlyMap<string, Point> {
  return new Map(boxes.map(({ name, x, y }) => [name, { x, y }]));
}

/** Who is in nobody's way stays; of the others, from left to right, each takes the nearest room that is left. */
function makingWay(boxes: readonly Box[], height: number): readonly Box[] {
  const alone = (box: Box): boolean => boxes.every((other) => other === box || !overlap(box, other));
  const taken = boxes.filter(alone);
  for (const box of boxes.filter((each) => !alone(each)).sort((a, b) => a.x - b.x || a.y - b.y))
    taken.push(tries(box, height).find((each) => !taken.some((other) => overlap(each, other))) ?? box);
  return taken;
}

/** Here, then a step below and above, two, three …, as far as the picture goes. */
function tries(box: Box, height: number): Box[] {
  const found = [box];
  for (let by = STEP; by < height; by += STEP)
    for (const y of [box.y + by, box.y - by])
      if (y >= box.height / 2 && y <= height - box.height / 2) found.push({ ...box, y });
  return found;
}

function overlaps(boxes: readonly Box[]): number {
  return boxes.reduce((sum, a, i) => sum + boxes.slice(i + 1).filter((b) => overlap(a, b)).length, 0);
}

function overlap(a: Box, b: Box): boolean {
  return Math.abs(a.x - b.x) < (a.width + b.width) / 2 + GAP && Math.abs(a.y - b.y) < (a.height + b.height) / 2 + GAP;
}

function most(lengths: readonly number[]): number {
  return lengths.reduce((longest, each) => Math.max(longest, each), 0);
}

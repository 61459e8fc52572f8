/**
 * The page's colours: texts and graphics have the contrast of WCAG 2.2 (1.4.3: 4.5 to 1; 1.4.11: 3 to 1), and classes of packets and states of threads can be
 * told apart by eyes that lack one of the three kinds of cones. What such eyes see: G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A Physiologically-based
 * Model for Simulation of Color Vision Deficiency", IEEE Transactions on Visualization and Computer Graphics 15 (6), 2009, the matrices for severity 1.0, which
 * are applied to linear RGB. How far two colours are apart: CIE 1976 L*a*b* (CIE 15), in which 2.3 is just noticeable.
 */
import { readFileSync } from 'node:fs';
import { INKS } from '@netarium/view/draw/inks.ts';
import { describe, expect, test } from 'vitest';

type Triple = readonly [number, number, number];
type Matrix = readonly [Triple, Triple, Triple];

const EYES: Readonly<Record<string, Matrix>> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};
/** IEC 61966-2-1, with the white point D65. */
const TO_XYZ: Matrix = [
  [0.4124564, 0.3575761, 0.1804375],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339, 0.119192, 0.9503041],
];
const D65: Triple = [0.95047, 1, 1.08883];

const GROUNDS = ['background', 'surface', 'chosen'] as const;
const CLASSES = ['link', 'icmp', 'udp', 'tcp', 'application', 'error', 'other'] as const;
/** Of colours that differ in meaning. */
const APART = 10;

function times(matrix: Matrix, [a, b, c]: Triple): Triple {
  const [x, y, z] = matrix.map((row) => row[0] * a + row[1] * b + row[2] * c);
  return [x!, y!, z!];
}

function linear(color: string): Triple {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return [r!, g!, b!];
}

function contrast(a: string, b: string): number {
  const [high, low] = [a, b].map((color) => times(TO_XYZ, linear(color))[1]).sort((x, y) => y - x);
  return (high! + 0.05) / (low! + 0.05);
}

function lab(color: string, eyes: Matrix): Triple {
  const [r, g, b] = times(eyes, linear(color)).map((part) => Math.min(1, Math.max(0, part)));
  const [x, y, z] = times(TO_XYZ, [r!, g!, b!]).map((part, i) => {
    const share = part / D65[i]!;
    return share > 216 / 24389 ? Math.cbrt(share) : ((24389 / 27) * share + 16) / 116;
  });
  return [116 * y! - 16, 500 * (x! - y!), 200 * (y! - z!)];
}

function distance(a: string, b: string, eyes: Matrix): number {
  const [from, to] = [lab(a, eyes), lab(b, eyes)];
  return Math.hypot(...from.map((part, i) => part - to[i]!));
}

/** The tokens of each rule that sets them, by its selector. */
function themes(css: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const rules = [...css.matchAll(/([^{}]+)\{([^{}]*--background: #[^{}]*)\}/g)];
  return new Map(
    rules.map(([, selector = '', body = '']) => [
      selector.replaceAll(/\/\*.*?\*\//gs, '').trim(),
      new Map([...body.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, token, color]) => [token!, color!])),
    ]),
  );
}

const THEMES = themes(readFileSync(new URL('viewer.css', import.meta.url), 'utf8'));
const LIGHT = THEMES.get(':root')!;
const DARK = THEMES.get(':root[data-theme="dark"]')!;

test('a light theme and a dark one, which is the same however it is chosen', () => {
  expect([...THEMES.keys()]).toEqual([':root', ':root:not([data-theme="light"])', ':root[data-theme="dark"]']);
  expect(THEMES.get(':root:not([data-theme="light"])')).toEqual(DARK);
  expect([...DARK.keys()]).toEqual([...LIGHT.keys()]);
});

test('pictures have the colours of the light theme', () => {
  expect(Object.fromEntries(Object.keys(INKS).map((token) => [token, LIGHT.get(token)]))).toEqual(INKS);
});

describe.each([
  ['light', LIGHT],
  ['dark', DARK],
])('%s', (_, theme) => {
  const color = (token: string): string => theme.get(token)!;
  const weak = (tokens: readonly string[], grounds: readonly string[], least: number): string[] =>
    tokens.flatMap((token) =>
      grounds
        .filter((ground) => contrast(color(token), color(ground)) < least)
        .map((ground) => `${token} on ${ground}: ${contrast(color(token), color(ground)).toFixed(2)}`),
    );

  test('texts', () => {
    expect(weak(['text', 'muted-text', 'accent', 'error-text', 'good-text', ...CLASSES], GROUNDS, 4.5)).toEqual([]);
    expect(weak(['on-class'], CLASSES, 4.5)).toEqual([]);
  });

  test('graphics, and the edges of what can be typed into and pressed', () => {
    expect(weak(['muted', 'accent', ...CLASSES], GROUNDS, 3)).toEqual([]);
  });

  test.each(Object.entries(EYES))('classes are apart: %s', (_eyes, eyes) => {
    const close = CLASSES.flatMap((a, i) =>
      CLASSES.slice(i + 1)
        .filter((b) => distance(color(a), color(b), eyes) < APART)
        .map((b) => `${a}, ${b}: ${distance(color(a), color(b), eyes).toFixed(1)}`),
    );
    expect(close).toEqual([]);
  });
});

test('the measure itself: red and green of the same lightness are one for eyes that lack M cones', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(lab('#ffffff', EYES.usual!)[0]).toBeCloseTo(100, 3);
  expect(distance('#b25e00', '#7c7a1c', EYES.deutan!)).toBeLessThan(distance('#b25e00', '#7c7a1c', EYES.usual!) / 2);
});

/**
 * What a part of the page shows, as a PNG with a heading: a copy of its elements, in which every canvas is an image of itself, is laid out by the browser as an SVG
 * and painted on a canvas. What scrolls in it and says so (`data-whole`) is there as a whole, or from `data-from` to `data-to`, in pixels of what scrolls; everything
 * else as it is seen. Promises that nothing is fetched: everything in it is data. Left out: the pointer's hover.
 */
import { INKS } from '@netarium/view/draw/inks.ts';

const SVG = 'http://www.w3.org/2000/svg';
const HEADING_HEIGHT = 28;
const PADDING = 8;
/** XML 1.0 section 2.2 has no other control characters than tab, line feed and carriage return, and no lone surrogates. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go.
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu;

/** Firefox has no canvas that is higher. */
const MOST_PIXELS = 32_000;

/** What scrolls, and how much of it the picture has. */
interface Whole {
  readonly element: HTMLElement;
  readonly from: number;
  readonly to: number;
}

function wholesIn(part: HTMLElement): readonly Whole[] {
  return [...part.querySelectorAll<HTMLElement>('[data-whole]')].map((element) => {
    const { from = 0, to = element.scrollHeight } = element.dataset;
    return { element, from: Number(from), to: Number(to) };
  });
}

/** Reads the page before it comes back. Rejects where the browser cannot paint it. */
export async function pictureOf(part: HTMLElement, heading: string): Promise<Blob> {
  const wholes = wholesIn(part);
  const beyond = wholes.reduce((sum, { element, from, to }) => sum + Math.max(0, to - from - element.clientHeight), 0);
  const [width, height] = [part.clientWidth, Math.ceil(part.clientHeight + beyond)];
  const title = [heading, ...wholes.map(({ element }) => element.dataset.whole!)]
    .filter((each) => each !== '')
    .join(', ');
  const image = new Image(width, height);
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(drawingOf(part, wholes, width, height))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  const scale = Math.min(window.devicePixelRatio, MOST_PIXELS / (height + HEADING_HEIGHT));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round((height + HEADING_HEIGHT) * scale);
  const context = canvas.getContext('2d')!;
  const style = getComputedStyle(document.documentElement);
  context.scale(scale, scale);
  context.fillStyle = style.getPropertyValue('--background') || '#ffffff';
  context.fillRect(0, 0, width, height + HEADING_HEIGHT);
  context.fillStyle = style.getPropertyValue('--text') || INKS.text;
  context.font = `bold 13px ${getComputedStyle(document.body).fontFamily}`;
  context.textBaseline = 'middle';
  context.fillText(title, PADDING, HEADING_HEIGHT / 2, width - 2 * PADDING);
  context.drawImage(image, 0, HEADING_HEIGHT, width, height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob === null ? reject(new Error('no picture')) : resolve(blob)), 'image/png'),
  );
}

/** An SVG document with the copied elements and the page's rules. */
function drawingOf(part: HTMLElement, wholes: readonly Whole[], width: number, height: number): string {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('width', String(width));
  svg.setAttribute('height', String(height));
  // The picture has no page around it that could say which theme is meant.
  svg.setAttribute('data-theme', isDark() ? 'dark' : 'light');
  const style = document.createElementNS(SVG, 'style');
  style.textContent = [...document.styleSheets]
    .flatMap(({ cssRules }) => [...cssRules].map(({ cssText }) => cssText))
    .join('\n');
  const foreign = document.createElementNS(SVG, 'foreignObject');
  foreign.setAttribute('width', '100%');
  foreign.setAttribute('height', '100%');
  const body = document.implementation.createHTMLDocument().body;
  const copy = copyOf(part, wholes);
  Object.assign(copy.style, { width: `${width}px`, height: `${height}px`, overflow: 'hidden' });
  body.append(copy);
  foreign.append(body);
  svg.append(style, foreign);
  return new XMLSerializer().serializeToString(svg).replace(NOT_XML, '\ufffd');
}

function isDark(): boolean {
  const { theme } = document.documentElement.dataset;
  return theme === 'dark' || (theme !== 'light' && window.matchMedia('(prefers-color-scheme: dark)').matches);
}

/** With what a copy does not take along: what canvases show, what was typed and chosen, how far was scrolled. */
function copyOf(part: HTMLElement, wholes: readonly Whole[]): HTMLElement {
  const copy = part.cloneNode(true) as HTMLElement;
  const copies = [copy, ...copy.querySelectorAll('*')];
  for (const [i, element] of [part, ...part.querySelectorAll('*')].entries()) {
    const twin = copies[i]!;
    if (element instanceof HTMLInputElement) twin.toggleAttribute('checked', element.checked);
    if (element instanceof HTMLInputElement) twin.setAttribute('value', element.value);
    if (element instanceof HTMLOptionElement) twin.toggleAttribute('selected', element.selected);
    const whole = wholes.find((each) => each.element === element);
    // A part of the window's height would be one of the picture's.
    if (twin instanceof HTMLElement)
      twin.style.maxHeight = whole === undefined ? getComputedStyle(element).maxHeight : 'none';
    const down = whole?.from ?? element.scrollTop;
    if (down !== 0 || element.scrollLeft !== 0) scrolled(element, twin, down);
    if (element instanceof HTMLCanvasElement) twin.replaceWith(imageOf(element));
  }
  return copy;
}

function scrolled({ scrollLeft, children }: Element, twin: Element, down: number): void {
  for (const [i, child] of [...children].entries()) {
    const { position, transform } = getComputedStyle(child);
    const own = transform === 'none' ? '' : transform;
    const moved = twin.children[i];
    if (position !== 'sticky' && (moved instanceof HTMLElement || moved instanceof SVGElement))
      moved.style.transform = `translate(${-scrollLeft}px, ${-down}px) ${own}`;
  }
}

function imageOf(canvas: HTMLCanvasElement): HTMLImageElement {
  const image = new Image();
  image.src = canvas.toDataURL();
  const { position } = getComputedStyle(canvas);
  const { offsetLeft, offsetTop, clientWidth, clientHeight } = canvas;
  Object.assign(image.style, {
    position: position === 'absolute' ? 'absolute' : 'static',
    display: 'block',
    left: `${offsetLeft}px`,
    top: `${offsetTop}px`,
    width: `${clientWidth}px`,
    height: `${clientHeight}px`,
  });
  return image;
}

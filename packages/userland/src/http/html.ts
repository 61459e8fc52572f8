/**
 * HTML read as a browser's first pass does: a tokeniser for tags, attributes, comments, raw text and the common character references.
 * It yields the text that a page shows and the sub-resources that it asks for. Leaves out tree building, styling and scripts.
 */
export type HtmlToken =
  | { readonly kind: 'open'; readonly name: string; readonly attributes: ReadonlyMap<string, string> }
  | { readonly kind: 'close'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string };

const RAW_TEXT = new Set(['script', 'style', 'textarea', 'title']);
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['apos', "'"],
  ['copy', '©'],
  ['gt', '>'],
  ['hellip', '…'],
  ['lt', '<'],
  ['mdash', '—'],
  ['nbsp', '\u00a0'],
  ['ndash', '–'],
  ['quot', '"'],
]);

export function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z]+));/g, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES.get(name as string) ?? whole;
    const code = decimal !== undefined ? Number(decimal) : Number.parseInt(hex as string, 16);
    return code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? '\ufffd' : String.fromCodePoint(code);
  });
}

function readAttributes(text: string): Map<string, string> {
  const attributes = new Map<string, string>();
  const pattern = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g;
  for (const match of text.matchAll(pattern)) {
    const name = match[1]!.toLowerCase();
    // The first of equal attributes wins.
    if (!attributes.has(name)) attributes.set(name, decodeEntities(match[2] ?? match[3] ?? match[4] ?? ''));
  }
  return attributes;
}

/** The end of a tag that begins at `from`: the first `>` outside quotes. */
function tagEnd(text: string, from: number): number {
  let quote = '';
  for (let i = from; i < text.length; i++) {
    const char = text[i]!;
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if ((char === '"' || char === "'") && /[=\s]/.test(text[i - 1] ?? '')) quote = char;
    else if (char === '>') return i;
  }
  return -1;
}

export function tokenizeHtml(html: string): HtmlToken[] {
  const tokens: HtmlToken[] = [];
  const lower = html.toLowerCase();
  const text = (from: number, to: number) => {
    if (to > from) tokens.push({ kind: 'text', text: decodeEntities(html.slice(from, to)) });
  };
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open < 0) {
      text(at, html.length);
      break;
    }
    if (html.startsWith('<!--', open)) {
      text(at, open);
      const end = html.indexOf('-->', open + 4);
      at = end < 0 ? html.length : end + 3;
      continue;
    }
    if (!/[A-Za-z/!?]/.test(html[open + 1] ?? '')) {
      text(at, open + 1);
      at = open + 1;
      continue;
    }
    text(at, open);
    const end = tagEnd(html, open + 1);
    if (end < 0) break;
    at = end + 1;
    const tag = /^(\/?)([A-Za-z][^\s/>]*)/.exec(html.slice(open + 1, end));
    if (!tag) continue;
    const name = tag[2]!.toLowerCase();
    if (tag[1] === '/') {
      tokens.push({ kind: 'close', name });
      continue;
    }
    tokens.push({ kind: 'open', name, attributes: readAttributes(html.slice(open + 1 + tag[0].length, end)) });
    if (RAW_TEXT.has(name)) {
      const close = lower.indexOf(`</${name}`, at);
      text(at, close < 0 ? html.length : close);
      at = close < 0 ? html.length : close;
    }
  }
  return tokens;
}

export interface PageResource {
  readonly kind: 'image' | 'style' | 'script' | 'icon';
  /** The reference as written. */
  readonly url: string;
}

/** Sub-resources in document order, each once. */
export function pageResources(tokens: readonly HtmlToken[]): readonly PageResource[] {
  const found = new Map<string, PageResource>();
  for (const token of tokens) {
    if (token.kind !== 'open') continue;
    const resource = resourceOf(token.name, token.attributes);
    if (resource && !found.has(resource.url)) found.set(resource.url, resource);
  }
  return [...found.values()];
}

function resourceOf(name: string, attributes: ReadonlyMap<string, string>): PageResource | undefined {
  const src = attributes.get('src')?.trim();
  if (src && name === 'img') return { kind: 'image', url: src };
  if (src && name === 'script') return { kind: 'script', url: src };
  const href = attributes.get('href')?.trim();
  if (!href || name !== 'link') return undefined;
  const rel = (attributes.get('rel') ?? '').toLowerCase().split(/\s+/);
  if (rel.includes('stylesheet')) return { kind: 'style', url: href };
  return rel.includes('icon') ? { kind: 'icon', url: href } : undefined;
}

const HIDDEN = new Set(['script', 'style', 'title', 'head', 'template', 'noscript']);
const BLOCKS = new Set(
  'address article aside blockquote br div dd dl dt footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table td th tr ul'.split(
    ' ',
  ),
);

export interface PageText {
  readonly title: string;
  /** Non-empty lines with runs of whitespace shortened; images stand as `[alt]`. */
  readonly lines: readonly string[];
}

export function pageText(tokens: readonly HtmlToken[]): PageText {
  let title = '';
  let text = '';
  const hidden: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'text') {
      if (hidden.at(-1) === 'title') title += token.text;
      else if (hidden.length === 0) text += token.text.replace(/[\t\n\f\r ]+/g, ' ');
      continue;
    }
    if (BLOCKS.has(token.name)) text += '\n';
    if (token.kind === 'open') {
      if (HIDDEN.has(token.name)) hidden.push(token.name);
      // Whatever opens the body has closed the head.
      if (token.name === 'body') hidden.length = 0;
      const alt = token.name === 'img' ? token.attributes.get('alt') : undefined;
      if (alt && hidden.length === 0) text += `[${alt}]`;
    } else if (hidden.includes(token.name)) hidden.length = hidden.lastIndexOf(token.name);
  }
  const lines = text.split('\n').map((line) => line.replace(/ +/g, ' ').trim());
  return { title: title.replace(/\s+/g, ' ').trim(), lines: lines.filter((line) => line !== '') };
}

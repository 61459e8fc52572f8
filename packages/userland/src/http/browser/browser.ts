/**
 * browser: visits a page the way a browser does, on a terminal. Takes the address apart, resolves the name, fetches the page and follows
 * redirects, finds images, style sheets, scripts and icons in it, fetches them over the kept connection, keeps cookies in a file, prints the
 * page's text and a waterfall of the resources. Leaves out: rendering, scripts, caching, https, several connections at a time.
 */
import { decodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { errorText, unless } from '../../lib/failure.ts';
import { withHelp } from '../../lib/help.ts';
import { parseSecondsNs } from '../../lib/numbers.ts';
import { type ProgramOptions, parseOptions, UsageError, unsupported } from '../../lib/options.ts';
import { print, printError, readText, writeFile } from '../../lib/stdio.ts';
import { formatCookieFile, parseCookieFile } from '../cookiefile.ts';
import { pageResources, pageText, tokenizeHtml } from '../html.ts';
import { formatUrl, parseUrl, resolveReference, type Url } from '../url.ts';
import { type Fetched, Fetcher } from './fetcher.ts';
import { formatWaterfall } from './waterfall.ts';

export const options: ProgramOptions = {
  name: 'browser',
  usage: 'browser [-j cookie-file] [-m seconds] URL',
  options: [
    { names: ['-j'], value: 'FILE', help: 'keep cookies in this file; ~/.cookies by default' },
    { names: ['-m'], value: 'SECONDS', help: 'longest time for one resource; 30 by default' },
  ],
};

const MAX_REDIRECTS = 20;
/** A page that asks for more is shown with the first so many. */
const MAX_RESOURCES = 256;

interface Settings {
  readonly url: Url;
  readonly cookieFile: string | undefined;
  readonly timeoutNs: number;
}

/** What a person types: a missing scheme is http. */
export function parseTyped(text: string): Url {
  const withScheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(text) ? text : `http://${text}`;
  const url = parseUrl(withScheme.trim());
  if (typeof url === 'string') throw new UsageError(`browser: ${text}: not a web address (${url})`);
  if (url.scheme !== 'http') throw new UsageError(unsupported('browser', `${url.scheme}://`));
  return url;
}

async function readSettings(sys: Sys, argv: readonly string[]): Promise<Settings> {
  const given = parseOptions(options, argv);
  const [typed, ...more] = given.operands;
  if (typed === undefined || more.length > 0) throw new UsageError(`usage: ${options.usage}`);
  const timeoutNs = parseSecondsNs(given.value('-m') ?? '30');
  if (timeoutNs === undefined) throw new UsageError(`browser: invalid number of seconds '${given.value('-m')}'`);
  const home = (await sys.getenv()).HOME;
  return {
    url: parseTyped(typed),
    cookieFile: given.value('-j') ?? (home === undefined ? undefined : `${home}/.cookies`),
    timeoutNs,
  };
}

/** The page itself, redirects followed; every hop is listed. */
async function fetchPage(fetcher: Fetcher, first: Url, list: Fetched[]): Promise<Fetched> {
  let url = first;
  for (let hops = 0; ; hops++) {
    const fetched = await fetcher.fetch(url, 'page', undefined);
    list.push(fetched);
    const next = fetcher.redirect(fetched);
    if (next?.scheme !== 'http' || hops >= MAX_REDIRECTS) return fetched;
    url = next;
  }
}

async function fetchResources(
  fetcher: Fetcher,
  page: Fetched,
  html: string,
  list: Fetched[],
): Promise<readonly string[]> {
  const skipped: string[] = [];
  const referer = formatUrl(page.url);
  for (const resource of pageResources(tokenizeHtml(html)).slice(0, MAX_RESOURCES)) {
    const url = resolveReference(page.url, resource.url);
    if (typeof url === 'string' || url.scheme !== 'http') skipped.push(resource.url);
    else list.push(await fetcher.fetch(url, resource.kind, referer));
  }
  return skipped;
}

function isHtml(page: Fetched): boolean {
  const type = page.head?.fields.get('content-type') ?? 'text/html';
  return /^(text\/html|application\/xhtml\+xml)\b/i.test(type);
}

async function visit(sys: Sys, settings: Settings): Promise<number> {
  const now = Math.floor((await sys.clock_gettime('realtime')) / 1_000_000_000);
  const saved =
    settings.cookieFile === undefined ? '' : ((await unless(readText(sys, settings.cookieFile), 'ENOENT')) ?? '');
  const jar = parseCookieFile(saved, now);
  const fetcher = new Fetcher(sys, jar, settings.timeoutNs);
  const beganNs = await sys.clock_gettime('monotonic');
  const list: Fetched[] = [];
  const page = await fetchPage(fetcher, settings.url, list);
  if (page.head === undefined) {
    await printError(sys, `browser: ${formatUrl(page.url)}: ${page.problem ?? 'no response'}\n`);
    return 1;
  }
  const html = decodeUtf8(page.body);
  const { title, lines } = isHtml(page) ? pageText(tokenizeHtml(html)) : { title: '', lines: [] };
  const skipped = isHtml(page) ? await fetchResources(fetcher, page, html, list) : [];
  await fetcher.closeAll();
  if (settings.cookieFile !== undefined && (jar.cookies.length > 0 || saved !== ''))
    await writeFile(sys, settings.cookieFile, formatCookieFile(jar));
  const shown = [title === '' ? formatUrl(page.url) : title, '', ...lines, ''];
  await print(sys, `${shown.join('\n')}\n${formatWaterfall(list, beganNs)}`);
  for (const reference of skipped) await printError(sys, `browser: ${reference}: not fetched, only http:// is\n`);
  return page.head.status < 400 && list.every((fetched) => fetched.problem === undefined) ? 0 : 1;
}

export const main: Program = withHelp(options, async (sys, argv) => {
  try {
    return await visit(sys, await readSettings(sys, argv.slice(1)));
  } catch (error) {
    await printError(sys, error instanceof UsageError ? `${error.message}\n` : `browser: ${errorText(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
});

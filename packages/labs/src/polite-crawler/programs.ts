/** Sites that refuse crawlers by their agent or by their rate, and a crawler that can be rude or polite. */
import { Robots } from '@netarium/userland/http/robots.ts';
import * as requests from '@netarium/userland/runtimes/requests/api.ts';
import { python } from '@netarium/userland/runtimes/threading/program.ts';
import type { Python } from '@netarium/userland/runtimes/threading/python.ts';
import { hostnameOf, urlsplit } from '@netarium/userland/runtimes/urllib/parse.ts';
import { retryAfterSeconds } from '@netarium/userland/runtimes/urllib3/retry.ts';
import { type App, type AppResponse, webApp } from '../lib/web-app.ts';

const SECOND_NS = 1_000_000_000;

const ROBOTS = 'User-agent: *\nDisallow: /private/\n';
const pages: App = ({ path }) => ({ body: path === '/robots.txt' ? ROBOTS : `page ${path}` });

/** Agents of programs that say nothing of their owner. */
const NAMELESS = /^(python-|python\/|curl|wget|$)/i;

/** No more than so many requests a second from each address; who asks more is told when to come again (RFC 6585 section 4). */
function limited(perSecond: number): App {
  const recent = new Map<string, number[]>();
  return (request) => {
    const { client, nowNs } = request;
    const within = (recent.get(client) ?? []).filter((atNs) => nowNs - atNs < SECOND_NS);
    if (within.length >= perSecond) return refusal(429, [['Retry-After', '1']], 'slow down');
    recent.set(client, [...within, nowNs]);
    return pages(request);
  };
}

function refusal(status: number, headers: AppResponse['headers'], body: string): AppResponse {
  return headers === undefined ? { status, body } : { status, headers, body };
}

/** `policy-site [ADDRESS:]PORT agents|open|rate [PER-SECOND]` */
export const policySite = webApp('policy-site', ([policy, perSecond = '3']) => {
  if (policy === 'rate') return limited(Number(perSecond));
  if (policy !== 'agents') return pages;
  return (request) =>
    NAMELESS.test(request.fields.get('user-agent') ?? '') ? refusal(403, undefined, 'no robots') : pages(request);
});

interface Manners {
  /** Empty: that of requests. */
  readonly agent: string;
  /** Seconds between two requests to a host. */
  readonly pace: number;
  readonly robots: boolean;
  /** Waits as Retry-After says, and asks again. */
  readonly patient: boolean;
}

const MAX_TRIES = 5;

/** `crawler AGENT PACE-MS robots|anything patient|hasty URL...`; an agent of `-` is that of requests. Prints the status of each URL. */
export const crawler = python('3.11', {
  async main(py, [, agent = '-', paceMs, robots, patience, ...urls]) {
    const manners = {
      agent: agent === '-' ? '' : agent,
      pace: Number(paceMs) / 1000,
      robots: robots === 'robots',
      patient: patience === 'patient',
    };
    const last = new Map<string, number>();
    const rules = new Map<string, Robots>();
    for (const url of urls) {
      const host = hostnameOf(urlsplit(url).netloc)!;
      if (manners.robots && !rules.has(host)) {
        // It is a request like any other.
        last.set(host, await py.monotonic());
        rules.set(host, await robotsOf(py, url, manners));
      }
      const rule = rules.get(host);
      if (rule?.allowed(manners.agent, urlsplit(url).path) === false) {
        await py.print(`${url} not asked for: robots.txt`);
        continue;
      }
      const pace = Math.max(manners.pace, rule?.crawlDelay(manners.agent) ?? 0);
      await wait(py, last.get(host), pace);
      last.set(host, await py.monotonic());
      await py.print(`${url} ${(await get(py, url, manners)).join(' ')}`);
    }
  },
});

async function wait(py: Python, since: number | undefined, pace: number): Promise<void> {
  if (since === undefined) return;
  const left = since + pace - (await py.monotonic());
  if (left > 0) await py.sleep(left);
}

/** The statuses, one for each try. */
async function get(py: Python, url: string, { agent, patient }: Manners): Promise<number[]> {
  const statuses: number[] = [];
  while (statuses.length < MAX_TRIES) {
    const response = await requests.get(py, url, agent === '' ? {} : { headers: { 'User-Agent': agent } });
    statuses.push(response.statusCode);
    const after = response.headers.get('retry-after');
    if (response.statusCode !== 429 || !patient || after === undefined) break;
    await py.sleep(await retryAfterSeconds(py, after));
  }
  return statuses;
}

/** RFC 9309 section 2.3.1: what is not there forbids nothing; what cannot be had forbids everything. */
async function robotsOf(py: Python, url: string, { agent }: Manners): Promise<Robots> {
  const { scheme, netloc } = urlsplit(url);
  const response = await requests.get(py, `${scheme}://${netloc}/robots.txt`, { headers: { 'User-Agent': agent } });
  if (response.statusCode >= 500) return Robots.parse('User-agent: *\nDisallow: /');
  return Robots.parse(response.ok ? response.text : '');
}

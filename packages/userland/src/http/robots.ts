/**
 * robots.txt (RFC 9309): which paths a site asks a crawler not to fetch. Groups of rules by product token, the most particular rule wins, `*` and `$` in
 * patterns. Also Crawl-delay, which is no part of the RFC but what many sites say. Nothing it reads is an error: unknown lines are passed over.
 */

interface Rule {
  readonly allow: boolean;
  readonly pattern: string;
}

interface Group {
  readonly agents: string[];
  readonly rules: Rule[];
  crawlDelay: number | undefined;
}

/** RFC 9309 section 2.5: at least 500 KiB have to be read; more is not. */
const MAX_CHARACTERS = 512_000;

export class Robots {
  private constructor(private readonly groups: readonly Group[]) {}

  static parse(text: string): Robots {
    const groups: Group[] = [];
    let naming = false;
    const lines = text
      .slice(0, MAX_CHARACTERS)
      .replace(/^\ufeff/, '')
      .split(/\r\n|\r|\n/);
    for (const line of lines) {
      const [, key = '', value = ''] = /^\s*([^:#]*?)\s*:\s*([^#]*?)\s*(?:#.*)?$/.exec(line) ?? [];
      const name = key.toLowerCase();
      const group = groups.at(-1);
      if (name === 'user-agent') {
        // Several names in a row share the rules that follow them (section 2.2.1).
        if (naming && group !== undefined) group.agents.push(value.toLowerCase());
        else groups.push({ agents: [value.toLowerCase()], rules: [], crawlDelay: undefined });
        naming = true;
        continue;
      }
      if (name === '' || group === undefined) continue;
      if (name === 'allow' || name === 'disallow') {
        naming = false;
        // An empty pattern matches nothing.
        if (value !== '') group.rules.push({ allow: name === 'allow', pattern: normalise(value) });
      } else if (name === 'crawl-delay') {
        naming = false;
        if (/^\d{1,6}(\.\d+)?$/.test(value)) group.crawlDelay ??= Number(value);
      }
    }
    return new Robots(groups);
  }

  /** May a crawler of this User-Agent fetch the path (with its query)? */
  allowed(agent: string, path: string): boolean {
    const target = normalise(path);
    if (target === '/robots.txt') return true;
    let best: Rule | undefined;
    for (const { rules } of this.of(agent)) {
      for (const rule of rules) {
        if (!matches(rule.pattern, target)) continue;
        // Section 2.2.2: the longest match; allow where two are as long.
        const longer = best === undefined || rule.pattern.length > best.pattern.length;
        if (longer || (rule.pattern.length === best!.pattern.length && rule.allow)) best = rule;
      }
    }
    return best?.allow ?? true;
  }

  /** Seconds between two requests, where the site asks for it. */
  crawlDelay(agent: string): number | undefined {
    return this.of(agent).find(({ crawlDelay }) => crawlDelay !== undefined)?.crawlDelay;
  }

  /** The groups for the product token of this agent, or those for all others. */
  private of(agent: string): readonly Group[] {
    const token = /^[a-z_-]+/i.exec(agent)?.[0].toLowerCase();
    const own = this.groups.filter(({ agents }) => token !== undefined && agents.includes(token));
    return own.length > 0 ? own : this.groups.filter(({ agents }) => agents.includes('*'));
  }
}

/** Percent-escapes in capital letters; of letters that need none, the letter (section 2.2.2). */
function normalise(path: string): string {
  return path.replace(/%([0-9a-f]{2})/gi, (escaped, digits: string) => {
    const char = String.fromCharCode(Number.parseInt(digits, 16));
    return /[A-Za-z0-9\-._~]/.test(char) ? char : escaped.toUpperCase();
  });
}

/** The pattern is a beginning of the path; `*` stands for anything, a `$` at its end for the end of the path. One pass, no backtracking beyond the last star. */
function matches(pattern: string, path: string): boolean {
  const anchored = pattern.endsWith('$');
  const pieces = (anchored ? pattern.slice(0, -1) : pattern).split('*');
  const [first = '', ...rest] = pieces;
  if (!path.startsWith(first)) return false;
  let at = first.length;
  for (const [i, piece] of rest.entries()) {
    const last = anchored && i === rest.length - 1;
    const found = last ? path.length - piece.length : path.indexOf(piece, at);
    if (found < at || (last && !path.endsWith(piece))) return false;
    at = found + piece.length;
  }
  return !anchored || at === path.length;
}

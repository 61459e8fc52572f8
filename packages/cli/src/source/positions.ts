/** From a position in code that runs to the line in the text that somebody wrote: by the source map that Node keeps, or that lies beside the published bundle. */
import { existsSync, readFileSync } from 'node:fs';
import { findSourceMap, SourceMap } from 'node:module';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where a position was written. */
export interface Origin {
  /** Names the file for people, and is its key. */
  readonly name: string;
  readonly line: number;
}

/** Programs of the house; the rest of it is not what a learner runs. */
const PROGRAMS = /[\\/]((?:userland|labs)[\\/]src[\\/].+)$/;
const HOUSE = /[\\/](?:node_modules|packages[\\/][a-z]+[\\/]src)[\\/]|^node:/;

/** Maps beside published bundles: they do not change while it runs, and to parse them takes longer than a short lab. By path. */
const bundledMaps = new Map<string, SourceMap | undefined>();

export class Positions {
  private readonly maps = new Map<string, SourceMap | undefined>();
  private readonly texts = new Map<string, string>();

  /** Undefined where the house's own code, or none, stands there. Lines and columns from 1, as stacks have them. */
  origin(script: string, line: number, column: number): Origin | undefined {
    const path = pathOf(script);
    const map = this.mapOf(script, path);
    if (map === undefined) return HOUSE.test(path) ? undefined : this.own(path, line);
    const entry = map.findEntry(line - 1, column - 1);
    if (!('originalSource' in entry)) return undefined;
    const name = PROGRAMS.exec(entry.originalSource)?.[1]?.replaceAll('\\', '/');
    if (name === undefined)
      return HOUSE.test(path) || isBundle(path) ? undefined : this.own(path, entry.originalLine + 1);
    if (!this.texts.has(name)) this.texts.set(name, textOf(map, entry.originalSource));
    return { name, line: entry.originalLine + 1 };
  }

  /** A file of the user's: its text is read when it is first met, before anybody edits it. */
  private own(path: string, line: number): Origin | undefined {
    const name = relative(process.cwd(), path).replaceAll('\\', '/');
    if (!this.texts.has(name)) {
      if (!existsSync(path)) return undefined;
      this.texts.set(name, readFileSync(path, 'utf8'));
    }
    return { name, line };
  }

  text(name: string): string {
    return this.texts.get(name) ?? '';
  }

  private mapOf(script: string, path: string): SourceMap | undefined {
    if (!this.maps.has(script)) this.maps.set(script, findSourceMap(script) ?? bundledMap(path));
    return this.maps.get(script);
  }
}

function pathOf(script: string): string {
  return script.startsWith('file:') ? fileURLToPath(script) : script;
}

function isBundle(path: string): boolean {
  return existsSync(`${path}.map`);
}

function bundledMap(path: string): SourceMap | undefined {
  if (!bundledMaps.has(path)) {
    const map = isBundle(path) ? new SourceMap(JSON.parse(readFileSync(`${path}.map`, 'utf8'))) : undefined;
    bundledMaps.set(path, map);
  }
  return bundledMaps.get(path);
}

/** A map need not carry the text: then the file is where the map says. */
function textOf({ payload }: SourceMap, source: string): string {
  const text = (payload.sourcesContent as readonly (string | null)[] | undefined)?.[payload.sources.indexOf(source)];
  if (typeof text === 'string') return text;
  const path = pathOf(source);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

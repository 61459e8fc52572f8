/** What the viewer says: every text of the page in both languages, a file for each of its parts. Terms are those of the glossary. */
import type { Language } from '../language.ts';
import * as commands from './viewer/commands.ts';
import * as details from './viewer/details.ts';
import * as ladder from './viewer/ladder.ts';
import * as lanes from './viewer/lanes.ts';
import * as packets from './viewer/packets.ts';
import * as page from './viewer/page.ts';
import * as plots from './viewer/plots.ts';
import * as source from './viewer/source.ts';
import * as time from './viewer/time.ts';
import * as topology from './viewer/topology.ts';

const en = {
  ...page.en,
  ...time.en,
  ...topology.en,
  ...packets.en,
  ...ladder.en,
  ...plots.en,
  ...lanes.en,
  ...source.en,
  ...details.en,
  ...commands.en,
};

export type ViewerMessages = typeof en;

const zh: ViewerMessages = {
  ...page.zh,
  ...time.zh,
  ...topology.zh,
  ...packets.zh,
  ...ladder.zh,
  ...plots.zh,
  ...lanes.zh,
  ...source.zh,
  ...details.zh,
  ...commands.zh,
};

export function viewerMessages(language: Language): ViewerMessages {
  return language === 'zh' ? zh : en;
}

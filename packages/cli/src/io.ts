/** Where the commands write, and in which language and colours: decided once, from the options and the environment. */
import { type Language, languageOf } from '@netarium/view/language.ts';
import { type Messages, messages } from '@netarium/view/messages/messages.ts';
import pico from 'picocolors';

export type Colors = ReturnType<typeof pico.createColors>;
export type ColorChoice = 'always' | 'never' | 'auto';

export interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Io extends Streams {
  readonly language: Language;
  readonly m: Messages;
  readonly colors: Colors;
  out(line: string): void;
  err(line: string): void;
}

export function ioOf(streams: Streams, language: Language, color: ColorChoice): Io {
  return {
    ...streams,
    language,
    m: messages(language),
    colors: pico.createColors(useColor(streams, color)),
    out: (line) => void streams.stdout.write(`${line}\n`),
    err: (line) => void streams.stderr.write(`${line}\n`),
  };
}

/** LC_ALL before LANG, as setlocale(3) has them; English where neither names one of ours. */
export function environmentLanguage(env: Streams['env']): Language {
  return languageOf(env.LC_ALL || env.LC_MESSAGES || env.LANG) ?? 'en';
}

/** --color, then NO_COLOR (no-color.org: set and not empty), then FORCE_COLOR, then whether a person looks at it. */
function useColor({ stdout, env }: Streams, choice: ColorChoice): boolean {
  if (choice !== 'auto') return choice === 'always';
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return stdout.isTTY === true && env.TERM !== 'dumb' && env.CI === undefined;
}

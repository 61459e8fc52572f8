/** Code that an answer shows. Python is run by tests under a real interpreter; shell lines stand as one types them. */
import type { Text } from '@netarium/core/check/lab.ts';

export interface Listing {
  readonly title: Text;
  readonly language: 'python' | 'shell' | 'sql';
  /** The same code, with remarks in either language. */
  readonly text: Text;
}

/** In `code` a remark stands in both languages, `# so ¦ 如此`; one without the bar is the same in both. */
export const listing = (language: Listing['language'], en: string, zh: string, code: string): Listing => ({
  title: { en, zh },
  language,
  text: { en: remarksOf(code, '$1'), zh: remarksOf(code, '$2') },
});

const remarksOf = (code: string, chosen: '$1' | '$2'): string =>
  code.trim().replaceAll(/# (.*) ¦ (.*)$/gm, `# ${chosen}`);

/** Code that an answer shows. Python is run by tests under a real interpreter; shell lines stand as one types them. */
import type { Text } from '@netarium/core/check/lab.ts';

export interface Listing {
  readonly title: Text;
  readonly language: 'python' | 'shell' | 'sql';
  readonly text: string;
}

export const listing = (language: Listing['language'], en: string, zh: string, text: string): Listing => ({
  title: { en, zh },
  language,
  text: text.trim(),
});

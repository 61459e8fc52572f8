/** The catalogue of sentences, by language. A sentence that one language lacks does not compile. */
import type { Language } from '../language.ts';
import { en, type Messages } from './en.ts';
import { zh } from './zh.ts';

export type { Messages } from './en.ts';

const byLanguage: Readonly<Record<Language, Messages>> = { en, zh };

export function messages(language: Language): Messages {
  return byLanguage[language];
}

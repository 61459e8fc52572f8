/** The two languages of everything that people read. */
import type { LabDefinition, Text } from '@netarium/core/check/lab.ts';

export type Language = 'en' | 'zh';

export function textIn(text: Text, language: Language): string {
  return text[language];
}

/** A lab's title; its id where it has none. */
export function titleIn({ id, title }: Pick<LabDefinition, 'id' | 'title'>, language: Language): string {
  return title === undefined ? id : textIn(title, language);
}

/** The language of a locale name as LC_ALL and LANG have it (`zh_CN.UTF-8`); undefined where neither of ours is meant. */
export function languageOf(locale: string | undefined): Language | undefined {
  const tag = /^([a-z]{2,3})(?=$|[_.@-])/i.exec(locale ?? '')?.[1]?.toLowerCase();
  return tag === 'zh' ? 'zh' : tag === 'en' ? 'en' : undefined;
}

/** Texts of a lab in YAML: one for both languages, or one for each. */
import type { Text } from '@netarium/core/check/lab.ts';
import { isMap, quote, type Shape } from '@netarium/core/check/shape.ts';

export function isText(value: unknown): value is string | Text {
  return (
    typeof value === 'string' ||
    (isMap(value) && typeof value.en === 'string' && typeof value.zh === 'string' && Object.keys(value).length === 2)
  );
}

/** A single text stands for both languages; anything else is left for the validation to refuse. */
export function asText(value: unknown): Text {
  return typeof value === 'string' ? { en: value, zh: value } : (value as Text);
}

/** A text that need not be quoted where YAML takes it for a number: `contains: 200`. */
export const aWord: Shape = (value, place) => {
  if (!['string', 'number', 'boolean'].includes(typeof value))
    place.report('not-a', { value: quote(value), expected: 'text' });
};

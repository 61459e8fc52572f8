/** A lab's text, with its code as code. */
import { codeParts } from '@netarium/view/marked/code-parts.ts';

export function Marked({ text }: { readonly text: string }) {
  return codeParts(text).map((part, i) =>
    part.code ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have no names
      <code key={i} translate="no">
        {part.text}
      </code>
    ) : (
      part.text
    ),
  );
}

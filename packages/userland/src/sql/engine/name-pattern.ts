/** LIKE of a SHOW statement, over names. */

/** LIKE over names: capitals and small letters are one. */
export function likeFilter(pattern: string | undefined): (text: string) => boolean {
  if (pattern === undefined) return () => true;
  const source = pattern.replace(/\\([%_\\])|([%_])|([.*+?^${}()|[\]\\])/g, (_, escapedChar, wild, special) =>
    escapedChar !== undefined
      ? `\\${escapedChar}`.replace(/\\([%_])/, '$1')
      : wild !== undefined
        ? wild === '%'
          ? '.*'
          : '.'
        : `\\${special}`,
  );
  const expression = new RegExp(`^${source}$`, 'is');
  return (text) => expression.test(text);
}

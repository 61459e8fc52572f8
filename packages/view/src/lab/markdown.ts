/** The small part of Markdown that labs' texts use, as plain paragraphs for a terminal: emphasis and code lose their marks, lists keep theirs. */

export function plainParagraphs(markdown: string): string[] {
  return markdown
    .replace(/\r\n?/g, '\n')
    .split(/\n\s*\n/)
    .flatMap((block) => (isList(block) ? block.split('\n') : [block.replace(/\s*\n\s*/g, ' ')]))
    .map((line) => inline(line.replace(/^#{1,6}\s+/, '')).trim())
    .filter((line) => line !== '');
}

function isList(block: string): boolean {
  return /^\s*([-*]|\d+\.)\s/.test(block);
}

function inline(text: string): string {
  return text
    .replace(/`([^`]+)`/g, '$1')
    .replace(/\*\*([^*]+)\*\*/g, '$1')
    .replace(/(^|[^*\w])\*([^*\s][^*]*)\*/g, '$1$2')
    .replace(/\[([^\]]+)\]\(([^)]+)\)/g, '$1 ($2)');
}

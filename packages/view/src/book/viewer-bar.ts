/** The bar above a lab's viewer in the handbook: the way back to the questions that the lab is shown for. Static, in the book's language. */
import type { Messages } from '../messages/messages.ts';
import { type BookQuestion, questionFile } from './book.ts';
import { type Html, h } from './html.ts';

/** More would take a second line. */
const QUESTIONS_MAX = 2;

/** In the viewer's own colours; the viewer below takes what is left of the window. */
const STYLE = `
.in-book { display: flex; flex-direction: column; }
.in-book #viewer { flex: 1; min-height: 0; height: auto; }
.book-bar { display: flex; gap: 4px 20px; padding: 6px 12px; border-bottom: 1px solid var(--line); background: var(--surface); overflow-x: auto; }
.book-bar a { color: var(--accent); white-space: nowrap; }
.book-bar a:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
@media print { .book-bar { display: none; } }`;

export function viewerBar(m: Messages, about: readonly Pick<BookQuestion, 'id' | 'question'>[]): Html {
  const links = about
    .slice(0, QUESTIONS_MAX)
    .map((question) => h('a', { href: `../${questionFile(question)}` }, question.question));
  return h(
    'nav',
    { class: 'book-bar', 'aria-label': m.book.brand },
    h('style', {}, STYLE),
    h('a', { href: '../index.html' }, `← ${m.book.brand}`),
    links,
  );
}

/** The frame of every page of the handbook: head, skip link, banner with search, main part, footer. */
import type { Book } from './book.ts';
import { type Content, documentText, h } from './html.ts';

/** Only the book's own style and scripts; nothing is fetched from anywhere else. */
const POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'";

export type Section = 'questions' | 'quiz' | 'terms';

const FILES: Readonly<Record<Section, string>> = { questions: 'index.html', quiz: 'quiz.html', terms: 'terms.html' };

export interface Page {
  readonly title: string;
  /** The part of the book that it belongs to, and whether it is that part's first page. */
  readonly section: Section;
  readonly first: boolean;
  readonly main: Content;
  /** Scripts beside the book's own. */
  readonly scripts?: readonly string[];
}

export const languageTag = ({ language }: Pick<Book, 'language'>): string => (language === 'zh' ? 'zh-CN' : 'en');

export function pageText(book: Book, page: Page): string {
  const { m } = book;
  const title = page.section === 'questions' && page.first ? m.book.title : `${page.title} – ${m.book.title}`;
  const head = h(
    'head',
    {},
    h('meta', { charset: 'utf-8' }),
    h('meta', { 'http-equiv': 'Content-Security-Policy', content: POLICY }),
    h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    h('title', {}, title),
    h('link', { rel: 'stylesheet', href: 'book.css' }),
    (page.scripts ?? []).map((src) => h('script', { defer: true, src })),
    h('script', { defer: true, src: 'book.js' }),
  );
  const body = h(
    'body',
    {},
    h('a', { class: 'skip', href: '#main' }, m.book.skip),
    banner(book, page),
    h('main', { id: 'main', tabindex: '-1' }, page.main),
    h('footer', {}, h('p', {}, m.book.footer(book.version))),
  );
  return documentText(h('html', { lang: languageTag(book) }, head, body));
}

function banner({ m }: Book, { section, first }: Page): Content {
  const link = (of: Section, text: string): Content => {
    const current = of === section ? (first ? 'page' : 'true') : undefined;
    return h('li', {}, h('a', { href: FILES[of], 'aria-current': current }, text));
  };
  const links = h(
    'ul',
    {},
    link('questions', m.book.questions),
    link('quiz', m.book.quiz),
    link('terms', m.book.terms),
  );
  const search = h(
    'form',
    { role: 'search', action: 'index.html', method: 'get' },
    h('label', { for: 'search' }, m.book.search),
    h('input', { id: 'search', type: 'search', name: 'q', autocomplete: 'off', placeholder: m.book.searchExample }),
    h('button', { type: 'submit' }, m.book.find),
  );
  return h(
    'header',
    {},
    h('p', { class: 'brand' }, h('a', { href: 'index.html' }, m.book.brand)),
    h('nav', { 'aria-label': m.book.parts }, links),
    search,
  );
}

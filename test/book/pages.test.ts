/** The handbook's pages without a browser: complete, valid HTML, no dead link, nothing untranslated, no text that becomes markup. */
import { questions } from '@netarium/labs/questions/questions.ts';
import { quizItems } from '@netarium/labs/quizzes/index.ts';
import { itemsOf } from '@netarium/labs/quizzes/select.ts';
import type { Book } from '@netarium/view/book/book.ts';
import { bookPages, searchScript } from '@netarium/view/book/pages.ts';
import { findQuestions, type Searchable } from '@netarium/view/questions/search.ts';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { beforeAll, describe, expect, test } from 'vitest';
import { bookIn } from './write-book.ts';

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

const isElement = (node: Node): node is Element => 'tagName' in node;
const childrenOf = (node: Node): readonly Node[] => ('childNodes' in node ? node.childNodes : []);
const attribute = (element: Element, name: string): string | undefined =>
  element.attrs.find((each) => each.name === name)?.value;

function elements(node: Node): Element[] {
  return childrenOf(node).flatMap((child) => [...(isElement(child) ? [child] : []), ...elements(child)]);
}

function textOf(node: Node): string {
  return 'value' in node ? node.value : childrenOf(node).map(textOf).join('');
}

/** Parses with the errors of the HTML Standard's own algorithm; there may be none. */
function parsed(html: string): Node {
  const errors: string[] = [];
  const document = parse(html, {
    sourceCodeLocationInfo: true,
    onParseError: ({ code, startLine, startCol }) => errors.push(`${startLine}:${startCol} ${code}`),
  });
  expect(errors).toEqual([]);
  return document;
}

const HOSTILE = '</script><img src=x onerror=alert(1)>';

describe.each(['en', 'zh'] as const)('in %s', (language) => {
  let book: Book;
  let pages: ReadonlyMap<string, string>;
  const trees = new Map<string, Node>();

  beforeAll(async () => {
    book = await bookIn(language);
    pages = bookPages(book);
    for (const [name, html] of pages) trees.set(name, parsed(html));
    // Every lab is loaded for its title.
  }, 120_000);

  test('after each answer: what is asked next, how it is looked at, tables and listings whole', () => {
    const plain = (text: string): string => text.replaceAll('`', '');
    for (const { id, next, atWork, table, listings } of questions) {
      const tree = trees.get(`${id.toLowerCase()}.html`)!;
      const said = textOf(tree);
      for (const text of [...next.flatMap((each) => [each.question, each.answer]), atWork])
        expect(said, id).toContain(plain(text[language]));
      expect(next.length, id).toBeGreaterThanOrEqual(2);
      const written = elements(tree).filter(({ tagName }) => tagName === 'pre');
      expect(written.map(textOf), id).toEqual(listings.map(({ text }) => text[language]));
      for (const row of table?.rows ?? []) {
        expect(row, id).toHaveLength(table!.head.length);
        for (const cell of row) expect(said, id).toContain(cell[language]);
      }
    }
    const asked = questions.filter(({ kind }) => kind === 'task').map(({ listings }) => listings.length);
    expect(Math.min(...asked)).toBeGreaterThan(0);
  });

  test('all 104 questions are there, each with answer, trap, use and one to three predictions', () => {
    expect(book.questions).toHaveLength(104);
    for (const { id, question, answer, trap, use } of questions) {
      const said = textOf(trees.get(`${id.toLowerCase()}.html`)!);
      for (const text of [question, answer, trap, use]) expect(said, id).toContain(text[language]);
      const items = elements(trees.get(`${id.toLowerCase()}.html`)!).filter(
        (each) => each.tagName === 'article' && attribute(each, 'class')?.startsWith('item'),
      );
      expect(items.length, id).toBeGreaterThanOrEqual(1);
      expect(items.length, id).toBeLessThanOrEqual(3);
      for (const item of items) expect(elements(item).filter(({ tagName }) => tagName === 'details')).toHaveLength(1);
    }
  });

  test('every link leads somewhere, and every id is the only one', () => {
    const ids = new Map<string, readonly string[]>();
    for (const [name, tree] of trees) {
      const all = elements(tree).flatMap((each) => attribute(each, 'id') ?? []);
      expect(new Set(all).size, name).toBe(all.length);
      ids.set(name, all);
    }
    for (const [name, tree] of trees)
      for (const link of elements(tree).flatMap((each) => attribute(each, 'href') ?? [])) {
        if (link === 'book.css') continue;
        const [file, fragment] = link.split('#') as [string, string?];
        const target = ids.get(file === '' ? name : file);
        expect(target, `${name}: ${link}`).toBeDefined();
        if (fragment !== undefined) expect(target, `${name}: ${link}`).toContain(fragment);
      }
  });

  test('landmarks, one h1, headings without gaps, a language, no inline script or style', () => {
    for (const [name, tree] of trees) {
      const all = elements(tree);
      const names = all.map(({ tagName }) => tagName);
      expect(attribute(all[0]!, 'lang'), name).toBe(language === 'zh' ? 'zh-CN' : 'en');
      for (const landmark of ['header', 'main', 'footer', 'h1'])
        expect(
          names.filter((tag) => tag === landmark),
          `${name}: ${landmark}`,
        ).toHaveLength(1);
      let level = 0;
      for (const heading of names.filter((tag) => /^h[1-6]$/.test(tag))) {
        expect(Number(heading[1]), name).toBeLessThanOrEqual(level + 1);
        level = Number(heading[1]);
      }
      for (const each of all) {
        expect(each.attrs.filter(({ name: key }) => key === 'style' || key.startsWith('on'))).toEqual([]);
        if (each.tagName === 'script') expect(attribute(each, 'src'), name).toBeDefined();
      }
    }
  });

  test('learners read no file name of the notes, nor a number of a claim or row', () => {
    for (const [name, tree] of trees) expect(textOf(tree), name).not.toMatch(/\.txt Q|[0-9a-f]{16}\.txt/);
  });
});

test('in Chinese nothing is left in English but terms, commands and what programs say', async () => {
  const pages = bookPages(await bookIn('zh'));
  // Words in a row, in small letters: not SQL, not names.
  const prose = /(?:\b[a-z]{2,}\b[ ,]+){4,}\b[a-z]{2,}\b/;
  const left: string[] = [];
  const look = (node: Node): void => {
    if (isElement(node) && (node.tagName === 'code' || attribute(node, 'lang') === 'en')) return;
    if ('value' in node && prose.test(node.value)) left.push(node.value);
    for (const child of childrenOf(node)) look(child);
  };
  for (const [name, html] of pages) if (name !== 'terms.html') look(parsed(html));
  expect(left).toEqual([]);
});

test('a text full of markup stays text, wherever it stands', async () => {
  const book = await bookIn('en');
  const [question] = book.questions;
  const item = {
    ...book.items[0]!,
    question: HOSTILE,
    unit: HOSTILE,
    why: HOSTILE,
    command: HOSTILE,
    choices: [{ letter: 'a', text: HOSTILE }],
  };
  const lab = { id: HOSTILE, title: HOSTILE, page: undefined };
  const claim = { id: 'C1', verdict: HOSTILE, claim: HOSTILE, truth: HOSTILE };
  const evidence = [{ at: HOSTILE, text: HOSTILE, verbatim: true, page: undefined }];
  const hostile = {
    ...question!,
    numbers: HOSTILE,
    question: HOSTILE,
    answer: HOSTILE,
    trap: HOSTILE,
    use: HOSTILE,
    rows: [HOSTILE],
    table: { head: [HOSTILE, HOSTILE], rows: [[HOSTILE, HOSTILE]] },
    listings: [{ title: HOSTILE, text: HOSTILE }],
    next: [{ question: HOSTILE, answer: `\`${HOSTILE}\`` }],
    atWork: HOSTILE,
    claims: [claim],
    labs: [lab],
    items: [{ ...item, lab, evidence, kind: 'one' as const, answer: ['a'] }],
  };
  const pages = bookPages({
    ...book,
    areas: book.areas.map((area) => ({ ...area, name: HOSTILE })),
    questions: [hostile],
    items: hostile.items,
    terms: [{ term: HOSTILE, other: HOSTILE, meaning: HOSTILE }],
  });
  for (const [name, html] of pages) {
    const all = elements(parsed(html));
    expect(
      all.filter(({ tagName }) => tagName === 'img'),
      name,
    ).toEqual([]);
    expect(
      all.filter(({ tagName, attrs }) => tagName === 'script' && attrs.every(({ name: key }) => key !== 'src')),
    ).toEqual([]);
  }
  expect(textOf(parsed(pages.get('q001.html')!)).split(HOSTILE).length - 1).toBeGreaterThan(12);
  const script = searchScript([
    {
      id: 'Q1',
      numbers: [],
      question: { en: HOSTILE, zh: '\u2028' },
      answer: { en: '', zh: '' },
      trap: { en: '', zh: '' },
      more: { en: HOSTILE, zh: '' },
    },
  ]);
  expect(script).not.toMatch(/<|\u2028/);
});

test('the words to search in find what they should', () => {
  const scope: { netariumQuestions?: readonly Searchable[] } = {};
  // The page's global, in a scope of its own.
  new Function('globalThis', searchScript(questions))(scope);
  const best = (query: string): string | undefined => findQuestions(query, scope.netariumQuestions!)[0]?.question.id;
  expect(best('粘包')).toBe('Q028');
  expect(best('sticky packets')).toBe('Q028');
  expect(best('三次握手')).toBe('Q014');
  expect(best('TIME_WAIT')).toBe('Q015');
  expect(best('time wait')).toBe('Q015');
  expect(best('connection refused')).toBe('Q049');
  for (const [word, id] of [
    ['惊群', 'Q031'],
    ['SYN 洪水', 'Q019'],
    ['JWT', 'Q042'],
    ['502', 'Q040'],
    ['证书', 'Q051'],
    ['websocket', 'Q060'],
    ['脑裂', 'Q055'],
    ['back-pressure', 'Q081'],
    ['零窗口', 'Q021'],
  ] as const)
    expect(
      findQuestions(word, scope.netariumQuestions!).map(({ question }) => question.id),
      word,
    ).toContain(id);
  expect(scope.netariumQuestions).toHaveLength(104);
});

test('each item stands on the page of a question, and each question with a lab has one', () => {
  const placed = new Set(questions.flatMap((question) => itemsOf(question).map(({ id }) => id)));
  const areas = new Set(quizItems.map(({ rows: [row] }) => row));
  expect(areas.size).toBeGreaterThan(50);
  expect(quizItems.map(({ id }) => id).filter((id) => !placed.has(id)).length).toBeLessThan(quizItems.length / 4);
  // Their systems have no lab yet: WSGI, firewalls, LVS, keepalived.
  const withoutRun = questions.filter((question) => itemsOf(question).length === 0).map(({ id }) => id);
  expect(withoutRun).toEqual(['Q044', 'Q045', 'Q046', 'Q047', 'Q053', 'Q055'].filter((id) => withoutRun.includes(id)));
  for (const { id, kind } of questions)
    if (kind === 'quiz') expect(itemsOf(questions.find((each) => each.id === id)!)[0]?.quiz).toBe(id);
});

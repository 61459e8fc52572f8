/** The pages of the handbook, by file name: an index by topic, a page for each question, the quiz, the terms, and the words to search in. */
import type { Searchable } from '../questions/search.ts';
import { type Book, type BookQuestion, type BookTable, claimsToPredict, questionFile } from './book.ts';
import { type Content, code, type Html, h, marked } from './html.ts';
import { claimArticle, itemArticle, labLink, verdictMark } from './item.ts';
import { languageTag, pageText } from './layout.ts';

const CLAIMS_TO_PREDICT = 2;

export function bookPages(book: Book): ReadonlyMap<string, string> {
  const pages = new Map<string, string>([
    ['index.html', indexPage(book)],
    ['quiz.html', quizPage(book)],
    ['terms.html', termsPage(book)],
  ]);
  for (const [at, question] of book.questions.entries())
    pages.set(questionFile(question), questionPage(book, question, book.questions[at - 1], book.questions[at + 1]));
  return pages;
}

/** What the search box looks through, as a script: both languages, since captures and colleagues mix them. */
export function searchScript(all: readonly Searchable[]): string {
  const words = all.map(({ id, numbers, question, answer, trap, more }) => ({
    id,
    numbers,
    question,
    answer,
    trap,
    more,
  }));
  // Inside a script file only U+2028 and U+2029 are not what JSON says; `<` is written so that the file may be inlined too.
  const json = JSON.stringify(words)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
  return `globalThis.netariumQuestions = ${json};\n`;
}

function grouped<T extends { readonly area: string }>(book: Book, all: readonly T[]) {
  return book.areas
    .map((area) => ({ area, members: all.filter((each) => each.area === area.id) }))
    .filter(({ members }) => members.length > 0);
}

function contents(book: Book, groups: ReturnType<typeof grouped>, label: string): Html {
  const links = groups.map(({ area, members }) =>
    h(
      'li',
      {},
      h('a', { href: `#${area.id.toLowerCase()}` }, area.name),
      ' ',
      h('span', { class: 'count' }, book.m.book.count(String(members.length))),
    ),
  );
  return h('nav', { class: 'contents', 'aria-label': label }, h('ul', {}, links));
}

function indexPage(book: Book): string {
  const { m } = book;
  const groups = grouped(book, book.questions);
  const sections = groups.map(({ area, members }) =>
    h(
      'section',
      { 'aria-labelledby': area.id.toLowerCase() },
      h('h2', { id: area.id.toLowerCase() }, area.name),
      h(
        'ul',
        { class: 'questions' },
        members.map((question) =>
          h('li', {}, h('a', { href: questionFile(question) }, question.question), ' ', number(book, question)),
        ),
      ),
    ),
  );
  const results = h(
    'section',
    {
      id: 'results',
      'aria-labelledby': 'results-heading',
      hidden: true,
      'data-none': m.book.noResult,
      'data-found': m.book.found,
      'data-notes': m.book.notesNumber,
      'data-also': m.book.also,
      'data-lang': book.language,
    },
    h('h2', { id: 'results-heading' }, m.book.results),
    h('p', { id: 'results-count', role: 'status' }),
    h('ul', { id: 'results-list', class: 'questions' }),
  );
  const main = [
    h('h1', {}, m.book.title),
    h('p', { class: 'lead' }, m.book.lead(String(book.questions.length), String(book.items.length))),
    h('noscript', {}, h('p', {}, m.book.noScript)),
    results,
    h('div', { id: 'topics' }, contents(book, groups, m.book.topics), sections),
  ];
  return pageText(book, { title: m.book.title, section: 'questions', first: true, main, scripts: ['questions.js'] });
}

function number({ m }: Book, { numbers }: BookQuestion): Content {
  return numbers === '' ? undefined : h('span', { class: 'count' }, m.book.inNotes(numbers));
}

function questionPage(
  book: Book,
  question: BookQuestion,
  before: BookQuestion | undefined,
  after: BookQuestion | undefined,
): string {
  const { m } = book;
  const area = book.areas.find(({ id }) => id === question.area);
  const main = [
    h(
      'p',
      { class: 'kicker' },
      question.numbers === '' ? m.book.notesTopic : m.book.notes(question.numbers),
      ' · ',
      h('a', { href: `index.html#${question.area.toLowerCase()}` }, area?.name ?? question.area),
    ),
    h('h1', {}, question.question),
    section('predict', m.book.predict, predictions(book, question)),
    section('answer', m.ask.answer, answer(book, question)),
    section('trap', m.ask.trap, h('p', {}, question.trap)),
    section('use', m.ask.use, h('p', {}, question.use)),
    section('work', m.ask.atWork, h('p', {}, marked(question.atWork))),
    section('see', m.ask.seeIt, seeIt(book, question)),
    section('next', m.ask.next, question.next.map(followUp)),
    question.claims.length === 0 ? undefined : section('claims', m.ask.claims, claimTable(book, question)),
    h(
      'nav',
      { class: 'neighbours', 'aria-label': m.book.neighbours },
      before === undefined
        ? undefined
        : h('a', { rel: 'prev', href: questionFile(before) }, m.book.previous(before.question)),
      after === undefined ? undefined : h('a', { rel: 'next', href: questionFile(after) }, m.book.next(after.question)),
    ),
  ];
  return pageText(book, { title: question.question, section: 'questions', first: false, main });
}

function answer({ m }: Book, { answer: text, table, listings }: BookQuestion): Content {
  const blocks = listings.map((listing) =>
    h(
      'figure',
      {},
      h('figcaption', {}, listing.title),
      h('pre', { tabindex: '0' }, h('code', { translate: 'no' }, listing.text)),
    ),
  );
  return [h('p', {}, text), table === undefined ? undefined : comparison(m.book.comparison, table), blocks];
}

function comparison(label: string, { head, rows }: BookTable): Html {
  const body = rows.map(([name, ...cells]) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, name),
      cells.map((cell) => h('td', {}, cell)),
    ),
  );
  return wide(label, 'comparison', head, body);
}

/** An empty first head is a cell, not a heading: nothing would be read out for it. */
const headCell = (text: string): Html => (text === '' ? h('td', {}) : h('th', { scope: 'col' }, text));

function wide(label: string, kind: string, head: readonly string[], rows: readonly Html[]): Html {
  return h(
    'div',
    { class: 'wide', tabindex: '0', role: 'group', 'aria-label': label },
    h('table', { class: kind }, h('thead', {}, h('tr', {}, head.map(headCell))), h('tbody', {}, rows)),
  );
}

function followUp({ question, answer: text }: BookQuestion['next'][number]): Html {
  return h('details', { class: 'next' }, h('summary', {}, marked(question)), h('p', {}, marked(text)));
}

function section(id: string, heading: string, ...content: readonly Content[]): Html {
  return h('section', { class: id, 'aria-labelledby': id }, h('h2', { id }, heading), content);
}

function predictions(book: Book, { items, claims }: BookQuestion): Content {
  if (items.length > 0) return items.map((item) => itemArticle(book, item, 3));
  return claimsToPredict(claims, CLAIMS_TO_PREDICT).map((claim) => claimArticle(book, claim, 3));
}

function seeIt({ m }: Book, { labs, rows }: BookQuestion): Content {
  const shown = labs.map((lab) => h('li', {}, labLink(lab)));
  return [
    labs.length === 0 ? h('p', {}, m.ask.noLab) : h('ul', { class: 'labs' }, shown),
    h('p', { class: 'hint' }, m.book.about(rows.join(m.book.and))),
  ];
}

function claimTable({ m }: Book, { claims }: BookQuestion): Html {
  const rows = claims.map(({ claim, verdict, truth }) =>
    h('tr', {}, h('th', { scope: 'row' }, claim), h('td', {}, verdictMark(m, verdict)), h('td', {}, truth)),
  );
  return wide(m.ask.claims, 'claim-table', [m.book.claim, m.book.verdict, m.book.truth], rows);
}

function quizPage(book: Book): string {
  const { m } = book;
  const groups = grouped(book, book.items);
  const sections = groups.map(({ area, members }) =>
    h(
      'section',
      { 'aria-labelledby': area.id.toLowerCase() },
      h('h2', { id: area.id.toLowerCase() }, area.name),
      members.map((item) => itemArticle(book, item, 3)),
    ),
  );
  const main = [
    h('h1', {}, m.book.quizTitle),
    h('p', { class: 'lead' }, m.book.quizLead, ' ', code('netarium quiz')),
    contents(book, groups, m.book.topics),
    sections,
  ];
  return pageText(book, { title: m.book.quizTitle, section: 'quiz', first: true, main });
}

function termsPage(book: Book): string {
  const { m } = book;
  const other = languageTag({ language: book.language === 'zh' ? 'en' : 'zh' });
  const rows = book.terms.map(({ term, other: there, meaning }) =>
    h('tr', {}, h('th', { scope: 'row' }, term), h('td', { lang: other }, there), h('td', {}, meaning)),
  );
  const main = [
    h('h1', {}, m.book.termsTitle),
    h('p', { class: 'lead' }, m.book.termsLead),
    wide(m.book.termsTitle, 'terms', [m.book.term, m.book.otherLanguage, m.book.meaning], rows),
  ];
  return pageText(book, { title: m.book.termsTitle, section: 'terms', first: true, main });
}

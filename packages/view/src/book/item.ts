/** A predict-first question: the choices, and behind a disclosure what the run gave. The page's script turns the choices into controls. */
import type { Book, BookClaim, BookItem, BookLab } from './book.ts';
import { type Content, code, type Html, h } from './html.ts';

export function labLink({ id, title, page }: BookLab): Content {
  if (page === undefined) return [title, ' ', code(`netarium run ${id}`)];
  return [h('a', { href: page }, title), ' ', code(`netarium run ${id}`)];
}

/** `level`: the heading's, one below that of the part it stands in. */
export function itemArticle(book: Book, item: BookItem, level: 2 | 3): Html {
  const { m } = book;
  const name = `item-${item.id}`;
  const data = {
    'data-kind': item.kind,
    'data-answer': item.answer.join(' '),
    'data-tolerance': String(item.tolerance),
    'data-right': m.book.right,
    'data-wrong': m.book.wrong,
    'data-check': m.book.check,
    'data-number': m.book.yourNumber(item.unit),
    'data-up': m.book.up,
    'data-down': m.book.down,
  };
  const choices = item.choices.map(({ letter, text }) => h('li', { 'data-letter': letter }, text));
  return h(
    'article',
    { class: 'item', id: name, ...data },
    h(`h${level}`, { id: `${name}-question` }, item.question),
    h('p', { class: 'hint' }, m.book.kinds[item.kind]!),
    item.kind === 'number' ? undefined : h('ol', { class: 'choices', type: 'a' }, choices),
    h('details', {}, h('summary', {}, m.book.reveal), revealed(book, item)),
  );
}

function revealed({ m }: Book, item: BookItem): Content {
  const texts = item.answer.map((letter) => {
    const choice = item.choices.find((each) => each.letter === letter);
    return choice === undefined ? `${letter} ${item.unit}`.trim() : `${letter}. ${choice.text}`;
  });
  const rows = item.evidence.map(({ at, text, verbatim, page }) =>
    h(
      'tr',
      {},
      h('td', { class: 'at' }, page === undefined ? at : h('a', { href: page }, at)),
      h('td', { lang: verbatim ? 'en' : undefined }, text),
    ),
  );
  return [
    h(
      'p',
      { class: 'answer' },
      h('strong', {}, m.book.runGave),
      ' ',
      texts.join(item.kind === 'order' ? ' → ' : m.book.and) || m.book.undecided,
    ),
    h('p', {}, item.why),
    h(
      'table',
      { class: 'evidence' },
      h('caption', {}, m.book.evidence),
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, m.book.at), h('th', { scope: 'col' }, m.book.what))),
      h('tbody', {}, rows),
    ),
    h(
      'p',
      { class: 'command' },
      m.book.again,
      ' ',
      item.lab.page === undefined ? item.lab.title : h('a', { href: item.lab.page }, item.lab.title),
      ' ',
      code(item.command),
    ),
  ];
}

/** Where no lab shows the question yet: a claim of the notes to be judged. */
export function claimArticle({ m }: Book, { id, claim, verdict, truth }: BookClaim, level: 2 | 3): Html {
  const name = `claim-${id.toLowerCase()}`;
  return h(
    'article',
    { class: 'item claim', id: name },
    h(`h${level}`, {}, m.book.isItTrue(claim)),
    h('p', { class: 'hint' }, m.book.noRun),
    h('details', {}, h('summary', {}, m.book.revealClaim), h('p', {}, verdictMark(m, verdict), ' ', truth)),
  );
}

export function verdictMark(m: Book['m'], verdict: string): Html {
  return h('strong', { class: `verdict ${verdict}` }, m.ask.claimVerdicts[verdict] ?? verdict);
}

/** Searches the questions as `netarium ask` does, while a person types, and lists what was found in place of the topics. */
import { findQuestions, type Searchable } from '@netarium/view/questions/search.ts';

declare global {
  // A global of the script that the book writes beside the index.
  var netariumQuestions: readonly Searchable[] | undefined;
}

const SHOWN_MAX = 30;

export function showResults(page: Document, query: string): void {
  const questions = globalThis.netariumQuestions;
  const section = page.getElementById('results');
  const input = page.getElementById('search') as HTMLInputElement | null;
  if (questions === undefined || section === null || input === null) return;
  const show = (): void => list(page, section, input.value, questions);
  input.value = query;
  input.addEventListener('input', show);
  input.form?.addEventListener('submit', (event) => {
    event.preventDefault();
    // The address is what is shown, so that it can be sent to somebody.
    history.replaceState(
      undefined,
      '',
      input.value === '' ? location.pathname : `?q=${encodeURIComponent(input.value)}`,
    );
    show();
    page.getElementById('results-heading')?.scrollIntoView();
  });
  show();
}

function list(page: Document, section: HTMLElement, query: string, questions: readonly Searchable[]): void {
  const empty = query.trim() === '';
  section.hidden = empty;
  page.getElementById('topics')!.hidden = !empty;
  const found = empty ? [] : findQuestions(query, questions).slice(0, SHOWN_MAX);
  const { none = '', found: some = '', notes = '', also = ' ', lang } = section.dataset;
  page.getElementById('results-count')!.textContent =
    found.length === 0 ? none : some.replace('{n}', String(found.length));
  const entries = found.map(({ question: { id, numbers, question } }) => {
    const entry = page.createElement('li');
    const link = page.createElement('a');
    link.href = `${id.toLowerCase()}.html`;
    link.textContent = lang === 'zh' ? question.zh : question.en;
    entry.append(link);
    if (numbers.length > 0) {
      const where = page.createElement('span');
      where.className = 'count';
      where.textContent = notes.replace('{n}', numbers.join(also));
      entry.append(' ', where);
    }
    return entry;
  });
  page.getElementById('results-list')!.replaceChildren(...entries);
}

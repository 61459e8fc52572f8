/** The line in which a display filter is typed, with the fields that go on from what stands there, and what is wrong with it. */
import { completionsOf } from '@netarium/view/packets/filters.ts';
import { filterOf } from '@netarium/view/packets/packet-list.ts';
import { useMemo } from 'react';
import { useMessages, useShared, useView } from './context.tsx';

export function FilterLine() {
  const { store } = useShared();
  const m = useMessages();
  const filter = useView((state) => state.filter);
  const language = useView((state) => state.language);
  const problem = useMemo(() => {
    const found = filterOf(filter, language);
    return found.ok ? '' : found.problem;
  }, [filter, language]);
  return (
    <>
      <label className="grow">
        <span className="hidden">{m.filter}</span>
        <input
          id="filter"
          list="fields"
          spellCheck={false}
          autoComplete="off"
          placeholder={`${m.filter}: ${m.filterHint}`}
          value={filter}
          aria-invalid={problem !== ''}
          aria-describedby="filter-problem"
          onChange={(event) => store.set({ filter: event.target.value })}
        />
        <datalist id="fields">
          {completionsOf(filter).map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </label>
      <pre id="filter-problem" className="problem" role="alert">
        {problem}
      </pre>
    </>
  );
}

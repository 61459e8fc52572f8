/** The lab's story and its checks: each line is a way to its moment. */
import { textIn } from '@netarium/view/language.ts';
import { useRef } from 'react';
import { BookmarkList } from './bookmarks.tsx';
import { useMessages, useShared, useView } from './context.tsx';
import { Marked } from './marked.tsx';
import { secondsText } from './time-text.ts';
import { useInSight } from './use-in-sight.ts';

const SIGNS = { met: '✓', 'not met': '✗', 'could not be judged': '?' } as const;

export function Story() {
  const { model, store } = useShared();
  const m = useMessages();
  const language = useView((state) => state.language);
  const { story, checks, problems, text } = model.recording;
  const current = useView(({ nowNs }) => story.findLastIndex(({ atNs }) => atNs <= nowNs));
  const pane = useRef<HTMLElement>(null);
  useInSight(pane, current);
  const go = (atNs: number, packet = 0): void =>
    store.set({ nowNs: atNs, playing: false, ...(packet === 0 ? {} : { selection: { kind: 'packet', packet } }) });
  return (
    <nav className="story" aria-label={m.story} data-part="story" ref={pane}>
      <p className="about">
        <Marked text={textIn(text, language)} />
      </p>
      <h2>{m.story}</h2>
      <ol>
        {story.map((line, i) => (
          <li key={`${line.atNs} ${line.text.en}`} aria-current={i === current ? 'step' : undefined}>
            <button type="button" onClick={() => go(line.atNs)}>
              <span className="time">{secondsText(line.atNs)}</span> {line.mark !== '' && <b>{line.mark}</b>}{' '}
              <Marked text={textIn(line.text, language)} />
            </button>
          </li>
        ))}
      </ol>
      <h2>{m.checks}</h2>
      {checks.length === 0 && <p className="hint">{m.noChecks}</p>}
      <ul className="checks">
        {checks.map(({ id, verdict, text: said, saw, atNs, packet }) => (
          <li key={id} className={verdict.replaceAll(' ', '-')}>
            <button type="button" disabled={atNs < 0} onClick={() => go(atNs, packet)}>
              <span aria-hidden="true">{SIGNS[verdict]}</span> <span className="hidden">{m.verdicts[verdict]}: </span>
              <Marked text={textIn(said, language)} />
            </button>
            {saw !== '' && <p className="meta">{m.saw(saw)}</p>}
          </li>
        ))}
      </ul>
      <BookmarkList />
      {problems.length > 0 && (
        <>
          <h2>{m.problems}</h2>
          <ul>
            {problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </>
      )}
    </nav>
  );
}

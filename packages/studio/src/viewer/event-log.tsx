/** What happens, for who listens: a log that speaks the events as time passes them, not oftener than anybody could follow. */
import { eventText } from '@netarium/view/explain/event-text.ts';
import { textIn } from '@netarium/view/language.ts';
import { happened } from '@netarium/view/steps/happened.ts';
import { useEffect, useState } from 'react';
import { useMessages, useShared, useView } from './context.tsx';
import { secondsText } from './time-text.ts';

const AT_A_TIME = 3;
const KEPT = 12;
const EVERY_MS = 400;
const EVERY_MS_PLAYING = 1500;

export function EventLog() {
  const { model, store } = useShared();
  const m = useMessages();
  const language = useView((state) => state.language);
  const [said, setSaid] = useState<readonly { readonly key: number; readonly event: number }[]>([]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let told = store.get().nowNs;
    let key = 0;
    const tell = (): void => {
      timer = undefined;
      const { nowNs } = store.get();
      const news = happened(model.recording, told, nowNs, AT_A_TIME).map((event) => ({ key: key++, event }));
      told = nowNs;
      if (news.length > 0) setSaid((before) => [...before, ...news].slice(-KEPT));
    };
    const changed = (): void => {
      const { nowNs, playing } = store.get();
      if (nowNs !== told) timer ??= setTimeout(tell, playing ? EVERY_MS_PLAYING : EVERY_MS);
    };
    const ignore = store.subscribe(changed);
    return () => {
      ignore();
      clearTimeout(timer);
    };
  }, [model, store]);
  const { recording } = model;
  const { events, hosts } = recording;
  return (
    <div role="log" aria-label={m.log} className="hidden">
      {said.map(({ key, event }) => (
        <p key={key}>
          {secondsText(events.atNs[event]!)} s, {hosts[events.host[event]!]}:{' '}
          {textIn(eventText(recording, event), language)}
        </p>
      ))}
    </div>
  );
}

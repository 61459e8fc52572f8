/** Every event of the run, each as a sentence. */
import { eventText } from '@netarium/view/explain/event-text.ts';
import { textIn } from '@netarium/view/language.ts';
import { above } from '@netarium/view/timeline/timeline.ts';
import { useCallback } from 'react';
import { useViewer } from './context.tsx';
import { useMenuOn } from './menu.tsx';
import { Rows } from './rows.tsx';
import { secondsText } from './time-text.ts';

const ROW_HEIGHT = 26;

export function EventsPane() {
  const { m, model, state, store } = useViewer();
  const { recording } = model;
  const { events, kinds, hosts } = recording;
  const current = above(events.atNs, state.nowNs) - 1;
  const menuOn = useMenuOn();
  const chosen = state.selection.kind === 'event' ? state.selection.index : -1;
  const { language } = state;
  const row = useCallback(
    (index: number) => {
      const sentence = textIn(eventText(recording, index), language);
      return (
        <>
          <span className="time">{secondsText(events.atNs[index]!)}</span>
          <span className="host">{hosts[events.host[index]!]}</span>
          <span className="kind">{kinds[events.kind[index]!]}</span>
          <span className="sentence" title={sentence}>
            {sentence}
          </span>
        </>
      );
    },
    [recording, events, kinds, hosts, language],
  );
  return (
    <Rows
      count={events.atNs.length}
      rowHeight={ROW_HEIGHT}
      label={m.panes.events}
      chosen={chosen}
      inSight={chosen >= 0 ? chosen : current}
      onChoose={(index) =>
        store.set({ selection: { kind: 'event', index }, nowNs: events.atNs[index]!, playing: false })
      }
      onMenu={(index, event) => menuOn(event, { kind: 'event', index })}
      rowClass={(index) => `event-row${index > current ? ' later' : ''}`}
      row={row}
    />
  );
}

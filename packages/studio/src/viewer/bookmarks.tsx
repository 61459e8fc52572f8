/** The instants that the person marked: ways to them, their names, and the list to take along. */
import { renamed, toggled } from '@netarium/view/bookmarks/bookmarks.ts';
import { downloadBookmarks, go, toggleBookmark } from './actions.ts';
import { useMessages, useShared, useView } from './context.tsx';
import { secondsText } from './time-text.ts';

export function BookmarkList() {
  const shared = useShared();
  const { store } = shared;
  const m = useMessages();
  const bookmarks = useView((state) => state.bookmarks);
  return (
    <>
      <h2>{m.bookmarks}</h2>
      <ul className="bookmarks">
        {bookmarks.map(({ atNs, name }) => {
          const at = secondsText(atNs);
          return (
            <li key={atNs}>
              <button type="button" className="time" onClick={() => go(shared, atNs)}>
                {at}
              </button>
              <input
                value={name}
                aria-label={m.bookmarkName(at)}
                onChange={(event) => store.set({ bookmarks: renamed(bookmarks, atNs, event.target.value) })}
              />
              <button
                type="button"
                className="remove"
                aria-label={m.bookmarkRemove(at)}
                title={m.bookmarkRemove(at)}
                onClick={() => store.set({ bookmarks: toggled(bookmarks, atNs) })}
              >
                ×
              </button>
            </li>
          );
        })}
      </ul>
      <div className="choices">
        <button type="button" onClick={() => toggleBookmark(shared)}>
          {m.bookmarkHere}
        </button>
        {bookmarks.length > 0 && (
          <button type="button" onClick={() => downloadBookmarks(shared)}>
            {m.bookmarkList}
          </button>
        )}
      </div>
    </>
  );
}

/** How far the files are that take a while. */
import { useSyncExternalStore } from 'react';
import { useMessages, useShared } from './context.tsx';

export function FilesInMaking() {
  const { files } = useShared();
  const m = useMessages();
  const making = useSyncExternalStore(files.subscribe, files.get);
  if (making.length === 0) return null;
  return (
    <ul className="making" aria-label={m.filesInMaking}>
      {making.map((file, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two may have the same name
        <li key={i}>
          <label>
            {file.name} <progress value={file.part} />
          </label>
          <button type="button" onClick={() => files.giveUp(file)}>
            {m.giveUp}
          </button>
        </li>
      ))}
    </ul>
  );
}

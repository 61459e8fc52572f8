/** The page's entry: reads the recording that the page carries and shows it, or says what is wrong with it. */
import { languageOf } from '@netarium/view/language.ts';
import { viewerMessages } from '@netarium/view/messages/viewer.ts';
import { createRoot } from 'react-dom/client';
import { SharedContext } from './context.tsx';
import { embeddedRecording } from './embedded.ts';
import { Model } from './model.ts';
import { Store, stateFromHash } from './state.ts';
import { Viewer } from './viewer.tsx';

const language = languageOf(navigator.language) ?? 'en';
const root = createRoot(document.getElementById('viewer')!);
root.render(<p className="hint">{viewerMessages(language).loading}</p>);
embeddedRecording().then(
  (recording) => {
    const model = new Model(recording);
    const store = new Store(stateFromHash(location.hash, { ...model.firstLook(), language }));
    root.render(
      <SharedContext.Provider value={{ model, store }}>
        <Viewer />
      </SharedContext.Provider>,
    );
  },
  (error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    root.render(
      <p role="alert" className="broken">
        {viewerMessages(language).broken}: {why}
      </p>,
    );
  },
);

/** The page's entry: reads the recording that the page carries and shows it, or says what is wrong with it. */
import { languageOf } from '@netarium/view/language.ts';
import { viewerMessages } from '@netarium/view/messages/viewer.ts';
import { Component, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { SharedContext } from './context.tsx';
import { embeddedRecording } from './embedded.ts';
import { Files } from './files.ts';
import { Model } from './model.ts';
import { nextTask, whileIdle } from './next-task.ts';
import { Store, stateFromHash, type ViewState } from './state.ts';
import { Viewer } from './viewer.tsx';

const language = languageOf(navigator.language) ?? 'en';
const { broken, loading } = viewerMessages(language);

function Broken({ why }: { readonly why: string }) {
  return (
    <p role="alert" className="broken">
      {broken}: {why}
    </p>
  );
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A recording that passed every check and cannot be drawn all the same is no blank page. */
class Boundary extends Component<{ readonly children: ReactNode }, { readonly why: string | undefined }> {
  override state = { why: undefined };

  static getDerivedStateFromError(error: unknown): { why: string } {
    return { why: textOf(error) };
  }

  override render(): ReactNode {
    const { why } = this.state;
    return why === undefined ? this.props.children : <Broken why={why} />;
  }
}

const root = createRoot(document.getElementById('viewer')!);
function progress(part: number): void {
  root.render(
    <p className="hint">
      {loading} {Math.floor(100 * part)} %
    </p>,
  );
}

async function show(): Promise<void> {
  const model = new Model(await embeddedRecording(progress));
  await nextTask();
  const initial = (): ViewState => stateFromHash(location.hash, { ...model.firstLook(), language });
  for (const _ of model.preparing(initial().pane)) await nextTask();
  const store = new Store(initial());
  root.render(
    <SharedContext.Provider value={{ model, store, files: new Files() }}>
      <Boundary>
        <Viewer />
      </Boundary>
    </SharedContext.Provider>,
  );
  void whileIdle(model.preparingNext());
}

show().catch((error: unknown) => root.render(<Broken why={textOf(error)} />));

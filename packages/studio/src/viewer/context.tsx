/** What every component has at hand: the recording's models, the state, the words. */
import { type ViewerMessages, viewerMessages } from '@netarium/view/messages/viewer.ts';
import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Files } from './files.ts';
import type { Model } from './model.ts';
import type { Store, ViewState } from './state.ts';

export interface Shared {
  readonly model: Model;
  readonly store: Store;
  readonly files: Files;
}

export const SharedContext = createContext<Shared | undefined>(undefined);

export interface Viewing extends Shared {
  readonly state: ViewState;
  readonly m: ViewerMessages;
}

export function useShared(): Shared {
  const shared = useContext(SharedContext);
  if (shared === undefined) throw new Error('a component outside of the viewer');
  return shared;
}

/** A part of the state: whoever takes no more is not drawn anew at each instant. Takes values that are equal as long as they are the same. */
export function useView<T>(select: (state: ViewState) => T): T {
  const { store } = useShared();
  return useSyncExternalStore(store.subscribe, () => select(store.get()));
}

export function useMessages(): ViewerMessages {
  return viewerMessages(useView(({ language }) => language));
}

/** Everything, at every instant. */
export function useViewer(): Viewing {
  const shared = useShared();
  const state = useSyncExternalStore(shared.store.subscribe, shared.store.get);
  return { ...shared, state, m: viewerMessages(state.language) };
}

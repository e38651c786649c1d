import { Component, type ReactNode } from 'react';
import { useStore } from './hooks/use-store.js';
import type { OwnKeys } from './keys.js';
import type { Context } from './layout/context.js';
import { ConnectionsScreen } from './screens/ConnectionsScreen.js';
import { FindingScreen } from './screens/FindingScreen.js';
import { FindingsScreen } from './screens/FindingsScreen.js';
import { LadderScreen } from './screens/LadderScreen.js';
import { MenuScreen } from './screens/MenuScreen.js';
import { OverviewScreen } from './screens/OverviewScreen.js';
import { PacketScreen } from './screens/PacketScreen.js';
import { ServersScreen } from './screens/ServersScreen.js';
import { TextScreen } from './screens/TextScreen.js';
import { TooSmallScreen } from './screens/TooSmallScreen.js';
import { MIN_COLUMNS, MIN_ROWS } from './state/geometry.js';
import { topOf } from './state/state.js';
import type { Store } from './store.js';

/** What the application is mounted with. */
export interface AppProps {
  readonly store: Store;
  /** All of the context but the state. */
  readonly fixed: Omit<Context, 'state' | 'theme'> & { readonly theme: () => Context['theme'] };
  readonly keys: OwnKeys;
  /** A component threw: the application has to end. */
  readonly onError: (error: unknown) => void;
}

/** The screen that is shown. */
export function App({ store, fixed, keys, onError }: AppProps) {
  return (
    <Guard onError={onError}>
      <CurrentScreen store={store} fixed={fixed} keys={keys} />
    </Guard>
  );
}

function CurrentScreen({ store, fixed, keys }: Omit<AppProps, 'onError'>) {
  const state = useStore(store);
  const context: Context = { ...fixed, theme: fixed.theme(), state };
  const { columns, rows } = state.size;
  if (columns < MIN_COLUMNS || rows < MIN_ROWS) return <TooSmallScreen context={context} />;
  if (state.menu !== null) return <MenuScreen menu={state.menu} context={context} keys={keys} />;
  const level = topOf(state);
  switch (level.place) {
    case 'overview':
      return <OverviewScreen level={level} context={context} keys={keys} />;
    case 'findings':
      return <FindingsScreen level={level} context={context} keys={keys} />;
    case 'finding':
      return <FindingScreen level={level} context={context} keys={keys} />;
    case 'connections':
      return <ConnectionsScreen level={level} context={context} keys={keys} />;
    case 'servers':
      return <ServersScreen level={level} context={context} keys={keys} />;
    case 'ladder':
      return <LadderScreen level={level} context={context} keys={keys} />;
    case 'packet':
      return <PacketScreen level={level} context={context} keys={keys} />;
    case 'stream':
    case 'text':
      return <TextScreen level={level} context={context} keys={keys} />;
    default: {
      const never: never = level;
      return never;
    }
  }
}

interface GuardProps {
  readonly onError: (error: unknown) => void;
  readonly children: ReactNode;
}

/** Catches what a component throws, in the first drawing too. */
class Guard extends Component<GuardProps, { readonly hasFailed: boolean }> {
  override readonly state = { hasFailed: false };

  static getDerivedStateFromError(): { readonly hasFailed: boolean } {
    return { hasFailed: true };
  }

  override componentDidCatch(error: unknown): void {
    this.props.onError(error);
  }

  override render(): ReactNode {
    return this.state.hasFailed ? null : this.props.children;
  }
}

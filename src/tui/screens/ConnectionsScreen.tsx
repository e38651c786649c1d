import { Frame } from '../components/Frame.js';
import { connectionsLines } from '../layout/connections.js';
import type { ConnectionsLevel } from '../state/state.js';
import type { ScreenProps } from './screen-props.js';

/** Every connection, a row each. */
export function ConnectionsScreen({ level, context, keys }: ScreenProps<ConnectionsLevel>) {
  return <Frame context={context} keys={keys} body={connectionsLines(level, context)} />;
}

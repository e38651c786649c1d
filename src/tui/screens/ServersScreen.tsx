import { Frame } from '../components/Frame.js';
import { serversLines } from '../layout/servers.js';
import type { ServersLevel } from '../state/state.js';
import type { ScreenProps } from './screen-props.js';

/** Time-outs, waits and statuses by server. */
export function ServersScreen({ level, context, keys }: ScreenProps<ServersLevel>) {
  return <Frame context={context} keys={keys} body={serversLines(level, context)} />;
}

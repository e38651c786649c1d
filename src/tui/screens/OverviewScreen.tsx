import { Frame } from '../components/Frame.js';
import { overviewLines } from '../layout/overview.js';
import type { OverviewLevel } from '../state/state.js';
import type { ScreenProps } from './screen-props.js';

/** What failed, how often, how sure. */
export function OverviewScreen({ level, context, keys }: ScreenProps<OverviewLevel>) {
  return <Frame context={context} keys={keys} body={overviewLines(level, context)} />;
}

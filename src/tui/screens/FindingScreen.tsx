import { Frame } from '../components/Frame.js';
import { findingBody, findingHead } from '../layout/finding.js';
import type { FindingLevel } from '../state/state.js';
import type { ScreenProps } from './screen-props.js';

/** One finding: the argument, and its occurrences. */
export function FindingScreen({ level, context, keys }: ScreenProps<FindingLevel>) {
  const finding = context.data.findingOf(level.finding);
  const title = finding === null ? null : findingHead(finding);
  return <Frame context={context} keys={keys} body={findingBody(level, context)} title={title} />;
}

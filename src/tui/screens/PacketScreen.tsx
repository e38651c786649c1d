import { Frame } from '../components/Frame.js';
import { packetLines } from '../layout/packet.js';
import type { PacketLevel } from '../state/state.js';
import type { ScreenProps } from './screen-props.js';

/** A packet field by field, with its bytes. */
export function PacketScreen({ level, context, keys }: ScreenProps<PacketLevel>) {
  return <Frame context={context} keys={keys} body={packetLines(level, context)} />;
}

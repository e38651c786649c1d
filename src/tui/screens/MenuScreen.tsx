import { Frame } from '../components/Frame.js';
import type { OwnKeys } from '../keys.js';
import type { Context } from '../layout/context.js';
import { menuLines } from '../layout/menu.js';
import { bodyRows } from '../state/geometry.js';
import type { Menu } from '../state/menu.js';

/** The menu that is open. */
export interface MenuScreenProps {
  readonly menu: Menu;
  readonly context: Context;
  readonly keys: OwnKeys;
}

/** A choice, or the keys, over the screen that is shown. */
export function MenuScreen({ menu, context, keys }: MenuScreenProps) {
  return <Frame context={context} keys={keys} body={menuLines(menu, bodyRows(context.state.size), context, keys)} />;
}

/**
 * The shop as most scenarios of broken answers want it: shoppers, nginx as its front, the application behind it,
 * and both legs captured on the front on all devices.
 */
import { BACK, FRONT, frontNetwork } from './front.mjs';
import { startShopApplication } from './shop-application.mjs';
import { SHOP, startShopFront } from './shop-front.mjs';
import { SHOPPERS } from './shoppers.mjs';

/** Where the application answers. */
export const APPLICATION = `${BACK}:8080`;
/** Further addresses of shoppers, beside the client's own. */
export const OTHER_CLIENTS = ['10.0.0.11', '10.0.0.12'];

/**
 * Starts it and gives its hosts, `application`, `front` (nginx, with its `log`) and `shoppers`.
 * `application`: options of startShopApplication; `front`: of startShopFront; `startOthers`: starts further
 * applications on the host it is given, before the front.
 */
export async function startShop(lab, { application = {}, front = {}, startOthers = async () => {} } = {}) {
  const hosts = await frontNetwork(lab, { clients: OTHER_CLIENTS });
  await startOthers(hosts.back);
  const shop = {
    hosts,
    application: await startShopApplication(lab, hosts.back, { endpoint: APPLICATION, ...application }),
    front: await startShopFront(lab, hosts.front, front),
    shoppers: await startShoppersOn(hosts.client),
  };
  await lab.capture(hosts.front, { device: 'any' });
  return shop;
}

/** The shoppers alone, where the front is another than nginx. */
export function startShoppersOn(client) {
  return client.actor(SHOPPERS, 'startShoppers', { to: FRONT, site: SHOP });
}

/** The shoppers leave, and what they leave open between front and application is given up. */
export async function closeShop({ hosts, shoppers, front, application }) {
  await shoppers.call('leave');
  await front.program.end('SIGQUIT');
  await application.end();
  await hosts.front.allClosed();
}

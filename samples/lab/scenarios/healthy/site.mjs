/** A shop's web site: its documents, and nginx serving them. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startNginx } from '../../parts/servers.mjs';

const page = (title, body) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<link rel="stylesheet" href="/shop.css"><link rel="icon" href="/icon.svg"></head>
<body><nav><a href="/">Shop</a> <a href="/offers.html">Offers</a> <a href="/basket.html">Basket</a></nav>
<h1>${title}</h1>
${body}
<script src="/shop.js"></script></body></html>
`;

const picture = (colour) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" fill="${colour}"/><circle cx="20" cy="20" r="12" fill="white"/></svg>\n`;

const PICTURES = {
  'anvil.svg': 'navy',
  'rope.svg': 'maroon',
  'lamp.svg': 'olive',
  'saw.svg': 'teal',
  'bell.svg': 'purple',
  'icon.svg': 'black',
};

/** Text that compresses badly enough to be a body: the articles of a price list, one a line. */
const PRICES = Array.from(
  { length: 6000 },
  (_, index) => `${100000 + index};article ${index};${(index * 7919) % 1000}.${index % 100};EUR`,
).join('\n');

const DOCUMENTS = {
  'index.html': page(
    'Shop',
    ['anvil', 'rope', 'lamp'].map((name) => `<img src="/${name}.svg" alt="${name}" width="120">`).join('\n'),
  ),
  'offers.html': page(
    'Offers',
    ['saw', 'bell', 'anvil'].map((name) => `<img src="/${name}.svg" alt="${name}" width="120">`).join('\n'),
  ),
  'basket.html': page('Basket', '<p id="count">…</p>'),
  'basket.json': '{"items":[{"article":"4711","count":2}]}\n',
  'shop.css': 'body { font: 16px sans-serif; margin: 2rem auto; max-width: 50rem } img { margin: 1rem }\n',
  'shop.js':
    "fetch('/basket.json').then((answer) => answer.json()).then(({ items }) => { const count = document.querySelector('#count'); if (count) count.textContent = items.length });\n",
  healthz: 'ok\n',
  'prices.csv': `${PRICES}\n`,
  'stock.csv': PRICES.slice(0, 60_000),
  ...Object.fromEntries(Object.entries(PICTURES).map(([name, colour]) => [name, picture(colour)])),
};

/** Writes the documents and starts nginx: `listen` is what it listens on, `lines` what else stands in the server block. */
export async function startSite(lab, host, { listen, lines = [], endpoints }) {
  const root = await lab.folder('site');
  for (const [name, content] of Object.entries(DOCUMENTS)) await writeFile(join(root, name), content);
  const types =
    'text/html html; text/css css; text/javascript js; application/json json; image/svg+xml svg; text/csv csv;';
  const http = [
    'server {',
    ...[`listen ${listen}`, 'server_name shop.example', `root ${root}`].map((line) => `  ${line};`),
    `  types { ${types} }`,
    ...lines.map((line) => `  ${line}`),
    '}',
  ];
  return startNginx(lab, host, { http: http.map((line) => `  ${line}`).join('\n'), endpoints });
}

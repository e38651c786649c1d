/** How long a button says what became of a click, milliseconds: time to read five words. */
const SHOWN_MS = 2_500;

/**
 * What the page does where scripts run: filter, sort and page through the connections, copy, save the
 * data, show a packet's fields. Without it everything can be read all the same.
 *
 * Plain JavaScript, kept as text because its hash stands in the page's policy. What comes from
 * packets is only ever set as text.
 */
export const PAGE_SCRIPT = String.raw`
'use strict';
(() => {
  const byId = (id) => document.getElementById(id);
  const announce = (text) => { byId('status').textContent = text; };
  const body = byId('connections-body');
  if (body) {
    const data = JSON.parse(byId('connections-data').textContent);
    const columns = ['stream', 'start', 'client', 'server', 'name', 'proto', 'requests', 'status', 'close', 'bytes', 'finding'];
    const figures = new Set(['stream', 'start', 'requests', 'status', 'bytes']);
    const PAGE = 100;
    let shown = PAGE;
    let sortBy = 'stream';
    let descending = false;
    const rows = data.rows.map((values) => {
      const row = Object.fromEntries(columns.map((column, index) => [column, values[index]]));
      row.text = values.join(' ').toLowerCase();
      return row;
    });
    const matcher = (word) => {
      const negated = word.startsWith('-') && word.length > 1;
      const term = (negated ? word.slice(1) : word).toLowerCase();
      const colon = term.indexOf(':');
      const field = colon > 0 ? term.slice(0, colon) : '';
      let test = (row) => row.text.includes(term);
      if (columns.includes(field)) {
        const wanted = term.slice(colon + 1).split(',');
        test = (row) => {
          const value = String(row[field]).toLowerCase();
          return wanted.some((one) => /^[1-5]xx$/.test(one) ? value.startsWith(one[0]) && value.length === 3
            : one === 'none' ? value === '' : figures.has(field) ? value === one : value.includes(one));
        };
      }
      return (row) => test(row) !== negated;
    };
    const cell = (tag, text, isFigure) => {
      const element = document.createElement(tag);
      element.textContent = text;
      if (isFigure) element.className = 'figure';
      return element;
    };
    const texts = { start: (row) => row.startText, bytes: (row) => row.bytesText };
    data.texts.forEach(([startText, bytesText], index) => Object.assign(rows[index], { startText, bytesText }));
    const draw = () => {
      const words = byId('filter').value.trim().split(/\s+/).filter(Boolean);
      const finding = byId('filter-finding').value;
      const proto = byId('filter-proto').value;
      const tests = words.map(matcher);
      if (proto) tests.push((row) => row.proto === proto);
      if (finding) tests.push((row) => row.finding.split(' ').includes(finding));
      const found = rows.filter((row) => tests.every((test) => test(row)));
      const sign = descending ? -1 : 1;
      found.sort((a, b) => {
        const [x, y] = [a[sortBy], b[sortBy]];
        const order = figures.has(sortBy) ? (Number(x) || 0) - (Number(y) || 0) : String(x).localeCompare(String(y));
        return sign * order || a.stream - b.stream;
      });
      body.replaceChildren(...found.slice(0, shown).map((row) => {
        const line = document.createElement('tr');
        for (const column of columns) {
          const text = texts[column] ? texts[column](row) : String(row[column]);
          if (column === 'stream') {
            const head = cell('th', text, true);
            head.scope = 'row';
            line.append(head);
          } else if (column === 'finding' && text) {
            const links = document.createElement('td');
            for (const id of text.split(' ')) {
              const link = document.createElement('a');
              link.href = '#' + id;
              link.textContent = id;
              links.append(link, ' ');
            }
            line.append(links);
          } else line.append(cell('td', text, figures.has(column)));
        }
        return line;
      }));
      const unknown = words.map((word) => /^-?([a-z]\w*):/i.exec(word)?.[1]).filter((name) => name && !columns.includes(name.toLowerCase()));
      byId('connections-count').textContent = (unknown.length ? 'no column ' + unknown.join(', ') + ': ' : '') + found.length + ' of ' + data.total + ' connections' + (data.leftOut ? ' (' + data.leftOut + ' are not in this page)' : '');
      byId('connections-more').hidden = found.length <= shown;
    };
    for (const id of ['filter', 'filter-finding', 'filter-proto']) {
      byId(id).addEventListener('input', () => { shown = PAGE; draw(); });
    }
    byId('connections-more').addEventListener('click', () => { shown += 5 * PAGE; draw(); });
    for (const button of document.querySelectorAll('[data-sort]')) {
      button.addEventListener('click', () => {
        descending = sortBy === button.dataset.sort && !descending;
        sortBy = button.dataset.sort;
        for (const head of document.querySelectorAll('#connections thead th')) head.removeAttribute('aria-sort');
        button.closest('th').setAttribute('aria-sort', descending ? 'descending' : 'ascending');
        draw();
        announce('sorted by ' + sortBy + (descending ? ', descending' : ', ascending'));
      });
    }
    byId('connections-controls').hidden = false;
    draw();
  }
  for (const button of document.querySelectorAll('[data-copy]')) {
    button.hidden = false;
    // Who sees the page looks at the button, who hears it is told by announce.
    const show = (words) => {
      button.textContent = words;
      setTimeout(() => { button.textContent = 'Copy'; }, ${SHOWN_MS});
    };
    button.addEventListener('click', async () => {
      const text = byId(button.dataset.copy).textContent;
      try {
        await navigator.clipboard.writeText(text);
        show('Copied');
        announce('copied');
      } catch {
        const range = document.createRange();
        range.selectNodeContents(byId(button.dataset.copy));
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        show('Selected: copy it with your own keys');
        announce('selected: copy it with your own keys');
      }
    });
  }
  for (const ladder of document.querySelectorAll('.ladder')) {
    const output = byId(ladder.closest('[data-ladder]').dataset.ladder);
    ladder.addEventListener('mouseover', (event) => {
      const row = event.target.closest('.row');
      if (row) output.textContent = row.querySelector('title').textContent;
    });
  }
  const save = byId('save');
  save.hidden = false;
  save.addEventListener('click', () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([byId('report-data').textContent], { type: 'application/json' }));
    link.download = 'pcapdx-report.json';
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
})();
`.trim();

/** A rule that tells all it sees, as no rule should: in each place of a finding, and of a failure. */
export const TELL_TALE = `export default {
  meta: { id: 'tell-tale', severity: 'notice', title: 'Tells all', hypotheses: { c: 'A cause' } },
  tally: () => ({ told: [] }),
  inspect(connection, tally) {
    for (const { request, response } of connection.exchanges)
      for (const message of [request, response])
        if (message !== null)
          tally.told.push((message.target ?? '') + ' ' + message.fields.map(({ name, value }) => name + ': ' + value).join(' ; '));
    for (const { debug } of connection.h2?.goAways ?? []) tally.told.push(debug);
  },
  merge(into, from) { into.told.push(...from.told); },
  conclude: ({ told }) => told.map((all, index) => ({
    rule: 'tell-tale', severity: 'notice', confidence: 'certain', title: 'Tells ' + all, summary: all,
    subject: { address: '198.51.100.2', port: index + 1, name: null }, occurrences: 1, firstSeenNs: 0, lastSeenNs: 0,
    facts: { all, list: [{ all }] },
    evidence: [{ stream: 0, client: { address: '192.0.2.1', port: 1 }, server: { address: '198.51.100.2', port: 80 },
      packets: [{ packet: 1, atNs: 0, note: all }] }],
    hypotheses: [{ cause: 'c', verdict: 'open', because: all }],
    remedies: [{ component: 'host', text: all, config: null }], references: [],
  })),
};`;

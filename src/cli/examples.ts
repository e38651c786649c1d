/** What stands before the flags in the help of each command. */
export const EXAMPLES = {
  pcapdx: `Examples:
  pcapdx front.pcapng                              why did requests fail?
  tcpdump -U -s0 -w - 'tcp port 80' | pcapdx -     the same, while capturing
`,
  report: `Examples:
  pcapdx report front.pcapng                       findings for people to read
  pcapdx report ring*.pcap -o findings.json        several captures, for scripts
`,
  flows: `Examples:
  pcapdx flows front.pcapng                        a JSON object per connection
  pcapdx flows front.pcapng --format text          the same as a table
`,
  ladder: `Examples:
  pcapdx ladder front.pcapng --stream 3            who said what on a connection
  pcapdx ladder front.pcapng --finding F1 --format mermaid
`,
  compare: `Examples:
  pcapdx compare before.json after.json            did the change mend it?
  pcapdx compare before.json after.json --fail-on unmended
`,
  tui: `Examples:
  pcapdx tui front.pcapng                          findings, connections, packets
  ssh web1 tcpdump -U -s0 -w - | pcapdx tui -      the same, while capturing
`,
  extract: `Examples:
  pcapdx extract front.pcapng --finding F1 -o f1.pcapng
  pcapdx extract front.pcapng --stream 3,7 --anonymise -o evidence.pcapng
`,
  merge: `Examples:
  pcapdx report big.pcap --shard 1/2 -o part1.json one of two parts, on any machine
  pcapdx merge part1.json part2.json               the report of the whole
`,
  rules: `Examples:
  pcapdx rules                                     what pcapdx looks for
  pcapdx rules --format json                       the same for scripts
`,
  explain: `Examples:
  pcapdx explain rst-after-request                 one rule in full
  pcapdx rules                                     which rules there are
`,
  completion: `Examples:
  source <(pcapdx completion bash)                 for this shell
  pcapdx completion fish > ~/.config/fish/completions/pcapdx.fish
`,
  schema: `Examples:
  pcapdx schema report > report.schema.json        what --format json prints
  pcapdx schema flows > flows.schema.json          what one line of flows holds
`,
} as const;

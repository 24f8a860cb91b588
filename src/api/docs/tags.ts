/** What the operations are about, in the order in which a reader meets them. */
export const TAGS = {
  Pools: 'Money that several contribute and loans are paid from.',
  Members: 'Those who contribute and those who borrow, with their consents.',
  Products: 'Versioned terms that requests for loans may name.',
  Loans: 'From the request over payout and repayments to the end of a loan, whatever happens to it in between.',
  Ledger:
    'The books: accounts, entries and the trial balance. They are only read: what moves money is an operation above.',
  Webhooks: 'Endpoints that are told of events, with the log of their deliveries.',
  Events: 'What happened, as webhooks tell it.',
  Keys: 'API keys, beside the tokens of OAuth.',
  Batches: 'Many commands as one job.',
  Dialects: 'What the other loan APIs that Tenor speaks lend from, and within which limits.',
  Codec: 'For the Temporal UI: what workflows keep of people is sealed, and opened for operators who may read it.',
  Sandbox: "The sandbox's own clock and payout rail. Production has neither.",
  OAuth: "The sandbox's own issuer of tokens. In production tokens come from the issuer that the operator has chosen.",
  Meta: 'The API itself: its health, this description, and what each kind of problem means.',
} as const satisfies Record<string, string>;

/** The tags that operations bear, described. @throws Error where one is not */
export function tagsOf(operations: readonly { tag: string }[]): { name: string; description: string }[] {
  const used = new Set(operations.map(({ tag }) => tag));
  for (const tag of used)
    if (!Object.hasOwn(TAGS, tag)) throw new Error(`the tag ${tag} is not described: add it to TAGS`);
  return Object.entries(TAGS)
    .filter(([name]) => used.has(name))
    .map(([name, description]) => ({ name, description }));
}

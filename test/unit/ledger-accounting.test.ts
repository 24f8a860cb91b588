import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BOOKINGS } from '../../src/ledger/bookings';
import { capitalAccount, loanAccounts, poolAccounts } from '../../src/ledger/chart';
import type { EntryDraft } from '../../src/ledger/entry';
import { ENTRY_KINDS } from '../../src/ledger/entry-kinds';
import { accountingDocs, postingsOf } from '../accounting-docs';
import { ACCOUNTING, BOOKS, CONTRIBUTION, DISTRIBUTION, entriesOfExample } from '../accounting-examples';

const FILE = path.join(__dirname, '../../docs/accounting.md');
const EXAMPLES = ACCOUNTING.flatMap(({ examples }) => examples);
const OPEN = [
  ...poolAccounts(BOOKS.pool_id, BOOKS.currency),
  ...loanAccounts(BOOKS.loan_id, BOOKS.currency),
  capitalAccount(BOOKS.pool_id, 'member', BOOKS.currency),
].map(({ id }) => id);

it('docs/accounting.md shows what the postings give; after a change of them: npm run docs:accounting', () => {
  const docs = accountingDocs();
  if (process.env.UPDATE_ACCOUNTING === '1') writeFileSync(FILE, docs);
  expect(docs.split('\n')).toEqual(readFileSync(FILE, 'utf8').split('\n'));
});

it.each([
  ['A contribution', [CONTRIBUTION]],
  ['A distribution', [DISTRIBUTION]],
  ...EXAMPLES.map((example): [string, EntryDraft[]] => [example.title, entriesOfExample(example)]),
] as [string, EntryDraft[]][])('%s: its entries balance, between accounts of the chart', (_, entries) => {
  expect(entries).not.toEqual([]);
  for (const entry of entries) {
    const postings = postingsOf(entry, entries);
    const sum = (side: string) =>
      postings.filter((each) => each.side === side).reduce((total, { amount }) => total + amount, 0);
    expect(sum('DEBIT')).toBe(sum('CREDIT'));
    expect(sum('DEBIT')).toBeGreaterThan(0);
    for (const { account_id } of postings) expect(OPEN).toContain(account_id);
  }
});

it('each kind of entry, each event that books something, and each account has its example', () => {
  const entries = [CONTRIBUTION, DISTRIBUTION, ...EXAMPLES.flatMap(entriesOfExample)];
  expect([...new Set(entries.map(({ kind }) => kind))].sort()).toEqual([...ENTRY_KINDS].sort());

  const events = new Set(EXAMPLES.flatMap((example) => example.events.map(({ type }) => type)));
  // these two are booked as a request that is declined is
  for (const type of ['cancelled', 'expired'] as const) expect(BOOKINGS[type]).toBe(BOOKINGS.declined);
  const booked = Object.entries(BOOKINGS).flatMap(([type, book]) => (book === null ? [] : [type]));
  expect([...events, 'cancelled', 'expired'].sort()).toEqual(
    [...booked, 'annulled', 'corrected', 'disbursement_failed'].sort(),
  );

  const moved = entries.flatMap((entry) => ('postings' in entry ? entry.postings : []));
  expect([...new Set(moved.map(({ account_id }) => account_id))].sort()).toEqual([...OPEN].sort());
});

import type { Knex } from 'knex';
import { borrowerFacts } from '../src/credit/borrower-facts';
import { refusedByLimits } from '../src/credit/borrower-limits';
import type { RequestRefusal } from '../src/pools/request-checks';
import { forTenant, type Tenant } from '../src/tenancy/tenant';
import { type CommitInput, refusing, writeLoan } from './commit';
import { firstResult, type OpenInput, type OpenOutcome, opened } from './opening';

/**
 * Opens a loan where its borrower is still within the request's limits. Requests of one borrower are decided one after the
 * other, on what the books say by then: a limit that each keeps alone can't be passed by two.
 */
export async function openWithinLimits(db: Knex, input: OpenInput, commit: CommitInput): Promise<OpenOutcome> {
  const { org_id, command } = input;
  const outcome = await refusing(db, commit, () =>
    db.transaction(async (trx) => {
      await takeBorrowersTurn(forTenant(trx, org_id), command.borrower_id);
      // an earlier attempt of this command may have got here: its loan must not count against it
      const beyond = (await firstResult(trx, input)) === null ? await beyondLimits(trx, input) : null;
      if (beyond !== null) return { outcome: 'refused', ...beyond };
      return await writeLoan(trx, commit, command.job_id);
    }),
  );
  return opened(input, commit, outcome);
}

/** Waits until no other request of the borrower is being decided, and lets none be until the transaction ends. */
export async function takeBorrowersTurn(books: Tenant, borrowerId: string): Promise<void> {
  await books.table('members').where({ id: borrowerId }).forNoKeyUpdate().first('id');
}

/** What the request's limits refuse, by what the books say of its borrower; null where it has none, or keeps them. */
export async function beyondLimits(db: Knex, { org_id, command, today }: OpenInput): Promise<RequestRefusal | null> {
  const { limits, borrower_id, contract } = command;
  if (limits === undefined) return null;
  const facts = await borrowerFacts(db, { org: org_id, borrower_id }, today);
  // that there is such a member is another check's to say
  return facts === null ? null : refusedByLimits(limits, facts, contract.amount);
}

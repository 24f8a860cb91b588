import type { Knex } from 'knex';
import { checkAudit } from './checks/audit';
import { checkEntries } from './checks/entries';
import { type Finding, Findings } from './checks/findings';
import { checkLoans } from './checks/loans';
import { checkPools } from './checks/pools';

export interface VerifyReport {
  clean: boolean;
  /** how many of what was looked at */
  checked: { name: string; count: number }[];
  /** the first of them, see `MAX_FINDINGS` */
  findings: Finding[];
  /** all of them */
  total: number;
}

/** A verification reads every row of the books, and is nobody's request: it may take its time. */
const STATEMENT_TIMEOUT = '30min';

/**
 * Checks the books of all tenants against themselves: balances against postings, loans against events and ledger, pools
 * against loans, and the audit trail's hash chains. `docs/ledger.md` lists the checks.
 *
 * It reads one snapshot, so commits that go on meanwhile don't show as findings, and holds no lock that they wait for.
 */
export async function verify(db: Knex): Promise<VerifyReport> {
  return await db.transaction(
    async (trx) => {
      await trx.raw(`set local statement_timeout = '${STATEMENT_TIMEOUT}'`);
      const findings = new Findings();
      await checkEntries(trx, findings);
      await checkPools(trx, findings);
      await checkLoans(trx, findings);
      await checkAudit(trx, findings);
      const { total, checked, listed } = findings;
      return { clean: total === 0, checked, findings: listed, total };
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );
}

/** A report as a terminal shows it, without a line break at its end. */
export function formatReport({ clean, checked, findings, total }: VerifyReport): string {
  const lines = [`Looked at ${checked.map(({ name, count }) => `${count} ${name}`).join(', ')}.`];
  for (const { check, subject, detail } of findings) lines.push(`  not so: ${check}: ${subject}: ${detail}`);
  if (total > findings.length) lines.push(`  and ${total - findings.length} more`);
  lines.push(
    clean ? 'The books are clean.' : `The books are NOT clean: ${total} ${total === 1 ? 'finding' : 'findings'}.`,
  );
  return lines.join('\n');
}

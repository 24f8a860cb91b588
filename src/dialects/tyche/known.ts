import { setImmediate } from 'node:timers/promises';
import { billedInstallments, billedTotals, getLoan, type LoanRow } from '../../api/loans/loans';
import { milestonesOf } from '../../api/loans/milestones';
import type { TenantContext } from '../../api/operation';
import { Problem } from '../../api/problem';
import { fact, type InstallmentFact, type ScheduleRow } from '../../lending/installment';
import { dueDate, lastNumber } from '../../lending/interest';
import type { LoanState, LoanStatus } from '../../lending/loan-state';
import { NO_TOTALS, scheduleOn, totalsOn } from '../../lending/statement';
import { findMembers, type MemberRow } from '../../members/members';
import { findProducts } from '../../products/products';
import type { Tenant } from '../../tenancy/tenant';
import { foundOr } from '../found';
import { standing } from '../standing';
import { idFromUuid } from '../uuid';
import type { KnownInDetail, KnownLoan } from './view';

/** A loan by its UUID or its native id, as it stands. @throws Problem `not-found` */
export async function findLoan({ tenant, principal }: TenantContext, id: string): Promise<LoanRow> {
  return standing(await orMissing('loan', id, getLoan(tenant, principal, idFromUuid('loan', id))));
}

/** What is found, or a 404 that names what was asked for by the id that was given. */
export async function orMissing<T>(kind: string, id: string, found: Promise<T>): Promise<T> {
  return await foundOr(new Problem('not-found', `There is no ${kind} ${id}.`), found);
}

/** What a list shows of loans, by as many queries for many loans as for one. */
export async function knownLoans(tenant: Tenant, rows: readonly LoanRow[]): Promise<KnownLoan[]> {
  const ids = rows.filter(({ state }) => state.servicing !== null).map(({ id }) => id);
  const [described, billed] = await Promise.all([describe(tenant, rows.map(standing)), billedTotals(tenant, ids)]);
  const known: KnownLoan[] = [];
  for (const each of described) {
    const { id, state, status } = each.row;
    const asked = state.servicing === null ? NO_TOTALS : totalsOn(state, billed.get(id) ?? NO_TOTALS, each.today);
    known.push({ ...each, totals: status === 'WRITTEN_OFF' ? { ...asked, due: asked.paid } : asked });
    // of a daily loan over decades, the installments to come take a while: other requests have their turn in between
    await setImmediate();
  }
  return known;
}

/** Loans with whom and what they name. */
async function describe(tenant: Tenant, rows: readonly LoanRow[]): Promise<Omit<KnownLoan, 'totals'>[]> {
  const [holders, products, today] = await Promise.all([
    findMembers(tenant, [...new Set(rows.map(({ borrower_id }) => borrower_id))]),
    findProducts(tenant, [...new Set(rows.flatMap(({ state }) => state.product?.id ?? []))]),
    tenant.today(),
  ]);
  return rows.map((row) => ({
    ...{ org: tenant.org, row, today },
    holder: holderOf(holders, row.borrower_id),
    product: row.state.product === undefined ? undefined : products.get(row.state.product.id),
  }));
}

function holderOf(members: ReadonlyMap<string, MemberRow>, id: string): MemberRow {
  const member = members.get(id);
  if (member === undefined) throw new Error(`the borrower of a loan is a member, but there is no ${id}`);
  return member;
}

/** An installment, and whether it was written off before it was paid. */
export type KnownInstallment = ScheduleRow & { isLost: boolean };

/** What a request came to that lent nothing, and will not. */
const COME_TO_NOTHING: readonly LoanStatus[] = ['DECLINED', 'CANCELLED', 'EXPIRED'];

/** A loan's installments. Of one that was written off nothing more is asked for than what was paid. */
export async function installmentsOf(tenant: Tenant, row: LoanRow): Promise<KnownInstallment[]> {
  const { state, status } = row;
  if (COME_TO_NOTHING.includes(status)) return [];
  const [stored, today] = await Promise.all([billedInstallments(tenant, row), tenant.today()]);
  if (status !== 'WRITTEN_OFF')
    return scheduleOn(state, stored, today).installments.map((each) => ({ ...each, isLost: false }));
  const facts = [...stored, ...neverBilled(state, stored.at(-1)?.number ?? 0)];
  const { installments } = scheduleOn(state, facts.map(asPaid), today);
  return installments.map((each, index) => ({ ...each, isLost: facts[index]?.paid_on === null }));
}

/** The installments after the last one that was billed or paid, when the loan ended. */
function neverBilled({ contract, servicing }: LoanState, last: number): InstallmentFact[] {
  if (servicing === null) return [];
  const count = Math.max(lastNumber(contract, servicing) - last, 0);
  return Array.from({ length: count }, (_, index) => {
    const number = last + 1 + index;
    return fact(number, dueDate(contract, servicing, number), 0, 0);
  });
}

const asPaid = (row: InstallmentFact): InstallmentFact => ({
  ...row,
  principal: row.paid_principal,
  interest: row.paid_interest,
  fees: row.paid_fees,
  penalties: row.paid_penalties,
});

/** What a loan by itself shows. */
export async function knownInDetail(tenant: Tenant, row: LoanRow): Promise<KnownInDetail> {
  const [[described], installments, milestones] = await Promise.all([
    describe(tenant, [row]),
    installmentsOf(tenant, row),
    milestonesOf(tenant, row),
  ]);
  if (described === undefined) throw new Error('a loan is known by itself');
  const totals = { due: 0, paid: 0 };
  for (const { due, paid } of installments) {
    totals.due += due;
    totals.paid += paid;
  }
  const isOpen = row.status === 'ACTIVE' || row.status === 'DEFAULTED';
  const next = isOpen ? installments.find(({ due, paid }) => due > paid) : undefined;
  return { ...described, totals, milestones, next_due_date: next?.due_date ?? null };
}

import fc from 'fast-check';
import { Problem } from '../../src/api/problem';
import { paginationOf } from '../../src/dialects/tyche/pages';
import { bpsOf, percentOf } from '../../src/dialects/tyche/rate';
import { surface } from '../../src/dialects/tyche/surface';
import { installmentsOf } from '../../src/dialects/tyche/tenure';
import { type KnownLoan, showListed } from '../../src/dialects/tyche/view';
import { inWords } from '../../src/dialects/words';
import type { LoanState } from '../../src/lending/loan-state';
import { MAX_RATE_BPS } from '../../src/lending/terms';
import { newId } from '../../src/tenancy/ids';
import { invalidField } from '../../src/tenancy/refusal';
import { workedLoan } from './worked-loan';

it('a rate is the same in percent and in basis points, to the last of its decimals', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: MAX_RATE_BPS * 10_000 }), (units) => {
      const bps = units / 10_000;
      const percent = Number(`${units}e-6`);
      expect([bpsOf(percent, '/interestRate'), percentOf(bps)]).toEqual([bps, percent]);
    }),
  );
  for (const percent of [0.0000001, 12.0000001, 1 / 3])
    expect(() => bpsOf(percent, '/interestRate')).toThrow('/interestRate must be a percentage with 6 decimals at most');
});

it('a tenure is a whole number of installments', () => {
  expect([installmentsOf(90, 1, '/tenure'), installmentsOf(90, 30, '/tenure')]).toEqual([90, 3]);
  expect(() => installmentsOf(90, 31, '/tenure')).toThrow('must be a multiple of 31');
});

it.each([
  [1, 15, 0, [0, 0, 0]],
  [1, 15, 15, [1, 0, 0]],
  [1, 15, 16, [2, 0, 2]],
  [2, 15, 16, [2, 1, 0]],
  [2, 5, 16, [4, 1, 3]],
  // beyond the last one
  [9, 5, 16, [4, 4, 0]],
])('page %i of %i each, of %i', (page, perPage, total, [totalPages, previousPage, nextPage]) => {
  expect(paginationOf({ page, perPage }, total)).toEqual({
    ...{ currentPage: page, perPage, totalCount: total },
    ...{ totalPages, previousPage, nextPage },
  });
});

describe('what is refused', () => {
  const told = async (error: unknown, fields = {}) => {
    const problem = await inWords({ fields, currency: 'NGN' }, () => Promise.reject(error)).catch((each) => each);
    return problem instanceof Problem ? surface.answer(problem) : problem;
  };

  it('names fields as the request does, the nearest that is known, each sentence once', async () => {
    const fields = { '/schedule': 'tenure', '/schedule/first_due_date': 'firstRepaymentDate' };
    const errors = [
      {
        pointer: '/schedule/first_due_date',
        code: 'too-early',
        detail: 'first_due_date is 2025-01-01; it must be later',
      },
      { pointer: '/schedule/installments', code: 'a', detail: 'must be more' },
      { pointer: '/schedule/every', code: 'b', detail: 'must be more' },
      { pointer: '/other/field', code: 'c', detail: 'is wrong' },
    ];
    expect(await told(new Problem('validation-failed', 'native words', { errors }), fields)).toEqual({
      status: 400,
      body: {
        ...{ responseCode: '30', status: 'error' },
        message: 'firstRepaymentDate is 2025-01-01; it must be later; tenure must be more; field is wrong',
      },
    });
  });

  it('names things by the ids that clients know them by', async () => {
    const loan = newId('loan');
    const { body } = await told(
      new Problem('invalid-state', `Loan ${loan} is not of mem_own, see ${newId('fin_txn')}.`),
    );
    expect(body.message).toMatch(/^Loan [0-9a-f-]{36} is not of mem_own, see [0-9a-f-]{36}\.$/);
  });

  it('is told as it is where it is no problem of a request', async () => {
    const failure = new Error('a wire is broken');
    expect(await told(failure)).toBe(failure);
    expect(await told(invalidField('/amount', 'x', 'must be more'))).toMatchObject({
      body: { message: 'amount must be more' },
    });
    expect(surface.answer(new Problem('internal-error', 'details of the inside'))).toEqual({
      status: 500,
      body: {
        ...{ responseCode: '96', status: 'error' },
        message: 'Internal error: quote the header X-Request-Id when you report it.',
      },
    });
  });

  it('blames no field where the loan is in no state for it', async () => {
    const errors = [{ pointer: '', code: 'past-due', detail: 'installment 1 was due' }];
    expect((await told(new Problem('invalid-state', 'installment 1 was due', { errors }))).body).toEqual({
      ...{ responseCode: '12', status: 'error', message: 'installment 1 was due' },
    });
  });

  it('says in which units its amounts are', async () => {
    expect((await told(new Problem('over-allocation', 'no room for 5'))).body.message).toBe(
      'no room for 5 (amounts in minor units of NGN)',
    );
  });
});

it.each([
  ['its first payout is on its way', null, undefined, ['APPROVED', 'inactive']],
  ['its top-up is on its way', 'ACTIVE', 'TOP_UP', ['ACTIVE', 'active']],
  ['a refund is on its way', 'REPAID', 'REFUND', ['CLOSED', 'inactive']],
] as const)('the state of a loan while %s', (_, before, purpose, expected) => {
  const { state, today } = workedLoan();
  const payout = { id: 'disb_1', date: today, destination: null, reference: null, seq: 1 };
  const of = before === null ? {} : { before, purpose };
  const paying: LoanState = {
    ...state,
    ...{ status: 'DISBURSING', disbursement: { ...payout, ...of } },
    ...(before === null ? { servicing: null } : {}),
  };
  const row = { id: newId('loan'), status: paying.status, state: paying, currency: 'USD' };
  const at = { created_at: new Date(0), updated_at: new Date(0), account_number: '0000000001', borrower_id: 'mem_1' };
  const holder = { id: 'mem_1', name: 'Borrower', type: 'PERSON' };
  const totals = { due: 0, paid: 0 };
  const known = { org: 'org_1', row: { ...row, ...at }, holder, product: undefined, totals, today } as KnownLoan;
  const { state: shown, status } = showListed(known);
  expect([shown, status]).toEqual(expected);
});

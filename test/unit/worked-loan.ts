import type { LoanCommand } from '../../src/lending/loan';
import { DEFAULT_TERMS } from '../../src/lending/terms';
import { Life } from './lending-fixtures';

/** The loan of docs/statement.md: 12,000.00 in two tranches at 12 %, and much that can happen to one. */
export function workedLoan(): Life {
  const life = Life.requested(
    {
      amount: 1_200_000,
      currency: 'USD',
      terms: {
        ...DEFAULT_TERMS,
        rate_bps: 1_200,
        amortization: 'EQUAL_INSTALLMENTS',
        tranches: [{ amount: 800_000 }, { amount: 400_000 }],
        returned_payment_fee: 1_500,
      },
      schedule: { frequency: 'MONTHLY', every: 1, installments: 6 },
    },
    '2026-01-10',
  );
  payOut(life, '2026-01-10');
  pay(life, '2026-02-10', 138_039);
  payOut(life, '2026-02-25');
  pay(life, '2026-03-10', 220_017);
  life.at('2026-03-20').do({ type: 'change_rate', from: '2026-03-26', rate_bps: 900 });
  pay(life, '2026-04-10', 218_930);
  const bounced: LoanCommand = {
    type: 'reverse_repayment',
    repayment_id: 'rpmt_3',
    reason: 'cheque returned',
    fee: null,
  };
  life.at('2026-04-20').do(bounced);
  life.at('2026-04-22').repay(150_000, '2026-04-12');
  life.at('2026-04-25').do({ type: 'grant_holiday', installments: [5], interest: 'ACCRUE' });
  life.at('2026-05-15').repay(200_000);
  life.at('2026-06-01').do({
    ...{ type: 'reschedule', terms: {}, capitalize: false, write_off: null },
    schedule: { installments: 9 },
  });
  life.at('2026-06-03').do({ type: 'undo', what: 'RESCHEDULE' });
  life.at('2026-07-01').do({
    ...{ type: 'refinance', refinance_id: 'rfin_1', top_up: 0, write_off: null, destination: null },
    terms: { rate_bps: 800 },
    schedule: { frequency: 'MONTHLY', every: 1, installments: 12 },
  });
  return life;
}

function payOut(life: Life, date: string): void {
  life.at(date).do({ type: 'disburse', disbursement_id: `disb_${date}`, date, destination: null, reference: null });
  life.do({ type: 'confirm_disbursement' });
  life.at(date);
}

function pay(life: Life, date: string, amount: number): void {
  life.at(date).repay(amount);
}

import { ApplicationFailure } from '@temporalio/common';
import { COMMANDS } from '../../workflows/commands';
import { Fields } from '../../workflows/fields';
import type { Caller, CommandName } from '../../workflows/messages';

const TODAY = '2026-01-31';

/** What a command's kind makes of a caller's words. */
const read = (name: CommandName, said: object) =>
  COMMANDS[name].read(new Fields({ command_id: 'cmd_01X', ...said } as Caller, TODAY));

/** Pointer and code of the refusal that a call throws. */
function refusalOf(call: () => unknown): unknown[] {
  try {
    call();
  } catch (error) {
    if (!(error instanceof ApplicationFailure)) throw error;
    const [detail] = error.details as [{ errors: { pointer: string; code: string }[] }];
    return [error.type, ...detail.errors.map(({ pointer, code }) => `${pointer} ${code}`)];
  }
  return [];
}

describe('a command by its update', () => {
  it.each([
    ['approve', { actor: 'demo' }, { type: 'approve', by: 'demo' }],
    ['approve', {}, { type: 'approve', by: 'operator' }],
    ['approve', { comment: 'fine' }, { comment: 'fine' }],
    ['reAmortize', {}, { type: 're_amortize' }],
    [
      'disburse',
      {},
      { type: 'disburse', disbursement_id: 'disb_01X', date: TODAY, destination: null, reference: null },
    ],
    ['disburse', { hold_id: 'hold_1', date: '2026-01-01' }, { hold_id: 'hold_1', date: '2026-01-01' }],
    ['disburse', { first_due_date: '2026-02-15' }, { first_due_date: '2026-02-15' }],
    ['extend', { days: 7 }, { type: 'extend', days: 7, reason: null }],
    ['repay', { amount: 5, currency: 'USD' }, { repayment_id: 'rpmt_01X', date: TODAY, reference: null }],
    [
      'repay',
      { amount: 5, currency: 'USD', prepayment: 'HOLD_AS_CREDIT', overpayment: 'SCHEDULED', settle: true },
      { prepayment: 'HOLD_AS_CREDIT', overpayment: 'SCHEDULED', settle: true },
    ],
    ['repay', { amount: 5, currency: 'USD', recast: true }, { recast: true }],
    ['reverseRepayment', { repayment_id: 'r', reason: 'x' }, { fee: null }],
    ['refund', {}, { refund_id: 'rfnd_01X', amount: null }],
    ['changeRate', { rate_bps: 948.22 }, { from: TODAY, rate_bps: 948.22 }],
    ['paymentHoliday', { installments: [2, 3] }, { interest: 'ACCRUE', installments: [2, 3] }],
    ['reschedule', {}, { terms: {}, schedule: {}, capitalize: false, write_off: null }],
    [
      'refinance',
      { schedule: { installments: 6 } },
      { refinance_id: 'rfin_01X', top_up: 0, terms: {}, write_off: null },
    ],
    ['writeOff', { reason: 'gone' }, { type: 'write_off', reason: 'gone' }],
    ['writeOff', { reason: 'gone', components: { fees: 1 } }, { components: { fees: 1 } }],
    ['writeOff', { reason: 'gone', amount: 5 }, { amount: 5 }],
    ['placeHold', { amount: 5 }, { hold_id: 'hold_01X', reference: null, expires_on: null }],
    ['unlock', { operations: ['PENALTIES', 'FEES'] }, { operations: ['FEES', 'PENALTIES'] }],
  ] as const)('%s %j', (name, said, expected) => {
    expect(read(name, said)).toMatchObject(expected);
  });

  it('has no field that has no effect', () => {
    for (const field of ['hold_id', 'first_due_date']) expect(read('disburse', {})).not.toHaveProperty(field);
    expect(read('approve', {})).not.toHaveProperty('comment');
    for (const field of ['components', 'amount'])
      expect(read('writeOff', { reason: 'gone' })).not.toHaveProperty(field);
    for (const field of ['prepayment', 'overpayment', 'settle', 'recast'])
      expect(read('repay', { amount: 5, currency: 'USD', settle: false, recast: false })).not.toHaveProperty(field);
  });

  it.each([
    ['decline', {}, '/reason required'],
    ['decline', { reason: 5 }, '/reason wrong-type'],
    ['repay', { amount: 1.5, currency: 'USD' }, '/amount wrong-type'],
    ['repay', { amount: '5', currency: 'USD' }, '/amount wrong-type'],
    ['repay', { amount: 5, currency: 'USD', date: '2025-02-29' }, '/date not-a-date'],
    ['repay', { amount: 5, currency: 'USD', date: 20250201 }, '/date not-a-date'],
    ['changeRate', { rate_bps: '900' }, '/rate_bps wrong-type'],
    ['charge', { component: 'INTEREST' }, '/component not-allowed'],
    ['lock', { operations: [], reason: 'x' }, '/operations not-allowed'],
    ['lock', { operations: ['ALL'], reason: 'x' }, '/operations not-allowed'],
    ['lock', { operations: 'FEES', reason: 'x' }, '/operations wrong-type'],
    ['paymentHoliday', { installments: ['2'] }, '/installments wrong-type'],
    ['repay', { amount: 5, currency: 'USD', prepayment: 'LESS' }, '/prepayment not-allowed'],
    ['repay', { amount: 5, currency: 'USD', overpayment: 1 }, '/overpayment not-allowed'],
    ['repay', { amount: 5, currency: 'USD', settle: 'yes' }, '/settle wrong-type'],
    ['writeOff', { reason: 'gone', amount: '5' }, '/amount wrong-type'],
    ['extend', {}, '/days required'],
    ['extend', { days: '7' }, '/days wrong-type'],
    ['reAge', { schedule: [] }, '/schedule wrong-type'],
    ['reAge', {}, '/schedule required'],
    ['reschedule', { capitalize: 1 }, '/capitalize wrong-type'],
  ] as const)('%s %j is refused: %s', (name, said, violation) => {
    expect(refusalOf(() => read(name, said))).toEqual(['validation-failed', violation]);
  });
});

it('a refinancing is paid out only where it has a top-up', () => {
  const { payoutId } = COMMANDS.refinance;
  const schedule = { frequency: 'MONTHLY', every: 1, installments: 6 };
  expect(payoutId?.(read('refinance', { schedule }))).toBeNull();
  expect(payoutId?.(read('refinance', { schedule, top_up: 1 }))).toBe('rfin_01X');
});

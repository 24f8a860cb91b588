import fc from 'fast-check';
import { isSameActor } from '../../src/lending/four-eyes';
import { decide, isRefusal, type LoanCommand } from '../../src/lending/loan';
import { contractOf, Life } from './lending-fixtures';

const ON = '2024-01-01';
const KEY = '#key_01JD2W6Q8F3Z9Y7X5V4T3S2R1P';
const smaller = contractOf({ amount: 9_000 });

const asked = (changes: object = {}): Life =>
  Life.requested(contractOf(), ON, { approval_required: true, four_eyes: true, requested_by: 'demo', ...changes });
const approve = (by?: string): LoanCommand => (by === undefined ? { type: 'approve' } : { type: 'approve', by });
const refusal = { refused: 'forbidden-role', detail: expect.stringContaining('four_eyes') };

describe('four eyes', () => {
  it.each(['demo', `demo${KEY}`, 'demo/mem_Ada1', `demo/mem_Ada1${KEY}`, undefined])(
    'do not let %s approve what demo asked for',
    (by) => {
      expect(asked().try(approve(by))).toEqual(refusal);
    },
  );

  it.each([`demo${KEY}`, 'demo/mem_Ada1'])('know who asked as %s', (requested_by) => {
    expect(asked({ requested_by }).try(approve('demo'))).toEqual(refusal);
  });

  it('let somebody else approve', () => {
    const life = asked();
    life.do(approve('approver'));
    expect(life.state).toMatchObject({ status: 'APPROVED', four_eyes: true });
    expect(life.events.at(-1)).toEqual({ type: 'approved', date: ON, seq: 2 });
  });

  it('do not let who changed the request last approve it, nor who asked for it', () => {
    const life = asked();
    life.do({ type: 'amend', contract: smaller, by: 'clerk' });
    expect(life.try(approve(`clerk${KEY}`))).toEqual(refusal);
    expect(life.try(approve('demo'))).toEqual(refusal);
    expect(life.try(approve('approver'))).not.toHaveProperty('refused');
  });

  it('forget who changed it before', () => {
    const life = asked();
    life.do({ type: 'amend', contract: smaller, by: 'clerk' });
    life.do({ type: 'amend', contract: contractOf(), by: 'demo' });
    expect(life.try(approve('clerk'))).not.toHaveProperty('refused');
  });

  it('let who asked decline and cancel', () => {
    expect(asked().try({ type: 'decline', reason: 'a slip' })).not.toHaveProperty('refused');
    expect(asked().try({ type: 'cancel' })).not.toHaveProperty('refused');
  });

  it('are asked for by the pool: else whoever may approve does, and nothing more is kept', () => {
    const life = asked({ four_eyes: undefined });
    life.do({ type: 'amend', contract: smaller, by: 'demo' });
    expect(life.state).not.toHaveProperty('amended_by');
    expect(life.events.at(-1)).not.toHaveProperty('amended_by');
    expect(life.state).not.toHaveProperty('four_eyes');
    expect(life.try(approve('demo'))).not.toHaveProperty('refused');
  });
});

describe('a top-up', () => {
  const refinance: Extract<LoanCommand, { type: 'refinance' }> = {
    ...{ type: 'refinance', refinance_id: 'rfin_1', terms: {}, top_up: 0, write_off: null, destination: null },
    schedule: { frequency: 'MONTHLY', every: 1, installments: 3 },
  };
  const topUp = { ...refinance, top_up: 1 };
  const successor = { loan_id: 'loan_2', requested_by: 'clerk' };

  function paidOut(four_eyes: true | undefined): Life {
    const life = asked({ four_eyes });
    life.do(approve('approver'));
    life.do({ type: 'disburse', disbursement_id: 'disb_1', date: ON, destination: null, reference: null });
    life.do({ type: 'confirm_disbursement' });
    return life;
  }

  it('is money that only one has looked at: refused with four eyes, be it on the loan or on a new one', () => {
    expect(paidOut(true).try(topUp)).toEqual(refusal);
    expect(paidOut(true).try({ ...topUp, successor })).toEqual(refusal);
    expect(paidOut(true).try(refinance)).not.toHaveProperty('refused');
    expect(paidOut(undefined).try(topUp)).not.toHaveProperty('refused');
  });

  it('is refused also on the loan that took the place of one with four eyes', () => {
    const life = paidOut(true).at('2024-02-15');
    const outcome = decide(life.state, { ...refinance, successor }, life.today, life.events);
    if (isRefusal(outcome)) throw new Error(outcome.detail);
    const next = outcome.successor?.at(-1);
    if (next === undefined) throw new Error('no other loan');
    expect(next.state).toMatchObject({ status: 'ACTIVE', four_eyes: true });
    expect(decide(next.state, topUp, life.today, [])).toEqual(refusal);
  });
});

describe('an actor', () => {
  it.each([
    ['demo', 'demo#key_1'],
    ['demo', `demo${KEY}x`],
    ['demo', 'demo/mem_'],
    ['demo', `demo/mem_${'a'.repeat(41)}`],
    ['demo', `demo${KEY}#`],
    ['demo', 'Demo'],
    ['a/mem_1/b', 'a'],
  ])('%s is not %s', (one, other) => {
    expect(isSameActor(one, other)).toBe(false);
  });

  it('is the same by any key and for any member, whatever its name holds', () => {
    const suffix = fc.oneof(
      fc.constant(''),
      fc.stringMatching(/^#key_[0-9A-HJKMNP-TV-Z]{26}$/),
      fc.stringMatching(/^\/mem_[A-Za-z0-9]{1,40}$/),
      fc.stringMatching(/^\/mem_[A-Za-z0-9]{1,40}#key_[0-9A-HJKMNP-TV-Z]{26}$/),
    );
    const name = fc.stringMatching(/^[a-z#/_|@.]{1,20}!$/);
    fc.assert(
      fc.property(name, name, suffix, suffix, (one, other, a, b) => {
        expect(isSameActor(one + a, one + b)).toBe(true);
        expect(isSameActor(one + a, other + b)).toBe(one === other);
      }),
      { seed: 7 },
    );
  });
});

describe('a credit decision', () => {
  const credited = () => Life.requested(contractOf(), ON, { credit_amount: 10_000 });

  it('holds for the amount that it was made for', () => {
    expect(credited().try({ type: 'amend', contract: contractOf({ amount: 10_001 }) })).toEqual({
      refused: 'pool-policy',
      detail: "amount is 10001; the borrower's credit was looked at for 10000: request another loan for more",
    });
  });

  it('of other terms is a person’s', () => {
    const life = credited();
    expect(life.state.status).toBe('APPROVED');
    life.do({ type: 'amend', contract: smaller });
    expect(life.state).toMatchObject({ status: 'APPROVAL_PENDING', expires_on: '2024-01-31' });
    life.do({ type: 'approve' });
    expect(life.state.status).toBe('APPROVED');
  });
});

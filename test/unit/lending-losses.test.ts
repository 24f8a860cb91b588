import fc from 'fast-check';
import { nextDue } from '../../src/lending/loan';
import { bookedBalances, payoffOn } from '../../src/lending/statement';
import { COMPONENTS, type Terms } from '../../src/lending/terms';
import { contractOf, expectBooked, Life, poolAccount } from './lending-fixtures';

const ON = '2024-01-01';

/** 1200.00 at 1 % a month over 4 months: 300.00 of principal each. */
const loan = (terms: Partial<Terms> = {}) =>
  Life.disbursed(
    contractOf({ amount: 120_000, rate_bps: 1_200, amortization: 'EQUAL_PRINCIPAL', ...terms }, { installments: 4 }),
    ON,
  );

const writeOff = (
  components?: Partial<Record<'principal' | 'interest' | 'fees' | 'penalties', number>>,
  reason = 'gone',
) => ({ type: 'write_off', reason, ...(components === undefined ? {} : { components }) }) as const;
const recover = (amount: number, currency = 'USD') =>
  ({ type: 'recover', recovery_id: 'rcvr_1', amount, currency, reference: null }) as const;
const chargeOff = (reason = 'no hope') => ({ type: 'charge_off', reason }) as const;

describe('a write-off', () => {
  it('of all ends the loan, at the pool’s loss', () => {
    const life = loan({ penalty_rate_bps: 3_600, tax_bps: 1_000 }).at('2024-02-11');
    life.do(writeOff());
    // 12.00 and 10 of 29 days of it, 4.14; a tenth of both is tax; 0.1 % of 300.00 for 10 days
    expect(life.last('penalty_interest_charged')).toMatchObject({ amount: 300 });
    expect(life.last('written_off')).toMatchObject({
      ...{ principal: 120_000, interest: 1_614, fees: 161, penalties: 300, accrued: 414, taxes: 41 },
    });
    expect(life.last('written_off')).not.toHaveProperty('provided');
    expect(life.state).toMatchObject({ status: 'WRITTEN_OFF', bucket: null });
    expect(life.servicing.written_off).toEqual({ amount: 122_075, recovered: 0 });
    expect(poolAccount(life, 'loan_losses')).toBe(122_075);
    expect(nextDue(life.state)).toBeNull();
    expectBooked(life);
  });

  it('of a loan in tranches releases what is not drawn', () => {
    const life = loan({ tranches: [{ amount: 60_000 }, { amount: 60_000 }] });
    life.do(writeOff());
    expect(life.last('written_off')).toMatchObject({ principal: 60_000, released: 60_000 });
    expect(poolAccount(life, 'commitments')).toBe(0);
    expectBooked(life);
    life.do({ type: 'undo', what: 'WRITE_OFF' });
    expect(poolAccount(life, 'commitments')).toBe(60_000);
    expectBooked(life);
  });

  it('of components takes the oldest first, principal last from the end', () => {
    const life = loan().at('2024-02-11');
    life.do({ type: 'charge', component: 'FEE', name: 'Letter', amount: 200 });
    life.do(writeOff({ principal: 110_000, interest: 1_300, fees: 150 }));
    expect(life.last('written_down')).toMatchObject({
      ...{ principal: 110_000, interest: 1_300, fees: 150, penalties: 0, accrued: 100 },
      rows: [{ number: 1, principal: 0, interest: 0, paid_on: '2024-02-11' }],
    });
    expect(life.servicing).toMatchObject({ principal: 10_000, unbilled: 10_000, arrears: [], carried: { fees: 50 } });
    expect(life.state.bucket).toBeNull();
    expect(poolAccount(life, 'loan_losses')).toBe(111_450);
    expectBooked(life);
    // the next installment takes what is left; 10 of 29 days of 12.00 less 1.00, and 19 of 1.00
    life.at('2024-03-01');
    expect(life.last('installment_due')?.row).toMatchObject({ principal: 10_000, interest: 379, fees: 50 });
    life.repay(10_429);
    expect(life.state.status).toBe('REPAID');
    expectBooked(life);
  });

  it('of components that are all there is ends the loan', () => {
    const life = loan();
    life.do(writeOff({ principal: 120_000 }));
    expect(life.state.status).toBe('WRITTEN_OFF');
    expectBooked(life);
  });

  it('of tax on interest that is not billed does not ask for it again', () => {
    const life = loan({ tax_bps: 1_000 }).at('2024-01-16');
    // half of 31 days: 5.81 and 0.58
    life.do(writeOff({ interest: 581, fees: 58 }));
    expect(life.last('written_down')).toMatchObject({ accrued: 581, taxes: 58 });
    expect(payoffOn(life.state, life.today)).toMatchObject({ interest: 0, fees: 0 });
    expectBooked(life);
    life.at('2024-02-01');
    expectBooked(life);
    expect(poolAccount(life, 'loan_losses')).toBe(639);
  });

  it.each([
    [{ principal: 120_001 }, '/components/principal', 'out-of-range'],
    [{ interest: 1 }, '/components/interest', 'out-of-range'],
    [{ fees: -1 }, '/components/fees', 'out-of-range'],
    [{ penalties: 0.5 }, '/components/penalties', 'out-of-range'],
    [{}, '/components', 'required'],
    [{ principal: 0 }, '/components', 'required'],
  ])('of %j is refused', (components, pointer, code) => {
    expect(loan().try(writeOff(components))).toMatchObject({ errors: [{ pointer, code }] });
  });

  describe('of an amount', () => {
    const ofAmount = (amount: number) => ({ type: 'write_off', reason: 'gone', amount }) as const;
    /** Two installments in arrears, of 300.00 and 12.00 each, and a fee of 2.00 carried to the third. */
    const late = (terms: Partial<Terms> = {}) => {
      const life = loan(terms).at('2024-03-01');
      life.do({ type: 'charge', component: 'FEE', name: 'Letter', amount: 200 });
      return life;
    };

    it.each<[string, Partial<Terms>, number, object]>([
      ['one installment after the other', {}, 32_000, { interest: 2_000, principal: 30_000 }],
      ['or one component', { allocation_method: 'VERTICAL' }, 32_000, { interest: 2_400, principal: 29_600 }],
      [
        'or in another order',
        { allocation: ['PRINCIPAL', 'INTEREST', 'FEE', 'PENALTY'] },
        31_000,
        { principal: 30_000, interest: 1_000 },
      ],
      ['then what is carried', {}, 62_500, { interest: 2_400, principal: 60_000, fees: 100 }],
      ['then what is not due yet', {}, 70_000, { interest: 2_400, principal: 67_400, fees: 200 }],
    ])('takes what is owed in the order of allocation: %s', (_, terms, amount, taken) => {
      const life = late(terms);
      life.do(ofAmount(amount));
      expect(life.last('written_down')).toMatchObject({ ...taken, asked: taken });
      expect(poolAccount(life, 'loan_losses')).toBe(amount);
      expectBooked(life);
    });

    it('takes what is earned before principal that is not due, or after it', () => {
      const split = (allocation: Terms['allocation']) => {
        const life = loan({ allocation }).at('2024-01-16');
        life.do(ofAmount(1_000));
        return life.last('written_down');
      };
      expect(split(['PENALTY', 'FEE', 'INTEREST', 'PRINCIPAL'])).toMatchObject({ interest: 581, principal: 419 });
      expect(split(['PRINCIPAL', 'INTEREST', 'FEE', 'PENALTY'])).toMatchObject({ interest: 0, principal: 1_000 });
    });

    it('takes of arrears and of what is carried what a repayment would pay', () => {
      fc.assert(
        fc.property(
          fc.shuffledSubarray([...COMPONENTS], { minLength: COMPONENTS.length }),
          fc.constantFrom('HORIZONTAL' as const, 'VERTICAL' as const),
          fc.integer({ min: 1, max: 63_000 }),
          (allocation, allocation_method, amount) => {
            const terms = { allocation, allocation_method, late_fee: { type: 'FLAT', amount: 300 } } as const;
            const [lost, paid] = [late(terms), late(terms)];
            lost.do(ofAmount(amount));
            paid.repay(amount);
            const { credit: _, ...allocated } = paid.last('repaid')?.allocation ?? { credit: 0 };
            expect(lost.last('written_down')).toMatchObject(allocated);
            expectBooked(lost);
          },
        ),
      );
    });

    it('books penalty interest first, and takes it', () => {
      const life = loan({ penalty_rate_bps: 3_600 }).at('2024-02-11');
      life.do(ofAmount(400));
      expect(life.last('written_down')).toMatchObject({ penalties: 300, interest: 100 });
      expectBooked(life);
    });

    it('that is all there is ends the loan', () => {
      const life = late();
      const { total } = payoffOn(life.state, life.today);
      life.do(ofAmount(total));
      expect(life.state.status).toBe('WRITTEN_OFF');
      expect(poolAccount(life, 'loan_losses')).toBe(total);
      life.do({ type: 'undo', what: 'WRITE_OFF' });
      expect(life.state.status).toBe('ACTIVE');
      expectBooked(life);
    });

    it('counts what is earned, and not the rest of a period that a payoff asks for', () => {
      const life = loan({ payoff_interest: 'FULL_PERIOD' }).at('2024-01-16');
      expect(life.try(ofAmount(120_582))).toMatchObject({
        errors: [{ detail: 'amount is 120582; it must be from 1 to what is owed, 120581' }],
      });
      life.do(ofAmount(120_581));
      expect(life.state.status).toBe('WRITTEN_OFF');
    });

    it.each([0, -1, 1.5, 120_001, 2 ** 53])('is refused: %d', (amount) => {
      expect(loan().try(ofAmount(amount))).toMatchObject({
        errors: [{ pointer: '/amount', code: 'out-of-range', detail: expect.stringContaining('what is owed, 120000') }],
      });
    });

    it('and of components at once is refused', () => {
      expect(loan().try({ ...ofAmount(1), components: { principal: 1 } })).toMatchObject({
        errors: [{ pointer: '/amount', code: 'not-applicable' }],
      });
    });

    it('stays what it was when the past is corrected', () => {
      const life = late();
      life.do(ofAmount(32_000));
      life.at('2024-03-05').repay(31_200, '2024-02-01');
      // February earned 9.00
      expect(life.last('written_down')).toMatchObject({
        ...{ replayed: true, asked: { interest: 2_000, principal: 30_000 }, interest: 900, principal: 30_000 },
      });
      expectBooked(life);
    });
  });

  it('and a charge-off need a reason', () => {
    for (const command of [writeOff(undefined, ' '), chargeOff('')]) {
      expect(loan().try(command)).toMatchObject({ errors: [{ pointer: '/reason', code: 'required' }] });
    }
  });
});

describe('a recovery', () => {
  it('is money that comes in after, up to what was written off', () => {
    const life = loan();
    life.do(writeOff());
    life.at('2024-06-01').do(recover(20_000));
    life.do(recover(100_000));
    expect(life.servicing.written_off).toEqual({ amount: 120_000, recovered: 120_000 });
    expect([poolAccount(life, 'cash'), poolAccount(life, 'recoveries')]).toEqual([0, -120_000]);
    expect(life.try(recover(1))).toMatchObject({ errors: [{ pointer: '/amount', code: 'above-written-off' }] });
    expectBooked(life);
  });

  it.each([
    [recover(120_001), '/amount', 'above-written-off'],
    [recover(0), '/amount', 'out-of-range'],
    [recover(1, 'EUR'), '/currency', 'wrong-currency'],
  ])('is refused: %j', (command, pointer, code) => {
    const life = loan();
    life.do(writeOff());
    expect(life.try(command)).toMatchObject({ errors: [{ pointer, code }] });
  });
});

describe('a charge-off', () => {
  const late = (terms: Partial<Terms> = {}) =>
    loan({ late_fee: { type: 'FLAT', amount: 500 }, ...terms }).at('2024-02-11');

  it('stops all that is earned and provides for what is owed', () => {
    const life = late({ penalty_rate_bps: 3_600 });
    life.do(chargeOff());
    // 12.00, 4.14 of February, the late fee and 10 days of 0.30
    expect(life.last('charged_off')).toMatchObject({ amount: 120_000 + 1_614 + 500 + 300, accrued: 414 });
    expect(life.servicing).toMatchObject({
      charged_off: { on: '2024-02-11', provided: 122_414 },
      carried: { interest: 414 },
    });
    expect([poolAccount(life, 'loan_losses'), poolAccount(life, 'charge_off_allowance')]).toEqual([122_414, -122_414]);
    expectBooked(life);
    life.at('2024-06-01');
    expect(life.stored.map((row) => [row.principal, row.interest, row.penalties])).toEqual([
      [30_000, 1_200, 800],
      [30_000, 414, 0],
      [30_000, 0, 0],
      [30_000, 0, 0],
    ]);
    expect(payoffOn(life.state, life.today).total).toBe(122_414);
    expect(life.state).toMatchObject({ status: 'DEFAULTED', bucket: '90+' });
    expectBooked(life);
    life.repay(122_414);
    expect(life.state.status).toBe('REPAID');
    expectBooked(life);
  });

  it('keeps what was paid ahead as it was', () => {
    const life = loan({ tax_bps: 1_000 }).at('2024-01-16');
    life.repay(400);
    // of 5.81 and 0.58 of tax
    life.do(chargeOff());
    expect(life.servicing).toMatchObject({ ahead: { interest: 342, fees: 58 }, carried: { interest: 239 } });
    life.at('2024-02-01');
    expect(life.stored).toMatchObject([
      { principal: 30_000, interest: 581, fees: 58, paid_interest: 342, paid_fees: 58 },
    ]);
    expectBooked(life);
  });

  it('with nothing earned carries nothing', () => {
    const life = loan();
    life.do(chargeOff());
    expect(life.servicing).not.toHaveProperty('carried');
    expectBooked(life);
  });

  it('after the last due date provides for what is billed', () => {
    const life = loan().at('2024-05-02');
    life.do(chargeOff());
    expect(life.last('charged_off')).toMatchObject({ amount: 124_800, accrued: 0 });
    expectBooked(life);
  });

  it('is used by a write-off, in parts', () => {
    const life = late();
    life.do(chargeOff());
    life.do(writeOff({ principal: 20_000 }));
    expect(life.last('written_down')).toMatchObject({ principal: 20_000, provided: 20_000 });
    expect(life.servicing.charged_off?.provided).toBe(102_114);
    expect(poolAccount(life, 'charge_off_allowance')).toBe(-102_114);
    expectBooked(life);
    life.do(writeOff());
    expect(life.last('written_off')).toMatchObject({ provided: 102_114 });
    expect([poolAccount(life, 'loan_losses'), poolAccount(life, 'charge_off_allowance')]).toEqual([122_114, 0]);
    expectBooked(life);
  });

  it('that provided for more than is lost gives the rest back', () => {
    const life = late();
    life.do(chargeOff());
    life.repay(50_000);
    life.do(writeOff());
    expect(life.last('written_off')).toMatchObject({ provided: 122_114 });
    expect(poolAccount(life, 'charge_off_allowance')).toBe(0);
    // 1221.14 were lost, and 500.00 of it came in after all
    expect(poolAccount(life, 'loan_losses') + poolAccount(life, 'recoveries')).toBe(72_114);
    expectBooked(life);
  });

  it('does not bear what is charged by hand after it', () => {
    const life = late();
    life.do(chargeOff());
    life.do({ type: 'charge', component: 'PENALTY', name: 'Court', amount: 1_000 });
    life.do(writeOff());
    expect(life.last('written_off')).toMatchObject({ penalties: 1_500, provided: 122_114 });
    expect(poolAccount(life, 'loan_losses')).toBe(123_114);
    expectBooked(life);
  });

  it('comes once', () => {
    const life = late();
    life.do(chargeOff());
    expect(life.at('2024-02-12').try(chargeOff())).toMatchObject({
      ...{ refused: 'invalid-state', detail: 'loan loan_1 is charged off since 2024-02-11' },
    });
  });

  it('happens again where the past is corrected', () => {
    const life = late();
    life.do(chargeOff());
    life.at('2024-02-15').repay(31_200, '2024-02-01');
    // no late fee; 10 of 29 days on 900.00
    expect(life.last('charged_off')).toMatchObject({ replayed: true, amount: 90_310, accrued: 310 });
    expect(poolAccount(life, 'charge_off_allowance')).toBe(-90_310);
    expect(bookedBalances(life.state)).toMatchObject({ principal: 90_000, interest: 310, penalties: 0 });
    expectBooked(life);
  });
});

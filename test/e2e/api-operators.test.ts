import type { ApplicationFailure } from '@temporalio/common';
import { addDays, addMonths } from '../../src/lending/calendar';
import { LOAN } from '../api-stage';
import { Lender } from '../loan-over-http';

let lender: Lender;

beforeAll(async () => {
  lender = await Lender.open();
});

afterAll(async () => {
  expect(await lender.close()).toEqual([]);
});

describe('operators', () => {
  it('send every command by hand, with nothing but what matters', async () => {
    const loan = await lender.activeLoan();
    const { id: repayment_id } = await loan.pay(LOAN.amount - 10_000);
    const send = (name: string, said: object) => loan.workflow.executeUpdate<unknown, [object]>(name, { args: [said] });
    await send('charge', { component: 'FEE', name: 'Dunning', amount: 900 });
    await send('reverseRepayment', { repayment_id, reason: 'no funds' });
    const schedule = {
      frequency: 'MONTHLY',
      every: 1,
      installments: 3,
      first_due_date: addMonths(await lender.today(), 1),
    };
    await send('reAge', { schedule });
    await send('promiseToPay', { date: addDays(await lender.today(), 3), amount: 100 });
    await send('lock', { operations: ['FEES'], reason: 'court' });
    await send('repay', { amount: LOAN.amount + 900, currency: 'USD' });
    await loan.ended();
    expect((await loan.now()).status).toBe('REPAID');
  });

  it('are told which field is wrong, and the loan goes on', async () => {
    const loan = await lender.activeLoan();
    const field = async (name: string, said: object) => {
      const update = loan.workflow.executeUpdate<unknown, [object]>(name, { args: [said] });
      const { cause } = (await update.catch((error: unknown) => error)) as { cause: ApplicationFailure };
      const [refused] = cause.details as { errors: { pointer: string }[] }[];
      return [cause.type, refused?.errors[0]?.pointer];
    };
    for (const [name, said, pointer] of [
      ['lock', { operations: 'FEES', reason: 'x' }, '/operations'],
      ['paymentHoliday', { installments: ['1'] }, '/installments'],
      ['changeRate', { rate_bps: '900' }, '/rate_bps'],
      ['promiseToPay', { date: '2025-02-30', amount: 1 }, '/date'],
      ['reschedule', { terms: 1 }, '/terms'],
      ['reschedule', { capitalize: 'yes' }, '/capitalize'],
      ['undo', { what: 'REPAYMENT' }, '/what'],
      ['charge', {}, '/component'],
      ['repay', {}, '/amount'],
    ] as const)
      expect([name, ...(await field(name, said))]).toEqual([name, 'validation-failed', pointer]);
    await loan.pay(1_000);
  });

  it('see what a loan has that others have not, and what each command takes', async () => {
    const tranches = [{ amount: 400_000 }, { amount: 800_000 }];
    const loan = await lender.activeLoan({ terms: { ...LOAN.terms, tranches } });
    await loan.made('holds', { amount: 5 });
    await loan.changed('lock', { operations: ['FEES'], reason: 'court' });
    await loan.changed('promise-to-pay', { date: addDays(await lender.today(), 3), amount: 100 });
    await loan.changed('charge-off', { reason: 'no hope' });
    const metadata = await loan.workflow.query<
      { currentDetails: string; definition: { updateDefinitions: { name: string; description: string }[] } },
      []
    >('__temporal_workflow_metadata');
    for (const line of ['not paid out yet | 800000', 'held | 5', 'locked | FEES', 'promised | 100', 'charged off | on'])
      expect(metadata.currentDetails).toContain(line);
    const described = metadata.definition.updateDefinitions.find((each) => each.name === 'goodwillCredit');
    expect(described?.description).toContain('{ amount, reason }');
  });
});

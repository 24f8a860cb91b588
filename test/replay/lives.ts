import { WithStartWorkflowOperation } from '@temporalio/client';
import { addDays, addMonths, startOf } from '../../src/lending/calendar';
import { newCommandId } from '../../src/tenancy/ids';
import type { CommandInputs, CommandName, ResultOf } from '../../workflows/messages';
import { repaymentSignal, updateOf } from '../../workflows/messages';
import { eventually } from '../eventually';
import { contractOf, LoanOnStage, ORG, type Stage } from '../stories/stage';

/**
 * Lives whose histories every later release has to replay: between them they take each path of the workflow. What is
 * recorded is the last run of the loan that a life answers; each life comes to its end.
 */
export const LIVES: Readonly<Record<string, (stage: Stage) => Promise<LoanOnStage>>> = {
  repaid: async (stage) => {
    const loan = await stage.disbursed();
    for (let month = 1; month <= 3; month += 1) {
      await stage.advanceTo(addMonths(await disbursedOn(loan), month), loan);
      await loan.repay(150_000);
    }
    await loan.repay(ALL);
    return loan;
  },
  'written-off': async (stage) => {
    const loan = await stage.disbursed();
    const from = await disbursedOn(loan);
    await stage.advanceTo(addDays(from, 40), loan);
    await loan.repay(20_000, { date: addDays(from, 20) });
    await stage.advanceTo(addDays(from, 140), loan);
    await loan.writeOff('gone');
    return loan;
  },
  'payout-failed': async (stage) => {
    const loan = await stage.approved();
    await stage.orderPayouts('FAIL');
    await loan.disburse().catch(() => undefined);
    await loan.cancel();
    return loan;
  },
  expired: async (stage) => {
    const loan = await stage.request(await stage.setTheScene(), contractOf());
    await stage.advanceTo(addDays(stage.today(), 30), loan);
    return loan;
  },
  refused: async (stage) => {
    const scene = await stage.setTheScene();
    const loan = await stage.request(scene, contractOf());
    await loan.amend(contractOf({ amount: 500_000 }));
    await loan.decline('not now');
    return loan;
  },
  'in-tranches': async (stage) => {
    const tranches = [{ amount: 700_000 }, { amount: 500_000 }];
    const loan = await stage.disbursed({ terms: { tranches } });
    await send(loan, 'placeHold', { amount: 500_000, hold_id: 'hold_supplier' });
    await stage.advanceTo(addDays(await disbursedOn(loan), 40), loan);
    await stage.orderPayouts('FAIL');
    await refusal(loan.disburse({ hold_id: 'hold_supplier' }));
    await loan.disburse({ hold_id: 'hold_supplier' });
    await loan.repay(ALL);
    return loan;
  },
  corrected: async (stage) => {
    const loan = await stage.disbursed({ terms: { returned_payment_fee: 2_000 } });
    const from = await disbursedOn(loan);
    await stage.advanceTo(addDays(from, 35), loan);
    const { repayment_id } = await loan.repay(100_000);
    const signalled = { amount: 5_000, currency: 'USD', reference: 'STATEMENT-7' };
    await loan.handle.signal(repaymentSignal, signalled);
    await loan.handle.signal(repaymentSignal, signalled);
    await send(loan, 'reschedule', { terms: { rate_bps: 1_200 }, schedule: { installments: 6 }, capitalize: true });
    await stage.advanceTo(addDays(from, 50), loan);
    await loan.repay(30_000, { date: addDays(from, 20) });
    await refusal(send(loan, 'reverseRepayment', { repayment_id: 'rpmt_none', reason: 'no such payment' }));
    await send(loan, 'reverseRepayment', { repayment_id, reason: 'no funds' });
    await loan.repay(ALL);
    return loan;
  },
  'topped-up': async (stage) => {
    const loan = await stage.disbursed();
    await stage.advanceTo(addDays(await disbursedOn(loan), 10), loan);
    const refinance = { schedule: { ...YEARLY }, top_up: 100_000 };
    await stage.orderPayouts('FAIL');
    await refusal(send(loan, 'refinance', refinance));
    // the rail pays, and says so when it is asked again
    await stage.orderPayouts('LATE');
    await send(loan, 'refinance', refinance);
    await loan.repay(ALL);
    return loan;
  },
  // its second run, which the reversal began
  bounced: async (stage) => {
    const loan = await stage.disbursed();
    const { repayment_id } = await loan.repay(ALL);
    await sendToClosed(stage, loan, 'reverseRepayment', { repayment_id, reason: 'no funds' });
    await stage.advanceTo(addDays(await disbursedOn(loan), 40), loan);
    await loan.repay(ALL);
    return loan;
  },
  // its third run, which the second refund began
  refunded: async (stage) => {
    const loan = await stage.disbursed();
    await loan.repay(ALL);
    await stage.orderPayouts('FAIL');
    await refusal(sendToClosed(stage, loan, 'refund', { amount: 1_000 }));
    await sendToClosed(stage, loan, 'refund', { amount: 1_000 });
    return loan;
  },
  'charged-off': async (stage) => {
    const loan = await stage.disbursed();
    await chargeOff(stage, loan);
    return loan;
  },
  // its second run, which the undo began
  'written-off-again': async (stage) => {
    const loan = await stage.disbursed();
    await chargeOff(stage, loan);
    await sendToClosed(stage, loan, 'undo', { what: 'WRITE_OFF' });
    await stage.advanceTo(addDays(await disbursedOn(loan), 75), loan);
    await loan.writeOff('gone for good');
    return loan;
  },
  recovered: async (stage) => {
    const loan = await stage.disbursed();
    await chargeOff(stage, loan);
    await sendToClosed(stage, loan, 'recover', { amount: 50_000, currency: 'USD', reference: 'AGENCY-1' });
    return loan;
  },
  rescheduled: async (stage) => {
    const loan = await stage.disbursed();
    await replace(stage, loan);
    return loan;
  },
  // the second run of the loan that was rescheduled, which the undo began
  'rescheduled-and-undone': async (stage) => {
    const { old } = await replacedAndUndone(stage);
    await old.repay(ALL);
    return old;
  },
  annulled: async (stage) => (await replacedAndUndone(stage)).successor,
  // the loan that took the place of one that was refinanced with a top-up
  successor: async (stage) => {
    const loan = await stage.disbursed();
    await stage.advanceTo(addDays(await disbursedOn(loan), 10), loan);
    const refinanced = await send(loan, 'refinance', { schedule: { ...YEARLY }, top_up: 100_000, new_loan: true });
    const successor = loanOf(stage, refinanced);
    await stage.advanceTo(addDays(await disbursedOn(loan), 55), successor);
    await successor.repay(ALL);
    return successor;
  },
  // on the due date, where what was billed that day is taken back
  extended: async (stage) => {
    const loan = await stage.disbursed({ terms: { extension: { max_days: 14, max_times: 1 } } });
    await stage.advanceTo(addMonths(await disbursedOn(loan), 1), loan);
    await send(loan, 'extend', { days: 14, reason: 'no wages yet' });
    await refusal(send(loan, 'extend', { days: 1, reason: 'still none' }));
    await stage.advanceTo(addMonths(await disbursedOn(loan), 2), loan);
    await loan.repay(ALL);
    return loan;
  },
  recast: async (stage) => {
    const loan = await stage.approved();
    await loan.disburse({ first_due_date: addDays(stage.today(), 45) });
    await stage.advanceTo(addDays(await disbursedOn(loan), 50), loan);
    await loan.repay(400_000, { recast: true });
    await stage.advanceTo(addDays(await disbursedOn(loan), 80), loan);
    await loan.repay(ALL);
    return loan;
  },
  'funded-by-itself': async (stage) => {
    const scene = await stage.setTheScene();
    const loan = await stage.request(scene, contractOf(), newCommandId(), '10 seconds', { auto_fund: true });
    await loan.approve();
    await eventually(
      () => loan.row(),
      ({ status }) => status === 'ACTIVE',
    );
    await loan.repay(ALL);
    return loan;
  },
};

/** More than any of these loans owes. */
const ALL = 2_000_000;
const YEARLY = { frequency: 'MONTHLY', every: 1, installments: 12 } as const;

async function disbursedOn(loan: LoanOnStage): Promise<string> {
  return (await loan.row()).state.servicing?.disbursed_on ?? '';
}

/** Overdue, charged off, and then written off. */
async function chargeOff(stage: Stage, loan: LoanOnStage): Promise<void> {
  const from = await disbursedOn(loan);
  await stage.advanceTo(addDays(from, 40), loan);
  await send(loan, 'chargeOff', { reason: 'insolvent' });
  await stage.advanceTo(addDays(from, 70), loan);
  await loan.writeOff('gone');
}

/** Puts another loan in the place of one; answers the other. */
async function replace(stage: Stage, loan: LoanOnStage): Promise<LoanOnStage> {
  await stage.advanceTo(addDays(await disbursedOn(loan), 35), loan);
  return loanOf(stage, await send(loan, 'reschedule', { schedule: { installments: 6 }, new_loan: true }));
}

async function replacedAndUndone(stage: Stage): Promise<{ old: LoanOnStage; successor: LoanOnStage }> {
  const old = await stage.disbursed();
  const successor = await replace(stage, old);
  await stage.advanceTo(addDays(await disbursedOn(old), 70), successor);
  await sendToClosed(stage, old, 'undo', { what: 'RESCHEDULE' });
  return { old, successor };
}

const loanOf = (stage: Stage, { successor = '' }: { successor?: string }) => new LoanOnStage(stage, successor);

function send<N extends CommandName>(loan: LoanOnStage, name: N, input: CommandInputs[N]): Promise<ResultOf<N>> {
  return loan.send(updateOf(name), { command_id: newCommandId(), actor: 'lender', ...input });
}

/** Sends a command to a loan that has ended, whose workflow is started again for it, as the API does. */
async function sendToClosed<N extends CommandName>(
  stage: Stage,
  loan: LoanOnStage,
  name: N,
  input: CommandInputs[N],
): Promise<ResultOf<N>> {
  await loan.handle.result();
  const clock_offset_ms = Math.max(startOf(stage.today()) + 1_000 - Date.now(), 0);
  const command_id = newCommandId();
  return stage.client.workflow.executeUpdateWithStart(updateOf(name), {
    args: [{ command_id, actor: 'lender', ...input }],
    updateId: command_id,
    startWorkflowOperation: new WithStartWorkflowOperation('loan', {
      workflowId: loan.handle.workflowId,
      taskQueue: stage.config.temporal.taskQueue,
      args: [{ org_id: ORG, loan_id: loan.id, clock_offset_ms }],
      workflowIdConflictPolicy: 'USE_EXISTING',
    }),
  });
}

/** Waits for the refusal of a command. @throws Error where it is carried out */
async function refusal(command: Promise<unknown>): Promise<void> {
  const answered = await command.then(
    () => true,
    () => false,
  );
  if (answered) throw new Error('a command was carried out that should have been refused');
}

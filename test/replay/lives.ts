import { addDays, addMonths } from '../../src/lending/calendar';
import { contractOf, type LoanOnStage, type Stage } from '../stories/stage';

/** Lives whose histories every later release has to replay: between them they take each path of the workflow. */
export const LIVES: Readonly<Record<string, (stage: Stage) => Promise<LoanOnStage>>> = {
  repaid: async (stage) => {
    const loan = await stage.disbursed();
    for (let month = 1; month <= 3; month += 1) {
      await stage.advanceTo(addMonths(await disbursedOn(loan), month), loan);
      await loan.repay(150_000);
    }
    await loan.repay(2_000_000);
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
};

async function disbursedOn(loan: LoanOnStage): Promise<string> {
  return (await loan.row()).state.servicing?.disbursed_on ?? '';
}

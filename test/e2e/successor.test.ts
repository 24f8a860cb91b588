import { newCommandId } from '../../src/tenancy/ids';
import { updateOf } from '../../workflows/messages';
import { eventually } from '../eventually';
import { openStage } from '../stage';
import { LoanOnStage, type Stage } from '../stories/stage';

let stage: Stage;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ stage, close } = await openStage());
});

afterAll(async () => {
  expect((await stage.verify()).findings).toEqual([]);
  await close();
});

it('a loan that takes the place of another has its workflow, also where that gave up before the commit', async () => {
  const loan = await stage.disbursed();
  const command_id = newCommandId();
  const successor = new LoanOnStage(stage, command_id.replace('cmd_', 'loan_'));
  const input = { command_id, actor: 'lender', schedule: { installments: 6 }, new_loan: true };
  const held = await stage.tenant.db.transaction();
  await held('loans').where({ id: loan.id }).forUpdate();
  const answer = loan.send(updateOf('reschedule'), input);
  // as it ends by itself after a minute, where no worker was there to commit
  const giveUp = () => successor.handle.terminate('gave up');
  await eventually(
    () =>
      giveUp().then(
        () => true,
        () => false,
      ),
    Boolean,
  );
  await held.rollback();

  expect((await answer).successor).toBe(successor.id);
  expect((await successor.repay(2_000_000)).status).toBe('REPAID');
  await successor.handle.result();
});

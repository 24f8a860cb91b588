import { allHandlersFinished, condition, defineUpdate, proxyLocalActivities, setHandler } from '@temporalio/workflow';

const { nothing } = proxyLocalActivities<{ nothing(): Promise<void> }>({ startToCloseTimeout: '20 seconds' });

/** An update that does one empty activity, as each command of a loan does one commit. */
export const touch = defineUpdate<void, [{ last: boolean }]>('touch');
/** An update that does nothing at all. */
export const empty = defineUpdate<void, []>('empty');

/** What a loan's workflow would cost if lending and books were free: it takes updates until it is told the last. */
export async function floor(): Promise<void> {
  let done = false;
  setHandler(touch, async ({ last }) => {
    await nothing();
    done = last;
  });
  setHandler(empty, () => undefined);
  await condition(() => done);
  await condition(allHandlersFinished);
}

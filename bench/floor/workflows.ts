import { allHandlersFinished, condition, defineUpdate, proxyLocalActivities, setHandler } from '@temporalio/workflow';

const { nothing } = proxyLocalActivities<{ nothing(): Promise<void> }>({ startToCloseTimeout: '20 seconds' });

/** An update with a loan's command as argument and answer, that does one empty activity where a loan does one commit. */
export const touch = defineUpdate<object, [{ last: boolean; command: object }]>('touch');
/** An update that does nothing at all. */
export const empty = defineUpdate<void, []>('empty');

/** What a loan's workflow would cost if lending and books were free: it takes updates until it is told the last. */
export async function floor(): Promise<void> {
  let done = false;
  setHandler(touch, async ({ last, command }) => {
    await nothing();
    done = last;
    return command;
  });
  setHandler(empty, () => undefined);
  await condition(() => done);
  await condition(allHandlersFinished);
}

import { sleep } from '@temporalio/workflow';
import { loan as sound } from '../../workflows/loan';
import type { LoanInput } from '../../workflows/messages';

/** The loan with a change that nobody guarded: it begins with a timer. It exists so that the replay test can fail. */
export async function loan(input: LoanInput): Promise<unknown> {
  await sleep('1 second');
  return sound(input);
}

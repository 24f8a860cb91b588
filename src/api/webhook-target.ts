import { checkTarget, OutboundError, urlFault } from '../platform/outbound';
import type { Context } from './operation';
import { fieldProblem } from './problem';

/** A caller waits for DNS no longer than this; each delivery looks again. */
const LOOK_UP_MS = 1_000;

/** @throws Problem `validation-failed` where a webhook's URL can't be, or leads to an address that is not public */
export async function requireTarget({ services: { config } }: Context, url: string): Promise<void> {
  const allowPrivate = config.mode === 'sandbox';
  const fault = urlFault(url, allowPrivate);
  if (fault !== null) throw fieldProblem('/url', 'wrong-format', fault);
  try {
    await checkTarget({ url, allowPrivate }, LOOK_UP_MS);
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    throw fieldProblem('/url', 'forbidden-address', 'must name a host at a public address');
  }
}

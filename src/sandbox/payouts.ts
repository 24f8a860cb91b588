import { type Caller, runCommand } from '../tenancy/command';
import type { Tenant } from '../tenancy/tenant';

/** What the sandbox's payout rail can be told to do with a payout, instead of paying it. */
export const PAYOUT_ORDERS = ['FAIL', 'TIMEOUT', 'LATE', 'DUPLICATE'] as const;
export type PayoutOrder = (typeof PAYOUT_ORDERS)[number];

/** Says how the rail treats the tenant's next payouts, after those that earlier orders are about. */
export async function orderPayouts(tenant: Tenant, caller: Caller, next: PayoutOrder, times: number): Promise<void> {
  await runCommand(tenant, caller, async (books) => {
    await books.insert('sandbox_payout_orders', { next, remaining: times });
    const subject = { type: 'sandbox_payouts', id: caller.commandId };
    return { action: 'sandbox.payouts_ordered', subject, data: { next, times } };
  });
}

import { z } from 'zod';
import { businessDateOf, isBusinessDate } from '../../lending/calendar';
import { advanceClock, type Move } from '../../sandbox/clock';
import { orderPayouts, PAYOUT_ORDERS } from '../../sandbox/payouts';
import type { Tenant } from '../../tenancy/tenant';
import { day, instant, timestamp } from '../fields';
import { advanceLoans } from '../loans/advance';
import { created, ok, operation, type TenantOperation } from '../operation';
import { createdOf, okOf } from './answers';

const MAX_DAYS = 40 * 366;
const MAX_TIMES = 100;

const clock = z
  .strictObject({
    now: instant,
    business_date: day,
    processed: z.int().meta({ description: 'Due events of loans that the call processed.' }),
  })
  .meta({ id: 'SandboxClock' });

const to = z
  .string()
  .refine((text) => isBusinessDate(text) || timestamp.safeParse(text).success, {
    error: 'must be a date, YYYY-MM-DD, or a time of RFC 3339',
    params: { code: 'not-a-time' },
  })
  .meta({ description: 'A business date or a time.', example: '2026-01-31' });

const advance = z
  .strictObject({ to: to.optional(), days: z.int().min(1).max(MAX_DAYS).optional() })
  .refine((body) => (body.to === undefined) !== (body.days === undefined), {
    error: 'must have either to or days',
    params: { code: 'required' },
  })
  .meta({ id: 'AdvanceClock', description: 'Either.', oneOf: [{ required: ['to'] }, { required: ['days'] }] });

function moveOf(body: z.output<typeof advance>): Move {
  if (body.to === undefined) return { days: body.days ?? 0 };
  return isBusinessDate(body.to) ? { date: body.to } : { instant: new Date(body.to) };
}

async function showClock(tenant: Tenant, processed: number): Promise<z.input<typeof clock>> {
  const now = await tenant.now();
  return { now: now.toISOString(), business_date: businessDateOf(now.getTime()), processed };
}

const sandbox = { tag: 'Sandbox', scope: 'sandbox:write', sandboxOnly: true } as const;

export const sandboxOperations: readonly TenantOperation[] = [
  operation({
    ...sandbox,
    id: 'getSandboxClock',
    method: 'get',
    path: '/sandbox/clock',
    summary: "The tenant's clock.",
    answers: okOf(clock),
    handle: async ({ tenant }) => ok(await showClock(tenant, 0)),
  }),
  operation({
    ...sandbox,
    id: 'advanceSandboxClock',
    method: 'post',
    path: '/sandbox/clock/advance',
    summary: "Move the tenant's clock forward; its loans process what falls due, each on its own date.",
    idempotent: true,
    body: advance,
    answers: okOf(clock),
    handle: async (context, { body }) => {
      const offsetMs = await advanceClock(context.tenant, context.caller, moveOf(body));
      return ok(await showClock(context.tenant, await advanceLoans(context, offsetMs)));
    },
  }),
  operation({
    ...sandbox,
    id: 'orderSandboxPayouts',
    method: 'post',
    path: '/sandbox/payouts',
    summary: 'Say how the payout rail treats the next payouts.',
    idempotent: true,
    body: z
      .strictObject({ next: z.enum(PAYOUT_ORDERS), times: z.int().min(1).max(MAX_TIMES).default(1) })
      .meta({ id: 'PayoutOrder' }),
    answers: createdOf(z.strictObject({ next: z.enum(PAYOUT_ORDERS), times: z.int() })),
    handle: async ({ tenant, caller }, { body }) => {
      await orderPayouts(tenant, caller, body.next, body.times);
      return created({ next: body.next, times: body.times });
    },
  }),
];

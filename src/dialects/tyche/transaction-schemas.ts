import { z } from 'zod';
import { day, instant } from '../../api/fields';
import { accountNumber, TRANSACTION_TYPES } from '../../api/schemas/loan';
import { amount, date, maybe, money, percent, units } from './fields';

const channel = z
  .string()
  .meta({ description: 'One of the channels in the settings of this API.', example: 'sandbox' });

export const payment = z.object({ channel: maybe(channel), amount }).meta({ id: 'Payment' });

export const writeOff = z.object({ amount }).meta({ id: 'WriteOff' });

export const topUp = z
  .object({
    amount,
    interest: maybe(percent).meta({ description: 'Percent a year; default: as it is.' }),
    tenure: maybe(units.min(1)).meta({ description: 'From now on; default: the installments that are left.' }),
    firstRepaymentDate: maybe(date),
  })
  .meta({ id: 'TopUp' });

/** Those of native destinations and references. */
const MAX_DESTINATION = 500;
const MAX_NARRATION = 200;

export const disbursement = z
  .object({
    type: z.enum(['INTERNAL', 'EXTERNAL']),
    accountNumber: maybe(z.string().trim().max(MAX_DESTINATION)).meta({ description: 'INTERNAL: ten digits.' }),
    narration: maybe(z.string().trim().max(MAX_NARRATION)),
    channel: maybe(channel),
    changeFirstRepaymentDate: z.boolean(),
    firstRepaymentDate: maybe(date),
    disburseDate: maybe(date).meta({ description: 'Default: today.' }),
  })
  .superRefine((said, context) => {
    const wrong = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
    if (said.type === 'INTERNAL') {
      if (!accountNumber.safeParse(said.accountNumber).success)
        wrong('accountNumber', 'must be ten digits if type is INTERNAL');
      if (said.channel === undefined) wrong('channel', 'is required if type is INTERNAL');
    }
    if (said.changeFirstRepaymentDate && said.firstRepaymentDate === undefined)
      wrong('firstRepaymentDate', 'is required if changeFirstRepaymentDate is true');
  })
  .meta({ id: 'Disbursement' });

/** What moved money on a loan. */
export const transaction = z
  .strictObject({
    id: z.string(),
    loanId: z.string(),
    accountNumber,
    type: z.enum(TRANSACTION_TYPES),
    amount: money,
    principal: money,
    interest: money,
    fee: money,
    penalty: money,
    reversed: z.boolean(),
    transactionDate: day,
    created_at: instant,
  })
  .meta({ id: 'Transaction' });

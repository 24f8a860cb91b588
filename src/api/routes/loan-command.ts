import { z } from 'zod';
import type { CommandName, ResultOf } from '../../../workflows/messages';
import type { Undoable } from '../../lending/commands';
import { pathId } from '../fields';
import { answerLoan, findLoan, type Said, send } from '../loans/command';
import type { LoanRow } from '../loans/loans';
import { type AnswerKind, created, operation, type TenantContext, type TenantOperation } from '../operation';
import type { ProblemSlug } from '../problem';
import { loan } from '../schemas/loan';
import { createdOf } from './answers';

/** What all commands of a loan have in common, but for those that a borrower or an approver gives. */
export const commanding = {
  tag: 'Loans',
  scope: 'loans:write',
  method: 'post',
  idempotent: true,
  problems: ['invalid-state'],
} as const;
export const loanParams = z.strictObject({ id: pathId });
export const nothing = z.strictObject({});
export const theLoan: { 200: AnswerKind } = { 200: { description: 'The loan', schema: loan, headers: ['ETag'] } };

interface Declared<N extends CommandName, B extends z.ZodType<Said<N>>> {
  /** the operation's */
  id: string;
  verb: string;
  summary: string;
  update: N;
  body: B;
  /** kinds of problems beside `invalid-state` and those of every command */
  problems?: readonly ProblemSlug[];
  /** what there is to say before the loan is asked; @throws Problem or Refusal */
  check?: (context: TenantContext, loan: LoanRow, said: z.output<B>) => Promise<void> | void;
}

/** A command that answers the loan. */
export function changesLoan<N extends CommandName, B extends z.ZodType<Said<N>>>(
  declared: Declared<N, B>,
): TenantOperation {
  const { id: operationId, verb, summary, update, body, problems = [], check } = declared;
  return operation({
    ...commanding,
    ...{ id: operationId, path: `/loans/{id}/${verb}`, summary, body },
    problems: [...commanding.problems, ...problems],
    params: loanParams,
    answers: theLoan,
    handle: async (context, { params: { id }, body: said }) => {
      const found = await findLoan(context, id);
      await check?.(context, found, said);
      await send(context, found, update, said);
      return await answerLoan(context, id);
    },
  });
}

/** A command that makes something, and answers it. */
export function makes<N extends CommandName, B extends z.ZodType<Said<N>>, A extends z.ZodType>(
  declared: Declared<N, B> & { answer: A; show: (result: ResultOf<N>) => z.input<A> },
): TenantOperation {
  const { id: operationId, verb, summary, update, body, answer, show, problems = [], check } = declared;
  return operation({
    ...commanding,
    ...{ id: operationId, path: `/loans/{id}/${verb}`, summary, body },
    problems: [...commanding.problems, ...problems],
    params: loanParams,
    answers: createdOf(answer),
    handle: async (context, { params: { id }, body: said }) => {
      const found = await findLoan(context, id);
      await check?.(context, found, said);
      return created(show(await send(context, found, update, said)));
    },
  });
}

/** Takes the latest change of a kind back. */
export function undoes(what: Undoable, verb: string, summary: string): TenantOperation {
  const name = { RESCHEDULE: 'Reschedule', REFINANCE: 'Refinance', WRITE_OFF: 'WriteOff' }[what];
  return operation({
    ...commanding,
    ...{ id: `undo${name}`, path: `/loans/{id}/undo-${verb}`, summary },
    params: loanParams,
    body: nothing,
    answers: theLoan,
    problems: [...commanding.problems, 'over-allocation'],
    handle: async (context, { params: { id } }) => {
      await send(context, await findLoan(context, id), 'undo', { what });
      return await answerLoan(context, id);
    },
  });
}

import type { Refusal } from './commands';
import type { LoanState } from './loan-state';

/** What an actor's name ends with where it acted for a member, or by an API key; a subject may hold these characters too. */
const BY_WHICH_MEANS = /(?:\/mem_[A-Za-z0-9]{1,40})?(?:#key_[0-9A-HJKMNP-TV-Z]{26})?$/;

/** Whether two actors are the same one, by whatever key or for whichever member each of them acted. */
export function isSameActor(one: string, other: string): boolean {
  return one.replace(BY_WHICH_MEANS, '') === other.replace(BY_WHICH_MEANS, '');
}

/** Refuses the approval of a loan by who has asked for it or has changed it last, where its pool wants two to look at it. */
export function needsFourEyes({ four_eyes, requested_by, amended_by }: LoanState, by: string): Refusal | null {
  if (four_eyes !== true) return null;
  if (isSameActor(requested_by, by)) return forbidden('asked for this loan');
  if (amended_by !== undefined && isSameActor(amended_by, by)) return forbidden('changed this loan last');
  return null;
}

/** Refuses to lend more on a loan that two had to look at: nobody looks at a top-up before it is paid out. */
export function noTopUp({ four_eyes }: LoanState, topUp: number): Refusal | null {
  if (four_eyes !== true || topUp === 0) return null;
  const detail = "its pool's policy four_eyes wants two to look at what is lent: request another loan for the top-up";
  return { refused: 'forbidden-role', detail };
}

function forbidden(did: string): Refusal {
  const detail = `you ${did}, and its pool's policy four_eyes wants somebody else to approve it`;
  return { refused: 'forbidden-role', detail };
}

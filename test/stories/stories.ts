import { CHARGES } from './lives/charges';
import { CREDIT } from './lives/credit';
import { DECISIONS } from './lives/decisions';
import { EVENTFUL } from './lives/eventful';
import { LOSSES } from './lives/losses';
import { PAYMENTS } from './lives/payments';
import { PLAIN } from './lives/plain';
import { PREPAYMENTS } from './lives/prepayments';
import { RELIEF } from './lives/relief';
import { RESTRUCTURING } from './lives/restructuring';
import { TERMS } from './lives/terms';
import type { Story } from './story';

/** All stories, in the order in which the demo tells them. */
export const STORIES: readonly Story[] = [
  ...PLAIN,
  ...DECISIONS,
  ...TERMS,
  ...CHARGES,
  ...PAYMENTS,
  ...PREPAYMENTS,
  ...RELIEF,
  ...RESTRUCTURING,
  ...LOSSES,
  ...CREDIT,
  EVENTFUL,
];

import { P2P_STORIES } from './p2p';
import type { DialectStory } from './scene';
import { STORIES_TOGETHER } from './together';
import { TYCHE_STORIES } from './tyche';

/** All stories of dialects, in the order in which the demo tells them. */
export const DIALECT_STORIES: readonly DialectStory[] = [...P2P_STORIES, ...TYCHE_STORIES, ...STORIES_TOGETHER];

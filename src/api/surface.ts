import type { z } from 'zod';
import type { Principal } from './auth/principal';
import type { Context } from './operation';
import { Problem, type ProblemSlug } from './problem';

/** How another API than the native one talks with its clients. Its operations lie below its base. */
export interface Surface {
  /** `/p2p` */
  base: string;
  /** of its description */
  title: string;
  about: string;
  /** its ways to say who asks, as components of its description */
  security: Readonly<Record<string, Record<string, unknown>>>;
  /** @throws Problem `unauthenticated`, or `unavailable` where nobody can say */
  authenticate(context: Context): Promise<Principal>;
  /** A problem as its clients know it. */
  answer(problem: Problem): { status: number; body: unknown };
  /** what `answer` answers with */
  problem: z.ZodType;
}

/** A problem that a surface has a word of its own for. */
export class SurfaceProblem extends Problem {
  constructor(
    slug: ProblemSlug,
    detail: string,
    /** that word */
    readonly code: string,
    extra: Problem['extra'] = {},
  ) {
    super(slug, detail, extra);
  }
}

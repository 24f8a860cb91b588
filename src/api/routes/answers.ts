import type { z } from 'zod';
import type { AnswerKind } from '../operation';

/** Kinds of answers that several operations give. */
export const okOf = (schema: z.ZodType, description = 'OK'): { 200: AnswerKind } => ({ 200: { description, schema } });

export const createdOf = (schema: z.ZodType, headers: readonly string[] = []): { 201: AnswerKind } => ({
  201: { description: 'Created', schema, headers },
});

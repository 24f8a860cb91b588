import { z } from 'zod';
import { day } from '../fields';
import { API_VERSIONS } from '../versions/versions';

const version = z.enum(API_VERSIONS);

export const versionMove = z.strictObject({ version }).meta({ id: 'ApiVersionMove' });

export const clientVersion = z
  .strictObject({
    version: version.meta({ description: 'What this client is answered in where it sends no Tenor-Version.' }),
    supported: z.array(day).meta({ description: 'The oldest first.' }),
  })
  .meta({ id: 'ApiVersion' });

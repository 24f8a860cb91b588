import { Refusal } from '../tenancy/refusal';

/** What is found; where it is not, the problem in a dialect's own words is thrown. */
export async function foundOr<T>(missing: Error, found: Promise<T>): Promise<T> {
  try {
    return await found;
  } catch (error) {
    throw error instanceof Refusal && error.slug === 'not-found' ? missing : error;
  }
}

/**
 * What a page says that a command prints (src/handbook/page.ts, Look), held against what it printed.
 *
 * @module
 */

/**
 * @param shows Filled in: `"..."` must be there, `no "..."` must not, of `"..." or "..."` one must; without any
 *   quotation, `nothing` is no output.
 * @returns What is otherwise; `undefined` when all is as it is said.
 */
export function contradiction(shows: string, printed: string): string | undefined {
  const claims = claimsIn(shows);
  if (claims.length === 0) {
    if (!/\bnothing\b/.test(shows)) return 'the page says nothing that can be seen';
    return printed.trim() === '' ? undefined : `it printed:\n${printed}`;
  }
  const wrong = claims.find(({ texts, isThere }) => texts.some((text) => printed.includes(text)) !== isThere);
  if (wrong === undefined) return undefined;
  return `${wrong.isThere ? 'not there' : 'there'}: ${wrong.texts.join(' or ')}; it printed:\n${printed}`;
}

interface Claim {
  readonly isThere: boolean;
  /** One of these is enough. */
  readonly texts: readonly string[];
}

function claimsIn(shows: string): readonly Claim[] {
  const alternatives = shows.matchAll(/(\bno )?("[^"]+"(?:(?:, | or |, or )"[^"]+")*)/gi);
  return [...alternatives].flatMap(([, no, run = '']): readonly Claim[] => {
    const texts = [...run.matchAll(/"([^"]+)"/g)].map(([, text = '']) => text);
    if (no !== undefined) return texts.map((text) => ({ isThere: false, texts: [text] }));
    return / or "/.test(run) ? [{ isThere: true, texts }] : texts.map((text) => ({ isThere: true, texts: [text] }));
  });
}

/**
 * The file of `nsdiag check`: what is expected of a network, one question an entry.
 *
 *     expectations:
 *       - { from: web, reaches: db, port: 5432, via: [fw] }
 *       - { from: guest, does-not-reach: db, port: 5432, dies-in: fw, code: firewall-drop }
 *
 * @module
 */

import * as v from 'valibot';
import type { Problem } from '../../lab/problem.ts';
import { list, mapping, natural, port, text, word } from '../../lab/schema-parts.ts';
import { type ParsedYaml, parseYamlFile } from '../../lab/yaml-file.ts';
import { parseAddress } from '../../net/address.ts';

const proto = v.picklist(['icmp', 'tcp', 'udp'], 'must be icmp, tcp or udp');
const address = word((value) => parseAddress(value) !== undefined, 'must be an IP address');

const expectation = mapping({
  /** What the report calls it; otherwise what it says. */
  name: v.optional(text),
  from: text,
  reaches: v.optional(text),
  'does-not-reach': v.optional(text),
  proto: v.optional(proto),
  port: v.optional(port),
  size: v.optional(natural),
  source: v.optional(address),
  /** Namespaces, or devices as `NS:DEV`, that the request passes, in this order. */
  via: v.optional(list(text)),
  /** The namespace in which it is lost, or in which the cause lies. */
  'dies-in': v.optional(text),
  /** The namespace that it must not get to. */
  before: v.optional(text),
  code: v.optional(text),
});

const fileSchema = mapping({ expectations: list(expectation) });

export type ExpectationWords = v.InferOutput<typeof expectation>;

/** One entry of the file. */
export interface Expectation {
  readonly name: string;
  readonly line: number;
  readonly words: ExpectationWords;
}

/** Parse a file of expectations. Never throws. @param codes Every fault code there is. */
export function parseExpectations(
  fileText: string,
  name: string,
  codes: ReadonlySet<string>,
): ParsedYaml<readonly Expectation[]> {
  const parsed = parseYamlFile(fileText, name, fileSchema, ({ expectations }) =>
    expectations.length === 0
      ? [{ path: ['expectations'], because: 'is empty: nothing would be checked' }]
      : expectations.flatMap((words, index) => problemsOf(words, codes, ['expectations', index])),
  );
  if (!parsed.ok) return parsed;
  const value = parsed.value.expectations.map((words, index) => ({
    name: words.name ?? sentenceOf(words),
    line: parsed.lineOf(['expectations', index]),
    words,
  }));
  return { ...parsed, value };
}

/** `web reaches db (tcp port 5432)`. */
function sentenceOf(words: ExpectationWords): string {
  const { from, reaches, proto: given, port: number, size } = words;
  const verb = reaches === undefined ? `does not reach ${words['does-not-reach']}` : `reaches ${reaches}`;
  const how = [
    number === undefined ? given : `${given ?? 'tcp'} port ${number}`,
    size === undefined ? undefined : `${size} bytes`,
    words.via === undefined ? undefined : `by ${words.via.join(', ')}`,
  ].filter((part) => part !== undefined);
  return `${from} ${verb}${how.length === 0 ? '' : ` (${how.join(', ')})`}`;
}

function problemsOf(words: ExpectationWords, codes: ReadonlySet<string>, path: Problem['path']): readonly Problem[] {
  const at = (key: string, because: string): Problem => ({ path: [...path, key], because });
  const [yes, no] = [words.reaches !== undefined, words['does-not-reach'] !== undefined];
  const isPorted = words.proto === 'tcp' || words.proto === 'udp';
  return [
    ...(yes === no ? [{ path, because: 'must say either reaches or does-not-reach' }] : []),
    ...(isPorted && words.port === undefined ? [at('proto', `${words.proto} needs a port`)] : []),
    ...(words.proto === 'icmp' && words.port !== undefined ? [at('port', 'icmp has none')] : []),
    ...(no && words.via !== undefined ? [at('via', 'is the way of what reaches')] : []),
    ...(['dies-in', 'before', 'code'] as const).flatMap((key) =>
      yes && words[key] !== undefined ? [at(key, 'is of what does not reach')] : [],
    ),
    ...(words.code !== undefined && !codes.has(words.code)
      ? [at('code', 'is no fault code; nsdiag explain lists them')]
      : []),
  ];
}

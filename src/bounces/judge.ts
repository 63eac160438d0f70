import { withoutAddresses } from '../base/without-addresses.ts';
import { classify } from '../mail/classify.ts';
import type { ReturnClass } from './schema.ts';

/** What a server's final refusal comes to. `sure`: in [0, 1], by how it was known. */
export type Judgement = {
  class: ReturnClass;
  reason: string;
  status: string | null;
  replyCode: number | null;
  sure: number;
};

/** Not part of an IP address, nor of a version. */
const ENHANCED = /(?<![\w.])[#(]{0,2}([245]\.\d{1,3}\.\d{1,3})(?![\w]|\.\d)/;
const CODE = /(?<![\w.[-])#?([45]\d\d)(?=[\s:;,)"'-]|$)(?! ?(?:bytes|octets|messages|hours|seconds|days|ko|kb|mb)\b)/i;
const BOTH = /(?<![\w.])#?([45]\d\d)[ -]{1,2}[#(]?([45]\.\d{1,3}\.\d{1,3})(?![\w]|\.\d)/;
/** A class and a subject, and nothing precise. */
const GENERIC = /^[45]\.[05]\.0$|^[45]\.\d\.0$/;

/** The reply code and the enhanced code that a server's words hold. */
export function codesIn(text: string): { code: number | null; enhanced: string | null } {
  const both = BOTH.exec(text);
  if (both) return { code: Number(both[1]), enhanced: both[2]! };
  const code = CODE.exec(text)?.[1];
  return { code: code === undefined ? null : Number(code), enhanced: ENHANCED.exec(text)?.[1] ?? null };
}

/** An answer of several lines repeats its code on each: « …is not permitted to 550 relay… ». */
const unfolded = (text: string, code: number | null): string =>
  code === null ? text : text.replace(new RegExp(` ${code}[ -](?:[45]\\.\\d{1,3}\\.\\d{1,3} )?`, 'g'), ' ');

const isVague = (reason: string): boolean => reason === 'refused_unexplained' || reason === 'unexpected';

/**
 * Judges a refusal that is final from the status a report gives (null: it gives none) and the server's words; `context`
 * is read only when these explain nothing. The server's own code is believed before the reporter's.
 */
export function judge(status: string | null, words: string, context = ''): Judgement {
  const said = codesIn(words);
  const enhanced = said.enhanced && !(status && GENERIC.test(said.enhanced)) ? said.enhanced : status;
  // The reporter gave up (4.x.x) on what the server had refused for good: the refusal is the news.
  const contradicted =
    said.enhanced === null && said.code !== null && enhanced !== null && !enhanced.startsWith(String(said.code)[0]!);
  const precise = contradicted ? null : enhanced;
  const code = said.code ?? 0;
  const text = unfolded(withoutAddresses(words), said.code);
  // A status beside a server that gave none is the reporter's guess: plain words weigh more.
  const guessed = said.code !== null && said.code >= 500 && said.enhanced === null && precise !== null;
  const plain = guessed ? classify({ code, enhanced: null, text }) : null;
  const first = plain && !isVague(plain.reason) ? plain : classify({ code, enhanced: precise, text });
  const vague = isVague(first.reason);
  const around = vague && context ? codesIn(context) : null;
  const verdict = around
    ? classify({
        code: code || (around.code ?? 0),
        enhanced: precise ?? around.enhanced,
        text: withoutAddresses(context),
      })
    : first;
  const explained = !isVague(verdict.reason);
  const finalStatus = enhanced ?? around?.enhanced ?? null;
  const replyCode = said.code ?? around?.code ?? null;
  if (!explained) {
    // A final refusal nobody explained: soft where its code says that it might have succeeded.
    const soft = finalStatus?.startsWith('4') || (replyCode !== null && replyCode < 500);
    return {
      class: soft ? 'soft' : 'hard',
      reason: soft ? 'server_trouble' : 'refused_unexplained',
      status: finalStatus,
      replyCode,
      sure: finalStatus || replyCode ? 0.5 : 0.3,
    };
  }
  return {
    // A message refused for what it holds says as little of the contact as a blocked sender does.
    class: verdict.class === 'content' ? 'policy' : (verdict.class as ReturnClass),
    reason: verdict.reason,
    status: finalStatus,
    replyCode,
    sure: !vague && finalStatus && !GENERIC.test(finalStatus) ? 0.95 : !vague && replyCode ? 0.85 : 0.7,
  };
}

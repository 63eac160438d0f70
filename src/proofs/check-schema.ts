import type { CampaignRow } from '../campaigns/queries.ts';
import type { RenderedVariant, VariantInput } from '../rendering/schema.ts';

/** `bloquant`: the push is not submitted as it is. `a_voir`: somebody should look, and may know better. */
export type FindingLevel = 'bloquant' | 'a_voir';

export type Finding = {
  /** Stable, for scripts: `lien_interne`, `objet_vide`… */
  code: string;
  level: FindingLevel;
  /** « Bloc 3 (texte), niveau terrain » */
  place: string;
  message: string;
  remedy: string;
  /** The block to edit, when one is concerned: its name in the content, and its number as a reader counts. */
  block?: { id: string; n: number };
};

export type Check = { blocking: number; warnings: number; findings: Finding[] };

/** Of a push: how many pages its links lead to, and since when what they answer is known; null when some are not. */
export type PushCheck = Check & { pages: number; askedAt: Date | null };

export const checkOf = (findings: readonly Finding[]): Check => ({
  blocking: findings.filter((f) => f.level === 'bloquant').length,
  warnings: findings.filter((f) => f.level === 'a_voir').length,
  findings: findings.toSorted((a, b) => Number(a.level === 'a_voir') - Number(b.level === 'a_voir')),
});

/** One variant as it would leave, beside what it was made from. */
export type CheckedVariant = {
  organisationId: number;
  input: VariantInput;
  rendered: Pick<RenderedVariant, 'subject' | 'html' | 'text' | 'links'>;
};

/** A check of one variant: pure, and silent about which variant it reads; that is added when findings are merged. */
export type VariantCheck = (variant: CheckedVariant, campaign: Pick<CampaignRow, 'linkMode'>) => Finding[];

/** Between French quotation marks, cut where it would hide the sentence around it. */
export function quoted(text: string, max = 60): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const cut = [...line].length > max ? `${[...line].slice(0, max).join('').trim()}…` : line;
  return `«\u00a0${cut}\u00a0»`;
}

/** The same letters without case, accents or typographic variants; one character for one, so that places hold. */
export const folded = (text: string): string =>
  text
    .split('')
    .map((c) => {
      if (c === '’' || c === 'ʼ') return "'";
      if (/\s/.test(c)) return ' ';
      if (c === '‑' || c === '–') return '-';
      const bare = c.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
      return bare.length === 1 ? bare : c;
    })
    .join('');

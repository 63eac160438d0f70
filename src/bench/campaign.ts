import type { Ctx } from '../base/context.ts';
import { toParisDay } from '../base/dates.ts';
import { createCampaign } from '../campaigns/create-campaign.ts';
import { importContacts } from '../contacts/import-contacts.ts';
import { saveAudience } from '../contacts/save-audience.ts';
import { inviteUser } from '../organisations/invite-user.ts';
import { actorByAddress } from '../organisations/queries.ts';
import { createOrganisation } from '../organisations/save-organisation.ts';
import type { Caps } from '../pressure/schema.ts';
import { approvePush } from '../proofs/approve-push.ts';
import { askedOf } from '../proofs/asked-of.ts';
import { submitPush } from '../proofs/submit-push.ts';
import { savePush } from '../pushes/save-push.ts';
import type { Newsletter } from '../pushes/schema.ts';
import { contactFile } from './contact-file.ts';
import type { Scratch } from './scratch.ts';

export type CommandCtx = Ctx<Extract<Ctx['actor'], { kind: 'command' }>>;
export type Member = { slug: string; ctx: CommandCtx };

/** An organisation with somebody who approves for it, and the context of a command that acts for it. */
export async function member({ service }: Scratch, slug: string): Promise<Member> {
  const { db, secrets, publicUrl, now } = service;
  const { id } = await createOrganisation(service, {
    slug,
    name: `Organisation ${slug}`,
    kind: 'opco',
    senderName: `Organisation ${slug}`,
    senderAddress: `lettre@${slug}.example`,
    postalAddress: '1 rue de l’Essai, 75001 Paris',
    privacyContact: `dpo@${slug}.example`,
  });
  const ctx: CommandCtx = { db, secrets, publicUrl, now, actor: { kind: 'command', name: 'banc', organisationId: id } };
  await inviteUser(ctx, { address: approver(slug), name: 'Valideuse', roles: ['valideur'] });
  return { slug, ctx };
}

const approver = (slug: string): string => `valideuse@${slug}.example`;

const DAY = 86_400_000;
/** A bench writes to the same people again and again: no cap stands in its way unless it measures caps. */
const NO_CAPS: Caps = { perPerson: 1_000, days: 1, perCompany: 1_000, companyDays: 1 };

/**
 * A campaign of these organisations, the first one leading, that lasts sixty days more; with an audience that is
 * everybody, and others of one département each. Returns its id.
 */
export async function campaignOf(members: readonly Member[], caps: Caps = NO_CAPS): Promise<number> {
  const [lead] = members as [Member];
  const { id } = await createCampaign(lead.ctx, {
    slug: 'banc',
    name: 'Campagne du banc de mesure',
    identity: { colour: '#1a2330', accent: '#c2410c' },
    startsOn: toParisDay(new Date(lead.ctx.now().getTime() - 100 * DAY)),
    endsOn: toParisDay(new Date(lead.ctx.now().getTime() + 60 * DAY)),
    caps,
    nature: 'information_de_mission',
    legalBasis: 'mission d’intérêt public',
    arrangement: 'Banc de mesure.',
    contactPoint: 'dpo@banc.example',
    partners: members.map(({ slug }, i) => ({ organisation: slug, role: i === 0 ? 'pilote' : 'signataire' })),
  });
  await saveAudience(lead.ctx, { slug: 'tous', name: 'Tous les contacts', campaignId: id, rule: {} });
  for (const [slug, code] of [
    ['finistere', '29'],
    ['ille-et-vilaine', '35'],
  ] as const)
    await saveAudience(lead.ctx, { slug, name: slug, campaignId: id, rule: { departement: [code] } });
  return id;
}

/** Rows at once: a long list comes in several files, so that holding the file is not what memory measures. */
const FILE_ROWS = 25_000;

/** Rows `from` to `from + rows` of the invented file, through the real import. */
export async function fillContacts(
  { ctx, slug }: Member,
  { from = 0, rows }: { from?: number; rows: number },
): Promise<void> {
  for (let at = from; at < from + rows; at += FILE_ROWS) {
    const file = contactFile({ from: at, rows: Math.min(FILE_ROWS, from + rows - at) });
    await importContacts(ctx, { file, options: { fileName: `${slug}.csv`, source: 'contacts inventés pour le banc' } });
  }
}

/** A push, to everybody unless said, with the yes of every organisation to its exact content. */
export async function approvedPush(
  service: Scratch['service'],
  members: readonly Member[],
  slug: string,
  content: Newsletter,
  audience = 'tous',
): Promise<number> {
  const [lead] = members as [Member];
  const { id } = await savePush(lead.ctx, 'banc', {
    slug,
    title: `Lettre ${slug}`,
    audience,
    signatories: members.map((m) => m.slug),
    content,
  });
  await submitPush(lead.ctx, id);
  for (const m of members) {
    const person = await actorByAddress(service.db, approver(m.slug));
    if (!person) throw new Error(`nobody approves for ${m.slug}`);
    const ctx = { ...m.ctx, actor: person };
    await approvePush(ctx, id, { seen: await askedOf(ctx, id), decision: 'valide' });
  }
  return id;
}

const PARAGRAPH =
  'Les métiers de la fibre recrutent : cinq fiches prêtes à l’emploi, une vidéo de deux minutes et un outil en ligne vous aident à trouver, à former et à garder vos équipes. ';

/** A newsletter with six tracked links and about `bytes` more of text. */
export function newsletter(bytes: number): Newsletter {
  const link = (n: number) => `https://ressources.example/fiche-${n}`;
  const texts: string[] = [];
  for (let left = bytes; left > 0; left -= 4_000)
    texts.push(PARAGRAPH.repeat(Math.ceil(4_000 / PARAGRAPH.length)).slice(0, Math.max(20, Math.min(left, 4_000))));
  return {
    subject: 'Recruter et garder ses raccordeurs : les outils qui vous attendent',
    subjects: {},
    preheader: 'Cinq fiches, une vidéo, un outil en ligne.',
    blocks: [
      { id: 'titre', type: 'title', text: 'Recruter et garder ses raccordeurs' },
      {
        id: 'fiches',
        type: 'text',
        markdown: [1, 2, 3, 4, 5].map((n) => `- [Lire la fiche ${n}](${link(n)})`).join('\n'),
      },
      ...texts.map((markdown, n) => ({ id: `texte-${n}`, type: 'text' as const, markdown })),
      { id: 'bouton', type: 'button', label: 'Ouvrir l’outil en ligne', url: link(6) },
    ],
  };
}

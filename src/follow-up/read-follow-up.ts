import { checked } from '../campaigns/plan-fields.ts';
import { type CampaignRow, getCampaign, partnersOf } from '../campaigns/queries.ts';
import { crossing, type Trx, withOrganisation } from '../db/database.ts';
import { allow, may } from '../organisations/permissions.ts';
import { groupsOf } from '../surveys/groups.ts';
import { isClosed, type SurveyRow, surveyOfWebinar } from '../surveys/queries.ts';
import type { Headcount } from '../webinars/headcounts.ts';
import { asText, type LetterWords } from '../webinars/letter-body.ts';
import { wordsOf } from '../webinars/letter-words.ts';
import { getWebinar, type WebinarRow } from '../webinars/queries.ts';
import { othersRegistered, type RegistrationRow } from '../webinars/registrations.ts';
import type { MemberCtx } from '../webinars/schema.ts';
import { followedCount, followedPeople } from './people.ts';
import { FOLLOWED, type Followed, followUpSchema } from './schema.ts';
import { linksAfter, SURVEY_LABEL } from './write-follow-up.ts';

export type FollowedGroup = {
  to: Followed;
  /** Who would be written to now. */
  waiting: Headcount;
  written: Headcount;
  refused: Headcount;
  /** Enough people for the survey to stay anonymous. */
  maySurvey: boolean;
};

export type FollowUpSheet = {
  webinar: WebinarRow;
  campaign: CampaignRow;
  /** The reader may write to all of them. */
  runs: boolean;
  /** Organised by the reader's organisation alone: every count is exact. */
  alone: boolean;
  /** Null until a file of who came is there. */
  groups: FollowedGroup[] | null;
  /** Maybe present: they wait until their organisation has said so. */
  doubtful: Headcount;
  survey: SurveyRow | null;
  surveyOpen: boolean;
  /** What each letter ends with, less the survey. */
  links: { label: string; url: string }[];
  sent: { at: Date; to: Followed[] }[];
};

/** What may be written after a webinar, to how many, and what already was; `introuvable` for a stranger. */
export function readFollowUp(ctx: MemberCtx, campaignSlug: string, slug: string): Promise<FollowUpSheet> {
  allow(ctx.actor, 'campaign.read');
  const own = ctx.actor.organisationId;
  return withOrganisation(ctx.db, own, async (trx) => {
    const campaign = await getCampaign(trx, campaignSlug);
    const webinar = await getWebinar(trx, campaign.id, slug);
    const partners = await partnersOf(trx, campaign.id);
    const survey = await surveyOfWebinar(trx, webinar.id);
    const { people, links, open, others } = await crossing(trx, ctx.db, async (all) => ({
      people: await followedPeople(all, webinar.id),
      links: await linksAfter(all, ctx, webinar),
      open: survey ? await groupsOf(all, survey.id) : [],
      others: await othersRegistered(all, webinar.id, own),
    }));
    const { k } = campaign;
    const count = (of: typeof people): Headcount => followedCount(of ?? [], own, k);
    return {
      webinar,
      campaign,
      runs: webinar.organisationId === own && may(ctx.actor, 'webinar.write'),
      alone: !others && webinar.organisers.every((o) => o === partners.find((p) => p.organisationId === own)?.slug),
      groups:
        people &&
        FOLLOWED.map((to): FollowedGroup => {
          const whom = people.filter((p) => p.group === to);
          const waiting = whom.filter((p) => !p.refused && !p.written);
          return {
            to,
            waiting: count(waiting),
            written: count(whom.filter((p) => p.written)),
            refused: count(whom.filter((p) => p.refused)),
            maySurvey: waiting.length >= k || open.some((g) => g.audience === to),
          };
        }),
      doubtful: count(people?.filter((p) => p.group === null && !p.written) ?? []),
      survey,
      surveyOpen: survey !== null && !isClosed(survey, ctx.now()),
      links,
      sent: await sentOf(trx, webinar.id),
    };
  });
}

async function sentOf(trx: Trx, webinarId: number): Promise<{ at: Date; to: Followed[] }[]> {
  const rows = await trx
    .selectFrom('webinar_acts')
    .select(['at', 'detail'])
    .where('webinar_id', '=', webinarId)
    .where('what', '=', 'suite')
    .orderBy('id')
    .execute();
  return rows.map(({ at, detail }) => ({ at, to: (detail as { to?: Followed[] }).to ?? [] }));
}

export type LetterPreview = {
  to: Followed;
  from: { name: string; address: string };
  words: LetterWords;
  /** The same, as a mail program without HTML shows it. */
  text: string;
};

/** The letters as an invented registrant of the reader's organisation would read them; `invalid` with the fields. */
export function previewFollowUp(
  ctx: MemberCtx,
  campaignSlug: string,
  slug: string,
  input: unknown,
): Promise<LetterPreview[]> {
  allow(ctx.actor, 'webinar.write');
  const { letters } = checked(followUpSchema, input, 'suite_invalide', 'Corrigez les champs signalés.');
  const own = ctx.actor.organisationId;
  return withOrganisation(ctx.db, own, async (trx) => {
    const campaign = await getCampaign(trx, campaignSlug);
    const webinar = await getWebinar(trx, campaign.id, slug);
    const sender = await trx
      .selectFrom('organisations')
      .select(['name', 'sender_name', 'sender_address', 'privacy_contact'])
      .where('id', '=', own)
      .executeTakeFirstOrThrow();
    const links = await crossing(trx, ctx.db, (all) => linksAfter(all, ctx, webinar));
    return letters.map((letter) => {
      const words = wordsOf(
        { kind: 'suite', ...letter, links: letter.survey ? [...links, surveyLink(ctx)] : links },
        {
          webinar,
          registration: somebody(webinar, own),
          sender: { name: sender.name, privacyContact: sender.privacy_contact },
          organisers: [],
          page: `${ctx.publicUrl}/webinaires/${webinar.address}`,
          manage: '',
          withCalendar: false,
        },
      );
      return {
        to: letter.to,
        from: { name: sender.sender_name, address: sender.sender_address },
        words,
        text: asText(words, { campaign: campaign.name, colour: campaign.identity.colour }),
      };
    });
  });
}

/** Each group has its own, made when the letters leave. */
const surveyLink = ({ publicUrl }: Pick<MemberCtx, 'publicUrl'>) => ({
  label: SURVEY_LABEL,
  url: `${publicUrl}/questionnaires/…`,
});

const somebody = (webinar: WebinarRow, organisationId: number): RegistrationRow => ({
  id: 0,
  webinarId: webinar.id,
  campaignId: webinar.campaignId,
  organisationId,
  address: 'camille.exemple@entreprise.example',
  addressHash: null,
  firstName: 'Camille',
  lastName: 'Exemple',
  company: null,
  question: null,
  public: 'inconnu',
  level: null,
  region: null,
  departement: null,
  place: 'inscrit',
  registeredAt: webinar.createdAt,
  placedAt: webinar.createdAt,
  cancelledAt: null,
  uid: '',
  sequence: 0,
  reply: null,
});

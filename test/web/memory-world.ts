import { saveAudience } from '../../src/contacts/save-audience.ts';
import { withOrganisation } from '../../src/db/database.ts';
import { savePush } from '../../src/pushes/save-push.ts';
import { NOW, type TestDatabase } from '../support/database.ts';
import { letter, makeCampaign } from '../support/factories.ts';

/** The campaign « commune », led by opco, with one letter that btp signs too, and one resource. */
export async function rememberedCampaign(t: TestDatabase): Promise<{ campaignId: number; pushId: number }> {
  const { id: campaignId } = await makeCampaign(t, { slug: 'commune', name: 'La campagne commune' });
  const ctx = t.ctx(t.cast.alice);
  await saveAudience(ctx, { slug: 'tous', name: 'Tout le monde', campaignId, rule: {} });
  const { id: pushId } = await savePush(ctx, 'commune', letter({ slug: 'lettre', title: 'La première lettre' }));
  await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
    trx
      .insertInto('resources')
      .values({
        organisation_id: t.cast.organisations.opco,
        campaign_id: campaignId,
        slug: 'outil',
        title: 'L’outil GEPP',
        summary: 'En ligne.',
        kind: 'outil',
        carried_by: 'OPCO de test',
        contact: 'Paul de l’outil',
        review_on: '2026-12-01',
        created_at: NOW,
        updated_at: NOW,
      })
      .execute(),
  );
  return { campaignId, pushId };
}

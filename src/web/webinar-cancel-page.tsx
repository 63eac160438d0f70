import type { FieldError } from '../base/errors.ts';
import type { CampaignSheet } from '../campaigns/read-campaign.ts';
import type { Effect } from '../pushes/edit-webinar.ts';
import type { WebinarSheet } from '../webinars/read-webinars.ts';
import { capital } from './capital.ts';
import { quoted } from './push-words.tsx';
import { PageHead } from './ui/components.tsx';
import { ErrorSummary, errorOf, Field } from './ui/fields.tsx';
import { Confirm } from './ui/flow.tsx';
import { effectFacts, spanText, webinarUrl } from './webinar-words.tsx';

/** What it will do, then the reason that everybody reads, then the act. */
export const CancelWebinarPage = (p: {
  campaign: CampaignSheet;
  webinar: WebinarSheet;
  effect: Effect;
  csrf: string;
  reason: string;
  errors?: readonly FieldError[] | undefined;
}) => {
  const here = webinarUrl(p.campaign.slug, p.webinar.slug);
  return (
    <>
      <PageHead
        back={{ href: here, label: 'Le webinaire' }}
        kicker={capital(spanText(p.webinar))}
        title={`Annuler ${quoted(p.webinar.title)}\u00a0?`}
        lead="S’il n’est que remis à plus tard, déplacez-le : les personnes inscrites gardent leur place."
      />
      <ErrorSummary errors={p.errors} />
      <Confirm
        action={`${here}/annulation`}
        csrf={p.csrf}
        effects={[
          ...effectFacts(p.effect, p.webinar, p.campaign.slug),
          ['Leur agenda', 'le webinaire y est annulé'],
          ['La page publique', 'dit qu’il n’aura pas lieu, et pourquoi'],
          ['Ensuite', 'il ne peut plus être repris : il faudra en écrire un autre'],
        ]}
        submit="Annuler ce webinaire"
        back={{ href: here, label: 'Le garder' }}
        danger
      >
        <Field
          kind="textarea"
          name="reason"
          label="Pourquoi"
          hint="Ce que liront les personnes inscrites."
          value={p.reason}
          error={errorOf(p.errors, 'reason')}
          maxlength={600}
          rows={3}
          required
        />
      </Confirm>
    </>
  );
};

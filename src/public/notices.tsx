import { Hono } from 'hono';
import type { Ctx } from '../base/context.ts';
import { type PublicNotice, publicNotice } from '../campaigns/public-notice.ts';
import { Facts, PageHead, Prose, Section } from '../web/ui/components.tsx';
import { PublicLayout } from '../web/ui/layout.tsx';

/** What anybody may read: personal data, campaign by campaign, and accessibility. */
export function noticePages(deps: Pick<Ctx, 'db'>) {
  const app = new Hono();
  app.get('/confidentialite', (c) => c.html(<Privacy />));
  app.get('/confidentialite/:campagne', async (c) => {
    const notice = await publicNotice(deps, c.req.param('campagne'));
    return notice ? c.html(<CampaignPrivacy notice={notice} />) : c.notFound();
  });
  app.get('/accessibilite', (c) => c.html(<Accessibility />));
  return app;
}

const NATURES: Record<string, string> = {
  information_de_mission: 'information liée à la mission des organisations',
  prospection_b2b: 'prospection entre professionnels',
  prospection_b2c: 'prospection auprès de particuliers, avec leur accord',
  transactionnel: 'message lié à un service demandé',
};

const Measure = () => (
  <Section title="Ce qui est mesuré, et ce qui ne l’est pas">
    <Prose>
      <p>
        Aucune image cachée ne signale l’ouverture d’un message. Les liens sont communs à des groupes d’au moins vingt
        destinataires : un clic compte pour le groupe, jamais pour une personne.
      </p>
      <p>
        L’adresse de connexion et le navigateur servent quelques minutes à écarter les robots, sous une forme illisible,
        puis disparaissent. Un clic n’est compté à votre nom que si vous l’avez accepté, et vous pouvez changer d’avis
        par le lien « Choix de mesure » de chaque message.
      </p>
    </Prose>
  </Section>
);

const Privacy = () => (
  <PublicLayout title="Données personnelles">
    <PageHead
      title="Données personnelles"
      lead="Chaque organisation garde ses propres contacts et en répond. Aucune ne voit ceux d’une autre."
    />
    <Measure />
    <Section title="Vos droits">
      <Prose>
        <p>
          Chaque message dit qui vous écrit, d’où vient votre adresse, et à qui demander l’accès, la rectification ou
          l’effacement. Le lien de désinscription agit tout de suite. Après un effacement, seule une empreinte illisible
          de l’adresse est gardée, pour ne plus jamais vous écrire.
        </p>
      </Prose>
    </Section>
    <Section title="Les personnes qui utilisent Porte-voix">
      <Prose>
        <p>
          Un seul témoin de connexion (cookie), nécessaire, sans suivi. Les actes importants sont consignés avec leur
          auteur et leur date.
        </p>
      </Prose>
    </Section>
  </PublicLayout>
);

const CampaignPrivacy = ({ notice: n }: { notice: PublicNotice }) => (
  <PublicLayout
    title={`Données personnelles : ${n.name}`}
    campaign={{ name: n.name, tagline: n.tagline, ...n.identity, partners: n.partners.map((p) => p.name) }}
  >
    <PageHead
      title="Pourquoi vous recevez ces messages"
      lead={`La campagne « ${n.name} » est menée ensemble par ${n.partners.length} organisations. Chacune écrit à ses propres contacts.`}
    />
    <Facts
      items={[
        ['Nature', NATURES[n.nature] ?? n.nature],
        ['Base légale', n.legalBasis],
        ['Contact commun', n.contactPoint || 'celui de chaque organisation, ci-dessous'],
      ]}
    />
    {n.arrangement && (
      <Section title="Qui fait quoi" note="l’essentiel de l’accord entre les organisations (article 26 du RGPD)">
        <Prose>
          <p>{n.arrangement}</p>
        </Prose>
      </Section>
    )}
    <Section title="Les organisations">
      <Facts
        items={n.partners.map(
          (p) =>
            [
              p.name,
              [p.postalAddress, p.privacyContact].filter(Boolean).join(' · ') || 'coordonnées à compléter',
            ] as const,
        )}
      />
    </Section>
    <Measure />
  </PublicLayout>
);

const Accessibility = () => (
  <PublicLayout title="Accessibilité">
    <PageHead
      title="Accessibilité : partiellement conforme"
      lead="Porte-voix vise le RGAA 4.1.2 et les WCAG 2.2, niveau AA."
    />
    <Prose>
      <p>
        Chaque page est contrôlée par un outil automatique à chaque version, en clair et en sombre, et les parcours
        principaux se font au clavier. Un audit complet par une personne n’a pas encore eu lieu : c’est pourquoi nous
        écrivons « partiellement ».
      </p>
      <p>
        Un défaut vous gêne ? Écrivez à l’organisation qui vous a invité : elle vous répond et fait corriger. Sans
        réponse, vous pouvez saisir le Défenseur des droits.
      </p>
    </Prose>
  </PublicLayout>
);

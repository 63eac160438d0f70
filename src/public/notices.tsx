import { Hono } from 'hono';
import type { Ctx } from '../base/context.ts';
import { publicNotice } from '../campaigns/public-notice.ts';
import { PageHead, Prose, Section } from '../web/ui/components.tsx';
import { PublicLayout } from '../web/ui/layout.tsx';
import { CampaignNotice } from './campaign-notice.tsx';

/** What anybody may read: personal data, campaign by campaign, and accessibility. */
export function noticePages(deps: Pick<Ctx, 'db' | 'now'>) {
  const app = new Hono();
  app.get('/confidentialite', (c) => c.html(<Privacy />));
  app.get('/confidentialite/:campagne', async (c) => {
    const notice = await publicNotice(deps, c.req.param('campagne'));
    return notice ? c.html(<CampaignNotice notice={notice} now={deps.now()} />) : c.notFound();
  });
  app.get('/accessibilite', (c) => c.html(<Accessibility />));
  return app;
}

const Measure = () => (
  <Section title="Ce qui est mesuré, et ce qui ne l’est pas">
    <Prose>
      <p>
        Aucune image cachée ne signale l’ouverture d’un message. Les liens sont communs à des groupes de destinataires,
        dont chaque campagne dit la plus petite taille (dix au moins) : un clic compte pour le groupe, jamais pour une
        personne, sauf pour qui l’a accepté dans une campagne qui le propose.
      </p>
      <p>
        L’adresse de connexion et le navigateur servent quelques minutes à écarter les robots, sous une forme illisible,
        puis disparaissent. Un clic n’est compté à votre nom que si vous l’avez accepté, et vous pouvez changer d’avis
        par le lien « Choisir ce qui est mesuré » de chaque message.
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

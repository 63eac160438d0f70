import { Hono } from 'hono';
import { PageHead, Prose, Section } from '../web/ui/components.tsx';
import { PlainText } from '../web/ui/flow.tsx';
import { PublicLayout } from '../web/ui/layout.tsx';

/** `/api`: how other programs read what the pages show. Words only: it holds nothing of anybody. */
export function apiGuidePages({ publicUrl, demo }: { publicUrl: string; demo: boolean }) {
  return new Hono().get('/api', (c) => c.html(<Guide publicUrl={publicUrl} demo={demo} />));
}

/** What a problem's `type` leads to: its code, and what to do. */
const CODES: readonly (readonly [string, string])[] = [
  ['cle_absente', 'La demande n’a pas de clé : ajoutez l’en-tête « Authorization: Bearer pv_… ».'],
  ['cle_refusee', 'La clé est inconnue, fermée ou finie, ou la personne qui l’a faite n’a plus de rôle.'],
  ['parametre_invalide', 'Un paramètre est mal écrit ou n’existe pas : « errors » dit lequel, et comment l’écrire.'],
  ['periode_invalide', 'Une date n’existe pas, ou la fin vient avant le début.'],
  ['suite_inconnue', 'La liste a changé depuis : reprenez-la au début.'],
  ['introuvable', 'N’existe pas, ou n’est pas ouvert à votre organisation.'],
  ['interdit', 'Le rôle de la personne qui a fait la clé ne lit pas cela.'],
  ['lecture_seule', 'Rien ne s’écrit par ici : demandez avec GET.'],
  ['trop_de_demandes', 'L’en-tête « Retry-After » dit dans combien de secondes revenir.'],
  ['erreur_interne', 'L’erreur est de notre fait : recommencez plus tard.'],
];

const Guide = ({ publicUrl, demo }: { publicUrl: string; demo: boolean }) => (
  <PublicLayout title="Lire les résultats depuis un autre programme" demo={demo}>
    <PageHead
      title="Lire les résultats depuis un autre programme."
      lead="Un tableur, un tableau de bord ou un script lit ce que montrent les pages : les mêmes chiffres, chacun avec la façon dont il est compté."
    />
    <Section title="D’abord, une clé">
      <Prose>
        <p>
          Elle se fait sur la page <a href="/compte/cles">« Votre compte »</a>. Elle lit ce que vous lisez, pour une
          organisation, jusqu’au jour que vous choisissez ; elle n’écrit rien et ne voit aucun contact. Fermée, elle ne
          lit plus rien à l’instant même.
        </p>
      </Prose>
    </Section>
    <Section title="Dans un tableur" id="tableur">
      <Prose>
        <ol>
          <li>
            Dans Excel : <strong>Données</strong>, puis <strong>À partir du web</strong>.
          </li>
          <li>Donnez l’adresse du rapport, avec l’identifiant de votre campagne :</li>
        </ol>
      </Prose>
      <PlainText text={`${publicUrl}/api/v1/campagnes/infranum/rapport.csv`} />
      <Prose>
        <ol start={3}>
          <li>
            À la question « Accéder au contenu web », choisissez <strong>De base</strong> : n’importe quel nom, et la
            clé comme mot de passe. Elle reste dans votre ordinateur, et non dans le fichier que vous envoyez.
          </li>
          <li>
            <strong>Données</strong>, puis <strong>Actualiser tout</strong>, remet les chiffres à jour.
          </li>
        </ol>
      </Prose>
    </Section>
    <Section title="En ligne de commande" id="commande">
      <PlainText
        text={`curl -H "Authorization: Bearer $CLE" \\\n  "${publicUrl}/api/v1/campagnes/infranum/rapport?du=2026-11-02&au=2026-11-30"`}
      />
    </Section>
    <Section title="Tout ce qui se lit">
      <Prose>
        <p>
          <a href="/api/v1/openapi.json">La description complète (OpenAPI 3.1)</a> : campagnes, calendrier, rapport et
          ses tableaux, comparaisons, pages suivies, webinaires, trimestres scellés. L’inventaire des ressources,{' '}
          <a href="/api/v1/ressources">/api/v1/ressources</a>, se lit sans clé.
        </p>
        <p>
          Une valeur nulle n’est pas un zéro : « leftOut » dit pourquoi elle n’est pas dite. Les jours sont ceux de
          Paris, le dernier compris.
        </p>
      </Prose>
    </Section>
    <Section title="Quand quelque chose ne va pas">
      <Prose>
        <p>La réponse est un « problem+json » (RFC 9457) : un code qui ne change pas, une phrase qui dit quoi faire.</p>
        <ul>
          {CODES.map(([code, says]) => (
            <li id={code}>
              <code>{code}</code> : {says}
            </li>
          ))}
        </ul>
      </Prose>
    </Section>
  </PublicLayout>
);

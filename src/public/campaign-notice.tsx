import type { Child } from 'hono/jsx';
import { longDate } from '../base/dates.ts';
import type { PublicNotice } from '../campaigns/public-notice.ts';
import type { Nature } from '../campaigns/schema.ts';
import { withdrawalText } from '../campaigns/withdrawals.ts';
import { Facts, PageHead, Prose, Section } from '../web/ui/components.tsx';
import { number } from '../web/ui/figures.tsx';
import { PublicLayout } from '../web/ui/layout.tsx';

const NATURES: Record<Nature, string> = {
  information_de_mission:
    'Une information : les organisations écrivent dans le cadre de la mission que la loi ou leurs membres leur donnent.',
  prospection_b2b:
    'Une prospection entre professionnels : elle porte sur votre métier, et vous pouvez vous y opposer à tout moment.',
  prospection_b2c: 'Une prospection qui n’est adressée qu’aux personnes qui l’ont acceptée.',
  transactionnel: 'Des messages liés à un service que vous avez demandé.',
};

/** What anybody may read about the personal data of one campaign (PRV-30, PRV-52). */
export const CampaignNotice = ({ notice: n, now }: { notice: PublicNotice; now: Date }) => {
  const present = n.partners.filter((p) => !p.withdrawnAt || p.withdrawnAt > now);
  return (
    <PublicLayout title={`Vos données : ${n.look.name}`} campaign={n.look}>
      <PageHead
        kicker="Vos données et vos droits"
        title="Pourquoi vous recevez ces messages"
        lead={
          present.length > 1
            ? `${numberWord(present.length)} organisations mènent cette campagne ensemble. Chacune écrit à ses propres contacts : votre adresse n’est jamais donnée aux autres.`
            : 'Une organisation mène cette campagne, et écrit à ses propres contacts.'
        }
      />
      <Section title="Le cadre">
        <Facts
          items={[
            ['Nature', NATURES[n.nature]],
            ['Base légale', n.legalBasis],
            ['Durée', `Du ${day(n.startsOn)} au ${day(n.endsOn)}`],
            [
              'Point de contact',
              n.contactPoint ? contactOf(n.contactPoint) : 'Celui de chaque organisation, ci-dessous',
            ],
          ]}
        />
      </Section>
      <Responsible notice={n} now={now} />
      {n.arrangement && (
        <Section title="Ce que les organisations ont convenu">
          <Prose>
            {n.arrangement.split(/\n{2,}/).map((part) => (
              <p>{part}</p>
            ))}
          </Prose>
          <p class="meta">C’est l’essentiel de leur accord, comme l’article 26 du RGPD demande de le dire.</p>
        </Section>
      )}
      <Section title="Vos droits" id="droits">
        <Prose>
          <p>
            Vous pouvez demander à chaque organisation ce qu’elle sait de vous, le faire corriger ou effacer, en
            recevoir une copie, et vous opposer à ses messages.{' '}
            {present.length > 1 && 'Adressez-vous à celle que vous voulez.'} La réponse vient en un mois au plus.
          </p>
          <p>
            Le plus court est au pied de chaque message : se désinscrire agit tout de suite. Après un effacement, il ne
            reste qu’une empreinte illisible de l’adresse, pour ne plus jamais vous écrire.
          </p>
          <p>Une réponse ne vous satisfait pas ? Vous pouvez saisir la CNIL, 3 place de Fontenoy, 75007 Paris.</p>
        </Prose>
      </Section>
      <Section title="Ce qui est mesuré, et ce qui ne l’est pas">
        <Measured linkMode={n.linkMode} k={n.k} />
      </Section>
      <Section title="Si vous vous inscrivez à un webinaire">
        <Prose>
          <p>
            Vos nom, adresse et organisme vont à l’organisation que vous choisissez, pour vous envoyer le lien, les
            rappels et la suite ; les autres ne lisent que des totaux. La page d’inscription dit jusqu’à quelle date on
            sait qui est venu : ensuite, noms et adresses sont effacés.
          </p>
          <p>
            Les questionnaires sont anonymes : leur adresse est commune à {number(n.k)} personnes au moins, et une
            réponse se garde avec son jour, sans heure ni nom.
          </p>
        </Prose>
      </Section>
      <Section title="Combien de fois on vous écrit">
        <Prose>
          <p>
            Au plus {times(n.caps.perPerson)} en {days(n.caps.days)} à une même personne, et {times(n.caps.perCompany)}{' '}
            en {days(n.caps.companyDays)} à une même entreprise. Les messages de toutes les organisations comptent
            ensemble ; au-delà, un message attend, ou ne part pas.
          </p>
        </Prose>
      </Section>
    </PublicLayout>
  );
};

/** How a click is counted in this campaign; the same words wherever a page says it. */
export const Measured = ({ linkMode, k }: Pick<PublicNotice, 'linkMode' | 'k'>) => (
  <Prose>
    <p>Aucune image cachée ne signale l’ouverture d’un message.</p>
    {linkMode === 'direct' ? (
      <p>Les liens mènent tout droit à leur page : aucun clic n’est compté.</p>
    ) : (
      <>
        <p>
          {linkMode === 'individuel' ? 'Sauf accord de votre part, les liens' : 'Les liens'} sont communs à des groupes
          d’au moins {number(k)} destinataires : un clic compte pour le groupe, jamais pour une personne. Aucun résultat
          n’est donné pour moins de {number(k)}.
        </p>
        {linkMode === 'individuel' && (
          <p>
            Si vous avez accepté d’être compté à votre nom, vos messages ont des liens à vous. On garde alors quel lien,
            le jour et l’heure, 25 mois au plus, pour dire combien de personnes cliquent : aucune page ne dit
            lesquelles. Vous pouvez demander ce qui est noté à votre nom, et revenir sur votre accord quand vous voulez
            : tout en est aussitôt détaché.
          </p>
        )}
        <p>
          L’adresse de connexion et le navigateur servent quelques minutes à écarter les robots, sous une forme
          illisible, puis disparaissent. Aucun témoin (cookie) n’est posé.{' '}
          {linkMode === 'individuel'
            ? 'Votre accord se donne et se reprend'
            : 'Un clic ne serait compté à votre nom que si vous l’aviez accepté, ce qui se lit et se change'}{' '}
          au pied de chaque message, par « Choisir ce qui est mesuré ».
        </p>
      </>
    )}
  </Prose>
);

const Responsible = ({ notice: n, now }: { notice: PublicNotice; now: Date }) => (
  <Section title="Qui répond de vos données">
    <Facts
      items={n.partners.map((p) => [
        p.name,
        <>
          {[
            p.withdrawnAt
              ? `Cette organisation ${withdrawalText(p.withdrawnAt, now)}${p.withdrawnAt <= now ? ' : elle n’écrit plus dans cette campagne' : ''}.`
              : ROLES[p.role],
            p.postalAddress,
          ]
            .filter(Boolean)
            .map((line) => (
              <>
                {line}
                <br />
              </>
            ))}
          {p.privacyContact ? contactOf(p.privacyContact) : 'Contact à demander au point de contact de la campagne'}
        </>,
      ])}
    />
  </Section>
);

const ROLES = {
  pilote: 'Pilote la campagne, écrit à ses contacts et en répond.',
  signataire: 'Écrit à ses contacts et en répond.',
  relais: 'Fait connaître la campagne autour d’elle ; répond des messages qu’elle envoie elle-même.',
} as const;

/** An address one can write to, a page one can open, or words. */
const contactOf = (text: string): Child => {
  const trimmed = text.trim();
  if (/^[^\s@:]+@[^\s@]+\.[^\s@]+$/.test(trimmed)) return <a href={`mailto:${trimmed}`}>{trimmed}</a>;
  const url = URL.parse(trimmed);
  return url && /^https?:$/.test(url.protocol) ? <a href={url.href}>{trimmed}</a> : trimmed;
};

const day = (text: string): string => longDate(new Date(`${text}T12:00:00Z`));
const times = (n: number): string => `${number(n)} fois`;
const days = (n: number): string => (n < 2 ? `${number(n)} jour` : `${number(n)} jours`);

const WORDS = ['', 'Une', 'Deux', 'Trois', 'Quatre', 'Cinq', 'Six', 'Sept', 'Huit', 'Neuf', 'Dix'];
const numberWord = (n: number): string => WORDS[n] ?? number(n);

import { CONSUMER_DOMAINS } from '../base/consumer-domains.ts';
import { longDateTime, shortDate } from '../base/dates.ts';
import { ipOf, isPublicAddress } from '../base/public-address.ts';
import type { CampaignRow } from '../campaigns/queries.ts';
import { badHour } from './check-calendar.ts';
import { type CheckedVariant, type Finding, quoted } from './check-schema.ts';

/** Around the message: who signs it, when it leaves, to whom. */

/** `refused`: why nothing may leave from its domain yet; null when it may, or when nobody could say. */
export type Sender = {
  organisation: string;
  address: string;
  postalAddress: string;
  privacyContact: string;
  refused: string | null;
};

export const senderOf = ({ input: { organisation } }: CheckedVariant): Omit<Sender, 'refused'> => ({
  organisation: organisation.name,
  address: organisation.senderAddress,
  postalAddress: organisation.postalAddress,
  privacyContact: organisation.privacyContact,
});

/** `trial`: nobody is written to in earnest (a demonstration, or an instance that only its own machine can reach). */
export function checkSender(sender: Sender, trial: boolean): Finding[] {
  const place = `Expéditeur ${sender.organisation}`;
  const domain = sender.address.slice(sender.address.lastIndexOf('@') + 1).toLowerCase();
  const found: Finding[] = [];
  if (CONSUMER_DOMAINS.has(domain))
    found.push({
      code: 'expediteur_messagerie',
      level: 'bloquant',
      place,
      message: `L’adresse d’expédition est une boîte personnelle (${domain}) : les messageries refuseront ces messages comme falsifiés.`,
      remedy: 'Donnez une adresse du domaine de l’organisation, dans « Mon organisation ».',
    });
  else if (sender.refused !== null)
    found.push({
      code: 'expediteur_non_verifie',
      level: trial ? 'a_voir' : 'bloquant',
      place,
      message: `Le domaine ${domain} n’est pas vérifié : les messageries peuvent prendre ces messages pour des faux.`,
      remedy: sender.refused,
    });
  if (!sender.postalAddress.trim())
    found.push({
      code: 'adresse_postale_absente',
      level: trial ? 'a_voir' : 'bloquant',
      place,
      message: 'Le pied du message ne donne pas d’adresse postale : le lecteur doit savoir qui lui écrit.',
      remedy: 'Ajoutez-la dans « Mon organisation ».',
    });
  if (!sender.privacyContact.trim())
    found.push({
      code: 'contact_absent',
      level: 'a_voir',
      place,
      message: 'Le pied du message ne dit pas à qui s’adresser pour ses données personnelles.',
      remedy: 'Ajoutez ce contact dans « Mon organisation ».',
    });
  return found;
}

export type Schedule = {
  scheduledAt: Date | null;
  deadlineAt: Date | null;
  recurrence: string | null;
  /** End of the window in which it may leave. */
  windowEnd: Date | null;
  /** When the signatories must have answered; null once the list is drawn. */
  answerBy: Date | null;
};

export function checkSchedule(
  { scheduledAt, deadlineAt, recurrence, windowEnd, answerBy }: Schedule,
  now: Date,
): Finding[] {
  const place = 'Date d’envoi';
  const found: Finding[] = [];
  if (deadlineAt && scheduledAt && deadlineAt <= scheduledAt)
    found.push({
      code: 'echeance_avant_depart',
      level: 'bloquant',
      place,
      message: 'L’échéance tombe avant le départ : rien ne partirait.',
      remedy: 'Reculez l’échéance ou avancez le départ.',
    });
  else if (deadlineAt && deadlineAt <= now)
    found.push({
      code: 'echeance_passee',
      level: 'bloquant',
      place,
      message: `L’échéance (${longDateTime(deadlineAt)}) est passée : rien ne partirait.`,
      remedy: 'Donnez une autre échéance, ou n’en donnez pas.',
    });
  if (windowEnd && windowEnd <= now)
    found.push({
      code: 'periode_passee',
      level: 'bloquant',
      place,
      message: `La période de départ est finie (${longDateTime(windowEnd)}) : rien ne partirait.`,
      remedy: 'Choisissez une autre période de départ.',
    });
  if (answerBy && answerBy <= now)
    found.push({
      code: 'reponse_passee',
      level: 'bloquant',
      place: 'Réponse des signataires',
      message: `Les réponses étaient attendues avant une date passée (${longDateTime(answerBy)}) : personne ne pourrait y répondre.`,
      remedy: 'Donnez une autre date de réponse.',
    });
  const bad = scheduledAt && badHour(scheduledAt);
  if (bad)
    found.push({
      code: 'depart_mal_choisi',
      level: 'a_voir',
      place,
      message: `Le départ est prévu ${bad} : le message serait lu plus tard, sous d’autres.`,
      remedy: 'Choisissez un jour ouvré, entre 7 h et 20 h.',
    });
  if (scheduledAt && scheduledAt < now && !recurrence)
    found.push({
      code: 'depart_passe',
      level: 'a_voir',
      place,
      message: `La date de départ (${longDateTime(scheduledAt)}) est passée : l’envoi partira dès la dernière validation.`,
      remedy: 'Choisissez une autre date si ce n’est pas voulu.',
    });
  return found;
}

/** PRV-30: consumers are canvassed with their agreement only, and the list says so. */
export function checkNature(nature: CampaignRow['nature'], rule: unknown): Finding[] {
  const consent = (rule as { consent?: { purpose?: string; value?: string } } | null)?.consent;
  if (nature !== 'prospection_b2c' || (consent?.purpose === 'message' && consent.value === 'granted')) return [];
  return [
    {
      code: 'accord_prealable',
      level: 'a_voir',
      place: 'Audience',
      message: 'Cette campagne s’adresse à des particuliers : qui n’a pas donné son accord sera écarté.',
      remedy: 'Ajoutez à l’audience la règle « accord donné pour recevoir des messages », pour compter juste.',
    },
  ];
}

/** What would become of the list, as the forecast tells it: null is a number too small to be told. */
export type Expected = {
  selected: number | null;
  addressed: number | null;
  byLevel: readonly unknown[];
  /** Those written to enough lately: who waits, by the day (`2026-05-03`, null: several) it may be; who cannot be waited for. */
  pressure?: { people: number | null; held: readonly { day: string | null; n: number }[]; setApart: number };
};

const count = (n: number): string => new Intl.NumberFormat('fr-FR').format(n);

export function checkAudience(expected: Expected, k: number): Finding[] {
  const place = 'Audience';
  const { selected, addressed, pressure } = expected;
  const none = addressed === 0 || (!selected && expected.byLevel.length === 0);
  if (none)
    return [
      {
        code: 'audience_vide',
        level: 'bloquant',
        place,
        message: 'Personne ne recevrait cet envoi : aucun contact ne répond à l’audience, ou tous sont écartés.',
        remedy: 'Importez des contacts, ou choisissez une autre audience.',
      },
    ];
  const found: Finding[] = [];
  if (addressed === null || addressed < k)
    found.push({
      code: 'audience_petite',
      level: 'a_voir',
      place,
      message: `Moins de ${k} personnes : les liens seront directs et les clics ne seront pas comptés, pour que personne ne soit reconnaissable.`,
      remedy: 'Rien à faire si c’est voulu ; sinon, élargissez l’audience.',
    });
  if (pressure?.people) found.push(solicited(pressure));
  return found;
}

/** « 412 personnes déjà beaucoup sollicitées : 380 attendront le 3 mai, 32 ne recevront rien. » */
function solicited({ people, held, setApart }: NonNullable<Expected['pressure']>): Finding {
  const waiting = held.map(
    ({ day, n }) =>
      `${count(n)} attendront ${day ? `le ${shortDate(new Date(`${day}T12:00:00Z`))}` : 'd’autres jours'}`,
  );
  const parts = [...waiting, ...(setApart ? [`${count(setApart)} ne recevront rien`] : [])];
  return {
    code: 'sollicitation',
    level: 'a_voir',
    place: 'Audience',
    message: `${count(people ?? 0)} personnes déjà beaucoup sollicitées ces derniers temps${parts.length ? ` : ${parts.join(', ')}` : ''}.`,
    remedy: 'Espacez les envois, ou reculez l’échéance pour les attendre.',
  };
}

/** Known once submitted; before, everybody's yes is still to be asked. */
export function checkApprovals(
  signatories: readonly { name: string; missing: boolean }[],
  submitted: boolean,
): Finding[] {
  const missing = signatories.filter((s) => s.missing).map((s) => s.name);
  if (signatories.length && !missing.length) return [];
  const names = new Intl.ListFormat('fr').format(missing);
  return [
    {
      code: 'validation_manquante',
      level: signatories.length ? 'a_voir' : 'bloquant',
      place: 'Validation',
      message: signatories.length
        ? `Accords attendus avant tout départ : ${names}.`
        : 'Aucune organisation ne signe cet envoi.',
      remedy: !signatories.length
        ? 'Choisissez au moins une signataire.'
        : submitted
          ? 'Leur demande de validation est partie.'
          : 'Soumettez l’envoi : leur accord sera demandé.',
    },
  ];
}

/** An address that only this machine or its network opens. */
export function isInternal(publicUrl: string): boolean {
  const { hostname = '' } = URL.parse(publicUrl) ?? {};
  const ip = ipOf(hostname);
  return ip ? !isPublicAddress(ip) : /(?:^|\.)localhost$/.test(hostname);
}

/** Links in messages lead to this service: where its own address is this very machine, nobody else opens them. */
export const checkServiceAddress = (publicUrl: string): Finding[] =>
  isInternal(publicUrl)
    ? [
        {
          code: 'service_interne',
          level: 'a_voir',
          place: 'Service',
          message: `Les liens du message mèneront à ${quoted(publicUrl)}, que vos destinataires ne peuvent pas ouvrir.`,
          remedy: 'Pour un envoi réel, l’administrateur du service donne d’abord son adresse publique (PUBLIC_URL).',
        },
      ]
    : [];

import type { Child } from 'hono/jsx';
import { shortDate } from '../base/dates.ts';
import type { FieldError } from '../base/errors.ts';
import type { SignedPush, WithdrawalEffects } from '../deliveries/read-withdrawal.ts';
import { settingsUrl } from './campaign-presence.tsx';
import { listed, plural, quoted } from './push-words.tsx';
import { PageHead, Section } from './ui/components.tsx';
import { ErrorSummary, errorOf, Field } from './ui/fields.tsx';
import { Confirm } from './ui/flow.tsx';

export type TypedWithdrawal = { day: string; reason: string };

type Props = WithdrawalEffects & {
  /** The reader's own organisation leaves. */
  mine: boolean;
  typed: TypedWithdrawal;
  today: string;
  errors?: readonly FieldError[] | undefined;
  csrf: string;
};

/** Before anything is written: what stops, what goes on, what stays. */
export const WithdrawalPage = (p: Props) => {
  const { campaign, partner, mine, errors } = p;
  const who = mine ? 'votre organisation' : partner.name;
  return (
    <>
      <PageHead
        back={{ href: settingsUrl(campaign.slug), label: 'La campagne' }}
        kicker={campaign.name}
        title={mine ? 'Retirer votre organisation de la campagne ?' : `Retirer ${partner.name} de la campagne ?`}
        lead="Un retrait vaut pour la suite, et ne se défait pas. Ce qui est parti reste, avec la date du retrait."
      />
      <ErrorSummary errors={errors} />
      <Section title="Ce que cela fera">
        <Confirm
          action={`/campagnes/${campaign.slug}/partenaires/${partner.slug}/retrait`}
          csrf={p.csrf}
          effects={effectsOf(p, who)}
          submit={mine ? 'Retirer votre organisation' : `Retirer ${partner.name}`}
          danger
          back={{ href: settingsUrl(campaign.slug), label: 'Ne rien changer' }}
        >
          <Field
            kind="date"
            name="jour"
            label="À compter du"
            hint="Aujourd’hui : tout de suite. Un jour à venir : dès sa première heure."
            value={p.typed.day}
            min={p.today}
            max={campaign.endsOn}
            error={errorOf(errors, 'jour')}
            size="short"
            required
          />
          <Field
            kind="textarea"
            name="raison"
            label="La raison"
            hint="Les autres partenaires la lisent, et la mémoire de la campagne la garde."
            value={p.typed.reason}
            error={errorOf(errors, 'raison')}
            maxlength={1000}
            required
          />
        </Confirm>
      </Section>
    </>
  );
};

const titles = (pushes: readonly SignedPush[]): string => listed(pushes.map((p) => `${quoted(p.title)}${whichOf(p)}`));

const whichOf = (p: SignedPush): string =>
  p.recurring ? ' (la série)' : p.issueAt ? ` (numéro du ${shortDate(p.issueAt)})` : '';

function effectsOf({ campaign, partner, waiting, pushes }: Props, who: string): (readonly [Child, Child])[] {
  const alone = pushes.filter((p) => p.alone);
  const others = pushes.filter((p) => !p.alone);
  const lapsing = others.filter((p) => p.submitted && p.awaited);
  const freed = lapsing.filter((p) => p.last);
  const named = others.filter((p) => p.submitted);
  return [
    [
      'S’arrêtent',
      waiting === 0
        ? 'Rien : aucun message n’attend de partir vers ses contacts. Aucun ne partira plus ensuite.'
        : `${waiting === null ? `Moins de ${campaign.k} messages` : plural(waiting, 'message', 'messages')} en attente vers ses contacts, et tous ceux d’ensuite.`,
    ],
    [
      'Perdent une signataire',
      others.length
        ? `${titles(others)}${lapsing.length ? `. La validation de ${partner.name} n’est plus attendue pour ${titles(lapsing)}` : ''}${freed.length ? ` ; rien d’autre n’étant attendu, ${freed.length < 2 ? 'il pourra partir' : 'ils pourront partir'} vers les contacts des autres` : ''}.`
        : 'Aucun envoi à venir.',
    ],
    ...(alone.length
      ? [
          [
            'N’ont plus de signataire',
            `${titles(alone)} : rien n’en partira, tant que le pilote n’en désigne pas une autre.`,
          ] as const,
        ]
      : []),
    ...(named.length
      ? [
          [
            'Gardent son nom',
            `Le pied des messages déjà soumis (${titles(named)}) nomme encore ${partner.name}. Soumettez-les de nouveau pour l’en ôter.`,
          ] as const,
        ]
      : []),
    [
      'Reste',
      `Ce qui est parti reste compté dans le rapport, avec la mention du retrait. Les ressources et les formulations que ${who === partner.name ? 'cette organisation' : who} a apportées restent à la campagne.`,
    ],
    ['Ensuite', `${capitalOf(who)} continue de lire la campagne, et n’y écrit plus.`],
    ['Sont prévenus', 'Les communicants de tous les partenaires, par un message, avec la date et la raison.'],
    ['Retour possible', 'Non.'],
  ];
}

const capitalOf = (text: string): string => `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;

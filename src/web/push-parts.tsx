import { shortDateTime } from '../base/dates.ts';
import type { PushLine } from '../deliveries/read-pushes.ts';
import { may } from '../organisations/permissions.ts';
import { embargoAt, embargoOf, embargoWords } from '../pushes/embargo.ts';
import type { PushSheet } from '../pushes/read-push.ts';
import { lastMoment } from '../pushes/timing.ts';
import type { Overview } from './push-overview.ts';
import { listed, periodOf, plural, pushUrl, quoted, Standing, whenOf } from './push-words.tsx';
import { Acts, Button, ButtonLink, Csrf, PageHead, Prose, Row, Rows, Section } from './ui/components.tsx';
import { Tabs } from './ui/flow.tsx';
import { State } from './ui/marks.tsx';

type HeadProps = {
  push: PushSheet;
  line: Pick<PushLine, 'state' | 'signatories' | 'changesAskedBy' | 'recurrence' | 'at' | 'progress'>;
  organisation: number;
  current: 'ensemble' | 'contenu' | 'apercu' | 'validation' | 'destinataires';
};

/** The opening of every page of a push: its name, its state, its four views. */
export const PushHead = ({ push, line, organisation, current }: HeadProps) => (
  <>
    <PageHead back={{ href: `/campagnes/${push.campaignSlug}`, label: push.campaign.name }} title={push.title}>
      <p>
        <Standing push={line} organisation={organisation} /> · {departure(line)} · {push.audience.name}
        {push.content.press?.embargoAt && ` · embargo jusqu’au ${whenOf(embargoOf(push.content))}`}
      </p>
    </PageHead>
    <Tabs
      label="L’envoi"
      tabs={[
        { href: pushUrl(push), label: 'Vue d’ensemble', current: current === 'ensemble' },
        { href: pushUrl(push, '/contenu'), label: 'Contenu', current: current === 'contenu' },
        { href: pushUrl(push, '/apercu'), label: 'Aperçu', current: current === 'apercu' },
        { href: pushUrl(push, '/validation'), label: 'Validation', current: current === 'validation' },
        ...(line.progress
          ? [{ href: pushUrl(push, '/destinataires'), label: 'Destinataires', current: current === 'destinataires' }]
          : []),
      ]}
    />
  </>
);

function departure(line: HeadProps['line']): string {
  if (line.recurrence) return line.at ? `prochain numéro ${whenOf(line.at)}` : 'série terminée';
  return line.at ? `${line.progress ? 'parti' : 'départ'} ${whenOf(line.at)}` : 'sans date de départ';
}

type Step = {
  title: string;
  text: string;
  link?: { href: string; label: string };
  post?: { action: string; label: string };
  also?: { href: string; label: string }[];
};

/** The one thing to do now, or whom one is waiting for. */
export const NextStep = (p: Overview & { csrf: string }) => {
  const step = stepOf(p);
  return (
    <Section title={step.title}>
      <Prose>
        <p>{step.text}</p>
      </Prose>
      <Acts>
        {step.post && (
          <form method="post" action={step.post.action}>
            <Csrf token={p.csrf} />
            <Button primary>{step.post.label}</Button>
          </form>
        )}
        {step.link && (
          <ButtonLink href={step.link.href} primary>
            {step.link.label}
          </ButtonLink>
        )}
        {step.also?.map((a) => (
          <ButtonLink href={a.href} quiet>
            {a.label}
          </ButtonLink>
        ))}
      </Acts>
    </Section>
  );
};

function stepOf({ push, line, actor, approvals, now, status }: Overview): Step {
  const unknown = status?.states.unknown ?? 0;
  const conducts = push.leads && may(actor, 'push.send');
  const cancel = conducts ? [{ href: pushUrl(push, '/annulation'), label: 'Annuler cet envoi' }] : [];
  const lead = push.partners.find((s) => s.role === 'pilote')?.name ?? 'le pilote';
  const missing = approvals.signatories.filter((s) => s.missing);
  const missed =
    push.silenceToldAt && push.scheduledAt
      ? ` Son heure est passée (${whenOf(push.scheduledAt)}) : il n’est pas parti, et tout le monde en est prévenu.`
      : '';
  const last = lastMoment(push);
  const embargo = embargoAt(push.content, now);
  switch (line.state) {
    case 'modele':
      return {
        title: 'Une série',
        text: 'Cet envoi sert de modèle à ses numéros : il ne part jamais lui-même. Chaque numéro se valide à part.',
        also: cancel,
      };
    case 'brouillon':
      return push.leads && may(actor, 'push.submit')
        ? {
            title: 'À faire : soumettre',
            text: `Relisez l’aperçu, puis soumettez : ${listed(push.signatories.map((s) => s.name))} recevront exactement ce qui partira, et rien ne partira sans leur accord.${missed}`,
            post: { action: pushUrl(push, '/soumission'), label: 'Soumettre à la validation' },
            also: [{ href: pushUrl(push, '/apercu'), label: 'Voir l’aperçu' }, ...cancel],
          }
        : {
            title: 'Un brouillon',
            text: `${lead} écrit encore cet envoi. Il vous sera soumis si votre organisation le signe.${missed}`,
          };
    case 'a_valider':
      if (line.changesAskedBy.length)
        return {
          title: 'Un changement est demandé',
          text: `${listed(line.changesAskedBy)} : lisez la demande, corrigez le contenu, puis soumettez de nouveau.`,
          ...(push.leads && may(actor, 'push.write')
            ? { link: { href: pushUrl(push, '/validation'), label: 'Lire la demande' } }
            : {}),
          also: cancel,
        };
      return missing.some((s) => s.id === actor.organisationId) && may(actor, 'push.approve')
        ? {
            title: 'À faire : valider',
            text: 'Lisez ce qui partira sous le nom de votre organisation, puis décidez.',
            link: { href: pushUrl(push, '/validation'), label: 'Lire et décider' },
            also: cancel,
          }
        : {
            title: 'On attend une validation',
            text: `${listed(missing.map((s) => s.name))} ${missing.length > 1 ? 'n’ont pas encore répondu' : 'n’a pas encore répondu'}. ${waitingText(push)}`,
            also: cancel,
          };
    case 'programme':
      return {
        title: 'Tout est prêt',
        text: `Validé par toutes ses signataires. Il part ${whenOf(line.at)}, de lui-même.`,
        also: cancel,
      };
    case 'pret':
      if (embargo)
        return {
          title: 'Sous embargo',
          text: `Validé par toutes ses signataires. Rien ne part avant le ${embargoWords(embargo)} : ${line.at ? 'il partira alors de lui-même.' : 'revenez à cette heure, ou donnez-lui une date de départ.'}`,
          also: cancel,
        };
      if (last && last <= now)
        return {
          title: 'Trop tard pour partir',
          text: `Validé, mais ce qui pouvait partir devait l’être avant ${whenOf(last)}. Choisissez une autre période de départ, puis soumettez de nouveau.`,
          also: cancel,
        };
      if (push.window && push.window.from > now)
        return {
          title: 'Tout est prêt',
          text: `Validé par toutes ses signataires. Il peut partir ${periodOf(push.window)}.`,
          also: cancel,
        };
      if (line.at && line.at <= now)
        return {
          title: 'L’heure est venue',
          text: 'Validé, et sa date est passée : il part dans un instant.',
          also: cancel,
        };
      return conducts
        ? {
            title: 'À faire : envoyer',
            text: 'Toutes les signataires ont validé. Cet envoi n’a pas de date : il part quand vous le dites.',
            link: { href: pushUrl(push, '/depart'), label: 'Voir ce qui partira, et envoyer' },
            also: cancel,
          }
        : { title: 'Tout est prêt', text: `${lead} le fera partir.` };
    case 'en_cours':
      return {
        title: 'L’envoi est en cours',
        text: 'Vous pouvez fermer cette page : il continue sans vous.',
        also: conducts ? [{ href: pushUrl(push, '/suspension'), label: 'Suspendre' }, ...cancel] : [],
      };
    case 'en_pause':
      return {
        title: 'En pause',
        text: 'Rien ne part tant que l’envoi n’est pas repris. Rien n’est perdu, rien ne partira deux fois.',
        ...(conducts ? { link: { href: pushUrl(push, '/reprise'), label: 'Reprendre l’envoi' } } : {}),
        also: cancel,
      };
    case 'termine':
      return {
        title: 'C’est parti',
        text: unknown
          ? `Le sort de ${plural(unknown, 'message reste inconnu', 'messages reste inconnu')} : le serveur a pu les recevoir sans que sa réponse nous parvienne. Les clics arrivent dans le rapport.`
          : 'Tous les messages ont été remis ou ont reçu une réponse. Les clics arrivent dans le rapport.',
        link: { href: `/campagnes/${push.campaignSlug}/rapport`, label: 'Voir ce que ça apporte' },
        ...(unknown
          ? { also: [{ href: pushUrl(push, '/destinataires?etat=unknown'), label: 'Voir ces destinataires' }] }
          : {}),
      };
    case 'annule':
      return {
        title: 'Cet envoi est annulé',
        text: 'Il ne repartira pas. Pour le reprendre, créez un envoi à partir de son contenu.',
      };
  }
}

/** Until when one waits, and what comes then. */
function waitingText({ answerBy, silence, silenceToldAt }: PushSheet): string {
  if (silenceToldAt) return 'Le délai est passé : rien ne part, et tout le monde en est prévenu.';
  const then = answerBy
    ? silence === 'sans_elle'
      ? ` Réponse attendue avant ${whenOf(answerBy)} ; ensuite, l’envoi part sans qui n’a pas répondu.`
      : ` Réponse attendue avant ${whenOf(answerBy)} ; ensuite, rien ne part.`
    : '';
  return `Un message leur a été envoyé ; rien ne part d’ici là.${then}`;
}

export const ApprovalList = ({ push, approvals }: Pick<Overview, 'push' | 'approvals'>) => (
  <Section title="Qui valide" action={{ href: pushUrl(push, '/validation'), label: 'Le détail' }}>
    <Rows label="Signataires">
      {approvals.signatories.map((s) => (
        <Row
          what={s.name}
          meta={
            s.last
              ? `${s.last.by}, ${shortDateTime(s.last.at)}${s.last.comment ? ` : ${quoted(s.last.comment)}` : ''}`
              : undefined
          }
          end={
            s.absent ? (
              <State kind={s.absent === 'silence' ? 'stop' : 'off'}>
                {s.absent === 'silence' ? 'sans réponse : part sans elle' : 's’est retirée'}
              </State>
            ) : !s.missing ? (
              <State kind="ok">validé</State>
            ) : s.last?.decision === 'changement' ? (
              <State kind="stop">changement demandé</State>
            ) : (
              <State kind={approvals.submitted ? 'wait' : 'off'}>
                {approvals.submitted ? 'pas encore' : 'pas encore soumis'}
              </State>
            )
          }
        />
      ))}
    </Rows>
  </Section>
);

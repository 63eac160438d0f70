import type { RelaysPage } from '../relay-kits/read-relays.ts';
import { plural } from './push-words.tsx';
import { capText } from './solicitations-pages.tsx';
import { Empty, PageHead } from './ui/components.tsx';
import { Choices } from './ui/fields.tsx';
import { Confirm } from './ui/flow.tsx';

type Props = { relays: RelaysPage; csrf: string };

const Cap = ({ relays }: Pick<Props, 'relays'>) => (
  <>
    Qui a été sollicité {capText(relays.campaign.caps.perPerson, relays.campaign.caps.days)}, par qui que ce soit, ou ne
    veut plus de messages, n’est pas écrit.
  </>
);

export const InvitePage = ({ relays, csrf }: Props) => {
  const base = `/campagnes/${relays.campaign.slug}/relais`;
  const without = relays.all.filter((r) => r.address === null && !r.stoppedAt).length;
  return (
    <>
      <PageHead
        back={{ href: base, label: 'Les relais' }}
        title="Inviter ceux qui ne l’ont pas été"
        lead="Chacun reçoit un message, avec l’adresse de son kit."
      />
      {relays.invitable === 0 ? (
        <Empty
          title="Tous les relais joignables sont déjà invités."
          act={{ href: base, label: 'Revenir aux relais' }}
        />
      ) : (
        <Confirm
          action={`${base}/invitations`}
          csrf={csrf}
          effects={[
            ['À inviter', plural(relays.invitable, 'relais', 'relais')],
            ['Mis de côté', <Cap relays={relays} />],
            [
              'Sans adresse',
              without === 0 ? 'aucun' : `${plural(without, 'relais', 'relais')} : remettez-leur le lien de leur kit`,
            ],
          ]}
          submit={`Inviter ${plural(relays.invitable, 'relais', 'relais')}`}
          back={{ href: base, label: 'Ne rien envoyer' }}
        />
      )}
    </>
  );
};

export const RemindPage = ({ relays, csrf }: Props) => {
  const base = `/campagnes/${relays.campaign.slug}/relais`;
  const { ouvrir, reprendre } = relays.remindable;
  return (
    <>
      <PageHead
        back={{ href: base, label: 'Les relais' }}
        title="Relancer, sans insister"
        lead="Une semaine au moins après le dernier message, et deux rappels au plus."
      />
      {ouvrir + reprendre === 0 ? (
        <Empty title="Personne n’est à relancer aujourd’hui." act={{ href: base, label: 'Revenir aux relais' }} />
      ) : (
        <Confirm
          action={`${base}/relances`}
          csrf={csrf}
          effects={[['Mis de côté', <Cap relays={relays} />]]}
          submit="Relancer"
          back={{ href: base, label: 'Ne rien envoyer' }}
        >
          <Choices
            name="qui"
            label="Qui relancer"
            value="tous"
            required
            options={[
              { value: 'tous', label: `Tous : ${plural(ouvrir + reprendre, 'relais', 'relais')}` },
              { value: 'ouvrir', label: `N’ont jamais ouvert leur kit : ${ouvrir}` },
              { value: 'reprendre', label: `L’ont ouvert, et n’ont rien repris : ${reprendre}` },
            ]}
          />
        </Confirm>
      )}
    </>
  );
};

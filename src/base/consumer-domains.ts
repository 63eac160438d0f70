/**
 * Providers of mailboxes for everybody: an address there is a person's own (PRV-31), and no organisation writes from one
 * (MAIL-11; receivers take it for forged). Lower case.
 */
export const CONSUMER_DOMAINS: ReadonlySet<string> = new Set(
  (
    'gmail.com googlemail.com outlook.com outlook.fr hotmail.com hotmail.fr live.com live.fr msn.com yahoo.com yahoo.fr ' +
    'ymail.com aol.com icloud.com me.com mac.com orange.fr wanadoo.fr voila.fr laposte.net free.fr aliceadsl.fr libertysurf.fr ' +
    'sfr.fr neuf.fr cegetel.net club-internet.fr numericable.fr noos.fr bbox.fr gmx.com gmx.fr proton.me protonmail.com ' +
    'mailo.com mailo.fr gmx.net mail.com yandex.com zoho.com tutanota.com hotmail.co.uk outlook.be'
  ).split(' '),
);

// The main job, done from outside as its people do it: the pages over HTTP (no script, no session but a cookie), and the
// command line beside the running server. Usage: node test/main-job.mjs http://127.0.0.1:3000 ; DATA_DIR as the server's.
import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const BASE = process.argv[2] ?? 'http://127.0.0.1:3000';
const COMMAND = fileURLToPath(new URL('../src/porte-voix.mjs', import.meta.url));
const CAMPAIGN = '/campagnes/essentiels-infranum';
const PUSH = `${CAMPAIGN}/envois/recruter-et-garder-ses-raccordeurs`;
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0';
const AUTHOR = 'camille@afdas.example';
const APPROVERS = ['amina@afdas.example', 'bruno@constructys.example', 'chloe@federation.example'];

const CONTACTS = [
  'Civilité;Nom;Prénom;Adresse mél;Fonction;SIRET;Niveau',
  'Mme;Aubry;Lucie;lucie.aubry@fibre-essai.example;Gérante;73282932000074;terrain',
  'M.;Costa;Rui;rui.costa@fibre-essai.example;Conducteur de travaux;73282932000075;terrain',
  'M.;Sans;Adresse;;Technicien;;terrain',
  'Mme;Fautive;Inès;ines.fautive@;Directrice;;institutionnel',
  'M.;Costa;Rui;RUI.COSTA@fibre-essai.example;Conducteur de travaux;;terrain',
].join('\r\n');

let passed = 0;
function check(sentence, holds, seen = '') {
  if (!holds) throw new Error(`${sentence} : non. ${String(seen).slice(0, 2000)}`);
  passed += 1;
  process.stdout.write(`  ${sentence}\n`);
}

const decode = (text) =>
  text.replace(
    /&(amp|lt|gt|quot|#39|#x27);/g,
    (_, name) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" })[name],
  );
const wordsOf = (html) => decode(html.replace(/<(script|style)[\s\S]*?<\/\1>|<[^>]+>/g, ' ')).replace(/\s+/g, ' ');
const attribute = (tag, name) => decode(new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '');

/** A browser without script: cookies, pages, and forms sent as they were shown. */
function browser() {
  const jar = new Map();
  let url = BASE;
  let html = '';
  async function go(to, init = {}) {
    url = new URL(to, url).href;
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { ...init.headers, cookie, 'user-agent': FIREFOX },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    const location = response.headers.get('location');
    if (response.status === 303 && location) return go(location);
    html = await response.text();
    return { status: response.status, html, text: wordsOf(html), url };
  }
  /** Sends the form of this page that leads to `action`, its own values under those given. */
  function submit(action, fields = {}) {
    const found = [...html.matchAll(/<form\b[^>]*>[\s\S]*?<\/form>/g)]
      .map(([form]) => form)
      .find((form) => attribute(form, 'action') === action);
    if (!found) throw new Error(`Aucun formulaire vers ${action} sur ${url}.\n${wordsOf(html).slice(0, 2000)}`);
    const values = new Map();
    for (const [tag] of found.matchAll(/<input\b[^>]*>/g)) {
      const type = attribute(tag, 'type');
      if (type === 'file' || ((type === 'checkbox' || type === 'radio') && !/\schecked/.test(tag))) continue;
      values.set(attribute(tag, 'name'), attribute(tag, 'value'));
    }
    for (const [select] of found.matchAll(/<select\b[^>]*>[\s\S]*?<\/select>/g)) {
      const chosen = [...select.matchAll(/<option\b[^>]*>/g)].map(([o]) => o);
      values.set(
        attribute(select, 'name'),
        attribute(chosen.find((o) => /\sselected/.test(o)) ?? chosen[0] ?? '', 'value'),
      );
    }
    for (const [name, value] of Object.entries(fields)) values.set(name, value);
    const files = /enctype="multipart/.test(found);
    const body = files ? new FormData() : new URLSearchParams();
    for (const [name, value] of values) if (name) body.append(name, value);
    return go(action, { method: 'POST', body });
  }
  return { go, submit };
}

/** The page once it says `expected`, reloaded as a reader without script would. */
async function until(person, path, expected, seconds = 60) {
  for (const end = Date.now() + seconds * 1000; ; await pause(500)) {
    const page = await person.go(path);
    if (expected.test(page.text)) return page;
    if (Date.now() > end)
      throw new Error(`${path} ne dit pas ${expected} après ${seconds} s : ${page.text.slice(0, 2000)}`);
  }
}

async function signIn(address) {
  const person = browser();
  const before = await person.go(PUSH);
  if (!before.url.includes('/connexion?retour=')) throw new Error(`Sans session, ${PUSH} mène à ${before.url}`);
  const asked = await person.submit('/connexion', { adresse: address });
  const code = /code est (\d{6})/.exec(asked.text)?.[1];
  if (!code) throw new Error(`Pas de code à l’écran pour ${address} : ${asked.text}`);
  const inside = await person.submit('/connexion/code', { code });
  check(
    `${address} entre avec le code affiché, et revient où il allait`,
    inside.status === 200 && inside.url.endsWith(PUSH),
    inside.text,
  );
  return person;
}

const porteVoix = async (...args) => {
  const { stdout } = await promisify(execFile)(process.execPath, [COMMAND, ...args, '--json'], { env: process.env });
  return JSON.parse(stdout);
};
const sum = (counts) => Object.values(counts).reduce((a, b) => a + b, 0);

async function importFile(person) {
  await person.go('/contacts/imports/nouveau');
  const file = new File([CONTACTS], 'essai.csv', { type: 'text/csv' });
  const read = await person.submit('/contacts/imports/nouveau', { file, source: 'Salon de la fibre' });
  check(
    'un fichier est lu à blanc, ses lignes refusées sont montrées avec leur numéro',
    read.status === 200 && /\b4\b/.test(read.text) && /\b5\b/.test(read.text) && /refusée/.test(read.text),
    read.text,
  );
  const path = new URL(read.url).pathname;
  await person.submit(`${path}/depart`);
  const done = await until(person, path, /rejoint votre liste/);
  check(
    'chaque ligne du fichier est comptée : 2 créés, 1 répétée, 2 refusées',
    /2 contacts ont rejoint votre liste/.test(done.text) &&
      /2 lignes refusées/.test(done.text) &&
      /Total 5/.test(done.text),
    done.text,
  );
  const csv = await person.go(`${path}/lignes.csv`);
  check('les lignes refusées se téléchargent', csv.html.trim().split('\n').length === 3, csv.html);
}

async function approve(author) {
  await author.go(PUSH);
  const submitted = await author.submit(`${PUSH}/soumission`);
  check('l’envoi est soumis aux trois signataires', /3 organisations/.test(submitted.text), submitted.text);
  const early = await author.go(`${PUSH}/depart`);
  check('il ne peut pas partir avant leur accord', early.status === 409, early.text);
  for (const address of APPROVERS) {
    const approver = await signIn(address);
    await approver.go(`${PUSH}/validation`);
    const said = await approver.submit(`${PUSH}/validation`, { decision: 'valide' });
    check(`${address} valide`, said.status === 200 && /accord est noté/.test(said.text), said.text);
  }
}

async function send(author) {
  await author.go(`${PUSH}/depart`);
  const sent = await author.submit(`${PUSH}/depart`);
  check('l’envoi part', sent.status === 200 && sent.url.endsWith(PUSH), sent.text);
  await until(author, PUSH, /terminé/i, 120);
  const status = await porteVoix('push', 'status', 'recruter-et-garder-ses-raccordeurs');
  check(
    'la commande, à côté du serveur, lit le même registre : sélectionnés = adressés + écartés',
    status.selected > 0 && status.selected === status.addressed + sum(status.setApart),
    JSON.stringify(status),
  );
  check('tous les adressés sont acceptés', status.states.accepted === status.addressed, JSON.stringify(status));
}

async function read(person) {
  const mailbox = await person.go('/courrier?recherche=lucie.aubry');
  const path = /href="(\/courrier\/\d+)"/.exec(mailbox.html)?.[1];
  check(
    'le message adressé au contact importé est dans le courrier de démonstration',
    path !== undefined,
    mailbox.text,
  );
  const { text } = await person.go(path);
  check('il est lisible, avec son objet', /raccordeur/i.test(text), text);
  const { html } = await person.go(`${path}/html`);
  const links = [...html.matchAll(/href="([^"]+\/r\/[^"]+)"/g)].map((m) => decode(m[1]));
  check('ses liens sont suivis', links.length > 0, html.slice(0, 500));
  return links[0];
}

async function click(person, link) {
  const clicks = async () => JSON.parse((await person.go(`${CAMPAIGN}/rapport.json`)).html).figures.clics.value;
  const before = await clicks();
  const answer = await fetch(link, {
    redirect: 'manual',
    headers: { 'user-agent': FIREFOX, accept: 'text/html', 'accept-language': 'fr' },
  });
  check(
    'un lien cliqué mène à sa page',
    answer.status === 302 && /^https:/.test(answer.headers.get('location') ?? ''),
    answer.status,
  );
  // The journal yields to traffic; a burst may still be seen by the classifier for a minute.
  for (const end = Date.now() + 30_000; (await clicks()) !== before + 1; await pause(500))
    if (Date.now() > end)
      throw new Error(`Le clic n’est pas dans le rapport après 30 s (${before} avant, ${await clicks()} après).`);
  check('le clic est dans le rapport, une fois', true);
  const report = await porteVoix('report', 'essentiels-infranum');
  check(
    'la commande `report` donne le même chiffre que la page',
    report.figures.clics.value === before + 1,
    JSON.stringify(report.figures.clics),
  );
}

/** Nothing listens during the first seconds of a start. */
async function answering(seconds) {
  for (const end = Date.now() + seconds * 1000; ; await pause(200)) {
    const response = await fetch(`${BASE}/connexion`).catch(() => null);
    if (response?.ok) return;
    if (Date.now() > end) throw new Error(`Le service ne répond pas après ${seconds} s.`);
  }
}

async function main() {
  const started = Date.now();
  await answering(60);
  check(`la page de connexion répond (${((Date.now() - started) / 1000).toFixed(1)} s)`, true);
  const author = await signIn(AUTHOR);
  await importFile(author);
  await approve(author);
  await send(author);
  await click(author, await read(author));
}

await main();
process.stdout.write(`${passed} vérifications du travail principal réussies\n`);

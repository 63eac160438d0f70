// Comfort only: every page works without this file.
const say = document.getElementById('annonce');
let saidAt = 0;
const announce = (text) => {
  if (!say || !text || Date.now() - saidAt < 5000) return;
  saidAt = Date.now();
  say.textContent = text;
};

// Elements with data-live="/address" are fetched again and replaced, as long as they carry it.
const refresh = async (element) => {
  const response = await fetch(element.dataset.live, { headers: { accept: 'text/html' }, redirect: 'manual' });
  if (!response.ok) return element.removeAttribute('data-live');
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const next = page.body.firstElementChild;
  if (!next || element.contains(document.activeElement)) return;
  for (const open of element.querySelectorAll('details[open][id]'))
    page.getElementById(open.id)?.setAttribute('open', '');
  element.replaceWith(next);
  // The last word is always said.
  if (!next.dataset.live) saidAt = 0;
  announce(next.dataset.say);
};
const tick = async () => {
  const elements = document.hidden ? [] : [...document.querySelectorAll('[data-live]')];
  await Promise.allSettled(elements.map(refresh));
  if (document.querySelector('[data-live]')) setTimeout(tick, 1500);
};
if (document.querySelector('[data-live]')) setTimeout(tick, 1500);

for (const button of document.querySelectorAll('[data-copy]')) {
  const source = document.getElementById(button.dataset.copy);
  if (!source || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    saidAt = 0;
    announce('Copié.');
    button.textContent = 'Copié';
  });
}

for (const b of document.querySelectorAll('[data-count]'))
  document.getElementById(b.dataset.count)?.addEventListener('input', ({ target: { value } }) => {
    const all = b.dataset.words ? value.match(/\S*[\p{L}\p{N}]\S*/gu) : value.trim();
    b.textContent = all?.length ?? 0;
  });

// What a relay takes from its kit is told in passing; nothing waits for it.
document.addEventListener('click', (event) => {
  const pressed = event.target.closest('[data-told]');
  if (pressed) navigator.sendBeacon(pressed.dataset.told, new URLSearchParams(pressed.dataset.toldFields));
});

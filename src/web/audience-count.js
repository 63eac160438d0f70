// Comfort only: counts again while the form is filled in. Without this file, « Compter » does it.
const region = document.getElementById('compte');
const form = document.getElementById('audience');
let waiting;
let asked = 0;

const recount = async () => {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (name !== 'csrf' && value !== '') query.append(name, value);
  if (form.dataset.audience) query.set('audience', form.dataset.audience);
  const turn = ++asked;
  const response = await fetch(`/audiences/apercu?${query}`, { redirect: 'manual' });
  // An older answer that arrives late says nothing.
  if (!response.ok || turn !== asked) return;
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const next = page.getElementById('compte');
  if (next) region.replaceChildren(...next.childNodes);
};

if (region && form)
  form.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => recount().catch(() => {}), 350);
  });

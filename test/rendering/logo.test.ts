import { expect, test } from 'vitest';
import { LEVELS } from '../../src/base/words.ts';
import { fitted, imageSize } from '../../src/campaigns/image-size.ts';
import { checkContrast } from '../../src/proofs/check-look.ts';
import { renderNewsletter } from '../../src/rendering/newsletter.ts';
import { fillSample } from '../../src/rendering/sample.ts';
import { run } from '../proofs/check-cast.ts';
import { GIF, JPEG, png } from '../support/images.ts';
import { variant } from './letter.ts';

const withLogo = (level: (typeof LEVELS)[number], logo: { src: string; width: number; height: number } | null) => {
  const input = variant(level);
  return { ...input, campaign: { ...input.campaign, logo } };
};
const LOGO = { src: '/fichiers/essentiels-infranum/logo-0a1b2c3d.png', width: 1200, height: 300 };

test('a campaign without a logo has none in its letters', async () => {
  const { html } = fillSample(await renderNewsletter(withLogo('terrain', null)));
  expect(html).not.toContain('Logo de la campagne');
});

test.each(LEVELS)(
  'A11Y-20, A11Y-21, PRV-02: the logo of the %s letter is ours, named, sized, and on white in the dark',
  async (level) => {
    const input = withLogo(level, LOGO);
    const rendered = await renderNewsletter(input);
    const { html } = fillSample(rendered);
    expect(html).toContain(
      `<img src="${input.publicUrl}${LOGO.src}" alt="Logo de la campagne" width="240" height="60"`,
    );
    expect(html).toMatch(/<td bgcolor="#ffffff" style="[^"]*background-image:linear-gradient\(#ffffff,#ffffff\)/);
    expect(run(checkContrast, { organisationId: 1, input, rendered })).toEqual([]);
  },
);

test.each(['@ailleurs.example/x.png', '/fichiers/../secret.png'])(
  '%s never becomes an image of a letter (SEC-12)',
  (src) =>
    expect(renderNewsletter(withLogo('terrain', { ...LOGO, src }))).rejects.toMatchObject({ code: 'unsafe_html' }),
);

test('an image says its size, and is drawn inside its box with its shape', () => {
  expect(imageSize(png(200, 100))).toEqual({ width: 200, height: 100 });
  expect(imageSize(JPEG)).toEqual({ width: 1, height: 1 });
  expect(imageSize(GIF)).toBeNull();
  const box = { width: 240, height: 72 };
  expect(fitted({ width: 100, height: 40 }, box)).toEqual({ width: 100, height: 40 });
  expect(fitted({ width: 4000, height: 4000 }, box)).toEqual({ width: 72, height: 72 });
  expect(fitted({ width: 4000, height: 3 }, box)).toEqual({ width: 240, height: 1 });
});

import { expect, test } from 'vitest';
import { QUIET, qrDots, qrPng, qrSvg } from '../../src/rendering/qr.ts';
import { codeIn, drawn } from './paper.ts';

const LINKS = [
  'https://porte-voix.example.fr/r/AbCdEf12345678',
  'https://porte-voix.example.fr/r/x?utm=caf%C3%A9&a=1#é',
  `https://porte-voix.example.fr/${'a1B2c3'.repeat(60)}`,
];

const sized = (svg: string, side: number): string => svg.replace('<svg ', `<svg width="${side}" height="${side}" `);

test.each(LINKS)('the drawn code and the picture both lead to %s', async (link) => {
  expect(codeIn(drawn(sized(qrSvg(link), 600)))).toBe(link);
  const png = (await qrPng(link)).toString('base64');
  const page = `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="900"><image width="900" height="900" href="data:image/png;base64,${png}"/></svg>`;
  expect(codeIn(drawn(page))).toBe(link);
});

test('four white dots surround the code (ISO/IEC 18004)', () => {
  const { size, dots } = qrDots(LINKS[0]!);
  expect(QUIET).toBe(4);
  expect(Math.min(...dots.map(([x]) => x))).toBe(4);
  expect(Math.max(...dots.map(([x, , width]) => x + width))).toBe(size - 4);
  expect(Math.max(...dots.map(([, y]) => y))).toBe(size - 5);
});

test('a short link is read even under a stain', () => {
  const link = LINKS[0]!;
  const { size } = qrDots(link);
  const stained = qrSvg(link).replace('</svg>', `<path fill="#fff" d="M${size - 14} 14h8v9h-8z"/></svg>`);
  expect(codeIn(drawn(sized(stained, 600)))).toBe(link);
});

test('what is put into the code is never part of the drawing', () => {
  const hostile = '"/><script>alert(1)</script>';
  expect(qrSvg(hostile)).not.toContain('script');
  expect(codeIn(drawn(sized(qrSvg(hostile), 400)))).toBe(hostile);
});

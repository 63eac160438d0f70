import { execFileSync } from 'node:child_process';
import { Resvg } from '@resvg/resvg-js';
import readCode from 'jsqr';
import type { Poster } from '../../src/rendering/poster.ts';

const run = (command: string, args: string[], input: Buffer): Buffer =>
  execFileSync(command, args, { input, maxBuffer: 64_000_000 });

export const poster = (changes: Partial<Poster> = {}, campaign: Partial<Poster['campaign']> = {}): Poster => ({
  format: 'a4',
  title: 'Les métiers de la fibre recrutent près de chez vous',
  text: 'Vingt-huit fiches décrivent les métiers, les formations et les passerelles.',
  link: 'https://porte-voix.example.fr/r/AbCdEf12345678',
  shownLink: 'porte-voix.example.fr/r/AbCdEf12345678',
  relay: 'Fédération des travaux de réseaux',
  partners: ['Constructys', 'AFDAS'],
  ...changes,
  campaign: {
    name: 'Les essentiels',
    tagline: 'Pour la filière des infrastructures du numérique',
    colour: '#1a2f5a',
    accent: '#e8590c',
    hashtag: '#LesEssentiels',
    ...campaign,
  },
});

/** What `pdfinfo` says, by its own names. */
export const infoOf = (pdf: Buffer): Record<string, string> =>
  Object.fromEntries(
    run('pdfinfo', ['-enc', 'UTF-8', '-'], pdf)
      .toString()
      .split('\n')
      .filter(Boolean)
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );

/** The tags of the document, in reading order: `H1`, `P`… and what a figure is said to be. */
export const structureOf = (pdf: Buffer): string =>
  run('pdfinfo', ['-enc', 'UTF-8', '-struct-text', '-'], pdf).toString();
export const textOf = (pdf: Buffer): string =>
  run('pdftotext', ['-enc', 'UTF-8', '-', '-'], pdf).toString().replace(/\s+/g, ' ').trim();

export type Word = { text: string; left: number; top: number; right: number; bottom: number };

/** Every word on the page and where it stands, in points. */
export const wordsOf = (pdf: Buffer): Word[] =>
  [
    ...run('pdftotext', ['-enc', 'UTF-8', '-bbox', '-', '-'], pdf)
      .toString()
      .matchAll(/<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)<\/word>/g),
  ].map(([, left, top, right, bottom, text]) => ({
    text: text ?? '',
    left: Number(left),
    top: Number(top),
    right: Number(right),
    bottom: Number(bottom),
  }));

export type Picture = { width: number; height: number; pixels: Uint8ClampedArray };

/** The page as a picture, at so many dots an inch. */
export function pictureOf(pdf: Buffer, dpi: number): Picture {
  const ppm = run('pdftoppm', ['-r', String(dpi), '-'], pdf);
  const head = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(ppm.subarray(0, 64).toString('latin1'));
  if (!head) throw new Error('pdftoppm gave no picture');
  const [width, height] = [Number(head[1]), Number(head[2])];
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++)
    pixels.set(ppm.subarray(head[0].length + i * 3, head[0].length + i * 3 + 3), i * 4);
  return { width, height, pixels };
}

/** Any picture a browser reads, drawn on white by another program than the one that made it. */
export function drawn(svg: string): Picture {
  const { width, height, pixels } = new Resvg(svg, { background: '#ffffff' }).render();
  return { width, height, pixels: new Uint8ClampedArray(pixels) };
}

/** What a phone reads in the picture; null when it finds no code. */
export const codeIn = ({ width, height, pixels }: Picture): string | null =>
  readCode.default(pixels, width, height)?.data ?? null;

export const hexAt = ({ width, pixels }: Picture, x: number, y: number): string =>
  `#${Buffer.from(pixels.slice((y * width + x) * 4, (y * width + x) * 4 + 3)).toString('hex')}`;

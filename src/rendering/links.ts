import { invalid } from '../base/errors.ts';
import { slot } from '../mail/skeleton.ts';
import { linkTarget } from './sanitise.ts';

/** The tracked links of one message, in order of first appearance; the same address is one link. */
export type Links = {
  readonly list: { url: string; label: string }[];
  /** What to write in `href` and in the text twin: a slot for a web page, the address itself for mailto and tel. */
  to(url: string, label: string): string;
};

export function collectLinks(): Links {
  const list: { url: string; label: string }[] = [];
  return {
    list,
    to(url, label) {
      const target = linkTarget(url);
      if (!target)
        throw invalid(
          'unsafe_link',
          `le lien « ${label} » mène à « ${url} ». Donnez une adresse complète, qui commence par https://.`,
        );
      if (!target.startsWith('http')) return target;
      const known = list.findIndex((link) => link.url === target);
      if (known >= 0) return slot(`link:${known}`);
      list.push({ url: target, label });
      return slot(`link:${list.length - 1}`);
    },
  };
}

import type { Child } from 'hono/jsx';

/*
 * An inventory in three steps, as nested lists: `<Tree label="…" branches={[{ title: 'Axe 1', branches: [{ title: 'Études',
 * leaves: [<TreeLeaf … />] }] }]} />`. An empty title leaves its step out: its lists come up one step.
 */

export type TreeTwig = { title: string; leaves: readonly Child[] };
export type TreeBranch = { title: string; twigs: readonly TreeTwig[] };

export const Tree = ({ label, branches }: { label: string; branches: readonly TreeBranch[] }) => (
  <ul class="tree" aria-label={label}>
    {branches.map((branch) =>
      branch.title ? (
        <li>
          <h2>{branch.title}</h2>
          <ul>
            {branch.twigs.map((twig) => (
              <li>
                <h3>{twig.title}</h3>
                <Leaves {...twig} />
              </li>
            ))}
          </ul>
        </li>
      ) : (
        branch.twigs.map((twig) => (
          <li>
            <h2>{twig.title}</h2>
            <Leaves {...twig} />
          </li>
        ))
      ),
    )}
  </ul>
);

const Leaves = ({ leaves }: TreeTwig) => (
  <ul class="leaves">
    {leaves.map((leaf) => (
      <li>{leaf}</li>
    ))}
  </ul>
);

/** One thing of the inventory. `tab`: opens beside, from a frame of another site. */
export const TreeLeaf = (p: { href: string; title: string; text?: Child; meta?: Child; tab?: boolean }) => (
  <>
    <p class="what">
      {p.tab ? (
        <a href={p.href} target="_blank" rel="noopener">
          {p.title}
          <span class="hidden"> (nouvel onglet)</span>
        </a>
      ) : (
        <a href={p.href}>{p.title}</a>
      )}
    </p>
    {p.text && <p>{p.text}</p>}
    {p.meta && <p class="meta">{p.meta}</p>}
  </>
);

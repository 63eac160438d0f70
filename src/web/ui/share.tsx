/*
 * What a network shows of a shared link (Open Graph), in the head of a public page:
 * `<PublicLayout head={<ShareTags title="…" description="…" url="https://…" image="https://…/carte.png" />} …>`.
 */

/** Addresses are whole. `image` is 1200 × 630; `alt` says what is written on it. */
export const ShareTags = (p: {
  title: string;
  description: string;
  url: string;
  siteName: string;
  image?: { url: string; alt: string } | undefined;
}) => (
  <>
    <meta name="description" content={p.description} />
    <link rel="canonical" href={p.url} />
    <meta property="og:type" content="website" />
    <meta property="og:locale" content="fr_FR" />
    <meta property="og:site_name" content={p.siteName} />
    <meta property="og:title" content={p.title} />
    <meta property="og:description" content={p.description} />
    <meta property="og:url" content={p.url} />
    {p.image && (
      <>
        <meta property="og:image" content={p.image.url} />
        <meta property="og:image:type" content="image/png" />
        <meta property="og:image:width" content="1200" />
        <meta property="og:image:height" content="630" />
        <meta property="og:image:alt" content={p.image.alt} />
      </>
    )}
    <meta name="twitter:card" content={p.image ? 'summary_large_image' : 'summary'} />
  </>
);

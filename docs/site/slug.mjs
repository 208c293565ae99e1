// The anchors of headings, as GitHub makes them, so that a link to a part of a guide works there and on the site.
// @ts-check

/** @param {string} heading without marks such as backticks */
export function slugOf(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
}

/**
 * The script of every page: copy buttons, and links that open the fold that they lead to.
 *
 * The clipboard is there in a secure context only, which a file is and a page from a plain http server is not: then the
 * text is selected and copied the old way; and where that is refused too, it stays selected, for Ctrl-C.
 *
 * @module
 */

/** JavaScript as any browser of the last five years reads it. Its hash stands in the page's policy. */
export const PAGE_SCRIPT = `
'use strict';
for (const button of document.querySelectorAll('button[data-copy]')) {
  const source = button.parentElement.querySelector('[data-copied]');
  const label = button.textContent;
  const say = (text) => {
    button.textContent = text;
    setTimeout(() => { button.textContent = label; }, 2000);
  };
  const select = () => {
    const range = document.createRange();
    range.selectNodeContents(source);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  };
  const copySelected = () => {
    select();
    say(document.execCommand('copy') ? 'Copied' : 'Press Ctrl-C');
  };
  button.hidden = false;
  button.addEventListener('click', () => {
    if (navigator.clipboard === undefined) copySelected();
    else navigator.clipboard.writeText(source.textContent).then(() => say('Copied'), copySelected);
  });
}
const openTarget = () => {
  const target = document.getElementById(location.hash.slice(1));
  for (let each = target; each !== null; each = each.parentElement) {
    if (each instanceof HTMLDetailsElement) each.open = true;
  }
  if (target !== null) target.scrollIntoView();
};
addEventListener('hashchange', openTarget);
if (location.hash !== '') openTarget();
`;

/**
 * The script of a page with a picture to move about in: zoom by wheel, buttons and keys, pan by dragging, search.
 *
 * Everything happens by the picture's viewBox, so lines stay sharp. Without the script the picture is as wide as the page.
 *
 * @module
 */

/** JavaScript as any browser of the last five years reads it. Its hash stands in the page's policy. */
export const TOPOLOGY_SCRIPT = `
for (const viewer of document.querySelectorAll('.viewer')) {
  const svg = viewer.querySelector('svg');
  const search = viewer.querySelector('input');
  const found = viewer.querySelector('output');
  const whole = { x: 0, y: 0, width: svg.viewBox.baseVal.width, height: svg.viewBox.baseVal.height };
  let view = { ...whole };
  viewer.classList.add('live');
  viewer.querySelector('.tools').hidden = false;
  svg.removeAttribute('width');
  svg.removeAttribute('height');
  const show = () => svg.setAttribute('viewBox', [view.x, view.y, view.width, view.height].join(' '));
  const scale = () => Math.max(view.width / svg.clientWidth, view.height / svg.clientHeight);
  const fit = () => {
    const wanted = whole.height * Math.min(1.25, svg.clientWidth / whole.width) + 24;
    svg.style.height = Math.min(innerHeight * 0.72, Math.max(240, wanted)) + 'px';
    view = { ...whole };
    const least = scale();
    // A small picture is not blown up.
    if (least < 0.8) {
      const grow = 0.8 / least;
      view = { x: whole.width * (1 - grow) / 2, y: whole.height * (1 - grow) / 2, width: whole.width * grow, height: whole.height * grow };
    }
    show();
  };
  const zoom = (factor, at) => {
    const least = 60 / whole.width;
    const next = Math.min(4, Math.max(least, (view.width * factor) / whole.width)) * whole.width / view.width;
    view = {
      x: at.x - (at.x - view.x) * next,
      y: at.y - (at.y - view.y) * next,
      width: view.width * next,
      height: view.height * next,
    };
    show();
  };
  const pointOf = (event) => {
    const point = new DOMPoint(event.clientX, event.clientY);
    return point.matrixTransform(svg.getScreenCTM().inverse());
  };
  const middle = () => ({ x: view.x + view.width / 2, y: view.y + view.height / 2 });
  svg.addEventListener('wheel', (event) => {
    // The page scrolls, unless the wheel is meant for the picture.
    if (!event.ctrlKey && !viewer.matches(':focus-within')) return;
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15, pointOf(event));
  }, { passive: false });
  let from;
  svg.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    from = { x: event.clientX, y: event.clientY, view };
    svg.setPointerCapture(event.pointerId);
    svg.focus({ preventScroll: true });
  });
  svg.addEventListener('pointermove', (event) => {
    if (from === undefined) return;
    const by = scale();
    view = { ...view, x: from.view.x - (event.clientX - from.x) * by, y: from.view.y - (event.clientY - from.y) * by };
    show();
  });
  for (const end of ['pointerup', 'pointercancel']) svg.addEventListener(end, () => { from = undefined; });
  svg.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.key === '+' || event.key === '=') zoom(1 / 1.3, middle());
    else if (event.key === '-') zoom(1.3, middle());
    else if (event.key === '0') fit();
    else if (step) {
      view = { ...view, x: view.x + step[0] * view.width / 8, y: view.y + step[1] * view.height / 8 };
      show();
    } else return;
    event.preventDefault();
  });
  viewer.querySelector('[data-zoom="in"]').addEventListener('click', () => zoom(1 / 1.3, middle()));
  viewer.querySelector('[data-zoom="out"]').addEventListener('click', () => zoom(1.3, middle()));
  viewer.querySelector('[data-zoom="fit"]').addEventListener('click', fit);
  let hits = [];
  let at = 0;
  const centre = () => {
    const box = hits[at].querySelector('rect');
    const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((name) => Number(box.getAttribute(name)));
    view = { ...view, x: x + width / 2 - view.width / 2, y: y + height / 2 - view.height / 2 };
    show();
  };
  const look = () => {
    const words = search.value.toLowerCase().split(/\\s+/).filter((word) => word !== '');
    const all = [...svg.querySelectorAll('[data-find]')];
    hits = words.length === 0 ? [] : all.filter((each) => words.every((word) => each.dataset.find.toLowerCase().includes(word)));
    at = 0;
    svg.classList.toggle('searched', words.length > 0);
    for (const each of all) each.classList.toggle('hit', hits.includes(each));
    found.textContent = words.length === 0 ? '' : hits.length + ' found';
  };
  search.addEventListener('input', look);
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') { search.value = ''; look(); fit(); }
    if (event.key !== 'Enter' || hits.length === 0) return;
    centre();
    at = (at + 1) % hits.length;
  });
  addEventListener('resize', fit);
  fit();
}
`;

/** CSS for the same page. */
export const TOPOLOGY_STYLE = `
.viewer { border: 1px solid var(--line); border-radius: .3rem; overflow: auto; }
.viewer svg { display: block; max-width: none; background: var(--paper); }
.viewer.live { overflow: hidden; }
.viewer.live svg { width: 100%; cursor: grab; touch-action: none; user-select: none; }
.viewer.live svg:active { cursor: grabbing; }
.viewer svg:focus-visible { outline: 2px solid var(--link); outline-offset: -2px; }
.tools { display: flex; flex-wrap: wrap; gap: .4rem; align-items: center; padding: .4rem; border-bottom: 1px solid var(--line);
  background: var(--panel); }
.tools[hidden] { display: none; }
.tools input { font: inherit; padding: .2rem .5rem; min-width: 6rem; flex: 0 1 18rem; color: var(--ink); background: var(--paper);
  border: 1px solid var(--line); border-radius: .25rem; }
.tools button { font: inherit; min-width: 2rem; padding: .15rem .5rem; color: var(--ink); background: var(--paper);
  border: 1px solid var(--line); border-radius: .25rem; cursor: pointer; }
.tools output { color: var(--faint); }
.picture.searched .chip:not(.hit), .picture.searched .box:not(.hit) .title, .picture.searched .line { opacity: .25; }
.picture .chip.hit rect { stroke: var(--link); stroke-width: 3; }
.legend { color: var(--faint); font-size: .9rem; }
@media print { .tools { display: none; } }
`;

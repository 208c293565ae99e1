/** The viewer's style sheet: light or dark as the reader's system is, wide or as narrow as a phone. */

export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fcfbf8; --raised: #f4f2ec; --ink: #1f1e1b; --muted: #625f57; --rule: #d8d4c9; --line: #8a867b;
  --now: #b34410; --now-paper: #fdeee4; --done: #2c6b3f; --done-paper: #eaf4ec; --module: #1c5f9c; --module-paper: #e9f1f9;
  --sans: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif;
  --serif: Charter, 'Bitstream Charter', 'Sitka Text', Cambria, 'Liberation Serif', serif;
  --mono: ui-monospace, 'Cascadia Code', Menlo, Consolas, 'Liberation Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #17181b; --raised: #202226; --ink: #e9e7e2; --muted: #aaa79f; --rule: #3a3c42; --line: #85888f;
    --now: #f59a62; --now-paper: #3a261a; --done: #7cc794; --done-paper: #1c2c21; --module: #7bb6ec; --module-paper: #1b2733;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 100rem; padding: 1.2rem clamp(0.8rem, 3vw, 2rem) 3rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 var(--sans); font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
h1, h2 { font-family: var(--serif); font-weight: 600; line-height: 1.2; }
h1 { font-size: clamp(1.5rem, 4vw, 2.1rem); margin: 0; }
h2 { font-size: 1.25rem; margin: 0 0 0.5rem; }
h3 { font-size: 0.875rem; color: var(--muted); font-weight: 600; margin: 1rem 0 0.3rem; }
h4 { font-size: 0.9375rem; margin: 0 0 0.3rem; }
p { margin: 0 0 0.6rem; }
.aside, caption { color: var(--muted); font-size: 0.875rem; }
:focus-visible { outline: 3px solid var(--module); outline-offset: 2px; }

.bar { display: flex; flex-wrap: wrap; gap: 0.6rem 1.5rem; align-items: center; justify-content: space-between; margin: 0.8rem 0 0.6rem;
  position: sticky; top: 0; z-index: 1; background: var(--paper); padding: 0.4rem 0; }
#controls { display: flex; flex-wrap: wrap; gap: 0.4rem; align-items: center; flex: 1 1 20rem; }
#slider { flex: 1 1 8rem; min-width: 6rem; accent-color: var(--now); }
#position { flex: 0 1 15rem; min-width: 9rem; font-weight: 600; }
button { font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--line); border-radius: 6px; min-width: 2.5rem;
  min-height: 2.2rem; padding: 0.2rem 0.7rem; cursor: pointer; }
button:disabled { opacity: 0.45; cursor: default; }
#message:empty { display: none; }

.scroll { overflow: auto; }
#graph { border: 1px solid var(--rule); border-radius: 8px; padding: 0.6rem; max-height: 65vh; }
#graph svg { display: block; margin: 0 auto; font: 12px var(--mono); }
#graph text { fill: var(--ink); text-anchor: middle; pointer-events: none; }
#graph .shapes { fill: var(--muted); font-size: 11px; }
.box rect, .frame rect { fill: var(--paper); stroke: var(--line); stroke-width: 1.5; }
.box, .frame { cursor: pointer; outline: none; }
.box.op rect { fill: var(--raised); }
.box.constant rect { stroke-dasharray: 4 3; }
.box.module rect { fill: var(--module-paper); stroke: var(--module); }
.frame rect { fill: none; pointer-events: all; stroke: var(--module); stroke-dasharray: 1 0; }
#graph .frame text { text-anchor: start; fill: var(--module); font-weight: 600; }
.box.chosen > rect { stroke-width: 2.5; }
.box.done > rect { stroke: var(--done); fill: var(--done-paper); }
.box.marked > rect { stroke-dasharray: 7 3; stroke-width: 3; }
#graph .marked .badge { fill: var(--now); }
.box.active > rect { stroke: var(--now); fill: var(--now-paper); stroke-width: 4; }
:is(.box, .frame):focus-visible > rect { stroke: var(--module); stroke-width: 4; stroke-dasharray: 2 2; }
#graph .badge { text-anchor: end; font: 600 11px var(--sans); fill: var(--done); }
#graph .active .badge { fill: var(--now); }
.link { fill: none; stroke: var(--line); stroke-width: 1.5; }
.link.constant { stroke-dasharray: 4 3; }
.link.active { stroke: var(--now); stroke-width: 4; }
#arrow path { fill: var(--line); }

.legend { display: flex; flex-wrap: wrap; gap: 0.3rem 1.2rem; list-style: none; margin: 0.6rem 0 1.2rem; padding: 0; }
.sign { display: inline-block; width: 1.6rem; height: 0.9rem; margin-right: 0.4rem; vertical-align: -0.1rem; border: 1.5px solid var(--line); border-radius: 2px; }
.sign.op { background: var(--raised); }
.sign.leaf { border-radius: 0.5rem; }
.sign.constant { border-style: dashed; }
.sign.module { border-color: var(--module); background: var(--module-paper); }
kbd { font: 0.8125rem var(--mono); border: 1px solid var(--rule); border-radius: 4px; padding: 0 0.3rem; background: var(--raised); }

.panels { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 1.5rem; margin-bottom: 1.5rem; }
.panels section { border-top: 3px solid var(--rule); padding-top: 0.7rem; }
.panels .step { border-color: var(--now); }
pre { margin: 0 0 0.5rem; padding: 0.5rem 0.7rem; overflow-x: auto; background: var(--raised); border-radius: 6px; font: 0.875rem/1.45 var(--mono); overflow-wrap: normal; }
.outgoing { list-style: none; padding: 0; margin: 0; display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr)); gap: 0.8rem; }
.outgoing li { border: 1px solid var(--rule); border-radius: 8px; padding: 0.7rem; min-width: 0; }
.note { font-weight: 600; border-left: 4px solid var(--now); padding-left: 0.6rem; }
.sum { margin: 0.7rem 0 0.2rem; font-weight: 600; }
dl { margin: 0; display: grid; gap: 0.3rem; }
dl div { display: grid; grid-template-columns: 8rem minmax(0, 1fr); gap: 0.6rem; }
dt { color: var(--muted); font-size: 0.875rem; }
dd { margin: 0; }
.source { margin-top: 0.6rem; }

.kind { font: 0.8125rem var(--mono); color: var(--muted); display: block; }
table { border-collapse: collapse; }
.numbers { font: 0.875rem var(--mono); margin: 0.15rem 0; border-left: 2px solid var(--line); border-right: 2px solid var(--line); border-radius: 4px; }
.numbers td { padding: 0.05rem 0.5rem; text-align: right; white-space: nowrap; }
.histogram svg { width: 100%; max-width: 16rem; height: 3.2rem; display: block; border-bottom: 1px solid var(--line); }
.histogram rect { fill: var(--module); }
.histogram p { margin: 0.2rem 0 0; }
.leaves { width: 100%; }
.leaves caption { text-align: left; padding-bottom: 0.4rem; font-size: 1rem; font-weight: 600; color: var(--ink); }
.leaves :is(th, td) { overflow-wrap: break-word; text-align: left; vertical-align: top; padding: 0.4rem 0.8rem 0.4rem 0; }
.leaves > :is(thead, tbody) > tr > :is(th, td) { border-bottom: 1px solid var(--rule); }
.leaves tbody th { min-width: 6.5rem; max-width: 20rem; font-weight: 600; }
.leaves .state { white-space: nowrap; }
.leaves thead th { white-space: nowrap; color: var(--muted); font-size: 0.875rem; font-weight: 500; }
.leaves .numbers td { padding: 0.05rem 0.5rem; border: 0; text-align: right; }
.leaves .receiving .state { color: var(--now); font-weight: 600; }
.leaves .stored .state { color: var(--done); font-weight: 600; }

@media (max-width: 48rem) {
  .panels { grid-template-columns: minmax(0, 1fr); }
  #graph { max-height: 55vh; }
  dl div { grid-template-columns: 6.5rem minmax(0, 1fr); }
}
`;

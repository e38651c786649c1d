/** How the page looks: light and dark by the reader's own setting, narrow and wide, on paper. */
import { LADDER_STYLE } from '../ladder/svg.js';

/** The style sheet of the page, ladders included. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--ink:#1c2128;--paper:#fff;--raised:#f6f8fa;--rule:#c9d1d9;--dim:#57606a;--client:#0550ae;--server:#6639ba;--critical:#b3261e;--warning:#8a5a00;--notice:#0b6478;--mark:#fff3c4;--bar:#8c959f}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e6edf3;--paper:#0d1117;--raised:#161b22;--rule:#3d444d;--dim:#9da7b3;--client:#79c0ff;--server:#d2a8ff;--critical:#ff8a80;--warning:#e3b341;--notice:#76d7ea;--mark:#3a2f0b;--bar:#768390}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
header,main,footer{max-width:1180px;margin:0 auto;padding:0 20px}
header{padding-top:20px}
h1{font-size:1.45rem;line-height:1.3;margin:.2em 0}
h2{font-size:1.2rem;margin:2em 0 .6em;border-bottom:1px solid var(--rule);padding-bottom:.2em}
h3{font-size:1.08rem;margin:0 0 .3em}
h4{font-size:1rem;margin:1.2em 0 .3em}
p{margin:.4em 0}
p,li,h1,h3{overflow-wrap:anywhere}
a{color:var(--client)}
.dim{color:var(--dim)}
.secrets{border:2px solid var(--critical);padding:.4em .8em;border-radius:6px;font-weight:600}
nav .index{list-style:none;padding:0;margin:.6em 0}
nav ul{display:flex;flex-wrap:wrap;gap:.2em 1.2em;list-style:none;padding:0;margin:.6em 0}
.counts{display:flex;flex-wrap:wrap;gap:.3em 1.4em;margin:.6em 0;padding:0;list-style:none;font-weight:600}
.critical{color:var(--critical)}.warning{color:var(--warning)}.notice{color:var(--notice)}
article{border:1px solid var(--rule);border-left-width:6px;border-radius:8px;padding:1em 1.2em;margin:1.2em 0;background:var(--paper)}
article.critical{border-left-color:var(--critical)}article.warning{border-left-color:var(--warning)}article.notice{border-left-color:var(--notice)}
article>*{color:var(--ink)}
article li+li{margin-top:.7em}
article h3 .severity{text-transform:uppercase;font-size:.8em;letter-spacing:.05em;margin-right:.5em}
article.critical .severity{color:var(--critical)}article.warning .severity{color:var(--warning)}article.notice .severity{color:var(--notice)}
table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{text-align:left;color:var(--dim);padding:.2em 0}
th,td{text-align:left;vertical-align:top;padding:.3em .9em .3em 0;border-bottom:1px solid var(--rule);overflow-wrap:break-word}
thead th{border-bottom-width:2px}
th,.verdict,.scroll td{white-space:nowrap}.scroll td.names{white-space:normal}
th.file{white-space:normal;overflow-wrap:anywhere;min-width:12em}
td.figure,th.figure{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.supported .verdict{font-weight:600}
pre{background:var(--raised);border:1px solid var(--rule);border-radius:6px;padding:.6em .8em;overflow:auto;font:13px/1.45 ui-monospace,Menlo,Consolas,monospace;margin:.4em 0}
code{font:.92em ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.scroll{overflow:auto;max-height:620px;border:1px solid var(--rule);border-radius:6px;padding:.4em;margin:.4em 0}
@media screen{.scroll[data-ladder]{max-height:1200px}}
.scroll:focus-visible,.wide:focus-visible,summary:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible,a:focus-visible{outline:2px solid var(--client);outline-offset:2px}
details{margin:.5em 0}
summary{cursor:pointer;color:var(--client)}
button,input,select{font:inherit;color:var(--ink);background:var(--raised);border:1px solid var(--bar);border-radius:6px;padding:.25em .6em}
button{cursor:pointer}
th button{border:0;background:none;padding:0;font-weight:600;text-align:left}
.controls{display:flex;flex-wrap:wrap;gap:.6em;align-items:end;margin:.6em 0}
.controls label{display:flex;flex-direction:column;font-size:.88rem;color:var(--dim)}
.controls input{min-width:min(26em,80vw)}
.fields{font:13px/1.45 ui-monospace,Menlo,Consolas,monospace;white-space:pre-wrap;color:var(--ink);min-height:1.5em}
.plot{max-width:100%;height:auto;font:12px system-ui,sans-serif;fill:var(--ink)}
.plot .axis{stroke:var(--rule)}.plot .all{fill:var(--bar)}.plot .failed{fill:var(--critical)}.plot .estimate{stroke:var(--critical);stroke-width:2;stroke-dasharray:5 3}
.plot .span{stroke:currentColor;stroke-width:3}.plot .label{fill:var(--dim)}
.servers{display:grid;grid-template-columns:repeat(auto-fill,minmax(320px,1fr));gap:1em}
.servers figure{margin:0;border:1px solid var(--rule);border-radius:8px;padding:.6em .8em}
.row:hover>path{stroke-width:3}.row{cursor:default}
.visually-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
[hidden]{display:none!important}
${LADDER_STYLE}
@media screen and (max-width:640px){.wide{overflow-x:auto}.wide .plot{width:880px;max-width:none}}
@media (max-width:640px){article{padding:.8em .7em}article th{white-space:normal}article td{overflow-wrap:anywhere}article details{overflow-x:auto}th.file{min-width:7em}.causes thead{display:none}.causes tr{display:block;padding:.3em 0;border-bottom:1px solid var(--rule)}.causes th,.causes td{display:inline;border:0;padding:0 .6em 0 0}.causes td:last-child{display:block}ul{padding-left:1.2em}}
@media print{:root{--ink:#000;--paper:#fff;--raised:#f6f8fa;--dim:#444;--mark:#eee}.controls,nav,button,.hint{display:none!important}.scroll{max-height:none;overflow:visible;border:0}.scroll table{font-size:.66rem}.scroll td,.scroll th{white-space:normal;padding-right:.6em}.scroll td.figure{white-space:nowrap}pre{white-space:pre-wrap;overflow-wrap:anywhere}article{break-inside:auto}tr,figure{break-inside:avoid}.ladder{max-width:100%;height:auto}th button{display:inline!important;color:inherit}}
`.trim();
